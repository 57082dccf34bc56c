#pragma once

#include <cstddef>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// While it lives, the tensors of this thread may take this much more memory from the system; then
/// RangeError. For sizes that a file gives. Private to lib/.
class AllocationLimit {
 public:
  explicit AllocationLimit(std::size_t bytes);
  ~AllocationLimit();
  AllocationLimit(const AllocationLimit&) = delete;
  AllocationLimit& operator=(const AllocationLimit&) = delete;

 private:
  std::size_t before_;
};

}}}  // namespace nn::NN_PRECISION::detail
