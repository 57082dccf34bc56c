#pragma once

#include <functional>
#include <vector>

#include "common/experiment.hpp"
#include "nn/data/split.hpp"

namespace apps {

/// What models are chosen between, on examples of the training set that are held out.
struct Choice {
  nn::Index held_out;             // examples; at most a quarter of the training set
  std::size_t candidates;         // for each model
  std::vector<nn::Index> epochs;  // of each model's trainings
  nn::Index seeds;                // runs that count: the first ones
};

/// Trains a model with one of the candidates on parts.train; returns the accuracy on parts.test.
using Validation = std::function<double(Run& run, std::size_t model, std::size_t candidate,
                                        const nn::Split& parts)>;

/// For each model, the candidate that does best on average, the first of equal ones.
std::vector<std::size_t> choose(Experiment& experiment, const nn::Dataset& train,
                                const Choice& choice, const Validation& validate);

}  // namespace apps
