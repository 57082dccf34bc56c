// Denoising USPS: an auto-encoder 256-128-64 trained on clean images against one trained to give
// the clean image for a noisy one, for noise clip(x + level N(0, 1), 0, 1) of levels 0.1 to 0.8,
// new noise in each epoch. Beside the errors of the images: how many a fixed classifier, trained on
// clean images, still recognises. The report finds that training on noisy images keeps digits
// readable at 0.5 and that 0.8 needs more epochs: 0.8 is also run three times as long.

#include <algorithm>

#include "common/autoencoder.hpp"
#include "common/experiment.hpp"
#include "common/usps_data.hpp"
#include "nn/nn.hpp"

namespace {

using apps::Experiment, apps::Run;

const std::vector<double> levels{0.1, 0.2, 0.3, 0.5, 0.8};

nn::Tensor with_noise(const nn::Tensor& images, double level, nn::Rng& rng) {
  return nn::map(images, [&](nn::Scalar v) {
    double noisy = static_cast<double>(v) + level * rng.normal();
    return static_cast<nn::Scalar>(std::clamp(noisy, 0.0, 1.0));
  });
}

/// Adam from 1e-3 down a half cosine, batches of 50.
nn::AutoEncoder train(Run& run, const nn::Tensor& clean, double level, nn::Index epochs,
                      const std::string& name) {
  nn::Rng weights = run.rng("weights"), order = run.rng("batches"),
          noise = run.rng(name + "/noise");
  nn::AutoEncoder net = apps::autoencoder({256, 128, 64});
  nn::initialize(net, weights);
  nn::BCELoss loss;
  nn::Optim optim(net, loss, 1e-3, nn::Reduction::mean, nn::Adam());
  nn::Dataset data{clean.clone(), clean};
  if (level > 0) data.x.copy_from(with_noise(clean, level, noise));
  nn::Index per_epoch = (clean.size(0) + 49) / 50;
  nn::SGD(optim, data,
          {.batch_size = 50, .epochs = epochs, .schedule = nn::cosine(1e-3, epochs * per_epoch)},
          order, [&](const nn::Epoch& e) {
            run.history(name, e.epoch, "BCE per pixel", "train", e.loss / 256);
            run.advance();
            if (level > 0) data.x.copy_from(with_noise(clean, level, noise));
          });
  return net;
}

nn::Sequential train_classifier(Run& run, const nn::Dataset& train) {
  nn::Rng weights = run.rng("classifier/weights"), order = run.rng("classifier/batches");
  nn::Sequential net{nn::Linear(256, 128), nn::TanH(), nn::Linear(128, 64), nn::TanH(),
                     nn::Linear(64, 10)};
  nn::initialize(net, weights);
  nn::SoftmaxCrossEntropyLoss loss;
  nn::Optim optim(net, loss, 2e-3, nn::Reduction::mean, nn::Adam());
  nn::SGD(optim, train, {.batch_size = 100, .epochs = 20}, order);
  return net;
}

void measure(Run& run, const std::string& name, const nn::Dataset& test, const nn::Tensor& images,
             const nn::Module& classifier) {
  run.result(name, "MSE per pixel", "test", apps::mse_per_pixel(test.x, images));
  run.result(name, "PSNR in dB", "test", apps::psnr(test.x, images));
  run.result(name, "accuracy of the classifier", "test",
             nn::accuracy(test.y, classifier.predict(images)));
}

std::string level_name(double level) { return "noise " + nn::to_text(level); }

/// Trained on clean images, asked to clean noisy ones of every level.
void clean_trained(Run& run, const nn::Split& images, nn::Index epochs,
                   const nn::Module& classifier) {
  nn::AutoEncoder net = train(run, images.train.x, 0, epochs, "trained on clean");
  run.result("clean images", "accuracy of the classifier", "test",
             nn::accuracy(classifier, images.test));
  for (double level : levels) {
    nn::Rng rng = run.rng("test " + level_name(level));
    nn::Tensor noisy = with_noise(images.test.x, level, rng), denoised = net.predict(noisy);
    measure(run, level_name(level) + ", noisy images", images.test, noisy, classifier);
    measure(run, level_name(level) + ", trained on clean", images.test, denoised, classifier);
    if (!run.first()) continue;
    apps::write_images(run, level_name(level), "clean", images.test.x, images.test.y);
    apps::write_images(run, level_name(level), "noisy", noisy, images.test.y);
    apps::write_images(run, level_name(level), "trained on clean", denoised, images.test.y);
  }
}

/// Trained on noisy images of one level and asked to clean those.
void noisy_trained(Run& run, const nn::Split& images, double level, nn::Index epochs,
                   const std::string& kind, const nn::Module& classifier) {
  std::string name = level_name(level) + ", " + kind;
  nn::AutoEncoder net = train(run, images.train.x, level, epochs, name);
  nn::Rng rng = run.rng("test " + level_name(level));
  nn::Tensor denoised = net.predict(with_noise(images.test.x, level, rng));
  measure(run, name, images.test, denoised, classifier);
  if (run.first()) apps::write_images(run, level_name(level), kind, denoised, images.test.y);
}

}  // namespace

int main(int argc, char** argv) {
  Experiment experiment("usps_denoising", "Auto-encoders that take noise off USPS digits.", 3);
  nn::Index epochs = 60;
  experiment.flags().count("epochs", epochs, "passes over the training images");
  return experiment.main(argc, argv, [&] {
    experiment.quick_default("epochs", epochs, nn::Index{3});
    nn::Split images = apps::unit_images(apps::load_usps(experiment));
    std::vector<nn::Sequential> classifiers(static_cast<std::size_t>(experiment.runs()));
    experiment.expect((4 + static_cast<nn::Index>(levels.size())) * epochs * experiment.runs());
    experiment.for_each_job(1, [&](Run& run, nn::Index) {
      classifiers[static_cast<std::size_t>(run.number())] = train_classifier(run, images.train);
    });
    auto level_jobs = static_cast<nn::Index>(levels.size());
    experiment.for_each_job(2 + level_jobs, [&](Run& run, nn::Index job) {
      const nn::Sequential& classifier = classifiers[static_cast<std::size_t>(run.number())];
      if (job == 0)
        noisy_trained(run, images, 0.8, 3 * epochs, "trained on noisy three times as long",
                      classifier);
      else if (job == 1)
        clean_trained(run, images, epochs, classifier);
      else
        noisy_trained(run, images, levels[static_cast<std::size_t>(job - 2)], epochs,
                      "trained on noisy", classifier);
    });
  });
}
