// Convolution along USPS images read as signals of length 256: Conv1D(3, 1 -> 32), MaxPool1D(2),
// Flatten, Linear(4064, 100), ReLU, Linear(100, 10) under cross-entropy, 200 training images in
// batches of 20, 100 and 250 epochs. The report gives neither its step nor its start: weights from
// U(-1, 1) come near its first numbers, PyTorch's start does much better. Then: average pooling,
// all 7291 images, a network that reads the image along rows and along columns, and a
// two-dimensional convolution with about as many parameters.

#include <algorithm>
#include <functional>

#include "common/experiment.hpp"
#include "common/usps_data.hpp"
#include "nn/nn.hpp"

namespace {

using apps::Experiment, apps::Run;

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

/// What an accuracy is compared with.
struct Report {
  std::optional<double> train = {}, test = {};
};

struct Setting {
  std::string name;
  std::function<nn::Sequential()> model;
  nn::Index images;  // 0: all, for the first three runs
  nn::Init init;
  double step, momentum;  // under the mean over the batch
  nn::Index batch_size;
  std::vector<std::pair<nn::Index, Report>> marks;  // epochs at which to measure
};

std::vector<Setting> settings(bool quick) {
  auto max_pool = [] { return conv1d(false); };
  auto average_pool = [] { return conv1d(true); };
  nn::Init torch = nn::Init::torch(), wide = nn::Init::uniform(-1, 1);
  std::vector<std::pair<nn::Index, Report>> report{{100, {0.97, 0.66}}, {250, {1.00, 0.77}}};
  std::vector<std::pair<nn::Index, Report>> both{{100, {}}, {250, {}}}, short_run{{15, {}}};
  if (quick)
    return {{"200 images, torch, step 0.01", max_pool, 200, torch, 0.01, 0, 20, {{20, {}}}}};
  return {
      {"all images, max, momentum", max_pool, 0, torch, 0.02, 0.9, 100, short_run},
      {"all images, average, momentum", average_pool, 0, torch, 0.02, 0.9, 100, short_run},
      {"all images, two directions, momentum", two_directions, 0, torch, 0.02, 0.9, 100, short_run},
      {"all images, Conv2D, momentum", conv2d, 0, torch, 0.02, 0.9, 100, short_run},
      {"all images, max, plain step 0.01", max_pool, 0, torch, 0.01, 0, 20, {{10, {}}}},
      {"200 images, torch, step 0.01", max_pool, 200, torch, 0.01, 0, 20, report},
      {"200 images, torch, step 0.001", max_pool, 200, torch, 0.001, 0, 20, report},
      {"200 images, U(-1, 1), step 0.01", max_pool, 200, wide, 0.01, 0, 20, report},
      {"200 images, N(0, 0.1), step 0.001", max_pool, 200, nn::Init::normal(0, 0.1), 0.001, 0, 20,
       report},
      {"200 images, average, torch, step 0.01", average_pool, 200, torch, 0.01, 0, 20, both},
      {"200 images, two directions, torch, step 0.01", two_directions, 200, torch, 0.01, 0, 20,
       both},
      {"200 images, Conv2D, torch, step 0.01", conv2d, 200, torch, 0.01, 0, 20, both},
  };
}

nn::Dataset chosen(const nn::Dataset& train, nn::Index count, nn::Rng rng) {
  if (count == 0 || count >= train.size()) return train;
  std::vector<nn::Index> order = rng.permutation(train.size());
  order.resize(static_cast<std::size_t>(count));
  return nn::take(train, order);
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
  nn::Index epochs = s.marks.back().first;
  nn::SGD(
      optim, part, {.batch_size = s.batch_size, .epochs = epochs}, order, [&](const nn::Epoch& e) {
        run.history(s.name, e.epoch, "loss", "train", e.loss);
        if (e.epoch % every == 0 || e.epoch == 1 || e.epoch == epochs) {
          nn::Tensor yhat = nn::predict(net, data.test.x);
          run.history(s.name, e.epoch, "loss", "test", nn::mean(loss.forward(data.test.y, yhat)));
          run.history(s.name, e.epoch, "accuracy", "test", nn::accuracy(data.test.y, yhat));
        }
        run.advance(part.size());
        for (const auto& [mark, report] : s.marks) {
          if (e.epoch != mark) continue;
          std::string name = s.name + ", " + std::to_string(mark) + " epochs";
          run.result(name, "accuracy", "train", nn::accuracy(net, part), report.train);
          run.result(name, "accuracy", "test", nn::accuracy(net, data.test), report.test);
        }
      });
}

}  // namespace

int main(int argc, char** argv) {
  Experiment experiment("usps_conv1d", "Convolution along USPS digits read as signals.");
  return experiment.main(argc, argv, [&] {
    nn::Split images = apps::load_usps(experiment);
    nn::Split data{{images.train.x + 1, images.train.y}, {images.test.x + 1, images.test.y}};
    std::vector<Setting> list = settings(experiment.quick());
    auto runs = [&](const Setting& s) {
      return s.images == 0 ? std::min<nn::Index>(experiment.runs(), 3) : experiment.runs();
    };
    for (const Setting& s : list)
      experiment.expect((s.images == 0 ? data.train.size() : s.images) * s.marks.back().first *
                        runs(s));
    experiment.for_each_job(static_cast<nn::Index>(list.size()), [&](Run& run, nn::Index job) {
      const Setting& s = list[static_cast<std::size_t>(job)];
      if (run.number() < runs(s)) train(run, s, data);
    });
  });
}
