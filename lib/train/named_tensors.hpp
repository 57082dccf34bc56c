#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nn/io/safetensors.hpp"
#include "nn/train/checkpoint.hpp"
#include "train/channel_order.hpp"

/// What the files of parameters and of checkpoints have in common. Private to lib/.
namespace nn { inline namespace NN_PRECISION { namespace detail {

using Named = std::vector<std::pair<std::string, Tensor>>;

/// Parameters and buffers.
Named network_tensors(const Module& net);
/// Adds them to the file, in PyTorch's layout.
void add(TensorFile& file, const Named& named, const Channels& channels = {});
/// The wanted tensors of the file, by the network's names; takes those that the file has not from
/// `wanted`. Throws unless the file holds exactly the wanted ones, in their shapes, or the options
/// allow what is amiss.
LoadReport pick(const std::string& path, const ParameterFileOptions& options, TensorFile& file,
                Named& wanted);
/// Throws if a parameter that several layers share has several values.
void check_shared(const std::string& path, const TensorFile& file, const Module& net);
/// Copies the file's tensors into those of the same names.
void fill(const TensorFile& file, const Named& wanted, const Channels& channels = {});
/// Takes tensors whose names begin so from the file.
void leave_out(TensorFile& file, std::initializer_list<std::string_view> prefixes);

}}}  // namespace nn::NN_PRECISION::detail
