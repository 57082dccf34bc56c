#pragma once

#include <map>
#include <string>

#include "nn/train/sgd.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// What decides the course of a training, by name: a checkpoint of other settings is refused.
/// `columns`: of the history. Private to lib/.
std::map<std::string, std::string> training_settings(const Optim& optim, const SGDOptions& options,
                                                     Index examples, const Rng& rng,
                                                     const std::string& columns);
/// What has to be the same for the processes of a team: the version, and the network's and the
/// rule's numbers too.
std::map<std::string, std::string> team_settings(const Optim& optim);
/// With a training's limits, where it stands, and some of its data.
std::map<std::string, std::string> team_settings(const Optim& optim, const SGDOptions& options,
                                                 ExampleSource& train, const Rng& rng,
                                                 const std::string& columns, Index iterations);

}}}  // namespace nn::NN_PRECISION::detail
