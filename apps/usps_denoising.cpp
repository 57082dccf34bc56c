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

using apps::Name, apps::Run;

const std::vector<double> levels{0.1, 0.2, 0.3, 0.5, 0.8};

nn::Tensor with_noise(const nn::Tensor& images, double level, nn::Rng& rng) {
  return nn::map(images, [&](nn::Scalar v) {
    double noisy = static_cast<double>(v) + level * rng.normal();
    return static_cast<nn::Scalar>(std::clamp(noisy, 0.0, 1.0));
  });
}

/// An auto-encoder trained on images with noise of a level, new in each epoch; 0: on clean ones.
nn::AutoEncoder train(Run& run, const Name& name, const nn::Tensor& clean, double level,
                      nn::Index epochs) {
  nn::AutoEncoder net = apps::autoencoder({256, 128, 64});
  nn::Rng noise = run.rng(name.text + "/noise");
  nn::Dataset data{clean.clone(), clean};
  auto draw_noise = [&] {
    if (level > 0) data.x.copy_from(with_noise(clean, level, noise));
  };
  draw_noise();
  apps::train_autoencoder(run, name, net, data, epochs, draw_noise);
  return net;
}

nn::Sequential new_classifier() {
  return nn::Sequential{nn::Linear(256, 128), nn::TanH(), nn::Linear(128, 64), nn::TanH(),
                        nn::Linear(64, 10)};
}

/// Its parameters.
apps::Tensors train_classifier(Run& run, const nn::Dataset& train) {
  nn::Sequential net = new_classifier();
  apps::train_classifier(run, net, train);
  apps::Tensors values;
  for (const nn::ParameterPtr& parameter : net.parameters()) values.push_back(parameter->value);
  return values;
}

nn::Sequential classifier_with(const apps::Tensors& values) {
  nn::Sequential net = new_classifier();
  const std::vector<nn::ParameterPtr> parameters = net.parameters();
  for (std::size_t i = 0; i < values.size(); ++i) parameters[i]->value = values[i].clone();
  return net;
}

const Name recognised{"recognised", "accuracy of the classifier"};

void measure(Run& run, const Name& name, const nn::Dataset& test, const nn::Tensor& images,
             const nn::Module& classifier) {
  run.result(name, {"mse", "MSE per pixel"}, "test", apps::mse_per_pixel(test.x, images));
  run.result(name, {"psnr", "PSNR in dB"}, "test", apps::psnr(test.x, images));
  run.result(name, recognised, "test", nn::accuracy(test.y, classifier.predict(images)));
}

std::string level_name(double level) { return "noise " + nn::to_text(level); }
std::string level_id(double level, const std::string& kind) {
  return nn::to_text(level) + "-" + kind;
}

/// Trained on clean images, asked to clean noisy ones of every level.
void clean_trained(Run& run, const nn::Split& images, nn::Index epochs,
                   const nn::Module& classifier) {
  Name clean{"clean-trained", "trained on clean"};
  nn::AutoEncoder net = train(run, clean, images.train.x, 0, epochs);
  run.result({"clean", "clean images"}, recognised, "test", nn::accuracy(classifier, images.test));
  for (double level : levels) {
    std::string text = level_name(level);
    nn::Rng rng = run.rng("test " + text);
    nn::Tensor noisy = with_noise(images.test.x, level, rng), denoised = net.predict(noisy);
    std::string noisy_id = level_id(level, "noisy"), denoised_id = level_id(level, clean.id);
    measure(run, {noisy_id, text + ", noisy images"}, images.test, noisy, classifier);
    measure(run, {denoised_id, text + ", " + clean.text}, images.test, denoised, classifier);
    if (!run.first()) continue;
    apps::write_images(run, {level_id(level, "clean"), text}, "clean", images.test.x,
                       images.test.y);
    apps::write_images(run, {noisy_id, text}, "noisy", noisy, images.test.y);
    apps::write_images(run, {denoised_id, text}, clean.text, denoised, images.test.y);
  }
}

/// Trained on noisy images of one level and asked to clean those.
void noisy_trained(Run& run, const nn::Split& images, double level, nn::Index epochs,
                   const Name& kind, const nn::Module& classifier) {
  std::string text = level_name(level), id = level_id(level, kind.id);
  Name name{id, text + ", " + kind.text};
  nn::AutoEncoder net = train(run, name, images.train.x, level, epochs);
  nn::Rng rng = run.rng("test " + text);
  nn::Tensor denoised = net.predict(with_noise(images.test.x, level, rng));
  measure(run, name, images.test, denoised, classifier);
  if (run.first()) apps::write_images(run, {id, text}, kind.text, denoised, images.test.y);
}

}  // namespace

int main(int argc, char** argv) {
  apps::Experiment experiment("usps_denoising", "Auto-encoders that take noise off USPS digits.",
                              3);
  nn::Index epochs = 60;
  experiment.flags().count("epochs", epochs, "passes over the training images");
  return experiment.main(argc, argv, [&] {
    experiment.quick_default("epochs", epochs, nn::Index{3});
    nn::Split images = apps::unit_images(apps::load_usps(experiment));
    auto count = static_cast<nn::Index>(levels.size());
    experiment.expect((4 + count) * epochs * experiment.runs());
    const auto classifiers = experiment.for_each_job(
        1, [&](Run& run, nn::Index) { return train_classifier(run, images.train); });
    experiment.for_each_job(2 + count, [&](Run& run, nn::Index job) {
      const nn::Sequential classifier =
          classifier_with(classifiers[0][static_cast<std::size_t>(run.number())]);
      if (job == 0)
        noisy_trained(run, images, 0.8, 3 * epochs,
                      {"noisy-trained-long", "trained on noisy three times as long"}, classifier);
      else if (job == 1)
        clean_trained(run, images, epochs, classifier);
      else
        noisy_trained(run, images, levels[static_cast<std::size_t>(job - 2)], epochs,
                      {"noisy-trained", "trained on noisy"}, classifier);
    });
  });
}
