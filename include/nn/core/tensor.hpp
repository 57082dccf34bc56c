#pragma once

#include <array>
#include <initializer_list>
#include <iosfwd>
#include <type_traits>
#include <utility>
#include <vector>

#include "nn/core/scalar.hpp"
#include "nn/core/shape.hpp"
#include "nn/core/storage.hpp"

namespace nn { inline namespace NN_PRECISION {

/// A strided view on shared, reference-counted storage, as in NumPy, Torch7 and PyTorch. Element
/// (i, j, ...) is
///
///     data()[i * stride(0) + j * stride(1) + ...]
///
/// Copying a Tensor shares its elements; clone() copies them. Views (transpose, slice, ...) move no
/// data and see each other's writes; RangeError for a dimension or an index out of range. A view of
/// a const Tensor can be written to: const protects the view, not the elements.
///
/// Thread safety: several threads may read one Tensor at once, and may copy and destroy Tensors
/// that share elements. While one thread writes an element, no other may read or write it. A
/// function writes only to its result and to the Tensors that it takes by non-const reference.
class Tensor {
 public:
  /// An empty tensor, shape (0).
  Tensor() : shape_(Shape::empty()), strides_{1} {}
  /// A contiguous tensor of that shape, values unspecified. RangeError if there is no such memory.
  explicit Tensor(const Shape& shape);
  Tensor(const Tensor&) = default;
  Tensor& operator=(const Tensor&) = default;
  /// What was moved from is empty, shape (0).
  Tensor(Tensor&& other) noexcept
      : storage_(std::move(other.storage_)),
        data_(std::exchange(other.data_, nullptr)),
        shape_(other.shape_),
        strides_(other.strides_) {
    other.shape_.set_empty();
  }
  Tensor& operator=(Tensor&& other) noexcept {
    if (this == &other) return *this;
    storage_ = std::move(other.storage_);
    data_ = std::exchange(other.data_, nullptr);
    shape_ = other.shape_;
    strides_ = other.strides_;
    other.shape_.set_empty();
    return *this;
  }
  ~Tensor() = default;

  /// Contiguous tensors of zeros, of ones, of one value.
  static Tensor zeros(const Shape& shape) { return full(shape, 0); }
  static Tensor ones(const Shape& shape) { return full(shape, 1); }
  static Tensor full(const Shape& shape, Scalar value);
  /// (count): 0, 1, ..., count - 1.
  static Tensor arange(Index count);
  /// The values, row after row, in that shape. ShapeError if their number differs.
  static Tensor from(const Shape& shape, const std::vector<Scalar>& values);

  /// The sizes, their number, one of them (RangeError outside [0, rank())), and their product.
  const Shape& shape() const { return shape_; }
  int rank() const { return shape_.rank(); }
  Index size(int dim) const { return shape_[dim]; }
  Index numel() const { return shape_.numel(); }
  /// In elements; RangeError for a dimension outside [0, rank()).
  Index stride(int dim) const {
    (void)shape_[dim];
    return strides_[static_cast<std::size_t>(dim)];
  }
  /// Whether the elements lie one after the other, in row-major order.
  bool is_contiguous() const {
    Index step = 1;
    const Index* sizes = shape_.begin();
    for (int dim = rank() - 1; dim >= 0; --dim) {
      if (sizes[dim] != 1 && strides_[static_cast<std::size_t>(dim)] != step) return numel() == 0;
      step *= sizes[dim];
    }
    return true;
  }

  /// Where element (0, 0, ...) is.
  Scalar* data() { return data_; }
  const Scalar* data() const { return data_; }

  /// Element (i, j, ...): as many indices as dimensions. Checked in debug builds; at() always
  /// checks and throws RangeError.
  template <class... Indices>
  Scalar& operator()(Indices... i) {
    return data_[offset({static_cast<Index>(i)...})];
  }
  template <class... Indices>
  Scalar operator()(Indices... i) const {
    return data_[offset({static_cast<Index>(i)...})];
  }
  template <class... Indices>
  Scalar& at(Indices... i) {
    return data_[checked_offset({static_cast<Index>(i)...})];
  }
  template <class... Indices>
  Scalar at(Indices... i) const {
    return data_[checked_offset({static_cast<Index>(i)...})];
  }
  /// The value of a tensor with one element; ShapeError otherwise.
  Scalar item() const;

  /// Two dimensions swapped; without arguments, of a matrix.
  Tensor transpose(int dim0, int dim1) const;
  Tensor transpose() const;
  /// Elements begin, begin + step, ... below end, of one dimension. 0 <= begin <= end <= size and
  /// step >= 1.
  Tensor slice(int dim, Index begin, Index end, Index step = 1) const;
  /// One index of a dimension; the dimension goes away.
  Tensor select(int dim, Index index) const;
  /// The same elements in another shape. One size may be -1: it follows from the others. The result
  /// is a view where the strides allow it, as they always do for contiguous tensors, else a
  /// contiguous copy. ShapeError if the numbers of elements differ.
  Tensor reshape(std::initializer_list<Index> sizes) const;
  Tensor reshape(const Shape& shape) const;
  /// Repeats dimensions of size 1, and new ones in front, by NumPy's rule (stride 0). ShapeError if
  /// the shapes do not fit. Where it repeats, the result cannot be written to.
  Tensor broadcast_to(const Shape& shape) const;
  /// All windows of `size` elements that begin every `step` elements of a dimension. The dimension
  /// becomes their number, (n - size) / step + 1; a last dimension of `size` is added. Where
  /// windows overlap, the result cannot be written to.
  Tensor unfold(int dim, Index size, Index step) const;

  /// A contiguous copy. contiguous() copies only if this tensor is not contiguous.
  Tensor clone() const;
  Tensor contiguous() const { return is_contiguous() ? *this : clone(); }

  /// Write to the elements. copy_from broadcasts `source` to this shape; the two may overlap.
  /// ArgumentError if has_internal_overlap(), here and in all functions that write to a tensor.
  void fill(Scalar value);
  void copy_from(const Tensor& source);

  /// How many Tensors share the storage; 0 without elements.
  long use_count() const { return storage_.use_count(); }
  /// Whether no other Tensor shares the storage.
  bool is_unique() const { return use_count() == 1; }
  /// Whether two elements of this view are one number in memory, as in a broadcast tensor.
  bool has_internal_overlap() const { return !is_contiguous() && finds_overlap(); }
  /// Whether the two are one view: element (i, j, ...) of one is that of the other.
  friend bool is_same_view(const Tensor& a, const Tensor& b);
  /// Whether the two may have an element in common (their ranges of memory meet).
  friend bool may_overlap(const Tensor& a, const Tensor& b) {
    return a.storage_ == b.storage_ && a.meets(b);
  }

  /// The elements as NumPy prints them.
  friend std::ostream& operator<<(std::ostream& out, const Tensor& tensor);

 private:
  using Strides = std::array<Index, Shape::max_rank>;

  Index offset(std::initializer_list<Index> indices) const {
#ifndef NDEBUG
    return checked_offset(indices);
#else
    Index sum = 0;
    std::size_t dim = 0;
    for (Index i : indices) sum += i * strides_[dim++];
    return sum;
#endif
  }
  Index checked_offset(std::initializer_list<Index> indices) const;
  Tensor(const Storage& storage, Scalar* data, const Shape& shape, const Strides& strides)
      : storage_(storage), data_(data), shape_(shape), strides_(strides) {}
  Tensor view(const Shape& shape, const Strides& strides, Index offset) const;
  bool view_strides(const Shape& shape, Strides& strides) const;
  bool finds_overlap() const;
  bool meets(const Tensor& other) const;
  static Strides contiguous_strides(const Shape& shape);

  Storage storage_;
  Scalar* data_ = nullptr;
  Shape shape_;
  Strides strides_{};
};

namespace detail {
[[noreturn]] void fail_writing(const char* operation, const Tensor& y);
/// ArgumentError, which `operation` opens, if y has_internal_overlap().
inline void check_writable(const char* operation, const Tensor& y) {
  if (y.has_internal_overlap()) fail_writing(operation, y);
}
}  // namespace detail

/// A number or a list of lists, for tensor().
class NestedList {
 public:
  template <class Number>
  requires std::is_arithmetic_v<Number> NestedList(Number value)
      : values_{static_cast<Scalar>(value)} {}
  NestedList(std::initializer_list<NestedList> items);

 private:
  friend Tensor tensor(std::initializer_list<NestedList> items);
  Shape shape_;
  std::vector<Scalar> values_;
};

/// Tensors from nested lists: tensor({1, 2}), tensor({{1, 2}, {3, 4}}), ... ShapeError if ragged.
Tensor tensor(std::initializer_list<NestedList> items);

}}  // namespace nn::NN_PRECISION
