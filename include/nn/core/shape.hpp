#pragma once

#include <array>
#include <initializer_list>
#include <iosfwd>
#include <span>
#include <string>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION {

/// The sizes of a tensor, outermost first: (batch, length, channels). The rank is 0 to 6; rank 0 is
/// a single number. Sizes may be 0. Constructors throw ShapeError for a negative size, a higher
/// rank, or more than 2^63 - 1 elements.
///
/// Thread safety: a value; several threads may read one Shape at once.
class Shape {
 public:
  static constexpr int max_rank = 6;  // the most dimensions

  Shape() = default;
  Shape(std::initializer_list<Index> sizes) : Shape(std::span(sizes.begin(), sizes.size())) {}
  explicit Shape(std::span<const Index> sizes) {
    if (sizes.size() > max_rank) too_many_dimensions(sizes.size());
    Index count = 1;  // of the non-zero sizes: strides must not overflow either
    bool valid = true;
    for (Index size : sizes) {
      sizes_[static_cast<std::size_t>(rank_++)] = size;
      valid = valid && size >= 0 && !__builtin_mul_overflow(count, size > 0 ? size : 1, &count);
    }
    if (!valid) invalid();
  }
  /// (0), which has no elements.
  static Shape empty() noexcept {
    Shape shape;
    shape.rank_ = 1;
    return shape;
  }

  /// Becomes empty(), in fewer instructions.
  void set_empty() noexcept {
    rank_ = 1;
    sizes_[0] = 0;
  }

  /// The number of dimensions.
  int rank() const { return rank_; }
  /// The size of a dimension in [0, rank()); RangeError outside.
  Index operator[](int dim) const {
    if (dim < 0 || dim >= rank_) out_of_range(dim);
    return sizes_[static_cast<std::size_t>(dim)];
  }
  /// The number of elements: the product of the sizes, 1 for rank 0.
  Index numel() const {
    Index count = 1;
    for (Index size : *this) count *= size;
    return count;
  }
  /// The number of elements of one example, the first dimension being the batch: the product of the
  /// other sizes. RangeError for rank 0.
  Index example_numel() const {
    if (rank_ == 0) out_of_range(0);
    Index count = 1;
    for (const Index* size = begin() + 1; size != end(); ++size) count *= *size;
    return count;
  }

  /// The sizes, from the first to behind the last.
  const Index* begin() const { return sizes_.data(); }
  const Index* end() const { return sizes_.data() + rank_; }

  /// This shape with one size replaced, two exchanged, one dimension removed, or one inserted
  /// before `dim`. RangeError for a dimension out of range.
  Shape with(int dim, Index size) const;
  Shape swapped(int dim0, int dim1) const;
  Shape without(int dim) const;
  Shape inserted(int dim, Index size) const;

  std::string to_string() const;  // "(3, 4)"
  /// Whether rank and sizes are the same.
  friend bool operator==(const Shape& a, const Shape& b) {
    bool same = a.rank_ == b.rank_;
    const Index *x = a.begin(), *y = b.begin();
    for (int dim = 0; same && dim < a.rank_; ++dim) same = x[dim] == y[dim];
    return same;
  }
  /// Writes to_string().
  friend std::ostream& operator<<(std::ostream& out, const Shape& shape);

 private:
  [[noreturn]] static void too_many_dimensions(std::size_t rank);
  [[noreturn]] void invalid() const;
  [[noreturn]] void out_of_range(int dim) const;

  int rank_ = 0;
  std::array<Index, max_rank> sizes_{};
};

/// The shape that both broadcast to by NumPy's rule: aligned at the last dimension, two sizes are
/// equal or one of them is 1. ShapeError if there is no such shape.
Shape broadcast_shapes(const Shape& a, const Shape& b);

}}  // namespace nn::NN_PRECISION
