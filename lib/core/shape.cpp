#include "nn/core/shape.hpp"

#include <algorithm>
#include <ostream>

#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {

void Shape::too_many_dimensions(std::size_t rank) {
  throw ShapeError("a shape has at most " + std::to_string(max_rank) + " dimensions, got " +
                   std::to_string(rank));
}

void Shape::invalid() const {
  const bool negative = std::any_of(begin(), end(), [](Index size) { return size < 0; });
  throw ShapeError((negative ? "negative size in shape " : "too many elements in shape ") +
                   to_string());
}

void Shape::out_of_range(int dim) const {
  throw RangeError("dimension " + std::to_string(dim) + " of shape " + to_string());
}

Shape Shape::with(int dim, Index size) const {
  (*this)[dim];
  std::array<Index, max_rank> sizes = sizes_;
  sizes[static_cast<std::size_t>(dim)] = size;
  return Shape(std::span<const Index>(sizes.data(), static_cast<std::size_t>(rank_)));
}

Shape Shape::swapped(int dim0, int dim1) const {
  const Index size0 = (*this)[dim0], size1 = (*this)[dim1];
  Shape result = *this;
  result.sizes_[static_cast<std::size_t>(dim0)] = size1;
  result.sizes_[static_cast<std::size_t>(dim1)] = size0;
  return result;
}

Shape Shape::without(int dim) const {
  (*this)[dim];
  Shape result = *this;
  std::copy(begin() + dim + 1, end(), result.sizes_.begin() + dim);
  --result.rank_;
  return result;
}

Shape Shape::inserted(int dim, Index size) const {
  if (dim < 0 || dim > rank_)
    throw RangeError("dimension " + std::to_string(dim) + " of shape " + to_string());
  std::array<Index, max_rank + 1> sizes{};
  std::copy(begin(), begin() + dim, sizes.begin());
  sizes[static_cast<std::size_t>(dim)] = size;
  std::copy(begin() + dim, end(), sizes.begin() + dim + 1);
  return Shape(std::span<const Index>(sizes.data(), static_cast<std::size_t>(rank_ + 1)));
}

std::string Shape::to_string() const {
  std::string text = "(";
  for (const Index* size = begin(); size != end(); ++size) {
    if (size != begin()) text += ", ";
    text += std::to_string(*size);
  }
  return text + ")";
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.to_string(); }

Shape broadcast_shapes(const Shape& a, const Shape& b) {
  if (a == b) return a;
  int rank = std::max(a.rank(), b.rank());
  std::array<Index, Shape::max_rank> sizes{};
  for (int i = 1; i <= rank; ++i) {
    Index x = i <= a.rank() ? a[a.rank() - i] : 1;
    Index y = i <= b.rank() ? b[b.rank() - i] : 1;
    if (x != y && x != 1 && y != 1)
      throw ShapeError("shapes " + a.to_string() + " and " + b.to_string() +
                       " do not broadcast together");
    sizes[static_cast<std::size_t>(rank - i)] = x == 1 ? y : x;
  }
  return Shape(std::span<const Index>(sizes.data(), static_cast<std::size_t>(rank)));
}

}}  // namespace nn::NN_PRECISION
