// Convolution along USPS images read as signals of length 256: Conv1D(3, 1, 32), MaxPool1D(2),
// Flatten, Linear(4064, 100), ReLU, Linear(100, 10) under cross-entropy, 200 training images in
// batches of 20, 100 and 250 epochs. The report gives neither its step nor its start: weights from
// U(-1, 1) come near its first numbers, PyTorch's start does much better. Then: average pooling,
// all 7291 images, a network that reads the image along rows and along columns, and a
// two-dimensional convolution with about as many parameters.

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>

#include "common/experiment.hpp"
#include "common/usps_data.hpp"
#include "nn/nn.hpp"

namespace {

using apps::Name, apps::Run;

nn::Sequential tail(nn::Index features) {
  return nn::Sequential{nn::Linear(features, 100), nn::ReLU(), nn::Linear(100, 10)};
}

/// x: (batch, 256).
nn::Sequential conv1d(bool average) {
  nn::Sequential net{nn::Reshape({256, 1}), nn::Conv1D(3, 1, 32)};
  if (average)
    net.append(nn::AvgPool1D(2));
  else
    net.append(nn::MaxPool1D(2));
  return std::move(net.append(nn::Flatten()).append(tail(127 * 32)));
}

nn::Sequential branch() { return nn::Sequential{nn::Conv1D(3, 1, 16), nn::MaxPool1D(2)}; }

/// 16 channels along the rows and 16 along the columns: as many features as with 32 along the rows.
nn::Sequential two_directions() {
  return nn::Sequential{nn::Reshape({16, 16}), nn::TwoDirections(branch(), branch()),
                        tail(2 * 127 * 16)};
}

/// 405 thousand parameters, where conv1d has 408 thousand.
nn::Sequential conv2d() {
  return nn::Sequential{nn::Reshape({16, 16, 1}),
                        nn::Conv2D({.kernel = 3, .chan_in = 1, .chan_out = 63, .padding = 1}),
                        nn::ReLU(),
                        nn::MaxPool2D(2),
                        nn::Flatten(),
                        tail(8 * 8 * 63)};
}

/// An epoch at which to measure, its name in ids, and the report's accuracies.
struct Mark {
  nn::Index epoch;
  std::string id;
  std::optional<double> train = {}, test = {};
};

struct Setting {
  Name name;
  std::function<nn::Sequential()> model;
  std::optional<nn::Index> images;  // all of them without a number
  nn::Index most_runs;
  nn::Init init;
  double step, momentum;  // under the mean over the batch
  nn::Index batch_size;
  std::vector<Mark> marks;
};

constexpr nn::Index kAnyRuns = std::numeric_limits<nn::Index>::max();

/// The settings of all images and of 200, and the marks of these.
std::vector<Setting> settings(bool quick) {
  auto max_pool = [] { return conv1d(false); };
  auto average_pool = [] { return conv1d(true); };
  nn::Init torch = nn::Init::torch();
  std::vector<Mark> reported{{100, "100", 0.97, 0.66}, {250, "250", 1.00, 0.77}};
  std::vector<Mark> both{{100, "100"}, {250, "250"}};
  std::vector<Setting> list;
  auto all_images = [&](const char* id, const char* text, auto model) {
    list.push_back({{id, text}, model, std::nullopt, 3, torch, 0.02, 0.9, 100, {{15, "15"}}});
  };
  auto few_images = [&](const char* id, const char* text, auto model, const nn::Init& init,
                        double step, const std::vector<Mark>& marks) {
    list.push_back({{id, text}, model, 200, kAnyRuns, init, step, 0, 20, marks});
  };
  if (quick) {
    few_images("torch-0.01", "200 images, torch, step 0.01", max_pool, torch, 0.01,
               {{20, "short"}});
    return list;
  }
  all_images("all-max", "all images, max, momentum", max_pool);
  all_images("all-average", "all images, average, momentum", average_pool);
  all_images("all-directions", "all images, two directions, momentum", two_directions);
  all_images("all-conv2d", "all images, Conv2D, momentum", conv2d);
  list.push_back({{"all-plain", "all images, max, plain step 0.01"},
                  max_pool,
                  std::nullopt,
                  3,
                  torch,
                  0.01,
                  0,
                  20,
                  {{10, "10"}}});
  few_images("torch-0.01", "200 images, torch, step 0.01", max_pool, torch, 0.01, reported);
  few_images("torch-0.001", "200 images, torch, step 0.001", max_pool, torch, 0.001, reported);
  few_images("uniform-0.01", "200 images, U(-1, 1), step 0.01", max_pool, nn::Init::uniform(-1, 1),
             0.01, reported);
  few_images("normal-0.001", "200 images, N(0, 0.1), step 0.001", max_pool,
             nn::Init::normal(0, 0.1), 0.001, reported);
  few_images("average", "200 images, average, torch, step 0.01", average_pool, torch, 0.01, both);
  few_images("directions", "200 images, two directions, torch, step 0.01", two_directions, torch,
             0.01, both);
  few_images("conv2d", "200 images, Conv2D, torch, step 0.01", conv2d, torch, 0.01, both);
  return list;
}

nn::Dataset chosen(const nn::Dataset& train, std::optional<nn::Index> count, nn::Rng rng) {
  if (!count || *count >= train.size()) return train;
  std::vector<nn::Index> order = rng.permutation(train.size());
  order.resize(static_cast<std::size_t>(*count));
  return nn::take(train, order);
}

void record_marks(Run& run, const Setting& s, nn::Index epoch, const nn::Module& net,
                  const nn::Dataset& train, const nn::Dataset& test) {
  for (const Mark& mark : s.marks) {
    if (mark.epoch != epoch) continue;
    Name name{s.name.id + "-" + mark.id,
              s.name.text + ", " + std::to_string(mark.epoch) + " epochs"};
    run.result(name, "accuracy", "train", nn::accuracy(net, train), mark.train);
    run.result(name, "accuracy", "test", nn::accuracy(net, test), mark.test);
  }
}

void train(Run& run, const Setting& s, const nn::Split& data) {
  constexpr nn::Index every = 10;  // epochs to a test in the history
  nn::Dataset part = chosen(data.train, s.images, run.rng("images"));

  nn::Rng weights = run.rng("weights"), order = run.rng("batches");
  nn::Sequential net = s.model();
  nn::initialize(net, weights, s.init);

  nn::SoftmaxCrossEntropyLoss loss;
  nn::Optim optim(net, loss, s.step, nn::Reduction::mean,
                  nn::GradientDescent({.momentum = s.momentum}));
  const auto team = run.join(optim);

  nn::Index epochs = s.marks.back().epoch;
  auto result = nn::SGD(
      optim, part,
      {.batch_size = s.batch_size, .epochs = epochs, .checkpoint = run.checkpoint(s.name.id)},
      order, [&](const nn::Epoch& e) {
        run.history(s.name, e.epoch, "loss", "train", e.loss);
        if (e.epoch % every == 0 || e.epoch == 1 || e.epoch == epochs) {
          run.history(s.name, e.epoch, "loss", "test", nn::evaluate(net, loss, data.test));
          run.history(s.name, e.epoch, "accuracy", "test", nn::accuracy(net, data.test));
        }
        run.advance(part.size());
        record_marks(run, s, e.epoch, net, part, data.test);
      });
  apps::require_finite(s.name, result);
}

}  // namespace

int main(int argc, char** argv) {
  apps::Experiment experiment("usps_conv1d", "Convolution along USPS digits read as signals.");
  experiment.offer_checkpoints();
  experiment.offer_micro_batches();
  return experiment.main(argc, argv, [&] {
    nn::Split images = apps::load_usps(experiment);
    nn::Split data{{images.train.x + 1, images.train.y}, {images.test.x + 1, images.test.y}};
    std::vector<Setting> list = settings(experiment.quick());
    auto runs = [&](const Setting& s) {
      return std::min<nn::Index>(experiment.runs(), s.most_runs);
    };
    for (const Setting& s : list)
      experiment.expect(s.images.value_or(data.train.size()) * s.marks.back().epoch * runs(s));
    experiment.for_each_job(static_cast<nn::Index>(list.size()), [&](Run& run, nn::Index job) {
      const Setting& s = list[static_cast<std::size_t>(job)];
      if (run.number() < runs(s)) train(run, s, data);
    });
  });
}
