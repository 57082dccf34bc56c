#include "common/autoencoder.hpp"

#include <array>
#include <cmath>

#include "nn/nn.hpp"

namespace apps {

nn::AutoEncoder autoencoder(const std::vector<nn::Index>& widths) {
  nn::Sequential encoder, decoder;
  for (std::size_t i = 1; i < widths.size(); ++i)
    encoder.append(nn::Linear(widths[i - 1], widths[i])).append(nn::TanH());
  for (std::size_t i = widths.size() - 1; i > 0; --i) {
    decoder.append(nn::Linear(widths[i], widths[i - 1]));
    if (i > 1)
      decoder.append(nn::TanH());
    else
      decoder.append(nn::Sigmoid());
  }
  return nn::AutoEncoder(std::move(encoder), std::move(decoder));
}

std::string widths_name(const std::vector<nn::Index>& widths) {
  std::string name;
  for (nn::Index width : widths) name += (name.empty() ? "" : "-") + std::to_string(width);
  return name;
}

nn::Split unit_images(const nn::Split& images) {
  auto unit = [](const nn::Dataset& part) {
    return nn::Dataset{(part.x + 1) * static_cast<nn::Scalar>(0.5), part.y};
  };
  return {unit(images.train), unit(images.test)};
}

double bce_per_pixel(const nn::Tensor& images, const nn::Tensor& copies) {
  return nn::mean(nn::BCELoss().forward(images, copies)) / static_cast<double>(images.size(1));
}

double mse_per_pixel(const nn::Tensor& images, const nn::Tensor& copies) {
  nn::Tensor difference = copies - images;
  return nn::mean(difference * difference);
}

double psnr(const nn::Tensor& images, const nn::Tensor& copies) {
  return -10 * std::log10(mse_per_pixel(images, copies));
}

void train_autoencoder(Run& run, const Name& setting, nn::AutoEncoder& net, const nn::Dataset& data,
                       nn::Index epochs, const std::function<void()>& after_epoch) {
  constexpr nn::Index batch_size = 50;
  constexpr double step = 1e-3;
  nn::Rng weights = run.rng("weights"), order = run.rng("batches");
  nn::initialize(net, weights);
  nn::BCELoss loss;
  nn::Optim optim(net, loss, step, nn::Reduction::mean, nn::Adam());
  nn::Index iterations = epochs * ((data.size() + batch_size - 1) / batch_size);
  auto result = nn::SGD(
      optim, data,
      {.batch_size = batch_size, .epochs = epochs, .schedule = nn::cosine(step, iterations)}, order,
      [&](const nn::Epoch& e) {
        run.history(setting, e.epoch, {"bce", "BCE per pixel"}, "train",
                    e.loss / static_cast<double>(data.y.size(1)));
        run.advance();
        if (after_epoch) after_epoch();
      });
  require_finite(setting, result);
}

void train_classifier(Run& run, nn::Sequential& net, const nn::Dataset& data) {
  nn::Rng weights = run.rng("classifier/weights"), order = run.rng("classifier/batches");
  nn::initialize(net, weights);
  nn::SoftmaxCrossEntropyLoss loss;
  nn::Optim optim(net, loss, 2e-3, nn::Reduction::mean, nn::Adam());
  nn::SGD(optim, data, {.batch_size = 100, .epochs = 20}, order).check();
}

void write_images(Run& run, const Name& setting, const std::string& kind, const nn::Tensor& images,
                  const nn::Tensor& labels) {
  constexpr nn::Index classes = 10, of_each = 2;
  std::vector<std::string> columns{"id", "setting", "kind", "example", "label"};
  for (nn::Index j = 0; j < images.size(1); ++j) columns.push_back("p" + std::to_string(j));
  std::array<nn::Index, classes> taken{};
  for (nn::Index i = 0; i < images.size(0); ++i) {
    auto label = static_cast<std::size_t>(labels(i));
    if (taken[label]++ >= of_each) continue;
    nn::CsvRow row{setting.id, setting.text, kind, i, labels(i)};
    for (nn::Index j = 0; j < images.size(1); ++j) row.push_back(images(i, j));
    run.row("images", columns, row);
  }
}

}  // namespace apps
