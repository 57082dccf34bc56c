#pragma once

#include <map>
#include <string>

#include "io/temporary_folder.hpp"
#include "nn/core/rng.hpp"
#include "nn/io/safetensors.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/parse_network.hpp"
#include "nn/train/checkpoint.hpp"
#include "support/compare.hpp"
#include "train/in_pytorch.hpp"

/// What the tests of channel_order share: a network beside its twin in PyTorch.
namespace nn::test {

using Metadata = std::map<std::string, std::string>;
const Metadata kFromPyTorch{{"format", "pt"}};
const Shape kImages{2, 7, 6, 2};

inline Conv2D conv2d(Index chan_in, Index chan_out) {
  return Conv2D(Size2(3, 2), chan_in, chan_out);
}

/// The network's prediction, beside its twin's from the file.
inline void expect_twins(Module& net, const TensorFile& file, const Shape& input) {
  Rng rng(3);
  const Tensor x = rng.randn(input), z = net.predict(x);
  Planes twin = in_pytorch(net, "", file, to_planes(x));
  Tensor expected(z.shape());
  for (Index n = 0; n < z.size(0); ++n)
    for (Index k = 0; k < z.size(1); ++k) expected(n, k) = static_cast<Scalar>(twin(n, k, 0, 0));
  EXPECT_TRUE(close(z, expected, 1e-4));
}

/// The file that PyTorch would write for such a network, of random numbers; tensors of one shape,
/// which may be one weight, are the same.
inline TensorFile from_pytorch(const Module& net) {
  TemporaryFolder folder;
  save_parameters(folder.path("w"), net, {.order = ChannelOrder::last});
  TensorFile file = read_safetensors(folder.path("w"));
  for (auto& [name, tensor] : file.tensors) tensor = Rng(5).randn(tensor.shape());
  file.metadata = kFromPyTorch;
  return file;
}

/// Loads PyTorch's file and saves one for it: the twins predict the same.
inline void expect_twins_both_ways(Module& net, const Shape& input,
                                   const ParameterFileOptions& options = {}) {
  TemporaryFolder folder;
  const std::string path = folder.path("w");
  const TensorFile file = from_pytorch(net);
  write_safetensors(path, file);
  load_parameters(path, net, options);
  expect_twins(net, file, input);

  Rng rng(7);
  initialize(net, rng);
  save_parameters(path, net, options);
  expect_twins(net, read_safetensors(path), input);
  const Tensor x = rng.randn(input), before = net.predict(x);
  initialize(net, rng);
  load_parameters(path, net, options);
  EXPECT_TRUE(same_bits(net.predict(x), before));
}

inline void expect_twins_both_ways(const std::string& network, const Shape& input,
                                   const ParameterFileOptions& options = {}) {
  SCOPED_TRACE(network);
  Sequential net = parse_network(network, input.without(0));
  expect_twins_both_ways(net, input, options);
}

/// The weight of a Linear behind flattened channels, (out, pixels and channels), in PyTorch's
/// order.
inline Tensor last_to_first(const Tensor& w, Index channels) {
  return w.reshape({w.size(0), w.size(1) / channels, channels}).transpose(1, 2).reshape(w.shape());
}

}  // namespace nn::test
