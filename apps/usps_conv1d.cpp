// Convolution along USPS images read as signals of length 256: Conv1D(3, 1 -> 32), MaxPool1D(2),
// Flatten, Linear(4064, 100), ReLU, Linear(100, 10) under cross-entropy, 200 training images in
// batches of 20, 100 and 250 epochs. The report gives neither its step nor its start: weights from
// U(-1, 1) come near its first numbers, PyTorch's start does much better. Then: average pooling,
// all 7291 images, a network that reads the image along rows and along columns, and a
// two-dimensional convolution with about as many parameters.

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

/// 409 thousand parameters, as conv1d has 408 thousand.
nn::Sequential conv2d() {
  return nn::Sequential{
      nn::Reshape({16, 16, 1}),
      nn::Conv2D({.kernel = {3, 3}, .chan_in = 1, .chan_out = 63, .padding = {1, 1}}),
      nn::ReLU(),
      nn::MaxPool2D({2, 2}),
      nn::Flatten(),
      tail(8 * 8 * 63)};
}

struct Setting {
  std::string name;
  std::function<nn::Sequential()> model;
  nn::Index images;  // 0: all
  nn::Init init;
  double step;  // under the mean over the batch
  double momentum;
  nn::Index batch_size;
  std::vector<nn::Index> marks;                   // epochs at which to measure
  std::vector<std::pair<double, double>> report;  // train and test accuracy at each mark
};
