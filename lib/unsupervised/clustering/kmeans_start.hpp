#pragma once

#include <vector>

#include "nn/unsupervised/kmeans.hpp"
#include "unsupervised/clustering/sample_blocks.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// The samples that are the first centres. Their k indices differ, unless plus_plus finds fewer
/// distinct samples.
std::vector<Index> choose_centres(const SampleBlocks& samples, Index k, KMeansInit init, Rng& rng);

}}}  // namespace nn::NN_PRECISION::detail
