#pragma once

#include <memory>
#include <vector>

#include "nn/ops/upsample.hpp"
#include "onnx/importer.hpp"

/// The windows of convolutions and pools, as a node gives them. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {

/// A number for each dimension of places.
struct GraphWindows {
  Ints size, stride, dilation;
  Ints begin, end;  // padding
};

/// From the node's attributes, `size` being what the kernel has. Fails if they do not fit x.
GraphWindows windows_of(const Op& op, const Place& x, const Ints& size);

/// Input 0, channels first, without the zeros of a Pad before it, which are {begin, ..., end, ...}.
Place without_padding(const Op& op, Ints& zeros);

/// The pool of this node on x, or on x with zeros around it.
struct GraphPool {
  GraphWindows windows;
  Ints padding;  // at both ends; for averages it counts as zeros
  bool ceil_mode = false;
};
GraphPool pool_of(const Op& op, const Place& x, const Ints& zeros);
/// On signals without padding, or on images; signals count as images of height 1.
std::unique_ptr<Module> make_pool1d(const Op& op, const GraphPool& pool);
std::unique_ptr<Module> make_pool2d(const Op& op, const GraphPool& pool);

/// {height, width} of one or two numbers; `usual` stands for the height of a signal.
Size2 size2(const Ints& sizes, Index usual);

}}}}  // namespace nn::NN_PRECISION::detail::onnx
