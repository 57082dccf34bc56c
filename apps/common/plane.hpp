#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/experiment.hpp"
#include "nn/data/split.hpp"
#include "nn/losses/loss.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/sequential.hpp"

namespace apps {

/// How a network that tells two classes of points apart is trained, by MSE under labels 0 and 1.
struct PlaneTraining {
  std::string setting;
  nn::Init init = nn::Init::torch();
  double step = 0.01;
  nn::Reduction reduction = nn::Reduction::sum;
  nn::Index batch_size = 0;  // 0: all training points at once
  nn::Index epochs = 1000;
  nn::Index every = 1;      // epochs from one row of the history to the next
  double half_width = 2.5;  // of the boundary's figure
  std::optional<double> report_train = {}, report_test = {};  // accuracies
};

/// Trains it; records loss and accuracy on both parts over the epochs and at the end, and for the
/// first run the points and the boundary.
void train_in_plane(Run& run, nn::Sequential& net, const nn::Split& data,
                    const PlaneTraining& training);

}  // namespace apps
