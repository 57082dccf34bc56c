#pragma once

#include "common/experiment.hpp"
#include "nn/data/split.hpp"

namespace apps {

/// USPS from --data or NN_DATA: x (n, 256) in [-1, 1], y (n) digits. Where neither names a folder
/// with zip.train and zip.test, the embedded 8x8 digits, scaled up to 16x16, stand in, and the
/// experiment says so on stdout, in config.csv and in the data column of summary.csv.
nn::Split load_usps(Experiment& experiment);

}  // namespace apps
