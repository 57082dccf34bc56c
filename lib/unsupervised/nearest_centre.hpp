#pragma once

#include <vector>

#include "unsupervised/sample_blocks.hpp"

namespace nn::inline NN_PRECISION::detail {

/// labels[i]: the centre nearest to sample i by squared_distance(), the first of equal ones. Both
/// have the same origin.
void assign_to_nearest(const SampleBlocks& samples, const Points& centres,
                       std::vector<Index>& labels);

}  // namespace nn::inline NN_PRECISION::detail
