#pragma once

#include <string>
#include <vector>

#include "nn/core/tensor.hpp"

/// The gates of recurrent layers, which ONNX has in another order. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {

/// ONNX's gate j is the library's gate order[j]: (i, o, f, g) of LSTM's (i, f, g, o), and
/// (z, r, n) of GRU's (r, z, n). `kind` is LSTM, GRU or RNN, as ONNX calls them too.
inline std::vector<Index> gate_order(const std::string& kind) {
  if (kind == "LSTM") return {0, 3, 1, 2};
  if (kind == "GRU") return {1, 0, 2};
  return {0};
}

/// The rows of a matrix or the numbers of a vector, in equal parts, of which part j becomes x's
/// part order[j].
inline Tensor reordered_gates(const Tensor& x, const std::vector<Index>& order) {
  Tensor result(x.shape());
  const Index hidden = x.size(0) / static_cast<Index>(order.size());
  Index at = 0;
  for (Index gate : order) {
    result.slice(0, at, at + hidden).copy_from(x.slice(0, gate * hidden, (gate + 1) * hidden));
    at += hidden;
  }
  return result;
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
