#pragma once

#include <string>
#include <string_view>

#include "nn/modules/sequential.hpp"

/// Networks as ONNX files, which ONNX Runtime and many other programs run. The files have opset 17
/// and float32 numbers, in libnn_f64.a too. Several threads may call these functions at once.
namespace nn { inline namespace NN_PRECISION {

/// Of write_onnx().
struct OnnxOptions {
  std::string input = "input", output = "output";  // the names in the file
};

/// Writes what net.predict() computes, whole or not at all.
///
///     nn::write_onnx("digits.onnx", net, {28, 28, 1});
///
/// `example` is the shape of one input without the batch, whose size the file leaves open ("N").
/// Input and output are the network's own: channels last. Convolutions and pools work on channels
/// first in ONNX; the file turns the numbers around once before a run of such layers and once
/// behind it, or not at all if a Linear follows, whose weight is then in that order. Dropout is
/// left out, and BatchNorm has its running statistics. The inputs of an Embedding are floats too.
///
/// ShapeError if the network does not take such an example. ArgumentError for a layer that ONNX
/// cannot say, such as a class of your own, which it names, and for a number beyond float32.
void write_onnx(const std::string& path, const Module& net, const Shape& example,
                const OnnxOptions& options = {});
/// The bytes of that file.
std::string format_onnx(const Module& net, const Shape& example, const OnnxOptions& options = {});

/// Reads a network of this library's layers from files of this library and of others, such as
/// PyTorch's exporter, with opsets 6 and later. What write_onnx() wrote predicts the same bits.
///
/// The network takes what every network here takes:
/// - If the file's input goes to a convolution, a pool or another layer over channels, the file has
///   channels first, (batch, channels, height, width), and the network has them last, (batch,
///   height, width, channels). So it is with such outputs. A Linear behind a Flatten gets its
///   weight in the network's order.
/// - If it goes to a recurrent layer as (time, batch, in), the network takes (batch, time, in).
/// - Any other input is as in the file.
///
/// The graph must be in series and in parallel: sums become Residual or Parallel, Concat becomes
/// Parallel. Weights that several nodes share become copies. It is read with ONNX's Gemm, MatMul
/// and Add, Conv, ConvTranspose, MaxPool, AveragePool, GlobalAveragePool and ReduceMean over an
/// image, BatchNormalization, LayerNormalization, LSTM, GRU and RNN, Relu, LeakyRelu, PRelu, Elu,
/// Sigmoid, Tanh, Softplus, Softmax, LogSoftmax, SiLU and GELU as the formulas that exporters
/// write, Gather from a table, Gather or Slice of the last of all states, Resize and Upsample, Pad
/// before a convolution or an AveragePool, Flatten, Reshape, Squeeze, Unsqueeze, Transpose between
/// the two orders, Dropout, Identity and Cast.
///
/// DataError, naming the path, for a file that is damaged; and naming the node and its operator for
/// what this library has no layer for.
Sequential read_onnx(const std::string& path);
/// The same from bytes in memory; `name` takes the path's place in errors.
Sequential parse_onnx(std::string_view bytes, const std::string& name);

}}  // namespace nn::NN_PRECISION
