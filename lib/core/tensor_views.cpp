#include <algorithm>
#include <string>
#include <vector>

#include "nn/core/error.hpp"
#include "nn/core/tensor.hpp"

namespace nn { inline namespace NN_PRECISION {

Tensor Tensor::view(const Shape& shape, const Strides& strides, Index offset) const {
  return {storage_, data_ + (offset == 0 || shape.numel() == 0 ? 0 : offset), shape, strides};
}

Tensor Tensor::transpose(int dim0, int dim1) const {
  const Shape shape = shape_.swapped(dim0, dim1);
  Strides strides = strides_;
  std::swap(strides[static_cast<std::size_t>(dim0)], strides[static_cast<std::size_t>(dim1)]);
  return view(shape, strides, 0);
}

Tensor Tensor::transpose() const {
  if (rank() != 2)
    throw ShapeError("transpose: expected a matrix, got shape " + shape_.to_string());
  return transpose(0, 1);
}

Tensor Tensor::slice(int dim, Index begin, Index end, Index step) const {
  if (begin < 0 || begin > end || end > size(dim) || step < 1)
    throw RangeError("slice: " + std::to_string(begin) + " to " + std::to_string(end) + " by " +
                     std::to_string(step) + " in dimension " + std::to_string(dim) + " of shape " +
                     shape_.to_string());
  Strides strides = strides_;
  Index count = (end - begin) / step + ((end - begin) % step != 0);
  if (count > 1) strides[static_cast<std::size_t>(dim)] *= step;  // else it could overflow
  return view(shape_.with(dim, count), strides, begin * stride(dim));
}

Tensor Tensor::select(int dim, Index index) const {
  if (index < 0 || index >= size(dim))
    throw RangeError("select: index " + std::to_string(index) + " in dimension " +
                     std::to_string(dim) + " of shape " + shape_.to_string());
  Strides strides = strides_;
  std::copy(strides.begin() + dim + 1, strides.end(), strides.begin() + dim);
  return view(shape_.without(dim), strides, index * stride(dim));
}

Tensor Tensor::reshape(std::initializer_list<Index> sizes) const {
  if (std::count(sizes.begin(), sizes.end(), -1) != 1) return reshape(Shape(sizes));
  std::vector<Index> known(sizes);
  auto open = std::find(known.begin(), known.end(), -1);
  *open = 1;
  Index rest = Shape(known).numel();
  if (rest == 0 || numel() % rest != 0)
    throw ShapeError("reshape: shape " + shape_.to_string() + " cannot become " +
                     Shape(known).to_string() + " times a whole number, as its size -1 asks");
  *open = numel() / rest;
  return reshape(Shape(known));
}

Tensor Tensor::reshape(const Shape& shape) const {
  if (shape == shape_) return *this;
  if (shape.numel() != numel())
    throw ShapeError("reshape: shape " + shape_.to_string() + " has not the elements of " +
                     shape.to_string());
  Strides strides{};
  if (view_strides(shape, strides)) return view(shape, strides, 0);
  return clone().reshape(shape);
}

/// The strides that give `shape` without moving data; false if there are none. Each group of new
/// dimensions must cover a group of old ones that are evenly spaced:
/// stride[i] == size[i + 1] * stride[i + 1].
bool Tensor::view_strides(const Shape& shape, Strides& strides) const {
  if (is_contiguous()) {
    strides = contiguous_strides(shape);
    return true;
  }
  int old_dim = rank() - 1, new_dim = shape.rank() - 1;
  while (old_dim >= 0) {
    Index old_count = size(old_dim), step = stride(old_dim);
    while (old_dim > 0 && (size(old_dim - 1) == 1 || stride(old_dim - 1) == old_count * step)) {
      --old_dim;
      old_count *= size(old_dim);
    }
    --old_dim;
    Index new_count = 1;
    while (new_dim >= 0 && new_count < old_count) {
      strides[static_cast<std::size_t>(new_dim)] = step * new_count;
      new_count *= shape[new_dim--];
    }
    if (new_count != old_count) return false;
  }
  for (; new_dim >= 0; --new_dim) strides[static_cast<std::size_t>(new_dim)] = numel();
  return true;
}

Tensor Tensor::broadcast_to(const Shape& shape) const {
  if (broadcast_shapes(shape_, shape) != shape)
    throw ShapeError("broadcast_to: shape " + shape_.to_string() + " does not broadcast to " +
                     shape.to_string());
  Strides strides{};
  for (int i = 1; i <= rank(); ++i)
    if (size(rank() - i) != 1)
      strides[static_cast<std::size_t>(shape.rank() - i)] = stride(rank() - i);
  return view(shape, strides, 0);
}

Tensor Tensor::unfold(int dim, Index size, Index step) const {
  if (size < 1 || step < 1 || size > shape_[dim])
    throw RangeError("unfold: windows of " + std::to_string(size) + " by " + std::to_string(step) +
                     " in dimension " + std::to_string(dim) + " of shape " + shape_.to_string());
  Index count = (shape_[dim] - size) / step + 1;
  Shape shape = shape_.with(dim, count).inserted(rank(), size);
  Strides strides = strides_;
  strides[static_cast<std::size_t>(rank())] = stride(dim);
  if (count > 1) strides[static_cast<std::size_t>(dim)] *= step;  // else it could overflow
  return view(shape, strides, 0);
}

}}  // namespace nn::NN_PRECISION
