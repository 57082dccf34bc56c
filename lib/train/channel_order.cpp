#include "train/channel_order.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include "modules/contents.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/options.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

// For a number of channels.
constexpr Index kUnknown = 0;
constexpr Index kSideBySide = -1;  // rows of several images, one after the other
constexpr Index kInput = -2;       // the network's input, all its numbers in the order given

/// What a module names: its own parameters, and its parts.
struct Held final : Visitor {
  explicit Held(Module& module) { module.visit(*this); }
  void parameter(ParameterPtr& parameter) override {
    if (parameter) parameters.push_back(parameter.get());
  }
  void buffer(std::string_view, Tensor&) override {}
  void part(std::string_view name, Module& part) override { parts.emplace_back(name, &part); }

  std::vector<const Parameter*> parameters;
  std::vector<std::pair<std::string, Module*>> parts;
};

/// Goes through the layers in their order, and knows what each of them is given.
class ChannelWalk {
 public:
  explicit ChannelWalk(const Channels& given) : given_(given) {}

  Channels walk(Module& net);

 private:
  using Follow = void (ChannelWalk::*)(Module&);
  static Follow follow(const Module& module);

  void elementwise(Module&) {}
  void flatten(Module&) { are_rows_ = true; }
  void pooling(Module&);
  void convolution(Module& module);
  void normalization(Module& module);
  void features_last(Module&);
  void global_pooling(Module&);
  void parallel(Module& module);
  void residual(Module& module);
  void reshape(Module& module);
  void linear(Module& module);
  void tied_linear(Module& module);
  void in_series(Module& module);
  void two_directions(Module& module);
  void unknown(Module& module);

  void enter(const std::string& name, Module& part);
  bool has_one_order() const { return channels_ == 1 || channels_ == kInput; }
  void record_matrices(const Held& held);
  void record(const std::string& name, const Parameter& weight, Index channels);
  /// "2: Reshape([4, 3])"
  std::string place(const Module& module) const {
    return path_.substr(0, path_.size() - 1) + ": " + module.describe();
  }

  // What the next layer is given: images of so many channels, or rows made of them. 1 for other
  // rows.
  Index channels_ = kInput;
  bool are_rows_ = false;  // whether these are known to be rows

  std::string path_;
  Channels given_, found_;
  std::map<const Parameter*, Index> recorded_;
};

ChannelWalk::Follow ChannelWalk::follow(const Module& module) {
  using Walk = ChannelWalk;
  static constexpr std::pair<std::string_view, Follow> kinds[] = {
      {"AutoEncoder", &Walk::in_series},   {"AvgPool1D", &Walk::pooling},
      {"AvgPool2D", &Walk::pooling},       {"BatchNorm", &Walk::normalization},
      {"Conv1D", &Walk::convolution},      {"Conv2D", &Walk::convolution},
      {"Dropout", &Walk::elementwise},     {"ELU", &Walk::elementwise},
      {"Embedding", &Walk::features_last}, {"Flatten", &Walk::flatten},
      {"GELU", &Walk::elementwise},        {"GlobalAvgPool", &Walk::global_pooling},
      {"GRU", &Walk::features_last},       {"LSTM", &Walk::features_last},
      {"LayerNorm", &Walk::normalization}, {"LeakyReLU", &Walk::elementwise},
      {"Linear", &Walk::linear},           {"LogSoftmax", &Walk::elementwise},
      {"MaxPool1D", &Walk::pooling},       {"MaxPool2D", &Walk::pooling},
      {"PReLU", &Walk::elementwise},       {"Parallel", &Walk::parallel},
      {"RNN", &Walk::features_last},       {"ReLU", &Walk::elementwise},
      {"Reshape", &Walk::reshape},         {"Residual", &Walk::residual},
      {"Sequential", &Walk::in_series},    {"SiLU", &Walk::elementwise},
      {"Sigmoid", &Walk::elementwise},     {"Softmax", &Walk::elementwise},
      {"Softplus", &Walk::elementwise},    {"TanH", &Walk::elementwise},
      {"TiedLinear", &Walk::tied_linear},  {"TwoDirections", &Walk::two_directions},
      {"Upsample", &Walk::pooling},        {"ConvTranspose2D", &Walk::convolution}};
  const std::string name = module.kind();
  for (const auto& [kind, follow] : kinds)
    if (kind == name) return follow;
  return &Walk::unknown;
}

[[noreturn]] void refuse(const std::string& where, const std::string& why,
                         const std::string& else_give = "") {
  throw ArgumentError(
      where + ": " + why + ", so PyTorch's order of its numbers is not known. Give " +
      ".order = nn::ChannelOrder::last for a file in this library's order" + else_give);
}

Channels ChannelWalk::walk(Module& net) {
  (this->*follow(net))(net);
  if (!given_.empty())
    throw ArgumentError(given_.begin()->first + ", for which channels were given: no such weight");
  return found_;
}

void ChannelWalk::enter(const std::string& name, Module& part) {
  const std::size_t length = path_.size();
  path_ += name + '.';
  (this->*follow(part))(part);
  path_.resize(length);
}

void ChannelWalk::pooling(Module&) {
  if (channels_ == kInput) channels_ = kUnknown;
}

void ChannelWalk::convolution(Module& module) {
  channels_ = module.options().get<Index>("chan_out");
  are_rows_ = false;
}

/// One pixel, whose numbers have one order.
void ChannelWalk::global_pooling(Module&) {
  channels_ = 1;
  are_rows_ = true;
}

/// PyTorch's has its features last too.
void ChannelWalk::features_last(Module&) {
  channels_ = 1;
  are_rows_ = true;
}

/// The sum has the order of its terms, which must be one.
void ChannelWalk::residual(Module& module) {
  const Index given = channels_;
  in_series(module);
  if (given != 1 && given != kInput && given != channels_) channels_ = kUnknown;
}

/// Concatenated channels are channels. Flattened ones are only side by side.
void ChannelWalk::parallel(Module& module) {
  const Index given = channels_;
  const bool given_rows = are_rows_, add = module.options().get<bool>("add");
  std::vector<Index> channels;
  std::size_t rows = 0;
  for (const auto& [name, part] : Held(module).parts) {
    channels_ = given, are_rows_ = given_rows;
    enter(name, *part);
    channels.push_back(channels_);
    rows += are_rows_;
  }
  if (channels.empty()) return;
  const auto [least, most] = std::minmax_element(channels.begin(), channels.end());
  if (rows > 0 && rows < channels.size())
    channels_ = kUnknown;
  else if (add)
    channels_ = *least == *most ? *least : kUnknown;
  else if (rows > 0)
    channels_ = *least == 1 && *most == 1 ? 1 : kSideBySide;
  else
    channels_ = *least < 1 ? kUnknown : std::accumulate(channels.begin(), channels.end(), Index{0});
}

/// Its weights are in the order of its features: of channels, or of rows in one order.
void ChannelWalk::normalization(Module& module) {
  if (!has_one_order() && channels_ != module.options().get<Index>("features"))
    refuse(place(module), "its features are flattened channels");
}

/// Of the input anything may be made. What layers computed keeps its order only in rows and in
/// images of one channel or of one pixel.
void ChannelWalk::reshape(Module& module) {
  const Shape example = module.options().get<Shape>("shape");
  are_rows_ = example.rank() < 2;
  if (are_rows_) return;
  const Index last = example[example.rank() - 1];
  if (channels_ == kInput) {
    if (last == 1) channels_ = 1;
  } else if (last != channels_ && (channels_ != 1 || last != example.numel())) {
    refuse(place(module), "it puts numbers of other layers into channels");
  }
}

void ChannelWalk::linear(Module& module) {
  record_matrices(Held(module));
  channels_ = 1;
  are_rows_ = true;
}

/// Its weight is in the order of the layer that it is tied to. So are its outputs: as that layer's
/// inputs, they must have one order alone.
void ChannelWalk::tied_linear(Module& module) {
  if (!has_one_order() && channels_ != module.options().get<Index>("in"))
    refuse(place(module), "its inputs are flattened channels");
  channels_ = 1;
  are_rows_ = true;
  record_matrices(Held(module));
}

void ChannelWalk::in_series(Module& module) {
  for (const auto& [name, part] : Held(module).parts) enter(name, *part);
}

/// Each part takes signals of one channel.
void ChannelWalk::two_directions(Module& module) {
  if (!has_one_order()) refuse(place(module), "it takes channels for a signal");
  bool have_channels = false;
  for (const auto& [name, part] : Held(module).parts) {
    channels_ = 1, are_rows_ = false;
    enter(name, *part);
    have_channels = have_channels || channels_ != 1;
  }
  channels_ = have_channels ? kSideBySide : 1;
  are_rows_ = true;
}

/// A class of the user's own. It has no channels if it gets none and none of its parameters has
/// more than two dimensions, as the weight of a convolution has. Else each of its parts may be
/// given any.
void ChannelWalk::unknown(Module& module) {
  const Contents contents(module);
  const auto& slots = contents.slots();
  auto is_kernel = [](const auto& slot) { return (*slot.parameter)->value.rank() > 2; };
  if (!has_one_order() || std::any_of(slots.begin(), slots.end(), is_kernel))
    channels_ = kUnknown;
  else if (!slots.empty())
    channels_ = 1;
  const Index channels = channels_;
  const Held held(module);
  record_matrices(held);
  for (const auto& [name, part] : held.parts) {
    enter(name, *part);
    channels_ = channels;
  }
}

void ChannelWalk::record_matrices(const Held& held) {
  for (const Parameter* p : held.parameters)
    if (p->value.rank() == 2) record(path_ + p->name, *p, channels_);
}

void ChannelWalk::record(const std::string& name, const Parameter& weight, Index channels) {
  const Index inputs = weight.value.size(0);
  if (channels == kInput) channels = 1;
  if (channels == kSideBySide) refuse(name, "its inputs are flattened channels of two networks");
  if (const auto given = given_.find(name); given != given_.end()) {
    channels = given->second;
    given_.erase(given);
    if (channels < 1)
      throw ArgumentError(name + ": " + std::to_string(channels) + " channels were given");
  }
  if (channels == kUnknown)
    refuse(name, "it is not known from how many channels its inputs are flattened",
           "; or .channels = {{\"" + name + "\", 16}} if from 16, 1 if they are not flattened");
  if (inputs % channels != 0)
    throw ArgumentError(name + ": " + std::to_string(inputs) + " inputs are no multiple of " +
                        std::to_string(channels) + " channels");
  if (inputs == channels) channels = 1;  // of one pixel, which has one order
  if (recorded_.emplace(&weight, channels).first->second != channels)
    refuse(name, "layers that share it have inputs in different orders");
  if (channels > 1) found_[name] = channels;
}

}  // namespace

Channels flattened_channels(const Module& net, const Channels& given) {
  return ChannelWalk(given).walk(const_cast<Module&>(net));
}

}}}  // namespace nn::NN_PRECISION::detail
