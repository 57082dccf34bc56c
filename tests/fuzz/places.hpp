#pragma once

#include <functional>
#include <numeric>
#include <set>
#include <string_view>
#include <vector>

#include "nn/core/tensor.hpp"

/// What the targets on tensors share: choices from bytes, and where elements lie.
namespace nn::fuzz {

using Sizes = std::vector<Index>;

/// The bytes as choices; 0 when they are used up.
class Choices {
 public:
  explicit Choices(std::string_view bytes) : bytes_(bytes) {}
  bool at_end() const { return bytes_.empty(); }
  /// low ... high, at most 256 of them.
  Index between(Index low, Index high) { return low + byte() % (high - low + 1); }

 private:
  Index byte() {
    if (at_end()) return 0;
    auto value = static_cast<unsigned char>(bytes_[0]);
    bytes_.remove_prefix(1);
    return value;
  }
  std::string_view bytes_;
};

inline Index count(const Sizes& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), Index{1}, std::multiplies<>());
}

/// Calls body(index) for every index of such a shape, row by row.
template <class Body>
void for_each_index(const Sizes& sizes, Body body) {
  Sizes index(sizes.size(), 0);
  for (Index left = count(sizes); left > 0; --left) {
    body(index);
    for (std::size_t d = sizes.size(); d-- > 0 && ++index[d] == sizes[d];) index[d] = 0;
  }
}

/// Where the tensor's elements lie behind `base`, row by row, by its strides.
inline Sizes places_of(const Tensor& t, const Scalar* base) {
  Sizes places;
  for_each_index(Sizes(t.shape().begin(), t.shape().end()), [&](const Sizes& index) {
    Index at = t.data() - base;
    for (int d = 0; d < t.rank(); ++d) at += index[static_cast<std::size_t>(d)] * t.stride(d);
    places.push_back(at);
  });
  return places;
}

inline bool are_distinct(const Sizes& places) {
  return std::set<Index>(places.begin(), places.end()).size() == places.size();
}

}  // namespace nn::fuzz
