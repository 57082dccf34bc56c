#include "nn/core/tensor.hpp"

#include <algorithm>
#include <functional>
#include <string>

#include "nn/core/error.hpp"
#include "nn/core/loops.hpp"

namespace nn { inline namespace NN_PRECISION {

Tensor::Strides Tensor::contiguous_strides(const Shape& shape) {
  Strides strides{};
  Index step = 1;
  const Index* sizes = shape.begin();
  for (auto dim = static_cast<std::size_t>(shape.rank()); dim-- > 0;) {
    strides[dim] = step;
    step *= std::max<Index>(sizes[dim], 1);
  }
  return strides;
}

Tensor::Tensor(const Shape& shape)
    : storage_(shape.numel()),
      data_(storage_.data()),
      shape_(shape),
      strides_(contiguous_strides(shape)) {}

Tensor Tensor::full(const Shape& shape, Scalar value) {
  Tensor result(shape);
  std::fill_n(result.data_, result.numel(), value);
  return result;
}

Tensor Tensor::arange(Index count) {
  Tensor result(Shape{count});
  for (Index i = 0; i < count; ++i) result.data_[i] = static_cast<Scalar>(i);
  return result;
}

Tensor Tensor::from(const Shape& shape, const std::vector<Scalar>& values) {
  if (shape.numel() != static_cast<Index>(values.size()))
    throw ShapeError("from: " + std::to_string(values.size()) + " values for shape " +
                     shape.to_string());
  Tensor result(shape);
  std::copy(values.begin(), values.end(), result.data_);
  return result;
}

Index Tensor::checked_offset(std::initializer_list<Index> indices) const {
  if (static_cast<int>(indices.size()) != rank())
    throw RangeError(std::to_string(indices.size()) + " indices for shape " + shape_.to_string());
  Index sum = 0;
  int dim = 0;
  for (Index i : indices) {
    if (i < 0 || i >= shape_[dim])
      throw RangeError("index " + std::to_string(i) + " in dimension " + std::to_string(dim) +
                       " of shape " + shape_.to_string());
    sum += i * stride(dim++);
  }
  return sum;
}

Scalar Tensor::item() const {
  if (numel() != 1) throw ShapeError("item: expected one element, got shape " + shape_.to_string());
  return *data_;
}

Tensor Tensor::clone() const {
  Tensor result(shape_);
  result.copy_from(*this);
  return result;
}

/// Elements are apart if each stride is beyond all that the smaller ones reach. Other views are
/// looked at element by element.
bool Tensor::finds_overlap() const {
  std::array<std::pair<Index, Index>, Shape::max_rank> steps;  // stride and size, by stride
  std::size_t count = 0;
  for (int dim = 0; dim < rank(); ++dim) {
    if (size(dim) == 1) continue;
    std::size_t at = count++;
    for (; at > 0 && steps[at - 1].first > stride(dim); --at) steps[at] = steps[at - 1];
    steps[at] = {stride(dim), size(dim)};
  }
  Index reach = 0;
  bool are_apart = true;
  for (std::size_t i = 0; i < count; ++i) {
    are_apart = are_apart && steps[i].first > reach;
    reach += steps[i].first * (steps[i].second - 1);
  }
  if (are_apart || numel() > reach + 1) return !are_apart;
  std::vector<bool> seen(static_cast<std::size_t>(reach + 1));
  bool twice = false;
  detail::for_each_row<1>(shape_, {this}, [&](const auto& offset, Index n, const auto& step) {
    for (Index i = 0; i < n; ++i) {
      auto place = seen[static_cast<std::size_t>(offset[0] + i * step[0])];
      twice = twice || place;
      place = true;
    }
  });
  return twice;
}

void detail::fail_writing(const char* operation, const Tensor& y) {
  throw ArgumentError(std::string(operation) + ": elements of a view " + y.shape().to_string() +
                      " share memory: write to a clone() of it");
}

void Tensor::fill(Scalar value) {
  if (is_contiguous()) {
    std::fill_n(data_, numel(), value);
    return;
  }
  detail::check_writable("fill", *this);
  detail::for_each_row<1>(shape_, {this}, [&](const auto& offset, Index n, const auto& step) {
    Scalar* y = data_ + offset[0];
    if (step[0] == 1)
      std::fill_n(y, n, value);
    else
      for (Index i = 0; i < n; ++i) y[i * step[0]] = value;
  });
}

void Tensor::copy_from(const Tensor& source) {
  if (broadcast_shapes(shape_, source.shape_) != shape_)
    throw ShapeError("copy_from: shape " + source.shape_.to_string() + " does not broadcast to " +
                     shape_.to_string());
  detail::check_writable("copy_from", *this);
  if (may_overlap(*this, source)) {
    Tensor copy(source.shape_);
    copy.copy_from(source);
    return copy_from(copy);
  }
  detail::for_each_row<2>(shape_, {this, &source},
                          [&](const auto& offset, Index n, const auto& step) {
                            Scalar* y = data_ + offset[0];
                            const Scalar* x = source.data_ + offset[1];
                            if (step[0] == 1 && step[1] == 1)
                              std::copy_n(x, n, y);
                            else
                              for (Index i = 0; i < n; ++i) y[i * step[0]] = x[i * step[1]];
                          });
}

bool is_same_view(const Tensor& a, const Tensor& b) {
  bool same = a.data_ == b.data_ && a.shape_ == b.shape_;
  for (int dim = 0; same && dim < a.rank(); ++dim) same = a.stride(dim) == b.stride(dim);
  return same;
}

bool Tensor::meets(const Tensor& other) const {
  auto range = [](const Tensor& t) {
    const Scalar *low = t.data_, *high = t.data_;
    for (int dim = 0; dim < t.rank(); ++dim)
      (t.stride(dim) < 0 ? low : high) += (t.size(dim) - 1) * t.stride(dim);
    return std::pair(low, high);
  };
  if (numel() == 0 || other.numel() == 0) return false;
  auto [low, high] = range(*this);
  auto [other_low, other_high] = range(other);
  std::less_equal<const Scalar*> not_after;
  return not_after(low, other_high) && not_after(other_low, high);
}

NestedList::NestedList(std::initializer_list<NestedList> items) {
  const Shape inner = items.size() ? items.begin()->shape_ : Shape();
  for (const NestedList& item : items) {
    if (item.shape_ != inner)
      throw ShapeError("tensor: ragged list, " + item.shape_.to_string() + " beside " +
                       inner.to_string());
    values_.insert(values_.end(), item.values_.begin(), item.values_.end());
  }
  shape_ = inner.inserted(0, static_cast<Index>(items.size()));
}

Tensor tensor(std::initializer_list<NestedList> items) {
  const NestedList list(items);
  return Tensor::from(list.shape_, list.values_);
}

}}  // namespace nn::NN_PRECISION
