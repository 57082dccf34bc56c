#include <gtest/gtest.h>

#include "nn/modules/auto_encoder.hpp"
#include "nn/modules/batch_norm.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/modules/conv_transpose2d.hpp"
#include "nn/modules/elu.hpp"
#include "nn/modules/embedding.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/gelu.hpp"
#include "nn/modules/global_avg_pool.hpp"
#include "nn/modules/gru.hpp"
#include "nn/modules/layer_norm.hpp"
#include "nn/modules/leaky_relu.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/log_softmax.hpp"
#include "nn/modules/lstm.hpp"
#include "nn/modules/parallel.hpp"
#include "nn/modules/pooling.hpp"
#include "nn/modules/prelu.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/reshape.hpp"
#include "nn/modules/residual.hpp"
#include "nn/modules/rnn.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/silu.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/modules/softplus.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/modules/tied_linear.hpp"
#include "nn/modules/two_directions.hpp"
#include "nn/modules/upsample.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "support/compare.hpp"
#include "support/golden_training.hpp"

namespace nn::test { namespace {

/// The gradients at given parameters.
void check_gradients(Module& module, const GoldenCase& expected) {
  set_parameters(module, expected.list("parameter"));
  const Tensor &x = expected["x"], &delta = expected["delta"];
  EXPECT_TRUE(close(module.forward(x), expected["z"], golden_tolerance));
  module.zero_grad();
  EXPECT_TRUE(close(module.backward(x, delta), expected["dx"], golden_tolerance));
  std::vector<Tensor> gradients = expected.list("gradient");
  for (std::size_t i = 0; i < gradients.size(); ++i)
    EXPECT_TRUE(close(module.parameters()[i]->grad, gradients[i], golden_tolerance));
}

/// The cost sum(delta z) of an example, delta its target.
class Projection : public Loss {
 public:
  Tensor forward(const Tensor& delta, const Tensor& z) const override {
    Tensor products = delta * z;
    return nn::sum(products.reshape({z.size(0), products.numel() / z.size(0)}), 1);
  }
  Tensor backward(const Tensor& delta, const Tensor&) const override { return delta.clone(); }
  Index terms(const Shape&) const override { return 1; }
  std::string describe() const override { return "Projection"; }
};

template <class M>
void check(const char* name, auto make) {
  SCOPED_TRACE(name);
  GoldenCase expected = golden("layers.txt", name);
  M alone = make();
  check_gradients(alone, expected);
  // Training on sum(delta z) / batch, with a linear layer before the module
  const Tensor& x = expected["inputs"];
  Sequential net;
  net.append(Linear(x.size(1), expected["x"].numel() / x.size(0)));
  if (expected["x"].rank() > 2) net.append(Reshape(expected["x"].shape().without(0)));
  net.append(make());
  check_training(net, Projection(), Reduction::batch_mean, x, expected["delta"], expected);
}

TEST(GoldenModules, Linear) {
  check<Linear>("Linear", [] { return Linear(4, 3); });
  check<Linear>("LinearNoBias", [] { return Linear(4, 3, false); });
  check<Linear>("LinearWide", [] { return Linear(9, 17); });
}
TEST(GoldenModules, TanH) {
  check<TanH>("TanH", [] { return TanH(); });
}
TEST(GoldenModules, Sigmoid) {
  check<Sigmoid>("Sigmoid", [] { return Sigmoid(); });
}
TEST(GoldenModules, ReLU) {
  check<ReLU>("ReLU", [] { return ReLU(); });
}
TEST(GoldenModules, Softmax) {
  check<Softmax>("Softmax", [] { return Softmax(); });
  check<Softmax>("SoftmaxRank3", [] { return Softmax(); });
}
TEST(GoldenModules, LogSoftmax) {
  check<LogSoftmax>("LogSoftmax", [] { return LogSoftmax(); });
  check<LogSoftmax>("LogSoftmaxRank3", [] { return LogSoftmax(); });
}
TEST(GoldenModules, Flatten) {
  check<Flatten>("Flatten", [] { return Flatten(); });
}
TEST(GoldenModules, Reshape) {
  check<Reshape>("Reshape", [] { return Reshape({3, 2}); });
}
TEST(GoldenModules, Sequential) {
  check<Sequential>("Mlp", [] {
    return Sequential(Linear(5, 7), TanH(), Linear(7, 6), ReLU(), Linear(6, 3), LogSoftmax());
  });
  check<Sequential>("Nested", [] {
    return Sequential(Sequential(Linear(4, 6), TanH()),
                      Sequential(Sequential(Linear(6, 5), ReLU()), Sigmoid()), Linear(5, 2, false));
  });
}
TEST(GoldenModules, TiedLinear) {
  check<TiedLinear>("TiedLinear", [] { return TiedLinear(Linear(3, 4)); });
}
TEST(GoldenModules, AutoEncoder) {
  check<AutoEncoder>("AutoEncoder", [] {
    Linear encoder(5, 3);
    TiedLinear decoder(encoder);
    return AutoEncoder(Sequential(std::move(encoder), TanH()),
                       Sequential(std::move(decoder), Sigmoid()));
  });
}
TEST(GoldenModules, TwoDirections) {
  check<TwoDirections>("TwoDirections", [] {
    return TwoDirections(Sequential(Conv1D(3, 1, 2), MaxPool1D(2)),
                         Sequential(Conv1D(2, 1, 3, 2), TanH()));
  });
}
TEST(GoldenModules, LeakyReLU) {
  check<LeakyReLU>("LeakyReLU", [] { return LeakyReLU(); });
}
TEST(GoldenModules, ELU) {
  check<ELU>("ELU", [] { return ELU(0.7); });
}

TEST(GoldenModules, GELU) {
  check<GELU>("GELU", [] { return GELU(); });
  check<GELU>("GELUTanh", [] { return GELU(Approximate::tanh); });
}
TEST(GoldenModules, SiLU) {
  check<SiLU>("SiLU", [] { return SiLU(); });
}
TEST(GoldenModules, Softplus) {
  check<Softplus>("Softplus", [] { return Softplus(); });
  check<Softplus>("SoftplusBeta", [] { return Softplus(3, 1.5); });
}
TEST(GoldenModules, PReLU) {
  check<PReLU>("PReLU", [] { return PReLU(); });
  check<PReLU>("PReLUChannels", [] { return PReLU(3); });
}

TEST(GoldenModules, Residual) {
  check<Residual>("Residual",
                  [] { return Residual(Sequential(Linear(4, 6), TanH(), Linear(6, 4))); });
}
TEST(GoldenModules, Parallel) {
  check<Parallel>("Parallel", [] {
    return Parallel(Join::concatenate, Sequential(Linear(4, 3)), Sequential(Linear(4, 2), TanH()));
  });
  check<Parallel>("ParallelAdd", [] {
    return Parallel(Join::add, Sequential(Linear(4, 3)), Sequential(Linear(4, 3), TanH()));
  });
}
TEST(GoldenModules, GlobalAvgPool) {
  check<GlobalAvgPool>("GlobalAvgPool", [] { return GlobalAvgPool(); });
}
TEST(GoldenModules, Upsample) {
  check<Upsample>("Upsample", [] { return Upsample(2); });
  check<Upsample>("UpsampleBilinear", [] { return Upsample(3, Interpolation::linear); });
  check<Upsample>("UpsampleSignal", [] { return Upsample(3); });
  check<Upsample>("UpsampleLinear", [] { return Upsample(2, Interpolation::linear); });
}
TEST(GoldenModules, Embedding) {
  Embedding layer(5, 3);
  check_gradients(layer, golden("layers.txt", "Embedding"));
}

template <class M>
void check_of(const char* name, auto... arguments) {
  check<M>(name, [=] { return M(arguments...); });
}

// Not trained: a bias before a BatchNorm has no gradient but rounding, of which Adam makes steps.
TEST(GoldenModules, BatchNorm) {
  BatchNorm rows(4), channels(3);
  check_gradients(rows, golden("layers.txt", "BatchNorm"));
  check_gradients(channels, golden("layers.txt", "BatchNormChannels"));
}
TEST(GoldenModules, LayerNorm) {
  check_of<LayerNorm>("LayerNorm", 4);
  check_of<LayerNorm>("LayerNormPlain", 9, LayerNormOptions{.affine = false});
}
TEST(GoldenModules, Conv1D) {
  check_of<Conv1D>("Conv1D", 3, 2, 4);
  check_of<Conv1D>("Conv1DStride", 3, 1, 3, 2);
  check_of<Conv1D>("Conv1DGaps", 2, 3, 2, 4, false);
  check_of<Conv1D>(
      "Conv1DPadding",
      Conv1DOptions{.k_size = 3, .chan_in = 2, .chan_out = 3, .stride = 2, .padding = 1});
  check_of<Conv1D>(
      "Conv1DDilation",
      Conv1DOptions{.k_size = 3, .chan_in = 2, .chan_out = 3, .padding = 2, .dilation = 2});
  check_of<Conv1D>("Conv1DGroups",
                   Conv1DOptions{.k_size = 2, .chan_in = 4, .chan_out = 6, .groups = 2});
  check_of<Conv1D>(
      "Conv1DDepthwise",
      Conv1DOptions{.k_size = 3, .chan_in = 3, .chan_out = 3, .padding = 1, .groups = 3});
}
TEST(GoldenModules, Conv2D) {
  check_of<Conv2D>("Conv2D", 3, 2, 4);
  check_of<Conv2D>("Conv2DRectangle", Size2(3, 2), 2, 3, Size2(2, 1), Size2(1, 0));
  check_of<Conv2D>(
      "Conv2DNoBias",
      Conv2DOptions{.kernel = 3, .chan_in = 1, .chan_out = 3, .padding = 1, .bias = false});
}
TEST(GoldenModules, Conv2DDilationAndGroups) {
  check_of<Conv2D>("Conv2DDilation", Conv2DOptions{.kernel = {3, 2},
                                                   .chan_in = 2,
                                                   .chan_out = 3,
                                                   .stride = {1, 2},
                                                   .padding = 1,
                                                   .dilation = {2, 3}});
  check_of<Conv2D>(
      "Conv2DGroups",
      Conv2DOptions{
          .kernel = 3, .chan_in = 4, .chan_out = 6, .stride = 2, .padding = 1, .groups = 2});
  check_of<Conv2D>(
      "Conv2DDepthwise",
      Conv2DOptions{.kernel = 3, .chan_in = 3, .chan_out = 3, .padding = 1, .groups = 3});
  check_of<Conv2D>("Conv2DDepthwiseMultiplied", Conv2DOptions{.kernel = 2,
                                                              .chan_in = 2,
                                                              .chan_out = 6,
                                                              .stride = 2,
                                                              .padding = 1,
                                                              .dilation = {1, 2},
                                                              .groups = 2});
}
TEST(GoldenModules, ConvTranspose2D) {
  check_of<ConvTranspose2D>("ConvTranspose2D", 2, 3, 2, 2);
  check_of<ConvTranspose2D>("ConvTranspose2DAll", ConvTranspose2DOptions{.kernel = {3, 2},
                                                                         .chan_in = 4,
                                                                         .chan_out = 6,
                                                                         .stride = {2, 3},
                                                                         .padding = 1,
                                                                         .output_padding = {1, 2},
                                                                         .dilation = {2, 1},
                                                                         .groups = 2,
                                                                         .bias = false});
}
TEST(GoldenModules, PoolingInCeilMode) {
  const Size2 three_two(3, 2), apart(3, 4);
  check_of<MaxPool1D>("MaxPool1DCeil", 3, 2, true);
  check_of<MaxPool2D>("MaxPool2DCeil", three_two, 2, 1, true);
  check_of<MaxPool2D>("MaxPool2DCeilBehind", 2, apart, 0, true);
  check_of<AvgPool1D>("AvgPool1DCeil", 3, 2, true);
  check_of<AvgPool2D>("AvgPool2DCeil", three_two, 2, 1, true);
  check_of<AvgPool2D>("AvgPool2DCeilBehind", 2, apart, 0, true);
}
TEST(GoldenModules, MaxPool) {
  check_of<MaxPool1D>("MaxPool1D", 2);
  check_of<MaxPool1D>("MaxPool1DOverlap", 3, 2);
  check_of<MaxPool2D>("MaxPool2D", 2);
  check_of<MaxPool2D>("MaxPool2DPadding", Size2(3, 2), Size2(2, 1), Size2(1, 0));
}
TEST(GoldenModules, AvgPool) {
  check_of<AvgPool1D>("AvgPool1D", 3, 2);
  check_of<AvgPool1D>("AvgPool1DGaps", 2, 3);
  check_of<AvgPool2D>("AvgPool2D", Size2(3, 2), Size2(2, 1), Size2(1, 0));
}
TEST(GoldenModules, Recurrent) {
  check_of<LSTM>("LSTM", 3, 5);
  check_of<LSTM>("LSTMLast", 2, 9, false);
  check_of<GRU>("GRU", 3, 5);
  check_of<GRU>("GRULast", 2, 9, false);
  check_of<RNN>("RNN", 3, 5);
  check_of<RNN>("RNNLast", 2, 9, false);
}

}  // namespace
}  // namespace nn::test
