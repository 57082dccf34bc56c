#pragma once

#include <string>

#include "common/experiment.hpp"
#include "nn/data/split.hpp"
#include "nn/modules/module.hpp"

namespace apps {

/// For the figures of experiments in the plane: the points as points.csv (setting, x1, x2, label,
/// split) and the network's output on a grid over [-half_width, half_width]^2 as boundary.csv
/// (setting, x1, x2, output).
void write_points(Run& run, const std::string& setting, const nn::Split& data);
void write_boundary(Run& run, const std::string& setting, const nn::Module& net, double half_width);

}  // namespace apps
