#include "train/parameter_file.hpp"

#include <optional>

#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "nn/train/checkpoint.hpp"
#include "train/named_tensors.hpp"

namespace nn { inline namespace NN_PRECISION {

using detail::Channels, detail::Named;

namespace {

bool is_checkpoint(const TensorFile& file) { return file.metadata.contains("rule"); }

/// None if the file does not say.
std::optional<ChannelOrder> order_of(const std::string& path, const TensorFile& file) {
  const auto end = file.metadata.end();
  const auto order = file.metadata.find("channel_order"), format = file.metadata.find("format");
  if (order != end) {
    if (order->second == "first") return ChannelOrder::first;
    if (order->second == "last") return ChannelOrder::last;
    throw DataError(path + ": channel_order: expected first or last, got " +
                    detail::in_quotes(order->second));
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
  const Named named = detail::network_tensors(net);
  Channels channels;
  if (options.order == ChannelOrder::last) {
    file.metadata = {{"channel_order", "last"}};
  } else {
    file.metadata = {{"channel_order", "first"}, {"format", "pt"}};
    channels = channels_of(path, net, options);
  }
  detail::add(file, named, channels);
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
  if (is_checkpoint(file)) detail::leave_out(file, {"rule.", "best."});
  Named wanted = detail::network_tensors(net);
  LoadReport report = detail::pick(path, options, file, wanted);
  detail::check_shared(path, file, net);
  const auto order = options.order ? options.order : order_of(path, file);
  Channels channels;
  if (order != ChannelOrder::last) channels = channels_of(path, net, options);
  if (!order && !channels.empty())
    throw DataError(path + ": does not say in which order it has the inputs of " +
                    channels.begin()->first +
                    ", which are flattened channels: give the order, nn::ChannelOrder::first for "
                    "PyTorch's, nn::ChannelOrder::last for this library's");
  detail::fill(file, wanted, channels);
  return report;
}

}}  // namespace nn::NN_PRECISION
