#pragma once

#include "common/experiment.hpp"
#include "nn/data/split.hpp"

namespace apps {

/// Fashion-MNIST from --data or NN_DATA: x (n, 28, 28) in [-1, 1], y (n) classes, 60000 images for
/// training and 10000 for testing. Where it is not there, DataError; under --quick, the embedded
/// 8x8 digits, scaled up to 28x28, stand in, and the experiment says so on stdout, in config.csv
/// and in the data column of summary.csv.
nn::Split load_fashion(Experiment& experiment);

}  // namespace apps
