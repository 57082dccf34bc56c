#include "nn/train/checkpoint.hpp"

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/words.hpp"
#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "nn/io/safetensors.hpp"
#include "train/channel_order.hpp"
#include "train/checkpoint_file.hpp"
#include "train/parameter_file.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// From (k..., in, out) to PyTorch's (out, in, k...); the same for vectors.
Tensor to_torch(const Tensor& ours) {
  Tensor t = ours;
  int last = t.rank() - 1;
  for (int done = 0; done < 2 && last >= 1; ++done)
    for (int dim = last; dim > done; --dim) t = t.transpose(dim, dim - 1);
  return t;
}

using detail::Channels;

/// A view of a tensor of that name, its elements in the file's order: writing to it converts back.
/// Flattened channels come first: the columns (pixels, channels) as (channels, pixels), which makes
/// three dimensions of two.
Tensor in_file_order(const std::string& name, const Tensor& ours, const Channels& channels) {
  const auto found = channels.find(name);
  if (found == channels.end()) return to_torch(ours);
  return to_torch(ours).unfold(1, found->second, found->second).transpose(1, 2);
}

bool same_bits(Scalar a, Scalar b) { return std::memcmp(&a, &b, sizeof(Scalar)) == 0; }

using Named = std::vector<std::pair<std::string, Tensor>>;

/// PyTorch has the rows of a table as this library does. Given transposed, they stay as they are.
bool is_table(const Parameter& p) { return p.kind == ParameterKind::table && p.value.rank() == 2; }

/// Parameters and buffers.
Named network_tensors(const Module& net) {
  Named named;
  for (const auto& [name, parameter] : net.named_parameters())
    named.emplace_back(name,
                       is_table(*parameter) ? parameter->value.transpose() : parameter->value);
  for (const auto& [name, buffer] : net.named_buffers()) named.emplace_back(name, buffer);
  return named;
}

std::string slot_name(const std::string& slot, std::size_t parameter) {
  return "rule." + slot + "." + std::to_string(parameter);
}

/// The rule's slots, "rule.m.0" for that of the first parameter; none before the first step.
Named slot_tensors(UpdateRule& rule) {
  Named named;
  if (rule.steps() == 0) return named;
  for (const auto& [slot, tensors] : rule.slots())
    for (std::size_t i = 0; i < tensors->size(); ++i)
      named.emplace_back(slot_name(slot, i), (*tensors)[i]);
  return named;
}

void add(TensorFile& file, const Named& named, const Channels& channels = {}) {
  for (const auto& [name, tensor] : named)
    file.tensors.emplace_back(
        name, in_file_order(name, tensor, channels).reshape(to_torch(tensor).shape()));
}

/// PyTorch's BatchNorm counts its batches in a buffer that only a momentum of None needs.
bool counts_batches(const std::string& name) {
  constexpr std::string_view buffer = ".num_batches_tracked";
  return name == buffer.substr(1) || name.ends_with(buffer);
}

/// What the file calls a tensor of the network.
std::string name_in_file(const std::string& name, const std::map<std::string, std::string>& names) {
  const std::pair<const std::string, std::string>* longest = nullptr;
  for (const auto& entry : names)
    if (name.starts_with(entry.first) && (!longest || entry.first.size() > longest->first.size()))
      longest = &entry;
  return longest ? longest->second + name.substr(longest->first.size()) : name;
}

/// The wanted tensors of the file, by the network's names; takes those that the file has not from
/// `wanted`. Throws unless the file holds exactly the wanted ones, in their shapes, or the options
/// allow what is amiss.
LoadReport pick(const std::string& path, const ParameterFileOptions& options, TensorFile& file,
                Named& wanted) {
  LoadReport report;
  std::map<std::string, Tensor> stored(file.tensors.begin(), file.tensors.end());
  std::set<std::string> used;
  file.tensors.clear();
  for (const auto& [name, tensor] : wanted) {
    detail::check_writable((path + ": " + name).c_str(), tensor);
    const std::string source = name_in_file(name, options.names);
    const auto found = stored.find(source);
    if (found == stored.end()) {
      if (!options.leave_missing) throw DataError(path + ": no " + source);
      report.missing.push_back(name);
      continue;
    }
    const Shape expected = to_torch(tensor).shape();
    if (found->second.shape() != expected)
      throw DataError(path + ": " + source + ": expected shape " + expected.to_string() + ", got " +
                      found->second.shape().to_string());
    file.tensors.emplace_back(name, found->second);
    used.insert(source);
    report.loaded.push_back(name);
  }
  for (const auto& [name, tensor] : stored) {
    if (used.contains(name) || counts_batches(name)) continue;
    if (!options.skip_extra)
      throw DataError(path + ": " + detail::quoted(name) + " is none of the network's");
    report.extra.push_back(name);
  }
  const std::set<std::string> missing(report.missing.begin(), report.missing.end());
  std::erase_if(wanted, [&](const auto& named) { return missing.contains(named.first); });
  return report;
}

/// Throws if a parameter that several layers share has several values.
void check_shared(const std::string& path, const TensorFile& file, const Module& net) {
  const std::map<std::string, Tensor> stored(file.tensors.begin(), file.tensors.end());
  std::map<ParameterPtr, std::string> names;
  for (const auto& [name, parameter] : net.named_parameters()) {
    if (!stored.contains(name)) continue;
    const std::string& first = names.emplace(parameter, name).first->second;
    const Tensor &a = stored.at(first), &b = stored.at(name);
    if (!std::equal(a.data(), a.data() + a.numel(), b.data(), same_bits))
      throw DataError(path + ": " + first + " and " + name + " are one parameter, but differ");
  }
}

void fill(const TensorFile& file, const Named& wanted, const Channels& channels = {}) {
  for (const auto& [name, tensor] : wanted) {
    Tensor ours = in_file_order(name, tensor, channels);
    ours.copy_from(file.at(name).reshape(ours.shape()));
  }
}

void leave_out(TensorFile& file, std::initializer_list<std::string_view> prefixes) {
  std::erase_if(file.tensors, [&](const auto& named) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](std::string_view prefix) { return named.first.starts_with(prefix); });
  });
}

bool is_checkpoint(const TensorFile& file) { return file.metadata.contains("rule"); }

/// None if the file does not say.
std::optional<ChannelOrder> order_of(const std::string& path, const TensorFile& file) {
  const auto end = file.metadata.end();
  const auto order = file.metadata.find("channel_order"), format = file.metadata.find("format");
  if (order != end) {
    if (order->second == "first") return ChannelOrder::first;
    if (order->second == "last") return ChannelOrder::last;
    throw DataError(path + ": channel_order: expected first or last, got " +
                    detail::quoted(order->second));
  }
  if (format != end && format->second == "pt") return ChannelOrder::first;
  if (is_checkpoint(file)) return ChannelOrder::last;
  return {};
}

Channels channels_of(const std::string& path, const Module& net,
                     const ParameterFileOptions& options) {
  try {
    return detail::flattened_channels(net, options.channels);
  } catch (const ArgumentError& error) {
    throw ArgumentError(path + ": " + error.what());
  }
}

}  // namespace

TensorFile detail::parameter_file(const std::string& path, const Module& net,
                                  const ParameterFileOptions& options) {
  TensorFile file;
  const Named named = network_tensors(net);
  Channels channels;
  if (options.order == ChannelOrder::last) {
    file.metadata = {{"channel_order", "last"}};
  } else {
    file.metadata = {{"channel_order", "first"}, {"format", "pt"}};
    channels = channels_of(path, net, options);
  }
  add(file, named, channels);
  return file;
}

void save_parameters(const std::string& path, const Module& net,
                     const ParameterFileOptions& options) {
  write_safetensors(path, detail::parameter_file(path, net, options));
}

LoadReport load_parameters(const std::string& path, Module& net,
                           const ParameterFileOptions& options) {
  return detail::load_parameters(path, read_safetensors(path), net, options);
}

LoadReport detail::load_parameters(const std::string& path, TensorFile file, Module& net,
                                   const ParameterFileOptions& options) {
  if (is_checkpoint(file)) leave_out(file, {"rule.", "best."});
  Named wanted = network_tensors(net);
  LoadReport report = pick(path, options, file, wanted);
  check_shared(path, file, net);
  const auto order = options.order ? options.order : order_of(path, file);
  Channels channels;
  if (order != ChannelOrder::last) channels = channels_of(path, net, options);
  if (!order && !channels.empty())
    throw DataError(path + ": does not say in which order it has the inputs of " +
                    channels.begin()->first +
                    ", which are flattened channels: give the order, nn::ChannelOrder::first for "
                    "PyTorch's, nn::ChannelOrder::last for this library's");
  fill(file, wanted, channels);
  return report;
}

namespace {

/// "0 0 12", for the metadata; "" if none was frozen.
std::string frozen_text(const UpdateRule& rule) {
  std::string text;
  bool any = false;
  for (Index steps : rule.frozen_steps()) {
    if (!text.empty()) text += ' ';
    text += std::to_string(steps);
    any = any || steps > 0;
  }
  return any ? text : "";
}

std::vector<Index> frozen_steps(const std::string& path, const TensorFile& file, Index steps,
                                std::size_t parameters) {
  const auto found = file.metadata.find("frozen_steps");
  if (found == file.metadata.end()) return {};
  std::vector<Index> counts;
  for (std::string_view word : detail::words(found->second))
    counts.push_back(detail::whole_number<Index>(word).value_or(-1));
  auto is_count = [&](Index n) { return n >= 0 && n <= steps; };
  if (counts.size() != parameters || !std::all_of(counts.begin(), counts.end(), is_count))
    throw DataError(path + ": frozen_steps: expected " + std::to_string(parameters) +
                    " numbers from 0 to " + std::to_string(steps) + ", got " +
                    detail::quoted(found->second));
  return counts;
}

Index steps_of(const std::string& path, const TensorFile& file) {
  const std::string& text = detail::metadata(path, file, "steps");
  const auto steps = detail::whole_number<Index>(text);
  if (!steps || *steps < 0 || *steps > UpdateRule::max_steps)
    throw DataError(path + ": steps: expected a whole number up to " +
                    std::to_string(UpdateRule::max_steps) + ", got " + detail::quoted(text));
  return *steps;
}

void set_states(const std::string& path, const TensorFile& file, const States& states) {
  for (const auto& [name, state] : states) {
    const std::string& text = detail::metadata(path, file, "state." + name);
    try {
      state.set(text);
    } catch (const DataError& error) {
      throw DataError(path + ": state " + detail::quoted(name) + ": " + error.what());
    }
  }
}

}  // namespace

const std::string& detail::metadata(const std::string& path, const TensorFile& file,
                                    const std::string& key) {
  auto found = file.metadata.find(key);
  if (found == file.metadata.end())
    throw DataError(path + ": no " + key + ": not a checkpoint of this training");
  return found->second;
}

TensorFile detail::checkpoint_file(const Optim& optim, const States& states) {
  TensorFile file;
  file.metadata = {{"rule", optim.rule().describe()},
                   {"steps", std::to_string(optim.rule().steps())}};
  if (const std::string text = frozen_text(optim.rule()); !text.empty())
    file.metadata["frozen_steps"] = text;
  for (const auto& [name, state] : states) file.metadata["state." + name] = state.get();
  add(file, network_tensors(optim.net()));
  add(file, slot_tensors(optim.rule()));
  return file;
}

void detail::restore(const std::string& path, TensorFile file, Optim& optim, const States& states) {
  const std::string& rule = metadata(path, file, "rule");
  if (rule != optim.rule().describe())
    throw DataError(path + ": saved with " + quoted(rule) + ", not " + optim.rule().describe());
  const Index steps = steps_of(path, file);
  Named own = network_tensors(optim.net()), wanted = own;
  const std::vector<ParameterPtr> parameters = optim.net().parameters();
  for (const auto& [slot, tensors] : optim.rule().slots())
    for (std::size_t i = 0; steps > 0 && i < parameters.size(); ++i)
      wanted.emplace_back(slot_name(slot, i), parameters[i]->value);  // its shape
  leave_out(file, {"best."});
  pick(path, {}, file, wanted);
  check_shared(path, file, optim.net());
  std::vector<Index> frozen = frozen_steps(path, file, steps, parameters.size());
  set_states(path, file, states);
  optim.rule().resume(steps, parameters, std::move(frozen));
  fill(file, own);
  fill(file, slot_tensors(optim.rule()));
}

void save_checkpoint(const std::string& path, const Optim& optim, const States& states) {
  write_safetensors(path, detail::checkpoint_file(optim, states));
}

void load_checkpoint(const std::string& path, Optim& optim, const States& states) {
  detail::restore(path, read_safetensors(path), optim, states);
}

}}  // namespace nn::NN_PRECISION
