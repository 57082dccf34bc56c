#pragma once

#include <initializer_list>
#include <vector>

#include "onnx/model.hpp"

/// The order of dimensions and of features. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {

/// Where a value of the graph has its dimensions: (N, ..., C) as here, (N, C, ...) as ONNX's
/// convolutions, or (T, N, C) as its recurrent layers. Exporters exchange channels and columns of
/// (N, C, H, W) around a Softmax over channels: (N, W, H, C).
enum class Layout { last, channels_first, time_first, exchanged };

/// The permutation that takes (N, ..., C) of this rank to (N, C, ...), and the one back.
Ints to_channels_first(int rank);
Ints to_channels_last(int rank);

/// Whether these are 0, 1, ... in any order.
bool is_permutation(Ints order);

/// A contiguous tensor whose dimension i is x's dimension order[i].
Tensor permuted(const Tensor& x, const Ints& order);

/// Weights of a convolution: (k, ..., in, out) as (out, in, k, ...), and back.
Tensor kernel_first(const Tensor& w);
Tensor kernel_last(const Tensor& w);

/// If an example of this shape, (..., C), is flattened with its channels first: which feature of
/// the one flattened with channels last stands in place j. Empty if both are the same.
std::vector<Index> flattened_order(const Shape& example);
std::vector<Index> inverse(const std::vector<Index>& order);
/// Element i of a dimension is x's order[i]. An empty order is x's.
Tensor select_in_order(const Tensor& x, int dim, const std::vector<Index>& order);

/// A shape (batch, ...) without its batch, and with one.
Shape example_of(const Shape& shape);
Shape with_batch(const Shape& example, Index batch);

}}}}  // namespace nn::NN_PRECISION::detail::onnx
