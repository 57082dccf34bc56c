#include "nn/data/source.hpp"

namespace nn { inline namespace NN_PRECISION {

void ExampleSource::read_part(std::span<const Index> rows, Index begin, Index end, Index iteration,
                              Dataset& out) {
  Dataset all;
  read(rows, iteration, all);
  out = all.slice(begin, end);
}

void AugmentedSource::read(std::span<const Index> rows, Index iteration, Dataset& out) {
  source_.read(rows, iteration, batch_);
  out = augment(batch_, options_, {.seed = seed_, .step = static_cast<std::uint64_t>(iteration)});
}

/// Under mixup a row may take from any row of the batch.
void AugmentedSource::read_part(std::span<const Index> rows, Index begin, Index end,
                                Index iteration, Dataset& out) {
  if (options_.mixup > 0) return ExampleSource::read_part(rows, begin, end, iteration, out);
  source_.read_part(rows, begin, end, iteration, batch_);
  out = augment(batch_, options_,
                {.seed = seed_, .step = static_cast<std::uint64_t>(iteration), .first_row = begin});
}

}}  // namespace nn::NN_PRECISION
