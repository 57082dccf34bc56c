#include "nn/modules/sequential.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <thread>

#include "io/comma_locale.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/auto_encoder.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/modules/elu.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/leaky_relu.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/pooling.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/modules/two_directions.hpp"
#include "nn/ops/elementwise.hpp"
#include "support/compare.hpp"
#include "support/sample.hpp"

namespace nn::test { namespace {

/// x times one number, which several layers may share; counts its backward calls.
class Scale : public Module {
 public:
  Scale() : factor_(make_parameter(ParameterKind::gain, {1}, 1, 1, "factor")) {
    factor_->value.fill(3);
  }
  explicit Scale(const Scale& other, int) : factor_(other.factor_) {}

  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override { return x * factor_->value(0); }
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override {
    for (Index i = 0; i < x.numel(); ++i)
      factor_->grad(0) += x.contiguous().data()[i] * delta.contiguous().data()[i];
  }
  Tensor backward_delta(const Tensor&, const Tensor& delta) override {
    ++deltas;
    return delta * factor_->value(0);
  }
  Shape output_shape(const Shape& input) const override { return input; }
  std::string kind() const override { return "Scale"; }
  void visit(Visitor& visitor) override { visitor.parameter(factor_); }

  int deltas = 0;

 private:
  ParameterPtr factor_;
};

TEST(Sequential, GrowsInsideAnother) {
  Sequential net(Sequential(Linear(3, 4), TanH()), Linear(4, 2));
  net.at<Sequential>(0).append(Linear(4, 4));
  EXPECT_EQ(net.parameters().size(), 6u);
  EXPECT_EQ(net.predict(wave({5, 3})).shape(), (Shape{5, 2}));
}

TEST(Sequential, IsItsLayersInSeries) {
  Linear first(3, 4), second(4, 2);
  TanH tanh;
  Tensor x = wave({5, 3});
  Tensor expected = second.predict(tanh.predict(first.predict(x)));
  Sequential net(std::move(first), std::move(tanh), std::move(second));
  EXPECT_EQ(net.size(), 3);
  EXPECT_TRUE(same_bits(net.forward(x), expected));
  EXPECT_EQ(net[1].describe(), "TanH");
  EXPECT_THROW(net[3], RangeError);
  EXPECT_THROW(net[-1], RangeError);
}

TEST(Sequential, AppendIsConstruction) {
  Sequential net;
  net.append(Linear(3, 4)).append(TanH()).append(std::make_unique<Linear>(4, 2));
  Sequential other{Linear(3, 4), TanH(), Linear(4, 2)};
  EXPECT_TRUE(same_bits(net.predict(wave({2, 3})), other.predict(wave({2, 3}))));
  EXPECT_THROW(net.append(std::unique_ptr<Module>()), ArgumentError);
  EXPECT_EQ(net.size(), 3);
}

TEST(Sequential, GivesALayerAsWhatItIs) {
  Sequential net{Linear(3, 4), TanH()};
  EXPECT_EQ(&net.at<Linear>(0), &net[0]);
  EXPECT_EQ(std::as_const(net).at<Module>(1).kind(), "TanH");
  EXPECT_TRUE(contains(message_of<ArgumentError>([&] { net.at<Linear>(1); }), "TanH"));
  EXPECT_THROW(net.at<Linear>(2), RangeError);
}

TEST(Sequential, ReplacesALayer) {
  // Through a Module& the layer would stay as it is.
  static_assert(!std::is_move_assignable_v<Module> && std::is_move_assignable_v<Linear>);
  Sequential net{Linear(3, 4), TanH(), Linear(4, 2)}, other{Linear(3, 4), Sigmoid(), Linear(4, 5)};
  net.forward(wave({2, 3}));
  net.replace(1, Sigmoid()).replace(2, Linear(4, 5));
  EXPECT_TRUE(same_bits(net.predict(wave({2, 3})), other.predict(wave({2, 3}))));
  EXPECT_EQ(net.parameters()[3]->value.shape(), (Shape{5}));
  EXPECT_THROW(net.backward(wave({2, 3}), wave({2, 5})), ArgumentError);
  EXPECT_THROW(net.replace(3, TanH()), RangeError);
  EXPECT_THROW(net.replace(0, std::unique_ptr<Module>()), ArgumentError);
  net.replace(0, other[0].clone());
  EXPECT_TRUE(same_bits(net.predict(wave({2, 3})), other.predict(wave({2, 3}))));
}

TEST(Sequential, ErrorsNameTheLayer) {
  Sequential net{Linear(50, 20), TanH(), Linear(50, 1)};
  Tensor x = Tensor::zeros({20, 50});
  const char* expected = "layer 2, Linear(50, 1): expected (batch, 50), got (20, 20)";
  EXPECT_EQ(message_of<ShapeError>([&] { net.forward(x); }), expected);
  EXPECT_EQ(message_of<ShapeError>([&] { net.predict(x); }), expected);
  EXPECT_EQ(message_of<ShapeError>([&] { net.output_shape({20, 50}); }), expected);
  Sequential nested{TanH(), Sequential(Sigmoid(), Linear(3, 1))};
  EXPECT_EQ(message_of<ShapeError>([&] {
              nested.forward(wave({2, 4}));
            }),
            "layer 1, layer 1, Linear(3, 1): expected (batch, 3), got (2, 4)");
}

TEST(Sequential, BackwardOfAnotherInput) {
  Sequential net{Linear(3, 4), Linear(4, 2)};
  Tensor x = wave({5, 3}), delta = wave({5, 2});
  EXPECT_THROW(net.backward(x, delta), ShapeError);  // no forward yet
  net.forward(x);
  net.zero_grad();
  std::string message = message_of<ShapeError>([&] { net.backward(wave({4, 3}), delta); });
  EXPECT_TRUE(contains(message, "(4, 3)")) << message;
  for (const ParameterPtr& p : net.parameters())
    EXPECT_TRUE(same_bits(p->grad, Tensor::zeros(p->grad.shape())));
  net.append(TanH());
  EXPECT_THROW(net.backward(x, delta), ShapeError);
  net.forward(x);
  EXPECT_EQ(net.backward(x, delta).shape(), x.shape());
}

TEST(Sequential, BackwardUpdateGradientLeavesOutTheDataGradient) {
  auto own = std::make_unique<Scale>();
  Scale& first = *own;
  Sequential net;
  net.append(std::move(own)).append(Scale());
  Tensor x = wave({2, 3});
  net.forward(x);
  net.backward_update_gradient(x, wave({2, 3}));
  EXPECT_EQ(first.deltas, 0);
  EXPECT_EQ(net.at<Scale>(1).deltas, 1);
  net.backward(x, wave({2, 3}));
  EXPECT_EQ(first.deltas, 1);
}

TEST(Sequential, SharedParametersCountOnce) {
  Scale first;
  Scale second(first, 0);
  Sequential net;
  net.append(std::move(first)).append(Linear(3, 3)).append(std::move(second));
  EXPECT_EQ(net.parameters().size(), 3u);
  EXPECT_EQ(net.parameter_count(), 1 + 9 + 3);
  EXPECT_EQ(net.named_parameters().size(), 4u);  // by each name
  EXPECT_TRUE(contains(net.summary({2, 3}), " 13\n")) << net.summary({2, 3});
  Sequential outer{std::move(net), Sigmoid()};
  EXPECT_EQ(outer.parameter_count(), 13);
}

TEST(Sequential, SharedParameterIsUpdatedOnce) {
  Scale first;
  Scale second(first, 0);
  Sequential net(std::move(first), std::move(second));  // 9 x
  Tensor x = tensor({2});
  net.forward(x);
  net.zero_grad();
  net.backward_update_gradient(x, tensor({1}));
  EXPECT_EQ(net.parameters()[0]->grad(0), 12);  // d(f^2 x)/df = 2 f x
  net.update_parameters(Scalar(0.25));
  EXPECT_EQ(net.parameters()[0]->value(0), 0);
}

TEST(Sequential, SummaryNamesTheOrderOfSizes) {
  Sequential net{Conv2D({.kernel = 3, .chan_in = 3, .chan_out = 8}), Flatten()};
  EXPECT_TRUE(contains(net.summary({1, 32, 32, 3}), "(batch, height, width, channels)"));
  Sequential signals{Conv1D(3, 1, 8), Flatten()};
  EXPECT_TRUE(contains(signals.summary({1, 32, 1}), "(batch, length, channels)"));
}

TEST(Sequential, EmptyTakesTheDeltaOfItsInput) {
  Sequential net;
  const Tensor x = Tensor::ones({2, 3});
  net.forward(x);
  EXPECT_TRUE(equal(net.backward(x, x), x));
  EXPECT_THROW(net.backward(x, Tensor::ones({2, 4})), ShapeError);
  EXPECT_THROW(net.backward_delta(x, Tensor::ones({3})), ShapeError);
  EXPECT_THROW(net.backward_update_gradient(x, Tensor::ones({3})), ShapeError);
}

/// Throws in forward when told to.
struct Fails : TanH {
  bool fails = false;
  Tensor forward(const Tensor& x) override {
    if (fails) throw std::runtime_error("as told");
    return TanH::forward(x);
  }
};

TEST(Sequential, NoBackwardAfterAForwardThatThrew) {
  Sequential net{Linear(3, 4), Fails(), Linear(4, 2)};
  const Tensor x = Tensor::ones({2, 3}), other = Tensor::zeros({2, 3});
  const Tensor delta = Tensor::ones({2, 2});
  net.forward(x);
  net.at<Fails>(1).fails = true;
  EXPECT_THROW(net.forward(other), std::runtime_error);
  for (const Tensor& any : {x, other}) EXPECT_THROW(net.backward(any, delta), ArgumentError);
  net.at<Fails>(1).fails = false;
  net.forward(x);
  EXPECT_NO_THROW(net.backward(x, delta));
}

TEST(Sequential, SummaryTable) {
  Sequential net{Linear(256, 10), Softmax()};
  EXPECT_EQ(net.summary({1, 256}),
            "   layer            output   parameters\n"
            "0  Linear(256, 10)  (1, 10)        2570\n"
            "1  Softmax          (1, 10)           0\n"
            "   total                           2570\n");
  std::ostringstream before, after;
  before << net;
  EXPECT_TRUE(contains(before.str(), "0  Linear(256, 10)        2570\n")) << before.str();
  net.forward(Tensor::zeros({7, 256}));
  after << net;
  EXPECT_EQ(after.str(), net.summary({7, 256}));
  EXPECT_THROW(net.summary({7, 255}), ShapeError);
}

TEST(Sequential, MovedWorksOn) {
  Sequential net{Linear(3, 4), Linear(4, 2)};
  Tensor x = wave({5, 3}), delta = wave({5, 2}), z = net.forward(x);
  Sequential moved = std::move(net);
  EXPECT_TRUE(same_bits(moved.predict(x), z));
  EXPECT_EQ(moved.backward(x, delta).shape(), x.shape());
  EXPECT_EQ(moved.parameters().size(), 4u);
  Sequential outer{std::move(moved), Flatten()};
  EXPECT_EQ(outer.size(), 2);
  EXPECT_TRUE(same_bits(outer.predict(x), z));
}

/// Eight threads, 200 inputs each, of five batch sizes.
void predict_from_threads(const Sequential& net, const Shape& example) {
  std::vector<Tensor> inputs, expected;
  for (Index batch : {1, 2, 3, 5, 8}) {
    inputs.push_back(wave(example.inserted(0, batch), static_cast<double>(batch)));
    expected.push_back(net.predict(inputs.back()));
  }
  std::vector<int> wrong(8);
  std::vector<std::thread> threads;
  for (int& count : wrong)
    threads.emplace_back([&] {
      for (std::size_t round = 0; round < 200; ++round)
        if (!same_bits(net.predict(inputs[round % 5]), expected[round % 5])) ++count;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(8, 0));
}

TEST(Sequential, PredictsFromManyThreads) {
  predict_from_threads(Sequential(Linear(8, 16), TanH(), Linear(16, 4), Softmax()), {8});
  predict_from_threads(Sequential(Conv2D(3, 1, 8, 1, 1), LeakyReLU(), MaxPool2D(2), Flatten(),
                                  Linear(8 * 8 * 8, 10), Softmax()),
                       {16, 16, 1});
  predict_from_threads(
      Sequential(Conv1D(3, 1, 8), MaxPool1D(2), Flatten(), Linear(31 * 8, 10), Softmax()), {64, 1});
}

TEST(Sequential, PrintsADecimalPointInAnyLocale) {
  CommaLocale locale;
  std::ostringstream out;  // with that locale
  Sequential net(Linear(2000, 1000), LeakyReLU(0.25), ELU(0.5));
  out << net.summary({5000, 2000}) << Tensor::full({1}, Scalar(1234.5)) << Shape{1234567};
  for (const char* text : {"Linear(2000, 1000)", "LeakyReLU(0.25)", "ELU(0.5)", "(5000, 1000)",
                           "2001000", "[1234.5]", "(1234567)"})
    EXPECT_TRUE(contains(out.str(), text)) << text << " in " << out.str();
}

}  // namespace
}  // namespace nn::test
