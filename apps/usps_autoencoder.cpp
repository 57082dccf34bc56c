// Auto-encoders on USPS: tanh layers down to a code and back, sigmoid outputs, binary
// cross-entropy. The report's four studies: size of the code, number of layers, batches of 10
// against 50, 100 epochs against 200. The report does not give its step. At 0.03 (per batch mean)
// its findings on batches and narrow stacks appear; at 0.01 they vanish or turn round; 200 epochs
// do worse than 100 in a deeper network at 0.03 alone. Adam does better than either throughout. PCA
// with as many numbers per image stands beside each.

#include <cmath>

#include "common/autoencoder.hpp"
#include "common/experiment.hpp"
#include "common/usps_data.hpp"
#include "nn/nn.hpp"

namespace {

using apps::Experiment, apps::Run;

struct Setting {
  std::vector<nn::Index> widths;  // 256 down to the code
  std::string rule;               // "SGD" with a step, or "Adam" with a cosine from its step
  double step;
  nn::Index batch_size;
  std::vector<nn::Index> marks;  // epochs at which to measure; training ends with the last

  std::string name(nn::Index epochs) const {
    return apps::widths_name(widths) + ", " + rule + " " + nn::to_text(step) + ", batch " +
           std::to_string(batch_size) + ", " + std::to_string(epochs) + " epochs";
  }
};

std::vector<Setting> settings(bool quick) {
  std::vector<nn::Index> wide{256, 128, 64}, small{256, 100, 10}, deep{256, 128, 64, 32};
  std::vector<nn::Index> tiny{256, 15, 10}, narrow{256, 128, 15, 10};
  if (quick) return {{wide, "Adam", 1e-3, 50, {4}}, {small, "Adam", 1e-3, 50, {4}}};
  std::vector<Setting> list;
  for (const auto& widths : {wide, small}) {
    for (double step : {0.03, 0.01}) list.push_back({widths, "SGD", step, 10, {100, 200}});
    list.push_back({widths, "Adam", 1e-3, 50, {200}});
    list.push_back({widths, "Adam", 1e-3, 50, {100}});
    for (double step : {0.03, 0.01}) list.push_back({widths, "SGD", step, 50, {100}});
  }
  list.push_back({deep, "SGD", 0.03, 10, {100, 200}});
  for (const auto& widths : {narrow, tiny}) list.push_back({widths, "SGD", 0.03, 10, {100}});
  for (const auto& widths : {deep, narrow, tiny}) list.push_back({widths, "Adam", 1e-3, 50, {100}});
  return list;
}

void measure(Run& run, const std::string& name, const nn::AutoEncoder& net,
             const nn::Split& images) {
  for (auto [part, split] : {std::pair(&images.train, "train"), std::pair(&images.test, "test")}) {
    nn::Tensor copy = net.predict(part->x);
    run.result(name, "BCE per pixel", split, apps::bce_per_pixel(part->x, copy));
    run.result(name, "MSE per pixel", split, apps::mse_per_pixel(part->x, copy));
    run.result(name, "PSNR in dB", split, apps::psnr(part->x, copy));
    if (run.first() && part == &images.test)
      apps::write_images(run, name, "reconstruction", copy, part->y);
  }
}

void train(Run& run, const Setting& s, const nn::Split& images) {
  nn::Rng weights = run.rng("weights"), order = run.rng("batches");
  nn::AutoEncoder net = apps::autoencoder(s.widths);
  nn::initialize(net, weights);
  nn::BCELoss loss;
  bool adam = s.rule == "Adam";
  nn::Optim optim = adam ? nn::Optim(net, loss, s.step, nn::Reduction::mean, nn::Adam())
                         : nn::Optim(net, loss, s.step, nn::Reduction::batch_mean);
  nn::Index epochs = s.marks.back();
  nn::Index per_epoch = images.train.size() / s.batch_size;
  // The last batch of 10 would be a single image, which under the batch mean weighs as much as ten.
  nn::SGDOptions options{.batch_size = s.batch_size, .epochs = epochs, .drop_last = true};
  if (adam) options.schedule = nn::cosine(s.step, epochs * per_epoch);
  nn::SGD(optim, {images.train.x, images.train.x}, options, order, [&](const nn::Epoch& e) {
    run.history(s.name(epochs), e.epoch, "BCE per pixel", "train", e.loss / 256);
    run.advance();
    for (nn::Index mark : s.marks)
      if (e.epoch == mark) measure(run, s.name(mark), net, images);
  });
}

/// The best that as many numbers per image can do linearly; and the BCE that no reconstruction
/// beats, since pixels are not 0 or 1.
void compare_with_pca(Run& run, const nn::Split& images) {
  for (nn::Index size : {10, 32, 64}) {
    nn::PCA pca(images.train.x, size);
    nn::Tensor copy = pca.inverse_transform(pca.transform(images.test.x));
    std::string name = "PCA " + std::to_string(size);
    run.result(name, "MSE per pixel", "test", apps::mse_per_pixel(images.test.x, copy));
    run.result(name, "PSNR in dB", "test", apps::psnr(images.test.x, copy));
    if (run.first()) apps::write_images(run, name, "reconstruction", copy, images.test.y);
  }
  run.result("perfect copy", "BCE per pixel", "test",
             apps::bce_per_pixel(images.test.x, images.test.x));
  if (run.first()) apps::write_images(run, "original", "original", images.test.x, images.test.y);
}

}  // namespace

int main(int argc, char** argv) {
  Experiment experiment("usps_autoencoder", "Auto-encoders of USPS digits.", 3);
  return experiment.main(argc, argv, [&] {
    nn::Split images = apps::unit_images(apps::load_usps(experiment));
    std::vector<Setting> list = settings(experiment.quick());
    for (const Setting& s : list) experiment.expect(s.marks.back() * experiment.runs());
    auto jobs = static_cast<nn::Index>(list.size()) + 1;
    experiment.for_each_job(jobs, [&](Run& run, nn::Index job) {
      if (job + 1 == jobs)
        compare_with_pca(run, images);
      else
        train(run, list[static_cast<std::size_t>(job)], images);
    });
  });
}
