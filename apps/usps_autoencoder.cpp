// Auto-encoders on USPS: tanh layers down to a code and back, sigmoid outputs, binary
// cross-entropy. The report's four studies: size of the code, number of layers, batches of 10
// against 50, 100 epochs against 200. The report does not give its step. At 0.03 (per batch mean)
// its findings on batches and narrow stacks appear; at 0.01 they vanish or turn round; 200 epochs
// do worse than 100 in a deeper network at 0.03 alone. Adam does better than either throughout. PCA
// with as many numbers per image is recorded too.

#include <cmath>

#include "common/autoencoder.hpp"
#include "common/experiment.hpp"
#include "common/usps_data.hpp"
#include "nn/nn.hpp"

namespace {

using apps::Name, apps::Run;

struct Net {
  std::string id;
  std::vector<nn::Index> widths;  // 256 down to the code
};

/// An epoch at which to measure, and its name in ids.
struct Mark {
  nn::Index epoch;
  std::string id;
};

struct Setting {
  Net net;
  std::string rule;  // "SGD" with a step, or "Adam" with a cosine from its step
  double step;
  nn::Index batch_size;
  std::vector<Mark> marks;  // training ends with the last

  bool adam() const { return rule == "Adam"; }
  /// "wide-adam-200", "wide-sgd-0.03-10-100".
  Name name(const Mark& mark) const {
    std::string batch = std::to_string(batch_size), size = nn::to_text(step);
    return {net.id + (adam() ? "-adam-" : "-sgd-" + size + "-" + batch + "-") + mark.id,
            apps::widths_name(net.widths) + ", " + rule + " " + size + ", batch " + batch + ", " +
                std::to_string(mark.epoch) + " epochs"};
  }
};

std::vector<Setting> settings(bool quick) {
  Net wide{"wide", {256, 128, 64}}, small{"small", {256, 100, 10}};
  Net deep{"deep", {256, 128, 64, 32}}, narrow{"narrow", {256, 128, 15, 10}};
  Net tiny{"tiny", {256, 15, 10}};
  Mark once{100, "100"}, twice{200, "200"}, early{4, "short"};
  if (quick) return {{wide, "Adam", 1e-3, 50, {early}}, {small, "Adam", 1e-3, 50, {early}}};
  std::vector<Setting> list;
  for (const Net& net : {wide, small}) {
    for (double step : {0.03, 0.01}) list.push_back({net, "SGD", step, 10, {once, twice}});
    list.push_back({net, "Adam", 1e-3, 50, {twice}});
    list.push_back({net, "Adam", 1e-3, 50, {once}});
    for (double step : {0.03, 0.01}) list.push_back({net, "SGD", step, 50, {once}});
  }
  list.push_back({deep, "SGD", 0.03, 10, {once, twice}});
  for (const Net& net : {narrow, tiny}) list.push_back({net, "SGD", 0.03, 10, {once}});
  for (const Net& net : {deep, narrow, tiny}) list.push_back({net, "Adam", 1e-3, 50, {once}});
  return list;
}

const Name bce{"bce", "BCE per pixel"}, mse{"mse", "MSE per pixel"}, psnr{"psnr", "PSNR in dB"};

void measure(Run& run, const Name& name, const nn::AutoEncoder& net, const nn::Split& images) {
  for (auto [part, split] : {std::pair(&images.train, "train"), std::pair(&images.test, "test")}) {
    nn::Tensor copy = net.predict(part->x);
    run.result(name, bce, split, apps::bce_per_pixel(part->x, copy));
    run.result(name, mse, split, apps::mse_per_pixel(part->x, copy));
    run.result(name, psnr, split, apps::psnr(part->x, copy));
    if (run.first() && part == &images.test)
      apps::write_images(run, name, "reconstruction", copy, part->y);
  }
}

void train(Run& run, const Setting& s, const nn::Split& images) {
  nn::Rng weights = run.rng("weights"), order = run.rng("batches");
  nn::AutoEncoder net = apps::autoencoder(s.net.widths);
  nn::initialize(net, weights);

  nn::BCELoss loss;
  nn::Optim optim = s.adam() ? nn::Optim(net, loss, s.step, nn::Reduction::mean, nn::Adam())
                             : nn::Optim(net, loss, s.step, nn::Reduction::batch_mean);

  nn::Index epochs = s.marks.back().epoch;
  // The last batch of 10 would be a single image, which under the batch mean weighs as much as ten.
  nn::SGDOptions options{.batch_size = s.batch_size, .epochs = epochs, .drop_last = true};
  if (s.adam())
    options.schedule = nn::cosine(s.step, epochs * (images.train.size() / s.batch_size));
  auto result =
      nn::SGD(optim, {images.train.x, images.train.x}, options, order, [&](const nn::Epoch& e) {
        run.history(s.name(s.marks.back()), e.epoch, bce, "train", e.loss / 256);
        run.advance();
        for (const Mark& mark : s.marks)
          if (e.epoch == mark.epoch) measure(run, s.name(mark), net, images);
      });
  apps::require_finite(s.name(s.marks.back()), result);
}

/// The best that as many numbers per image can do linearly; and the BCE that no reconstruction
/// beats, since pixels are not 0 or 1.
void compare_with_pca(Run& run, const nn::Split& images) {
  const nn::Dataset& test = images.test;
  for (nn::Index size : {10, 32, 64}) {
    nn::PCA pca(images.train.x, size);
    nn::Tensor copy = pca.inverse_transform(pca.transform(test.x));
    Name name{"pca-" + std::to_string(size), "PCA " + std::to_string(size)};
    run.result(name, mse, "test", apps::mse_per_pixel(test.x, copy));
    run.result(name, psnr, "test", apps::psnr(test.x, copy));
    if (run.first()) apps::write_images(run, name, "reconstruction", copy, test.y);
  }
  run.result({"perfect", "perfect copy"}, bce, "test", apps::bce_per_pixel(test.x, test.x));
  if (run.first()) apps::write_images(run, "original", "original", test.x, test.y);
}

}  // namespace

int main(int argc, char** argv) {
  apps::Experiment experiment("usps_autoencoder", "Auto-encoders of USPS digits.", 3);
  return experiment.main(argc, argv, [&] {
    nn::Split images = apps::unit_images(apps::load_usps(experiment));
    std::vector<Setting> list = settings(experiment.quick());
    for (const Setting& s : list) experiment.expect(s.marks.back().epoch * experiment.runs());
    auto jobs = static_cast<nn::Index>(list.size()) + 1;
    experiment.for_each_job(jobs, [&](Run& run, nn::Index job) {
      if (job + 1 == jobs)
        compare_with_pca(run, images);
      else
        train(run, list[static_cast<std::size_t>(job)], images);
    });
  });
}
