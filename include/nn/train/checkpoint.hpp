#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nn/modules/module.hpp"
#include "nn/train/checkpoint_options.hpp"
#include "nn/train/optim.hpp"

namespace nn { inline namespace NN_PRECISION {

/// How a file orders the inputs of a Linear that are flattened images or signals: PyTorch's are
/// (channels, height, width), this library's (height, width, channels).
enum class ChannelOrder { first, last };

/// Of save_parameters() and load_parameters().
struct ParameterFileOptions {
  /// Saving: first if not given. Loading: what the file says if not given.
  std::optional<ChannelOrder> order = {};
  /// How many channels the inputs of a weight were flattened from, 1 for none, by its name:
  /// {{"fc.weight", 16}}. Needed where it cannot be known; not looked at for ChannelOrder::last.
  std::map<std::string, Index> channels = {};
  /// Loading: what the file calls the network's tensors. The longest key that a name of the network
  /// begins with is replaced by its value: {{"", "module."}} adds a prefix, {{"0.", "conv1."}}
  /// renames a layer, {{"2.weight", "fc.w"}} one tensor.
  std::map<std::string, std::string> names = {};
  bool skip_extra = false;     // loading: leave out tensors that the network does not have
  bool leave_missing = false;  // loading: keep what the network has and the file has not
};

/// What load_parameters() did, by the network's names; `extra` by the file's.
struct LoadReport {
  std::vector<std::string> loaded, missing, extra;
};

/// Saves a network's parameters and buffers as a safetensors file, with PyTorch's names and layout:
/// a Linear's "0.weight" is (out, in), a convolution's (out, in, k...), a transposed one's (in,
/// out, k...). Behind a convolution and a Flatten the inputs of the next Linear are put in
/// PyTorch's order. Read into PyTorch by safetensors.torch.load_file and load_state_dict. Written
/// whole or not at all; DataError if it cannot be.
///
/// The number of channels is followed from a convolution to the Linear, through activations and
/// pooling, in Sequential and AutoEncoder. Where it cannot be, ArgumentError says what to give:
/// behind TwoDirections with several channels, behind pooling or Reshape without a convolution,
/// behind layers of your own, for a Reshape to another number of channels, and for a TiedLinear
/// between them. A Flatten of the network's own input counts as one of rows or of one channel: if
/// the images have several, give their number.
void save_parameters(const std::string& path, const Module& net,
                     const ParameterFileOptions& options = {});

/// Loads them, or those of a checkpoint, into a network of the same layers, to the last bit.
/// DataError, naming the path and the parameter, if one is missing, too many, of another shape, or
/// shared by two layers and not the same for both; ArgumentError as from save_parameters. The
/// network is then unchanged. The options bend this: other names, tensors that are skipped or left.
/// A tensor of another shape is always an error.
///
/// The file's metadata tell its order. save_parameters writes "channel_order", "first" or "last".
/// Without it, "format" is "pt" in a file of PyTorch's, and a checkpoint is last. If there is
/// neither and the order matters, DataError asks for it: give first for a file that
/// safetensors.torch.save_file wrote without metadata, last for one of this library without a mark.
LoadReport load_parameters(const std::string& path, Module& net,
                           const ParameterFileOptions& options = {});

/// For loops of one's own; SGD does it all by itself (CheckpointOptions). The same with the state
/// of the update rule, its number of steps, and what else remembers. The rule that loads must be
/// the one that was saved. Not saved are the Optim's step size, seed, clipping and micro-batches.
///
///     nn::save_checkpoint("net.checkpoint", optim, {{"order", rng}});
///     nn::load_checkpoint("net.checkpoint", optim, {{"order", rng}});
///
/// Channels are last. DataError for what load_parameters refuses, for another rule, for steps
/// beyond UpdateRule::max_steps, and for a state that is missing or is refused. The network and the
/// rule are then unchanged.
void save_checkpoint(const std::string& path, const Optim& optim, const States& states = {});
void load_checkpoint(const std::string& path, Optim& optim, const States& states = {});

}}  // namespace nn::NN_PRECISION
