#pragma once

#include <cstdint>

#include "nn/data/dataset.hpp"

namespace nn::inline NN_PRECISION {

struct Split {
  Dataset train, test;
};

struct SplitOptions {
  double test_size = 0.25;  // the fraction of the samples to test with, between 0 and 1
  std::uint64_t seed = 0;
};

/// Cuts the samples at random in two, as train_test_split(x, y, test_size=, random_state=seed) of
/// scikit-learn does: of the permutation that Rng(seed) draws first, the first
/// ceil(test_size * n) samples are for the test, the others for training, in that order. Copies;
/// `data` keeps its order.
///
/// ArgumentError unless 0 < test_size < 1 and neither part is left empty (the test part, rounded
/// up, never is: of 2 samples a tenth gives 1 and 1, but of 1 sample nothing remains to train
/// with).
Split train_test_split(const Dataset& data, const SplitOptions& options = {});

}  // namespace nn::inline NN_PRECISION
