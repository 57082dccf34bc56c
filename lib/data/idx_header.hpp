#pragma once

#include <string>
#include <vector>

#include "nn/core/shape.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// What the header of an IDX file says. Private to lib/.
struct IdxHeader {
  /// The longest header: four bytes, and four for each size.
  static constexpr std::size_t longest = 4 + 4 * std::size_t{Shape::max_rank};

  std::vector<Index> sizes;
  std::size_t length, elements = 1;

  /// Of the file's first bytes. `most` is how many elements there can be at all. DataError for
  /// another header, or for more elements.
  IdxHeader(const std::string& path, const std::string& bytes, std::size_t most);
};

}}}  // namespace nn::NN_PRECISION::detail
