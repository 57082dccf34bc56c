// USPS digits as well as a small network can: a convolution network and a multilayer perceptron,
// with images that are moved and bent at random. Which augmentation to use is chosen on 1291 images
// held out from the training set (choice.csv, and the rows "choice-..." of summary.csv). Then each
// network is trained on the whole training set, once for each seed, and meets the test set once:
// alone, with its weights averaged over the last epochs, with predictions averaged over small
// shifts of the image; and all networks together.

#include <algorithm>
#include <cmath>
#include <functional>
#include <sstream>

#include "common/choice.hpp"
#include "common/experiment.hpp"
#include "common/optimiser.hpp"
#include "common/text_table.hpp"
#include "common/usps_data.hpp"
#include "nn/nn.hpp"

namespace {

using apps::Name, apps::Run;

constexpr nn::Index kHeldOut = 1291;
constexpr nn::Scalar kBackground = -1;

// --- The two networks. x: (batch, 256) ---

/// A 3 x 3 convolution, normalised.
void append_block(nn::Sequential& net, nn::Index chan_in, nn::Index chan_out) {
  net.append(nn::Conv2D(
      {.kernel = 3, .chan_in = chan_in, .chan_out = chan_out, .padding = 1, .bias = false}));
  net.append(nn::BatchNorm(chan_out)).append(nn::ReLU());
}

/// Six convolutions; 75 thousand parameters for a width of 16.
nn::Sequential convolution(nn::Index width) {
  nn::Sequential net{nn::Reshape({16, 16, 1})};
  nn::Index channels = 1;
  for (nn::Index next : {width, 2 * width, 4 * width}) {
    append_block(net, channels, next);
    append_block(net, next, next);
    net.append(nn::MaxPool2D(2));
    channels = next;
  }
  net.append(nn::Flatten()).append(nn::Dropout(0.3)).append(nn::Linear(4 * channels, 10));
  return net;
}

nn::Sequential perceptron() {
  return nn::Sequential{nn::Linear(256, 512), nn::ReLU(), nn::Dropout(0.4),
                        nn::Linear(512, 256), nn::ReLU(), nn::Dropout(0.4),
                        nn::Linear(256, 10)};
}

// --- What is tried ---

struct Augmenting {
  Name name;
  nn::Augmentation options;
};

std::vector<Augmenting> augmentings() {
  nn::Augmentation none{.fill = kBackground, .image = {16, 16}}, affine = none;
  affine.shift = 1.2;
  affine.rotation = 12;
  affine.scale = 0.12;
  affine.shear = 8.5;
  nn::Augmentation elastic = affine;
  elastic.elastic_alpha = 12;
  elastic.elastic_sigma = 3;
  return {{"none", none},
          {{"affine", "shift, rotation, scale and shear"}, affine},
          {{"elastic", "the same and elastic deformation"}, elastic}};
}

struct Model {
  Name name;
  std::function<nn::Sequential()> network;
  bool adam;
  double step;
  double smoothing;  // of the labels
  nn::Index epochs;
};

/// The mean of a network's parameters and running statistics over the times that it was added.
class WeightAverage {
 public:
  void begin(const nn::Module& net) { mean_ = net.clone(); }
  void add(const nn::Module& net) {
    const auto from = tensors(net), to = tensors(*mean_);
    ++count_;
    for (std::size_t i = 0; i < to.size(); ++i) {
      nn::Tensor average = to[i];
      if (count_ == 1) average.copy_from(from[i]);
      nn::axpy(nn::Scalar{1} / static_cast<nn::Scalar>(count_), from[i] - average, average);
    }
  }
  const nn::Module& mean() const { return *mean_; }

  /// For checkpoints: the count and all numbers.
  std::string state() const {
    std::ostringstream text;
    text << count_;
    for (const nn::Tensor& t : tensors(*mean_))
      for (nn::Index i = 0; i < t.numel(); ++i) text << ' ' << nn::to_text(t.data()[i]);
    return text.str();
  }
  void set_state(std::string_view state) {
    std::istringstream text{std::string(state)};
    text >> count_;
    std::string word;
    for (nn::Tensor& t : tensors(*mean_))
      for (nn::Index i = 0; i < t.numel(); ++i) {
        text >> word;
        const auto number = nn::parse_number<nn::Scalar>(word);
        if (!text || !number) throw nn::DataError("not an average of this network");
        t.data()[i] = *number;
      }
  }

 private:
  static std::vector<nn::Tensor> tensors(const nn::Module& net) {
    std::vector<nn::Tensor> all;
    for (const nn::ParameterPtr& p : net.parameters()) all.push_back(p->value);
    for (const auto& [name, buffer] : net.named_buffers()) all.push_back(buffer);
    return all;
  }

  std::unique_ptr<nn::Module> mean_;
  nn::Index count_ = 0;
};

/// Trains on the data; `average` takes the last quarter of the epochs.
nn::Sequential train(Run& run, const std::string& id, const Model& model,
                     const Augmenting& augmenting, const nn::Dataset& data, nn::Index epochs,
                     WeightAverage& average) {
  constexpr nn::Index batch_size = 64;
  nn::Rng weights = run.rng("weights"), order = run.rng("batches");
  nn::Sequential net = model.network();
  nn::initialize(net, weights);
  average.begin(net);

  const nn::SoftmaxCrossEntropyLoss loss(model.smoothing);
  nn::Optim optim = apps::optimiser(net, loss, model.adam, model.step, run.seed());
  const auto team = run.join(optim);

  nn::DatasetSource images(data);
  nn::AugmentedSource source(images, augmenting.options, run.seed());
  const nn::Index batches = (data.size() + batch_size - 1) / batch_size;
  nn::CheckpointOptions checkpoint = run.checkpoint(id);
  checkpoint.states.emplace("average", average);
  nn::SGD(optim, source,
          {.batch_size = batch_size,
           .epochs = epochs,
           .schedule = nn::one_cycle(model.step, epochs * batches),
           .checkpoint = checkpoint},
          order,
          [&](const nn::Epoch& e) {
            run.history({model.name.id + "-" + augmenting.name.id,
                         model.name.text + ", " + augmenting.name.text},
                        e.epoch, "loss", "train", e.loss);
            if (4 * e.epoch > 3 * epochs) average.add(net);
            run.advance(data.size());
          })
      .check();
  return net;
}

// --- Choosing, on images of the training set that are held out ---

/// The accuracy on the held-out part.
double validate(Run& run, const Model& model, const Augmenting& augmenting, const nn::Split& parts,
                nn::Index epochs) {
  const Name name{"choice-" + model.name.id + "-" + augmenting.name.id,
                  "choice: " + model.name.text + ", " + augmenting.name.text};
  WeightAverage unused;
  const nn::Sequential net = train(run, name.id, model, augmenting, parts.train, epochs, unused);
  const double accuracy = nn::accuracy(net, parts.test);
  run.result(name, "accuracy", "validation", accuracy);
  run.row("choice", {"model", "augmentation", "seed", "epochs", "train", "validation", "accuracy"},
          {model.name.id, augmenting.name.id, static_cast<double>(run.seed()), epochs,
           parts.train.size(), parts.test.size(), accuracy});
  return accuracy;
}

/// For each model, the augmentation that does best on average over the first two seeds, in half of
/// the epochs.
std::vector<std::size_t> choose(apps::Experiment& experiment, const std::vector<Model>& models,
                                const std::vector<Augmenting>& list, const nn::Dataset& train) {
  apps::Choice choice{.held_out = kHeldOut, .candidates = list.size(), .epochs = {}, .seeds = 2};
  for (const Model& model : models) choice.epochs.push_back(model.epochs / 2 + 1);
  return apps::choose(experiment, train, choice,
                      [&](Run& run, std::size_t m, std::size_t a, const nn::Split& parts) {
                        return validate(run, models[m], list[a], parts, choice.epochs[m]);
                      });
}

// --- Testing ---

/// Images moved down and right by whole pixels.
nn::Tensor shifted(const nn::Tensor& x, nn::Index down, nn::Index right) {
  static constexpr nn::Index side = 16;
  nn::Tensor moved = nn::Tensor::full({x.size(0), side, side}, kBackground);
  const nn::Tensor images = x.reshape({x.size(0), side, side});
  auto from = [](nn::Index by) { return std::max<nn::Index>(0, -by); };
  auto to = [](nn::Index by) { return std::min<nn::Index>(side, side - by); };
  moved.slice(1, from(-down), to(-down))
      .slice(2, from(-right), to(-right))
      .copy_from(images.slice(1, from(down), to(down)).slice(2, from(right), to(right)));
  return moved.reshape({x.size(0), side * side});
}

nn::Tensor probabilities(const nn::Module& net, const nn::Tensor& x) {
  return nn::softmax(nn::predict(net, x));
}

/// The mean over nine places: as it is, and moved by a pixel.
nn::Tensor probabilities_over_shifts(const nn::Module& net, const nn::Tensor& x) {
  nn::Tensor sum = nn::Tensor::zeros({x.size(0), 10});
  for (nn::Index down : {-1, 0, 1})
    for (nn::Index right : {-1, 0, 1})
      nn::axpy(1, probabilities(net, shifted(x, down, right)), sum);
  return sum / 9;
}

/// Returns what a network of one seed says of the test images: alone, and over shifts.
apps::Tensors test(Run& run, const Model& model, const Augmenting& augmenting,
                   const nn::Split& data, bool votes) {
  const Name name{model.name.id + "-" + augmenting.name.id,
                  model.name.text + ", " + augmenting.name.text};
  WeightAverage average;
  const nn::Sequential net =
      train(run, name.id, model, augmenting, data.train, model.epochs, average);
  const nn::Tensor p = probabilities(net, data.test.x);
  run.result(name, "accuracy", "train", nn::accuracy(net, data.train));
  run.result(name, "accuracy", "test", nn::accuracy(data.test.y, p));
  if (!votes) return {};
  const nn::Tensor over_shifts = probabilities_over_shifts(net, data.test.x);
  run.result(name, {"average", "accuracy of averaged weights"}, "test",
             nn::accuracy(average.mean(), data.test));
  run.result(name, {"shifts", "accuracy over shifts"}, "test",
             nn::accuracy(data.test.y, over_shifts));
  return {p, over_shifts};
}

/// Wilson's 95 % interval for a share (JASA 22, 1927), as "1.4 to 2.6 %".
std::string interval(double share, nn::Index n) {
  const double z = 1.959964, count = static_cast<double>(n), z2 = z * z / count;
  const double centre = (share + z2 / 2) / (1 + z2);
  const double half = z * std::sqrt(share * (1 - share) / count + z2 / (4 * count)) / (1 + z2);
  return apps::short_number(100 * (centre - half)) + " to " +
         apps::short_number(100 * (centre + half)) + " %";
}

/// Every test image that the networks together get wrong, with what they say.
void write_errors(Run& run, const nn::Dataset& test, const nn::Tensor& p) {
  std::vector<std::string> columns{"image", "digit", "taken_for", "probability", "of_the_digit"};
  for (nn::Index pixel = 0; pixel < test.x.size(1); ++pixel)
    columns.push_back("x" + std::to_string(pixel));
  const nn::Tensor taken = nn::argmax(p, 1);
  for (nn::Index i = 0; i < test.size(); ++i) {
    if (taken(i) == test.y(i)) continue;
    nn::CsvRow row{i, test.y(i), taken(i), p(i, static_cast<nn::Index>(taken(i))),
                   p(i, static_cast<nn::Index>(test.y(i)))};
    for (nn::Index pixel = 0; pixel < test.x.size(1); ++pixel) row.push_back(test.x(i, pixel));
    run.row("errors", columns, row);
  }
  const nn::Tensor counts = nn::confusion_matrix(test.y, p, 10);
  for (nn::Index t = 0; t < 10; ++t)
    for (nn::Index c = 0; c < 10; ++c)
      run.row("confusion", {"digit", "taken_for", "count"}, {t, c, counts(t, c)});
}

/// All networks of one kind together: the mean of what they say.
void test_together(Run& run, const std::vector<apps::Tensors>& votes, const nn::Dataset& test) {
  nn::Tensor alone = nn::Tensor::zeros(votes[0][0].shape()), shifts = alone.clone();
  for (const apps::Tensors& vote : votes) {
    nn::axpy(1, vote[0], alone);
    nn::axpy(1, vote[1], shifts);
  }
  const auto count = static_cast<nn::Scalar>(votes.size());
  const Name name{"ensemble", "all seeds' convolutions together"};
  run.result(name, "accuracy", "test", nn::accuracy(test.y, alone));
  run.result(name, {"shifts", "accuracy over shifts"}, "test", nn::accuracy(test.y, shifts));
  write_errors(run, test, alone / count);
}

/// Each model as chosen and without augmentation, for each seed; then all seeds together.
void test_all(apps::Experiment& experiment, const std::vector<Model>& models,
              const std::vector<Augmenting>& list, const std::vector<std::size_t>& chosen,
              const nn::Split& data) {
  for (const Model& model : models)
    experiment.expect(2 * experiment.runs() * model.epochs * data.train.size());
  const auto votes = experiment.for_each_job(
      static_cast<nn::Index>(2 * models.size()), [&](Run& run, nn::Index job) {
        const std::size_t m = static_cast<std::size_t>(job) / 2;
        const std::size_t augmenting = job % 2 == 0 ? chosen[m] : 0;
        if (job % 2 == 1 && chosen[m] == 0) return apps::Tensors();  // done already
        return test(run, models[m], list[augmenting], data, job == 0);
      });
  experiment.for_each_run(0, [&](Run& run) {
    if (run.first()) test_together(run, votes[0], data.test);
  });
}

}  // namespace

int main(int argc, char** argv) {
  apps::Experiment experiment("usps_best", "USPS digits as well as a small network can.", 5);
  nn::Index epochs = 40, width = 16;
  experiment.flags().count("epochs", epochs, "passes over the training set");
  experiment.flags().count("width", width, "channels of the first convolution");
  experiment.offer_checkpoints();
  experiment.offer_micro_batches();
  return experiment.main(argc, argv, [&] {
    experiment.quick_default("epochs", epochs, nn::Index{4});
    experiment.quick_default("width", width, nn::Index{4});
    nn::Split data = apps::load_usps(experiment);
    if (experiment.quick())
      data.train = data.train.slice(0, std::min<nn::Index>(600, data.train.size()));
    const std::vector<Model> models{
        {{"conv", "convolutions"}, [&] { return convolution(width); }, false, 0.05, 0.05, epochs},
        {{"mlp", "perceptron"}, perceptron, true, 1e-3, 0.1, (3 * epochs + 1) / 2}};
    const std::vector<Augmenting> list = augmentings();
    const std::vector<std::size_t> chosen = choose(experiment, models, list, data.train);

    test_all(experiment, models, list, chosen, data);
    for (const std::string& id : {"conv-" + list[chosen[0]].name.id, std::string("ensemble")}) {
      const double accuracy = experiment.mean(id + "/accuracy/test");
      experiment.note(id + ": " + apps::short_number(100 * (1 - accuracy)) +
                      " % wrong, 95 % interval " + interval(1 - accuracy, data.test.size()));
    }
  });
}
