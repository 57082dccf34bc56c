// Parameters whose order of channels nobody can know, or need not ask.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "nn/core/error.hpp"
#include "nn/io/file.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/pooling.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/reshape.hpp"
#include "nn/modules/tied_linear.hpp"
#include "train/channel_order.hpp"

namespace nn::test { namespace {

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
  expect(message_of<ArgumentError>([&] { save_parameters(path, net, given); }));
  EXPECT_THROW(read_file(path), DataError);
  write_safetensors(path, from_pytorch(net));
  const Tensor before = net.parameters()[0]->value.clone();
  expect(message_of<ArgumentError>([&] { load_parameters(path, net, given); }));
  EXPECT_TRUE(same_bits(net.parameters()[0]->value, before));
  save_parameters(path, net, {.order = ChannelOrder::last});
  net.parameters()[0]->value.fill(0);
  load_parameters(path, net);
  EXPECT_TRUE(same_bits(net.parameters()[0]->value, before));
}

TEST(ChannelOrder, ThatCannotBeKnownIsRefused) {
  const std::string one = "Conv1D(3, 1) ReLU", three = "Conv1D(3, 3) ReLU";
  struct Unknown {
    std::string network;
    Shape example;
    std::string name;
  };
  for (const auto& [network, example, name] : std::initializer_list<Unknown>{
           {"TwoDirections(" + three + ", " + one + ") Linear(2)", {3, 3}, "1.weight"},
           {"TwoDirections(" + one + ", " + three + ") ReLU Linear(2)", {3, 3}, "2.weight"},
           {"Conv1D(2, 3) TwoDirections(" + one + ", " + one + ") Linear(2)",
            {3, 1},
            "1: TwoDirections"},
           {"Parallel(Conv2D(2, 3) Flatten, Conv2D(2, 3) Flatten) Linear(2)",
            {4, 4, 2},
            "1.weight"},
           {"Linear(12) ReLU Reshape([4, 3]) Conv1D(2, 1)", {4}, "2: Reshape([4, 3])"},
           {"Conv1D(2, 3) Reshape([9, 1]) Conv1D(2, 1)", {4, 1}, "1: Reshape([9, 1])"},
           {"Reshape([4, 4, 3]) MaxPool2D(2) Flatten Linear(2)", {48}, "3.weight"},
           {"MaxPool2D(2) Flatten Linear(2)", {4, 4, 3}, "2.weight"}}) {
    SCOPED_TRACE(network);
    Sequential net = parse_network(network, example);
    expect_refused(net, name);
    if (network.starts_with("TwoDirections(" + three)) {
      expect_refused(net, name, {{name, 4}});  // no number tells their order
    }
  }
}

TEST(ChannelOrder, BehindAClassOfTheUsersIsRefused) {
  Sequential own{conv2d(2, 3), Own(), Flatten(), Linear(75, 4)};
  expect_refused(own, "3.weight");
  Sequential flat{conv2d(2, 3), Flatten(), Own(), Linear(75, 4)};
  expect_refused(flat, "3.weight");
  OwnNet net;
  expect_refused(net, "hidden.weight");
  expect_refused(net, "out.weight", {{"hidden.weight", 3}});
  Sequential inside{Linear(4, 4), OwnNet()};
  expect_refused(inside, "1.hidden.weight");
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

TEST(ChannelOrder, CanBeGivenByTheNumberOfChannels) {
  Sequential own{conv2d(2, 3), Own(), Flatten(), Linear(75, 4)};
  expect_twins_both_ways(own, kImages, {.channels = {{"3.weight", 3}}});
  OwnNet net;
  expect_twins_both_ways(net, kImages, {.channels = {{"hidden.weight", 3}, {"out.weight", 1}}});
  expect_twins_both_ways("Flatten Linear(3)", kImages, {.channels = {{"1.weight", 2}}});
  expect_twins_both_ways("MaxPool2D(2) Flatten Linear(3)", kImages,
                         {.channels = {{"2.weight", 2}}});
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
  const TemporaryFolder folder;
  const Sequential net =
      parse_network("Conv2D([3, 2], 3) ReLU MaxPool2D(2) Flatten Linear(4)", kImages.without(0));
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
  const TemporaryFolder folder;
  const std::string path = folder.path("w"), one = "Conv1D(3, 1) ReLU";
  Sequential branches =
      parse_network("Reshape([3, 3]) TwoDirections(" + one + ", " + one + ") Linear(2)", {9});
  Sequential ends =
      parse_network("TwoDirections(Conv1D(3, 3) Flatten Linear(2), " + one + ") Linear(2)", {3, 3});
  Sequential pooled = parse_network("Reshape([6, 2, 1]) MaxPool2D(2) Flatten Linear(2)", {12});
  Sequential plain{Flatten(), Linear(12, 4), Own(), ReLU(), Linear(4, 3)};
  Sequential rows{Reshape({4, 4, 3}), Own(), Flatten(), Linear(48, 2)};
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
}  // namespace nn::test
