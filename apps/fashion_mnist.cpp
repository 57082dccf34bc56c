// Fashion-MNIST: a perceptron, a convolution network of at most 100 thousand parameters in 10
// epochs, and a larger one; under --long, that one alone for 30 epochs. Which augmentation they
// get is chosen on 5000 images held out from the training set, with the first seed and all epochs
// (choice.csv, and the curves "choice-..." of history.csv): for the perceptron, and with the small
// convolutions for both. The long training takes all augmentations, without a choice. Then each
// network is trained on the whole training set, once for each seed, and meets the test set once: as
// it is, and with its predictions for an image and its mirror image averaged. Each training takes
// one thread, a single one takes all; how many images it takes a second is printed and in
// config.csv. apps/reference trains the same networks in PyTorch.

#include <functional>

#include "common/choice.hpp"
#include "common/experiment.hpp"
#include "common/fashion_data.hpp"
#include "common/optimiser.hpp"
#include "common/text_table.hpp"
#include "nn/nn.hpp"

namespace {

using apps::Name, apps::Run;

constexpr nn::Index kHeldOut = 5000;

// --- The networks. x: (batch, 28, 28) ---

nn::Sequential perceptron() {
  return nn::Sequential{nn::Flatten(),    nn::Linear(784, 512), nn::BatchNorm(512), nn::ReLU(),
                        nn::Dropout(0.3), nn::Linear(512, 256), nn::BatchNorm(256), nn::ReLU(),
                        nn::Dropout(0.3), nn::Linear(256, 10)};
}

nn::Conv2D convolution(nn::Index chan_in, nn::Index chan_out) {
  return nn::Conv2D(
      {.kernel = 3, .chan_in = chan_in, .chan_out = chan_out, .padding = 1, .bias = false});
}

void append_block(nn::Sequential& net, nn::Index chan_in, nn::Index chan_out) {
  net.append(convolution(chan_in, chan_out)).append(nn::BatchNorm(chan_out)).append(nn::ReLU());
}

/// The maxima are taken first: what follows then has a quarter of the work.
void append_pooled_block(nn::Sequential& net, nn::Index channels, nn::Index padding) {
  net.append(convolution(channels, 2 * channels)).append(nn::MaxPool2D(2, 2, padding));
  net.append(nn::BatchNorm(2 * channels)).append(nn::ReLU());
}

/// x + blocks(x)
void append_residual(nn::Sequential& net, nn::Index channels, nn::Index blocks) {
  nn::Sequential inner;
  for (nn::Index i = 0; i < blocks; ++i) append_block(inner, channels, channels);
  net.append(nn::Residual(std::move(inner)));
}

/// A convolution at 28 x 28; then at 14 x 14, 7 x 7 and 4 x 4, as far as residuals go, twice the
/// channels each and so many residual convolutions.
nn::Sequential convolutions(nn::Index width, const std::vector<nn::Index>& residuals) {
  nn::Sequential net{nn::Reshape({28, 28, 1})};
  append_block(net, 1, width);
  nn::Index side = 28, channels = width;
  for (const nn::Index blocks : residuals) {
    append_pooled_block(net, channels, side % 2);
    channels *= 2;
    side = (side + 1) / 2;
    append_residual(net, channels, blocks);
  }
  net.append(nn::GlobalAvgPool()).append(nn::Linear(channels, 10));
  return net;
}

// --- What is tried ---

struct Model {
  Name name;
  std::function<nn::Sequential()> network;
  bool adam;
  double step;
  nn::Index epochs, batch_size = 128;
};

struct Augmenting {
  Name name;
  nn::Augmentation options;
};

std::vector<Augmenting> augmentings() {
  const nn::Augmentation none{.fill = -1};
  nn::Augmentation flip = none;
  flip.flip = 0.5;
  nn::Augmentation crop = flip;
  crop.crop = 1;
  nn::Augmentation erase = crop;
  erase.erase = 0.5;
  return {{{"none", "as they are"}, none},
          {{"flip", "mirrored"}, flip},
          {{"crop", "mirrored and moved"}, crop},
          {{"erase", "mirrored, moved and partly erased"}, erase}};
}

Name name_of(const Model& model, const Augmenting& augmenting) {
  return {model.name.id + "-" + augmenting.name.id, model.name.text + ", " + augmenting.name.text};
}

struct Trained {
  nn::Sequential net;
  double seconds;
};

/// Trains on the data; `curve` names the losses.
Trained train(Run& run, const Name& curve, const Model& model, const Augmenting& augmenting,
              const nn::Dataset& data) {
  nn::Rng weights = run.rng("weights"), order = run.rng("batches");
  nn::Sequential net = model.network();
  nn::initialize(net, weights);

  const nn::SoftmaxCrossEntropyLoss loss(0.1);  // label smoothing
  nn::Optim optim = apps::optimiser(net, loss, model.adam, model.step, run.seed());
  const auto team = run.join(optim);

  nn::DatasetSource images(data);
  nn::AugmentedSource source(images, augmenting.options, run.seed());
  const nn::Index batches = (data.size() + model.batch_size - 1) / model.batch_size;
  const nn::TrainingResult result =
      nn::SGD(optim, source,
              {.batch_size = model.batch_size,
               .epochs = model.epochs,
               .schedule = nn::one_cycle(model.step, model.epochs * batches),
               .checkpoint = run.checkpoint(curve.id)},
              order, [&](const nn::Epoch& e) {
                run.history(curve, e.epoch, "loss", "train", e.loss);
                run.advance(data.size());
              });
  return {std::move(net), result.check().seconds};
}

// --- Choosing, on images of the training set that are held out ---

/// The accuracy on the held-out part.
double validate(Run& run, const Model& model, const Augmenting& augmenting,
                const nn::Split& parts) {
  const Name name = name_of(model, augmenting);
  const Name curve{"choice-" + name.id, "choice: " + name.text};
  const Trained trained = train(run, curve, model, augmenting, parts.train);
  const double accuracy = nn::accuracy(trained.net, parts.test);
  run.row("choice", {"model", "augmentation", "seed", "epochs", "train", "validation", "accuracy"},
          {model.name.id, augmenting.name.id, static_cast<double>(run.seed()), model.epochs,
           parts.train.size(), parts.test.size(), accuracy});
  return accuracy;
}

/// For each model, the augmentation that does best.
std::vector<Augmenting> choose(apps::Experiment& experiment, const std::vector<Model>& models,
                               const nn::Dataset& train) {
  const std::vector<Augmenting> list = augmentings();
  apps::Choice choice{.held_out = kHeldOut, .candidates = list.size(), .epochs = {}, .seeds = 1};
  for (const Model& model : models) choice.epochs.push_back(model.epochs);
  const std::vector<std::size_t> places =
      apps::choose(experiment, train, choice,
                   [&](Run& run, std::size_t m, std::size_t a, const nn::Split& parts) {
                     return validate(run, models[m], list[a], parts);
                   });
  std::vector<Augmenting> chosen;
  for (const std::size_t place : places) chosen.push_back(list[place]);
  return chosen;
}

// --- Testing ---

nn::Tensor probabilities(const nn::Module& net, const nn::Tensor& x) {
  return nn::softmax(nn::predict(net, x));
}

nn::Tensor mirrored(const nn::Tensor& x) {
  return nn::augment({x, nn::Tensor({x.size(0)})}, {.flip = 1}, {}).x;
}

/// Returns how many images the training took in a second.
double test(Run& run, const Model& model, const Augmenting& augmenting, const nn::Split& data) {
  const Name name = name_of(model, augmenting);
  const auto [net, seconds] = train(run, name, model, augmenting, data.train);
  const nn::Tensor p = probabilities(net, data.test.x);
  const nn::Tensor both = p + probabilities(net, mirrored(data.test.x));
  run.result(name, "parameters", "train", static_cast<double>(net.parameter_count()));
  run.result(name, "accuracy", "train", nn::accuracy(net, data.train));
  run.result(name, "accuracy", "test", nn::accuracy(data.test.y, p));
  run.result(name, {"mirrored", "accuracy, image and mirror image"}, "test",
             nn::accuracy(data.test.y, both));
  return static_cast<double>(model.epochs * data.train.size()) / seconds;
}

void test_all(apps::Experiment& experiment, const std::vector<Model>& models,
              const std::vector<Augmenting>& chosen, const nn::Split& data) {
  for (const Model& model : models)
    experiment.expect(experiment.runs() * model.epochs * data.train.size());
  const auto speeds =
      experiment.for_each_job(static_cast<nn::Index>(models.size()), [&](Run& run, nn::Index job) {
        const auto m = static_cast<std::size_t>(job);
        return test(run, models[m], chosen[m], data);
      });
  for (std::size_t m = 0; m < models.size(); ++m) {
    const double speed = speeds[m][0];
    const auto images = static_cast<double>(models[m].epochs * data.train.size());
    experiment.config("images_per_second_" + models[m].name.id, apps::short_number(speed));
    experiment.note(models[m].name.id + ": trained on " + apps::short_number(speed) +
                    " images a second, " + apps::short_number(images / speed) + " s in all");
  }
}

}  // namespace

int main(int argc, char** argv) {
  apps::Experiment experiment("fashion_mnist", "Clothes by a perceptron and by convolutions.", 5);
  nn::Index epochs = 0;
  bool longer = false;
  experiment.flags().count("epochs", epochs, "passes over the training set; 0: each network's own",
                           0);
  experiment.flags().on_off("long", longer,
                            "the large convolutions alone, for longer; 3 runs will do");
  experiment.offer_checkpoints();
  experiment.offer_micro_batches();
  return experiment.main(argc, argv, [&] {
    experiment.quick_default("epochs", epochs, nn::Index{4});
    nn::Split data = apps::load_fashion(experiment);
    if (experiment.quick()) data = {data.train.slice(0, 600), data.test.slice(0, 400)};
    const nn::Index width = experiment.quick() ? 8 : 16;
    auto network = [width](const std::vector<nn::Index>& residuals) {
      return [width, residuals] { return convolutions(width, residuals); };
    };
    auto complete = [&](Model model) {
      if (epochs > 0) model.epochs = epochs;
      if (experiment.quick()) model.batch_size = 32;
      return model;
    };
    const Model large =
        complete({{"large", "large convolutions"}, network({2, 2, 1}), false, 0.1, 14});
    const Model small =
        complete({{"small", "small convolutions"}, network({2, 1}), false, 0.1, 10});
    const Model long_training =
        complete({{"long", "large convolutions, 30 epochs"}, large.network, false, 0.1, 30});
    const Model mlp = complete({{"mlp", "perceptron"}, perceptron, true, 2e-3, 30});
    if (longer) return test_all(experiment, {long_training}, {augmentings().back()}, data);
    const std::vector<Augmenting> chosen = choose(experiment, {small, mlp}, data.train);
    test_all(experiment, {large, small, mlp}, {chosen[0], chosen[0], chosen[1]}, data);
  });
}
