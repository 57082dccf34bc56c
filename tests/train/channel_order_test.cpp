// A network and its twin in PyTorch, whose images are (batch, channels, height, width).

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/io/file.hpp"
#include "nn/io/safetensors.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/auto_encoder.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/modules/conv_transpose2d.hpp"
#include "nn/modules/embedding.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/global_avg_pool.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/kinds.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/lstm.hpp"
#include "nn/modules/options.hpp"
#include "nn/modules/parallel.hpp"
#include "nn/modules/pooling.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/reshape.hpp"
#include "nn/modules/residual.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tied_linear.hpp"
#include "nn/modules/two_directions.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/checkpoint.hpp"
#include "support/compare.hpp"
#include "train/in_pytorch.hpp"

namespace {

using namespace nn;
using nn::test::close, nn::test::same_bits, nn::test::contains;
using nn::test::Planes, nn::test::in_pytorch, nn::test::to_planes;

using Metadata = std::map<std::string, std::string>;
const Metadata kFromPyTorch{{"format", "pt"}};

/// The network's prediction, beside its twin's from the file.
void expect_twins(Module& net, const TensorFile& file, const Shape& input) {
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
TensorFile from_pytorch(const Module& net) {
  TemporaryFolder folder;
  save_parameters(folder.path("w"), net, {.order = ChannelOrder::last});
  TensorFile file = read_safetensors(folder.path("w"));
  for (auto& [name, tensor] : file.tensors) tensor = Rng(5).randn(tensor.shape());
  file.metadata = kFromPyTorch;
  return file;
}

void expect_twins_both_ways(Module& net, const Shape& input,
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

Conv2D conv2d(Index chan_in, Index chan_out, Size2 stride = 1) {
  return Conv2D(
      {.kernel = Size2(3, 2), .chan_in = chan_in, .chan_out = chan_out, .stride = stride});
}

/// Of images (7, 6, 2): 3 channels of 5 x 5, of which 2 x 2 are left.
Sequential image_net() {
  return Sequential{conv2d(2, 3), ReLU(), MaxPool2D(2), Flatten(), Linear(2 * 2 * 3, 4)};
}
const Shape kImages{2, 7, 6, 2};

TEST(ChannelOrder, ConvolutionsPredictAsInPyTorch) {
  Sequential net = image_net();
  expect_twins_both_ways(net, kImages);
  Sequential signals{Conv1D(3, 2, 4, 2), Flatten(), ReLU(), Linear(5 * 4, 3, false), Linear(3, 2)};
  expect_twins_both_ways(signals, {3, 11, 2});
  Sequential deep{conv2d(2, 3),           ReLU(),    conv2d(3, 5, Size2(1, 2)),
                  AvgPool2D(Size2(3, 1)), Flatten(), Flatten(),
                  Linear(2 * 5, 4),       ReLU(),    Linear(4, 2)};
  expect_twins_both_ways(deep, kImages);
}

TEST(ChannelOrder, GroupsHavePyTorchsKernels) {
  const Conv2DOptions grouped{.kernel = {3, 2}, .chan_in = 2, .chan_out = 4, .groups = 2};
  const Conv2DOptions depthwise{.kernel = 2, .chan_in = 4, .chan_out = 4, .groups = 4};
  Sequential net{Conv2D(grouped), ReLU(), Conv2D(depthwise), Flatten(), Linear(4 * 4 * 4, 3)};
  expect_twins_both_ways(net, kImages);
  Sequential signals{Conv1D({.k_size = 3, .chan_in = 4, .chan_out = 6, .groups = 2}), Flatten(),
                     Linear(5 * 6, 3)};
  expect_twins_both_ways(signals, {3, 7, 4});
}

TEST(ChannelOrder, TransposedConvolutionsHavePyTorchsKernels) {
  Sequential net{conv2d(2, 4), ConvTranspose2D({3, 2}, 4, 3, {2, 1}), Flatten(),
                 Linear(11 * 6 * 3, 3)};
  expect_twins_both_ways(net, kImages);
  Sequential grouped{ConvTranspose2D({.kernel = {3, 2}, .chan_in = 2, .chan_out = 6, .groups = 2}),
                     Flatten(), Linear(9 * 7 * 6, 3)};
  expect_twins_both_ways(grouped, kImages);
}

TEST(ChannelOrder, IsOneForRecurrentLayers) {
  TemporaryFolder folder;
  Sequential net{Conv1D(3, 2, 4), LSTM(4, 5), Flatten(), Linear(5 * 5, 3)};
  save_parameters(folder.path("w"), net);
  const TensorFile file = read_safetensors(folder.path("w"));
  for (const auto& [name, parameter] : net.named_parameters())
    if (parameter->value.rank() == 2) {
      EXPECT_TRUE(same_bits(file.at(name), parameter->value.transpose())) << name;
    }
}

TEST(ChannelOrder, OneChannelOrOnePixelHasOneOrder) {
  TemporaryFolder folder;
  Sequential channel{conv2d(2, 1), Flatten(), Linear(5 * 5, 4)};
  Sequential pixel{conv2d(2, 6), AvgPool2D(5), Flatten(), Linear(6, 4)};
  for (Sequential* net : {&channel, &pixel}) {
    expect_twins_both_ways(*net, kImages);
    TensorFile file = from_pytorch(*net);
    file.metadata.clear();  // it need not say its order
    write_safetensors(folder.path("w"), file);
    load_parameters(folder.path("w"), *net);
    expect_twins(*net, file, kImages);
  }
}

TEST(ChannelOrder, NetworksInNetworksAreFollowed) {
  Sequential nested{Sequential{conv2d(2, 3), Sequential{ReLU()}}, Sequential{},
                    Sequential{Flatten(), Sequential{Linear(5 * 5 * 3, 4)}}, Linear(4, 3)};
  expect_twins_both_ways(nested, kImages);
  AutoEncoder both(Sequential{conv2d(2, 3), Flatten()},
                   Sequential{Linear(5 * 5 * 3, 4), ReLU(), Linear(4, 3)});
  expect_twins_both_ways(both, kImages);
}

TEST(ChannelOrder, IsKeptByAReshapeThatKeepsTheChannelsLast) {
  TemporaryFolder folder;
  Sequential net{Conv1D(2, 1, 3), Reshape({1, 9, 3}), Conv2D(1, 3, 3), Flatten(), Linear(27, 2)};
  save_parameters(folder.path("a"), net);
  const Tensor stored = read_safetensors(folder.path("a")).at("4.weight");
  const Tensor ours = net.parameters()[4]->value;  // (places, channels) rows; PyTorch: the reverse
  for (Index place = 0; place < 9; ++place)
    for (Index channel = 0; channel < 3; ++channel)
      EXPECT_EQ(stored(1, channel * 9 + place), ours(place * 3 + channel, 1));
}

TEST(ChannelOrder, IsFollowedThroughASecondStage) {
  Sequential net = image_net();
  net.append(Reshape({4, 1})).append(Conv1D(2, 1, 5)).append(Flatten()).append(Linear(15, 3));
  expect_twins_both_ways(net, kImages);
  Sequential images{Reshape({6, 5, 1}), conv2d(1, 3), Flatten(), Linear(4 * 4 * 3, 4 * 4),
                    Reshape({4, 4, 1}), conv2d(1, 2), Flatten(), Linear(2 * 3 * 2, 2)};
  expect_twins_both_ways(images, {2, 1, 30});
}

/// The Linear's columns (pixels, channels) in another place than PyTorch's.
Tensor last_to_first(const Tensor& w, Index channels) {
  return w.reshape({w.size(0), w.size(1) / channels, channels}).transpose(1, 2).reshape(w.shape());
}

TEST(ChannelOrder, IsWhatTheFileSays) {
  TemporaryFolder folder;
  const std::string path = folder.path("w");
  Sequential net = image_net();
  TensorFile file = from_pytorch(net);
  auto loaded = [&](const Metadata& metadata, const ParameterFileOptions& options = {}) {
    file.metadata = metadata;
    write_safetensors(path, file);
    load_parameters(path, net, options);
    return net.parameters()[2]->value.transpose();
  };
  const Tensor as_it_is = file.at("4.weight");
  const Tensor first = last_to_first(as_it_is.reshape({4, 3, 4}).reshape({4, 12}), 4);
  EXPECT_TRUE(same_bits(loaded(kFromPyTorch), first));
  EXPECT_TRUE(same_bits(loaded({{"channel_order", "first"}}), first));
  EXPECT_TRUE(same_bits(loaded({{"channel_order", "last"}}), as_it_is));
  EXPECT_TRUE(same_bits(loaded({{"channel_order", "last"}, {"format", "pt"}}), as_it_is));
  for (const Metadata& none : {Metadata{}, Metadata{{"format", "np"}}, Metadata{{"made", "x"}}}) {
    const Tensor before = net.parameters()[0]->value.clone();
    const auto message = test::message_of<DataError>([&] { loaded(none); });
    EXPECT_TRUE(contains(message, path) && contains(message, "4.weight")) << message;
    EXPECT_TRUE(contains(message, "ChannelOrder::first") && contains(message, "::last")) << message;
    EXPECT_TRUE(same_bits(net.parameters()[0]->value, before));
    EXPECT_TRUE(same_bits(loaded(none, {.order = ChannelOrder::first}), first));
    EXPECT_TRUE(same_bits(loaded(none, {.order = ChannelOrder::last}), as_it_is));
  }
  EXPECT_TRUE(same_bits(loaded(kFromPyTorch, {.order = ChannelOrder::last}), as_it_is));
  EXPECT_THROW(loaded({{"channel_order", "First"}}), DataError);
}

TEST(ChannelOrder, OfWhatIsSavedIsInTheFile) {
  TemporaryFolder folder;
  const std::string path = folder.path("w");
  Sequential net = image_net();
  const Tensor w = net.parameters()[2]->value.transpose();
  save_parameters(path, net);
  EXPECT_EQ(read_safetensors(path).metadata,
            (Metadata{{"channel_order", "first"}, {"format", "pt"}}));
  EXPECT_TRUE(same_bits(read_safetensors(path).at("4.weight"), last_to_first(w, 3)));
  save_parameters(path, net, {.order = ChannelOrder::last});
  EXPECT_EQ(read_safetensors(path).metadata, (Metadata{{"channel_order", "last"}}));
  EXPECT_TRUE(same_bits(read_safetensors(path).at("4.weight"), w));
}

TEST(ChannelOrder, OfACheckpointIsLast) {
  TemporaryFolder folder;
  const std::string path = folder.path("w");
  Sequential net = image_net(), parameters = image_net(), whole = image_net();
  MSELoss loss;
  Rng rng(2);
  const Tensor x = rng.randn(kImages), y = rng.randn({2, 4});
  Optim optim(net, loss, 0.1, Reduction::mean, Adam());
  Optim other(whole, loss, 0.1, Reduction::mean, Adam());
  optim.step(x, y);
  save_checkpoint(path, optim);
  EXPECT_TRUE(
      same_bits(read_safetensors(path).at("4.weight"), net.parameters()[2]->value.transpose()));
  load_parameters(path, parameters);
  EXPECT_TRUE(same_bits(parameters.predict(x), net.predict(x)));
  load_checkpoint(path, other);
  optim.step(x, y);
  other.step(x, y);
  EXPECT_TRUE(same_bits(whole.predict(x), net.predict(x)));
}

TEST(ChannelOrder, OfParametersWithOtherStridesIsKept) {
  TemporaryFolder folder;
  Sequential net = image_net(), loaded = image_net();
  for (Sequential* each : {&net, &loaded}) {
    Tensor& value = each->parameters()[2]->value;
    value = value.transpose().clone().transpose();
  }
  Rng rng(4);
  initialize(net, rng);
  save_parameters(folder.path("w"), net);
  load_parameters(folder.path("w"), loaded);
  EXPECT_TRUE(same_bits(loaded.parameters()[2]->value, net.parameters()[2]->value));
}

/// A class that the library does not know: z = x.
class Own : public Module {
 public:
  Tensor forward(const Tensor& x) override { return x; }
  Tensor predict(const Tensor& x) const override { return x; }
  Tensor backward_delta(const Tensor&, const Tensor& delta) override { return delta; }
  Shape output_shape(const Shape& input) const override { return input; }
  std::string kind() const override { return "Own"; }
};

/// A network written as a class, as in PyTorch.
class OwnNet : public Own {
 public:
  Tensor predict(const Tensor& x) const override {
    return out_.predict(hidden_.predict(x_.predict(conv_.predict(x))));
  }
  void visit(Visitor& visitor) override {
    visitor.part("conv", conv_);
    visitor.part("x", x_);
    visitor.part("hidden", hidden_);
    visitor.part("out", out_);
  }

 private:
  Conv2D conv_ = conv2d(2, 3);
  Flatten x_;
  Linear hidden_ = Linear(5 * 5 * 3, 6), out_ = Linear(6, 2);
};

/// Neither saved nor loaded in PyTorch's order, but in this library's.
void expect_refused(Module& net, const std::string& name,
                    const std::map<std::string, Index>& channels = {}) {
  TemporaryFolder folder;
  const std::string path = folder.path("w");
  const ParameterFileOptions given{{}, channels};
  auto expect = [&](const std::string& message) {
    EXPECT_TRUE(message.starts_with(path) && contains(message, name)) << message;
    EXPECT_TRUE(contains(message, "ChannelOrder::last")) << message;
  };
  expect(test::message_of<ArgumentError>([&] { save_parameters(path, net, given); }));
  EXPECT_THROW(read_file(path), DataError);
  write_safetensors(path, from_pytorch(net));
  const Tensor before = net.parameters()[0]->value.clone();
  expect(test::message_of<ArgumentError>([&] { load_parameters(path, net, given); }));
  EXPECT_TRUE(same_bits(net.parameters()[0]->value, before));
  save_parameters(path, net, {.order = ChannelOrder::last});
  net.parameters()[0]->value.fill(0);
  load_parameters(path, net);
  EXPECT_TRUE(same_bits(net.parameters()[0]->value, before));
}

Sequential branch(Index channels) { return Sequential{Conv1D(3, 1, channels), ReLU()}; }

TEST(ChannelOrder, ThatCannotBeKnownIsRefused) {
  Sequential branches{TwoDirections(branch(3), branch(1)), Linear(4 * 7, 2)};
  expect_refused(branches, "1.weight");
  expect_refused(branches, "1.weight", {{"1.weight", 4}});  // no number tells their order
  Sequential columns{TwoDirections(branch(1), branch(3)), ReLU(), Linear(4 * 7, 2)};
  expect_refused(columns, "2.weight");
  Sequential own{conv2d(2, 3), Own(), Flatten(), Linear(75, 4)};
  expect_refused(own, "3.weight");
  Sequential flat{conv2d(2, 3), Flatten(), Own(), Linear(75, 4)};
  expect_refused(flat, "3.weight");
  OwnNet net;
  expect_refused(net, "hidden.weight");
  expect_refused(net, "out.weight", {{"hidden.weight", 3}});
  Sequential inside{Linear(4, 4), OwnNet()};
  expect_refused(inside, "1.hidden.weight");
  Sequential to_channels{Linear(4, 12), ReLU(), Reshape({4, 3}), Conv1D(2, 3, 1)};
  expect_refused(to_channels, "2: Reshape([4, 3])");
  Sequential of_channels{Conv1D(2, 1, 3), Reshape({9, 1}), Conv1D(2, 1, 1)};
  expect_refused(of_channels, "1: Reshape([9, 1])");
  Sequential rows{Reshape({4, 4, 3}), MaxPool2D(2), Flatten(), Linear(12, 2)};
  expect_refused(rows, "3.weight");
  Sequential pooled{MaxPool2D(2), Flatten(), Linear(12, 2)};
  expect_refused(pooled, "2.weight");
  Sequential signals{Conv1D(2, 1, 3), TwoDirections(branch(1), branch(1)), Linear(8, 2)};
  expect_refused(signals, "1: TwoDirections");
}

TEST(ChannelOrder, OfTiedWeightsIsRefusedWhereTheirInputsAreChannels) {
  Linear encoder(75, 4);
  TiedLinear decoder(encoder);
  Sequential net{conv2d(2, 3), Flatten(), std::move(encoder), std::move(decoder)};
  expect_refused(net, "3.weight");  // its outputs are the flattened channels
  Linear narrow(4, 12);
  TiedLinear wide(narrow);
  Sequential behind{std::move(narrow), Reshape({12, 1}), Conv1D(1, 1, 3), MaxPool1D(3),
                    Flatten(),         std::move(wide),  Linear(4, 2)};
  expect_refused(behind, "5: TiedLinear");
}

TEST(ChannelOrder, IsFollowedThroughEveryKindWithoutParameters) {
  TemporaryFolder folder;
  for (const ModuleKind& kind : module_kinds()) {
    if (kind.name == "Reshape" || kind.name == "TwoDirections" || kind.name == "GlobalAvgPool")
      continue;
    std::unique_ptr<Module> module = build_module(kind.name, kind.options);
    if (!module->parameters().empty()) continue;
    Sequential net{conv2d(2, 3)};
    net.append(std::move(module)).append(Flatten()).append(Linear(75, 4));
    const Tensor w = net.parameters()[2]->value.transpose();
    save_parameters(folder.path("w"), net);
    EXPECT_TRUE(same_bits(read_safetensors(folder.path("w")).at("3.weight"), last_to_first(w, 3)))
        << kind.name;
  }
}

/// The weight of layer `layer` in the file of the network.
Tensor in_file(const Module& net, const std::string& layer) {
  TemporaryFolder folder;
  save_parameters(folder.path("w"), net);
  return read_safetensors(folder.path("w")).at(layer + ".weight");
}

TEST(ChannelOrder, OfBranches) {
  Sequential images{Parallel(Join::concatenate, Sequential(conv2d(2, 3)), Sequential(conv2d(2, 2))),
                    Flatten(), Linear(100, 4)};
  const Tensor w = images.parameters()[4]->value.transpose();
  EXPECT_TRUE(same_bits(in_file(images, "2"), last_to_first(w, 5)));
  Sequential sum{conv2d(2, 3), Residual(Sequential(ReLU())),
                 Parallel(Join::add, Sequential(ReLU()), Sequential()), Flatten(), Linear(75, 4)};
  const Tensor v = sum.parameters()[2]->value.transpose();
  EXPECT_TRUE(same_bits(in_file(sum, "4"), last_to_first(v, 3)));
  Sequential rows{Parallel(Join::concatenate, Sequential(Linear(4, 3)), Sequential(Linear(4, 2))),
                  Linear(5, 2)};
  EXPECT_TRUE(same_bits(in_file(rows, "1"), rows.parameters()[4]->value.transpose()));
  Sequential pooled{conv2d(2, 3), GlobalAvgPool(), Linear(3, 2)};
  EXPECT_TRUE(same_bits(in_file(pooled, "2"), pooled.parameters()[2]->value.transpose()));
  Sequential flattened{Parallel(Join::concatenate, Sequential(conv2d(2, 3), Flatten()),
                                Sequential(conv2d(2, 3), Flatten())),
                       Linear(150, 2)};
  expect_refused(flattened, "1.weight");
}

TEST(ChannelOrder, OfATableIsPyTorchs) {
  Sequential net{Embedding(5, 3), Flatten(), Linear(12, 2)};
  EXPECT_TRUE(same_bits(in_file(net, "0"), net.parameters()[0]->value));
  EXPECT_TRUE(same_bits(in_file(net, "2"), net.parameters()[1]->value.transpose()));
  TemporaryFolder folder;
  save_parameters(folder.path("w"), net);
  const Tensor table = net.parameters()[0]->value.clone();
  net.parameters()[0]->value.fill(0);
  load_parameters(folder.path("w"), net);
  EXPECT_TRUE(same_bits(net.parameters()[0]->value, table));
}

TEST(ChannelOrder, CanBeGivenByTheNumberOfChannels) {
  Sequential own{conv2d(2, 3), Own(), Flatten(), Linear(75, 4)};
  expect_twins_both_ways(own, kImages, {.channels = {{"3.weight", 3}}});
  OwnNet net;
  expect_twins_both_ways(net, kImages, {.channels = {{"hidden.weight", 3}, {"out.weight", 1}}});
  Sequential input{Flatten(), Linear(7 * 6 * 2, 3)};
  expect_twins_both_ways(input, kImages, {.channels = {{"1.weight", 2}}});
  Sequential pooled{MaxPool2D(2), Flatten(), Linear(3 * 3 * 2, 3)};
  expect_twins_both_ways(pooled, kImages, {.channels = {{"2.weight", 2}}});
}

/// Two networks in a class, as PyTorch's models are often written.
class Features : public Own {
 public:
  Tensor predict(const Tensor& x) const override { return head_.predict(features_.predict(x)); }
  void visit(Visitor& visitor) override {
    visitor.part("features", features_);
    visitor.part("head", head_);
  }

 private:
  Sequential features_{conv2d(2, 3), ReLU()};
  Sequential head_{Flatten(), Linear(5 * 5 * 3, 6), ReLU(), Linear(6, 2)};
};

TEST(ChannelOrder, IsAskedForOnceForEachPartOfAClass) {
  Features net;
  expect_refused(net, "head.1.weight");
  expect_twins_both_ways(net, kImages, {.channels = {{"head.1.weight", 3}}});
}

TEST(ChannelOrder, AWrongNumberOfChannelsIsAnError) {
  TemporaryFolder folder;
  Sequential net = image_net();
  for (const std::pair<const std::string, Index>& wrong :
       {std::pair<const std::string, Index>{"4.weight", 5},
        {"4.weight", 0},
        {"4.weight", -3},
        {"0.weight", 3},
        {"3.weight", 3},
        {"4.bias", 1}})
    EXPECT_THROW(save_parameters(folder.path("w"), net, {.channels = {wrong}}), ArgumentError)
        << wrong.first << " " << wrong.second;
  EXPECT_THROW(read_file(folder.path("w")), DataError);
}

TEST(ChannelOrder, IsNotAskedForWhereThereIsOne) {
  TemporaryFolder folder;
  const std::string path = folder.path("w");
  Sequential plain{Flatten(), Linear(12, 4), Own(), ReLU(), Linear(4, 3)};
  Sequential branches{Reshape({3, 3}), TwoDirections(branch(1), branch(1)), Linear(2 * 7, 2)};
  Sequential rows{Reshape({4, 4, 3}), Own(), Flatten(), Linear(48, 2)};
  Sequential ends{TwoDirections(Sequential{Conv1D(3, 1, 3), Flatten(), Linear(21, 2)}, branch(1)),
                  Linear(2 + 7, 2)};
  Sequential pooled{Reshape({6, 2, 1}), MaxPool2D(2), Flatten(), Linear(3, 2)};
  Linear encoder(4, 2);
  TiedLinear decoder(encoder);
  Sequential tied{std::move(encoder), Own(), std::move(decoder)};
  Sequential no_rows{conv2d(2, 3), Own(), conv2d(3, 2)};
  for (Sequential* net : {&plain, &branches, &rows, &ends, &pooled, &tied, &no_rows}) {
    save_parameters(path, *net);
    const Tensor before = net->parameters()[0]->value.clone();
    net->parameters()[0]->value.fill(0);
    load_parameters(path, *net);
    EXPECT_TRUE(same_bits(net->parameters()[0]->value, before));
  }
}

}  // namespace
