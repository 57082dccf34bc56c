#pragma once

#include <optional>

#include "common/experiment.hpp"
#include "nn/data/split.hpp"
#include "nn/modules/module.hpp"

namespace apps {

// What experiments with two classes of points in the plane record. A point belongs to the second
// class where the network's output is above the threshold.

/// Rows of history.csv: mean squared error and accuracy on both parts.
void record_epoch(Run& run, const Name& setting, nn::Index epoch, const nn::Module& net,
                  const nn::Split& data, nn::Scalar threshold = 0.5);

/// The accuracies that the report gives.
struct ReportedAccuracy {
  std::optional<double> train = {}, test = {};
};

/// Mean squared error and accuracy on both parts.
void record_results(Run& run, const Name& setting, const nn::Module& net, const nn::Split& data,
                    const ReportedAccuracy& report = {}, nn::Scalar threshold = 0.5);

/// The points, as points.csv: id, setting, x1, x2, label, split.
void write_points(Run& run, const Name& setting, const nn::Split& data);
/// The network's output on a grid over [-half_width, half_width]^2, as boundary.csv: id, setting,
/// x1, x2, output.
void write_boundary(Run& run, const Name& setting, const nn::Module& net, double half_width);

}  // namespace apps
