#include "nn/data/split.hpp"

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/core/rng.hpp"

namespace nn::inline NN_PRECISION {

Split train_test_split(const Dataset& data, const SplitOptions& options) {
  if (!(options.test_size > 0 && options.test_size < 1))
    throw ArgumentError("train_test_split: expected a test_size between 0 and 1, got " +
                        to_text(options.test_size));
  Index n = data.size();
  auto tests = static_cast<Index>(std::ceil(options.test_size * static_cast<double>(n)));
  if (n - tests < 1)
    throw ArgumentError("train_test_split: of " + std::to_string(n) + " samples a test_size of " +
                        to_text(options.test_size) + " leaves none to train with");
  auto order = Rng(options.seed).permutation(n);
  std::span<const Index> rows(order);
  auto cut = static_cast<std::size_t>(tests);
  return {.train = take(data, rows.subspan(cut)), .test = take(data, rows.first(cut))};
}

}  // namespace nn::inline NN_PRECISION
