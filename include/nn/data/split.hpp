#pragma once

#include <cstdint>

#include "nn/data/dataset.hpp"

namespace nn { inline namespace NN_PRECISION {

struct Split {
  Dataset train, test;
};

struct SplitOptions {
  double test_size = 0.25;  // the fraction of the samples to test with, between 0 and 1
  std::uint64_t seed = 0;
};

/// Divides the samples at random into two parts, as train_test_split(x, y, test_size=,
/// random_state=seed) of scikit-learn does. Of the first permutation of Rng(seed), the first
/// ceil(test_size * n) samples are for testing, the others for training. The parts are copies.
///
/// ArgumentError unless 0 < test_size < 1 and at least one sample remains for training.
Split train_test_split(const Dataset& data, const SplitOptions& options = {});

}}  // namespace nn::NN_PRECISION
