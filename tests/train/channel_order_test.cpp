// Parameters of networks whose twins in PyTorch have (batch, channels, height, width).

#include "train/channel_order.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "nn/core/error.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/kinds.hpp"
#include "nn/modules/linear.hpp"
#include "nn/train/adam.hpp"

namespace nn::test { namespace {

TEST(ChannelOrder, ConvolutionsPredictAsInPyTorch) {
  expect_twins_both_ways("Conv2D([3, 2], 3) ReLU MaxPool2D(2) Flatten Linear(4)", kImages);
  expect_twins_both_ways("Conv1D(3, 4, stride=2) Flatten ReLU Linear(3, bias=false) Linear(2)",
                         {3, 11, 2});
  expect_twins_both_ways(
      "Conv2D([3, 2], 3) ReLU Conv2D([3, 2], 5, stride=[1, 2]) AvgPool2D([3, 1]) Flatten Flatten "
      "Linear(4) ReLU Linear(2)",
      kImages);
}

TEST(ChannelOrder, GroupsHavePyTorchsKernels) {
  expect_twins_both_ways(
      "Conv2D([3, 2], 4, groups=2) ReLU Conv2D(2, 4, groups=4) Flatten Linear(3)", kImages);
  expect_twins_both_ways("Conv1D(3, 6, groups=2) Flatten Linear(3)", {3, 7, 4});
}

TEST(ChannelOrder, TransposedConvolutionsHavePyTorchsKernels) {
  expect_twins_both_ways(
      "Conv2D([3, 2], 4) ConvTranspose2D([3, 2], 3, stride=[2, 1]) Flatten Linear(3)", kImages);
  expect_twins_both_ways("ConvTranspose2D([3, 2], 6, groups=2) Flatten Linear(3)", kImages);
}

TEST(ChannelOrder, NetworksInNetworksAreFollowed) {
  expect_twins_both_ways(
      "Sequential(Conv2D([3, 2], 3) Sequential(ReLU)) Sequential "
      "Sequential(Flatten Sequential(Linear(4))) Linear(3)",
      kImages);
  expect_twins_both_ways("AutoEncoder(Conv2D([3, 2], 3) Flatten, Linear(4) ReLU Linear(3))",
                         kImages);
}

TEST(ChannelOrder, IsFollowedThroughASecondStage) {
  expect_twins_both_ways(
      "Conv2D([3, 2], 3) ReLU MaxPool2D(2) Flatten Linear(4) Reshape([4, 1]) Conv1D(2, 5) Flatten "
      "Linear(3)",
      kImages);
  expect_twins_both_ways(
      "Reshape([6, 5, 1]) Conv2D([3, 2], 3) Flatten Linear(16) Reshape([4, 4, 1]) "
      "Conv2D([3, 2], 2) Flatten Linear(2)",
      {2, 1, 30});
}

TEST(ChannelOrder, OneChannelOrOnePixelHasOneOrder) {
  const TemporaryFolder folder;
  for (const char* network : {"Conv2D([3, 2], 1) Flatten Linear(4)",
                              "Conv2D([3, 2], 6) AvgPool2D(5) Flatten Linear(4)"}) {
    expect_twins_both_ways(network, kImages);
    Sequential net = parse_network(network, kImages.without(0));
    TensorFile file = from_pytorch(net);
    file.metadata.clear();  // it need not say its order
    write_safetensors(folder.path("w"), file);
    load_parameters(folder.path("w"), net);
    expect_twins(net, file, kImages);
  }
}

/// The tensor of that name in the file of the network.
Tensor in_file(const Module& net, const std::string& name) {
  const TemporaryFolder folder;
  save_parameters(folder.path("w"), net);
  return read_safetensors(folder.path("w")).at(name);
}

TEST(ChannelOrder, IsOneForRecurrentLayers) {
  const Sequential net = parse_network("Conv1D(3, 4) LSTM(5) Flatten Linear(3)", {7, 2});
  for (const auto& [name, parameter] : net.named_parameters())
    if (parameter->value.rank() == 2) {
      EXPECT_TRUE(same_bits(in_file(net, name), parameter->value.transpose())) << name;
    }
}

TEST(ChannelOrder, IsKeptByAReshapeThatKeepsTheChannelsLast) {
  const Sequential net =
      parse_network("Conv1D(2, 3) Reshape([1, 9, 3]) Conv2D(1, 3) Flatten Linear(2)", {10, 1});
  const Tensor w = net.parameters()[4]->value.transpose();
  EXPECT_TRUE(same_bits(in_file(net, "4.weight"), last_to_first(w, 3)));
}

TEST(ChannelOrder, IsFollowedThroughEveryKindWithoutParameters) {
  for (const ModuleKind& kind : module_kinds()) {
    if (kind.name == "Reshape" || kind.name == "TwoDirections" || kind.name == "GlobalAvgPool")
      continue;
    std::unique_ptr<Module> module = build_module(kind.name, kind.options);
    if (!module->parameters().empty()) continue;
    Sequential net{conv2d(2, 3)};
    net.append(std::move(module)).append(Flatten()).append(Linear(75, 4));
    const Tensor w = net.parameters()[2]->value.transpose();
    EXPECT_TRUE(same_bits(in_file(net, "3.weight"), last_to_first(w, 3))) << kind.name;
  }
}

TEST(ChannelOrder, OfBranches) {
  auto of = [](const char* network) { return parse_network(network, kImages.without(0)); };
  const Sequential images = of("Parallel(Conv2D([3, 2], 3), Conv2D([3, 2], 2)) Flatten Linear(4)");
  const Tensor w = images.parameters()[4]->value.transpose();
  EXPECT_TRUE(same_bits(in_file(images, "2.weight"), last_to_first(w, 5)));
  const Sequential sum =
      of("Conv2D([3, 2], 3) Residual(ReLU) Parallel(add=true, ReLU, Sequential) Flatten Linear(4)");
  const Tensor v = sum.parameters()[2]->value.transpose();
  EXPECT_TRUE(same_bits(in_file(sum, "4.weight"), last_to_first(v, 3)));
  const Sequential rows = parse_network("Parallel(Linear(3), Linear(2)) Linear(2)", {4});
  EXPECT_TRUE(same_bits(in_file(rows, "1.weight"), rows.parameters()[4]->value.transpose()));
  const Sequential pooled = of("Conv2D([3, 2], 3) GlobalAvgPool Linear(2)");
  EXPECT_TRUE(same_bits(in_file(pooled, "2.weight"), pooled.parameters()[2]->value.transpose()));
}

TEST(ChannelOrder, OfATableIsPyTorchs) {
  Sequential net = parse_network("Embedding(5, 3) Flatten Linear(2)", {4});
  EXPECT_TRUE(same_bits(in_file(net, "0.weight"), net.parameters()[0]->value));
  EXPECT_TRUE(same_bits(in_file(net, "2.weight"), net.parameters()[1]->value.transpose()));
  const TemporaryFolder folder;
  save_parameters(folder.path("w"), net);
  const Tensor table = net.parameters()[0]->value.clone();
  net.parameters()[0]->value.fill(0);
  load_parameters(folder.path("w"), net);
  EXPECT_TRUE(same_bits(net.parameters()[0]->value, table));
}

Sequential image_net() {
  return parse_network("Conv2D([3, 2], 3) ReLU MaxPool2D(2) Flatten Linear(4)", kImages.without(0));
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
    const auto message = message_of<DataError>([&] { loaded(none); });
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

}  // namespace
}  // namespace nn::test
