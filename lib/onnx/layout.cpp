#include "onnx/layout.hpp"

#include <algorithm>

namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {

Ints to_channels_first(int rank) {
  Ints order{0, rank - 1};
  for (int dim = 1; dim < rank - 1; ++dim) order.push_back(dim);
  return order;
}

Ints to_channels_last(int rank) {
  Ints order{0};
  for (int dim = 2; dim < rank; ++dim) order.push_back(dim);
  order.push_back(1);
  return order;
}

bool is_permutation(Ints order) {
  std::sort(order.begin(), order.end());
  for (std::size_t i = 0; i < order.size(); ++i)
    if (order[i] != static_cast<std::int64_t>(i)) return false;
  return true;
}

Tensor permuted(const Tensor& x, const Ints& order) {
  Tensor view = x;
  Ints at;  // which of x's dimensions the view has where
  for (int dim = 0; dim < x.rank(); ++dim) at.push_back(dim);
  for (int dim = 0; dim < x.rank(); ++dim) {
    const auto from = std::find(at.begin(), at.end(), order[static_cast<std::size_t>(dim)]);
    const auto place = static_cast<int>(from - at.begin());
    std::swap(*from, at[static_cast<std::size_t>(dim)]);
    view = view.transpose(dim, place);
  }
  return view.clone();
}

Tensor kernel_first(const Tensor& w) {
  Ints order{w.rank() - 1, w.rank() - 2};
  for (int dim = 0; dim < w.rank() - 2; ++dim) order.push_back(dim);
  return permuted(w, order);
}

Tensor kernel_last(const Tensor& w) {
  Ints order;
  for (int dim = 2; dim < w.rank(); ++dim) order.push_back(dim);
  order.push_back(1);
  order.push_back(0);
  return permuted(w, order);
}

std::vector<Index> flattened_order(const Shape& example) {
  const Index channels = example.rank() > 1 ? example[example.rank() - 1] : 1;
  const Index places = channels > 0 ? example.numel() / channels : 0;
  std::vector<Index> order;
  if (channels <= 1 || places <= 1) return order;
  order.reserve(static_cast<std::size_t>(example.numel()));
  for (Index c = 0; c < channels; ++c)
    for (Index p = 0; p < places; ++p) order.push_back(p * channels + c);
  return order;
}

std::vector<Index> inverse(const std::vector<Index>& order) {
  std::vector<Index> result(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    result[static_cast<std::size_t>(order[i])] = static_cast<Index>(i);
  return result;
}

Tensor select_in_order(const Tensor& x, int dim, const std::vector<Index>& order) {
  if (order.empty()) return x;
  Tensor result(x.shape().with(dim, static_cast<Index>(order.size())));
  for (std::size_t i = 0; i < order.size(); ++i)
    result.select(dim, static_cast<Index>(i)).copy_from(x.select(dim, order[i]));
  return result;
}

Shape example_of(const Shape& shape) { return shape.without(0); }

Shape with_batch(const Shape& example, Index batch) { return example.inserted(0, batch); }

}}}}  // namespace nn::NN_PRECISION::detail::onnx
