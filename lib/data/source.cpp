#include "nn/data/source.hpp"

namespace nn { inline namespace NN_PRECISION {

void AugmentedSource::read(std::span<const Index> rows, Index iteration, Dataset& out) {
  source_.read(rows, iteration, batch_);
  out = augment(batch_, options_, {.seed = seed_, .step = static_cast<std::uint64_t>(iteration)});
}

}}  // namespace nn::NN_PRECISION
