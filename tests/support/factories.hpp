#pragma once

#include <cmath>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "nn/losses/bce_loss.hpp"
#include "nn/losses/bce_with_logits_loss.hpp"
#include "nn/losses/cross_entropy_loss.hpp"
#include "nn/losses/hinge_loss.hpp"
#include "nn/losses/huber_loss.hpp"
#include "nn/losses/l1_loss.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/auto_encoder.hpp"
#include "nn/modules/batch_norm.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/modules/conv_transpose2d.hpp"
#include "nn/modules/dropout.hpp"
#include "nn/modules/elu.hpp"
#include "nn/modules/embedding.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/gelu.hpp"
#include "nn/modules/global_avg_pool.hpp"
#include "nn/modules/gru.hpp"
#include "nn/modules/kinds.hpp"
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
#include "nn/ops/one_hot.hpp"
#include "nn/ops/softmax.hpp"
#include "support/sample.hpp"

/// The modules and losses that the property tests go through.
namespace nn::test {

struct ModuleCase {
  std::string name;
  std::function<std::unique_ptr<Module>()> make;
  Shape example;  // the shape of one example
  bool takes_indices = false;

  /// Inputs that look drawn.
  Tensor input(Index batch, double phase = 0) const {
    const Tensor x = wave(example.inserted(0, batch), phase);
    return takes_indices ? map(x, [](Scalar v) { return std::floor(2 * v + 2); }) : x;
  }
};

inline void PrintTo(const ModuleCase& tested, std::ostream* out) { *out << tested.name; }

template <class M>
std::function<std::unique_ptr<Module>()> made(auto... arguments) {
  return [=] { return std::make_unique<M>(arguments...); };
}

inline std::unique_ptr<Module> make_mlp() {
  return std::make_unique<Sequential>(Linear(5, 7), TanH(), Linear(7, 6), Sigmoid(), Linear(6, 3));
}
inline std::unique_ptr<Module> make_nested() {
  return std::make_unique<Sequential>(Sequential(Linear(4, 6), TanH()),
                                      Sequential(Sequential(Linear(6, 5), ReLU()), Sigmoid()),
                                      Linear(5, 2, false), LogSoftmax());
}
inline std::unique_ptr<Module> make_flat() {
  return std::make_unique<Sequential>(TanH(), Flatten(), Linear(6, 4), Softmax());
}

inline std::unique_ptr<Module> make_tied_pair() {
  Linear encoder(5, 3);
  TiedLinear decoder(encoder);
  return std::make_unique<Sequential>(std::move(encoder), TanH(), std::move(decoder));
}
inline std::unique_ptr<Module> make_tied_auto_encoder() {
  Linear encoder(5, 3);
  TiedLinear decoder(encoder);
  return std::make_unique<AutoEncoder>(Sequential(std::move(encoder), TanH()),
                                       Sequential(std::move(decoder), Sigmoid()));
}
inline TwoDirections two_directions() {
  return TwoDirections(Sequential(Conv1D(3, 1, 2), MaxPool1D(2)),
                       Sequential(Conv1D(2, 1, 3, 2), TanH()));
}
inline std::unique_ptr<Module> make_two_directions() {
  return std::make_unique<TwoDirections>(two_directions());
}
/// A layer in one network, its transposed in another one, both inside a third.
inline std::unique_ptr<Module> make_tied_nested() {
  Linear encoder(5, 3);
  TiedLinear decoder(encoder);
  return std::make_unique<Sequential>(Sequential(std::move(encoder), TanH()), Linear(3, 3),
                                      Sequential(Sequential(std::move(decoder)), Sigmoid()));
}
inline std::unique_ptr<Module> make_parts() {
  return std::make_unique<Sequential>(
      Linear(4, 6), AutoEncoder(Sequential(Linear(6, 3), TanH()), Sequential(Linear(3, 12), ELU())),
      Reshape({4, 3}), two_directions(), Linear(28, 2));
}
inline std::unique_ptr<Module> make_conv_net() {
  return std::make_unique<Sequential>(Conv2D(3, 1, 4, 1, 1), LeakyReLU(), MaxPool2D(2), Flatten(),
                                      Linear(16, 3));
}

inline std::unique_ptr<Module> make_conv_norm_net() {
  return std::make_unique<Sequential>(Conv2D(3, 1, 4, 1, 1), BatchNorm(4), ReLU(), MaxPool2D(2),
                                      Dropout(0.3), Flatten(), Linear(36, 5), LayerNorm(5),
                                      Dropout());
}
inline std::unique_ptr<Module> make_residual() {
  return std::make_unique<Sequential>(Residual(Sequential(Linear(4, 6), TanH(), Linear(6, 4))),
                                      Linear(4, 2));
}
template <Join join>
std::unique_ptr<Module> make_parallel() {
  return std::make_unique<Parallel>(join, Sequential(Conv2D(1, 2, 3)),
                                    Sequential(TanH(), Conv2D(1, 2, 3)),
                                    Sequential(Conv2D(3, 2, 3, 1, 1)));
}

/// Networks, and layers whose options matter to what they compute.
inline std::vector<ModuleCase> special_module_cases() {
  return {
      {"LinearNoBias", made<Linear>(4, 3, false), {4}},
      {"LinearOne", made<Linear>(1, 1), {1}},
      {"LinearWide", made<Linear>(19, 33), {19}},
      {"TanHCube", made<TanH>(), {2, 3}},
      {"SoftmaxCube", made<Softmax>(), {2, 4}},
      {"LogSoftmaxCube", made<LogSoftmax>(), {2, 4}},
      {"LeakyReLUBelowZero", made<LeakyReLU>(-2.0), {2, 3}},
      {"ELUCube", made<ELU>(0.5), {2, 3}},
      {"GELUTanh", made<GELU>(Approximate::tanh), {2, 3}},
      {"SoftplusThreshold", made<Softplus>(2.0, 0.5), {2, 3}},
      {"GlobalAvgPoolSignal", made<GlobalAvgPool>(), {5, 3}},
      {"UpsampleSignal", made<Upsample>(3), {4, 2}},
      {"UpsampleLinear", made<Upsample>(2, Interpolation::linear), {4, 2}},
      {"UpsampleBilinear", made<Upsample>(3, Interpolation::linear), {3, 2, 2}},
      {"ResidualMlp", make_residual, {4}},
      {"ParallelConcatenated", make_parallel<Join::concatenate>, {5, 3, 2}},
      {"ParallelAdded", make_parallel<Join::add>, {5, 3, 2}},
      {"PReLUOne", made<PReLU>(), {2, 3}},
      {"Conv1DOne", made<Conv1D>(3, 1, 5), {9, 1}},
      {"Conv1DStride", made<Conv1D>(3, 2, 3, 2), {8, 2}},
      {"Conv1DGaps", made<Conv1D>(2, 3, 2, 4, false), {13, 3}},
      {"Conv1DPoint", made<Conv1D>(1, 3, 2), {4, 3}},
      {"Conv2DPadding", made<Conv2D>(3, 1, 3, 1, 1), {4, 5, 1}},
      {"Conv2DRectangle", made<Conv2D>(Size2(3, 2), 2, 3, Size2(2, 1), Size2(1, 0)), {6, 4, 2}},
      {"Conv2DWidePadding", made<Conv2D>(Size2(1, 2), 2, 2, 2, Size2(1, 3)), {3, 2, 2}},
      {"Conv2DNoBias",
       made<Conv2D>(Conv2DOptions{.kernel = 2, .chan_in = 3, .chan_out = 2, .bias = false}),
       {3, 3, 3}},
      {"Conv1DPadding",
       made<Conv1D>(
           Conv1DOptions{.k_size = 3, .chan_in = 2, .chan_out = 3, .stride = 2, .padding = 2}),
       {6, 2}},
      {"Conv1DDilation",
       made<Conv1D>(
           Conv1DOptions{.k_size = 3, .chan_in = 2, .chan_out = 3, .padding = 1, .dilation = 2}),
       {7, 2}},
      {"Conv1DGroups",
       made<Conv1D>(Conv1DOptions{
           .k_size = 3, .chan_in = 4, .chan_out = 6, .stride = 2, .padding = 1, .groups = 2}),
       {7, 4}},
      {"Conv1DDepthwise",
       made<Conv1D>(Conv1DOptions{
           .k_size = 3, .chan_in = 5, .chan_out = 5, .padding = 2, .dilation = 2, .groups = 5}),
       {7, 5}},
      {"Conv2DDilation",
       made<Conv2D>(Conv2DOptions{.kernel = {3, 2},
                                  .chan_in = 2,
                                  .chan_out = 3,
                                  .stride = {1, 2},
                                  .padding = 1,
                                  .dilation = {2, 3}}),
       {5, 6, 2}},
      {"Conv2DDilationOne",
       made<Conv2D>(Conv2DOptions{.kernel = 3, .chan_in = 1, .chan_out = 2, .dilation = {1, 2}}),
       {4, 6, 1}},
      {"Conv2DGroups",
       made<Conv2D>(Conv2DOptions{
           .kernel = 3, .chan_in = 4, .chan_out = 6, .stride = {1, 2}, .padding = 1, .groups = 2}),
       {4, 5, 4}},
      {"Conv2DGroupsDilation",
       made<Conv2D>(Conv2DOptions{
           .kernel = 2, .chan_in = 6, .chan_out = 3, .padding = 1, .dilation = 2, .groups = 3}),
       {4, 5, 6}},
      {"Conv2DDepthwise",
       made<Conv2D>(
           Conv2DOptions{.kernel = 3, .chan_in = 5, .chan_out = 5, .padding = 1, .groups = 5}),
       {4, 5, 5}},
      {"Conv2DDepthwiseSteps",
       made<Conv2D>(Conv2DOptions{.kernel = {2, 3},
                                  .chan_in = 9,
                                  .chan_out = 9,
                                  .stride = {2, 1},
                                  .padding = {1, 2},
                                  .dilation = {1, 2},
                                  .groups = 9}),
       {4, 5, 9}},
      {"Conv2DDepthwiseMultiplied",
       made<Conv2D>(Conv2DOptions{
           .kernel = 3, .chan_in = 2, .chan_out = 6, .stride = 2, .padding = 1, .groups = 2}),
       {5, 4, 2}},
      {"ConvTranspose2DUp", made<ConvTranspose2D>(2, 3, 2, 2), {3, 2, 3}},
      {"ConvTranspose2DAll",
       made<ConvTranspose2D>(ConvTranspose2DOptions{.kernel = {3, 2},
                                                    .chan_in = 4,
                                                    .chan_out = 6,
                                                    .stride = {2, 3},
                                                    .padding = 1,
                                                    .output_padding = {1, 2},
                                                    .dilation = {2, 1},
                                                    .groups = 2,
                                                    .bias = false}),
       {3, 3, 4}},
      {"ConvTranspose2DDepthwise",
       made<ConvTranspose2D>(ConvTranspose2DOptions{.kernel = 3,
                                                    .chan_in = 5,
                                                    .chan_out = 5,
                                                    .stride = 2,
                                                    .padding = 1,
                                                    .output_padding = 1,
                                                    .groups = 5}),
       {3, 2, 5}},
      {"MaxPool1DOverlap", made<MaxPool1D>(3, 2), {8, 2}},
      {"MaxPool1DCeil", made<MaxPool1D>(2, 2, true), {7, 2}},
      {"MaxPool2DCeil", made<MaxPool2D>(Size2(3, 2), Size2(2, 2), 1, true), {6, 4, 2}},
      {"AvgPool1DCeil", made<AvgPool1D>(3, 2, true), {8, 2}},
      {"AvgPool2DCeil", made<AvgPool2D>(3, 2, 1, true), {6, 5, 2}},
      {"MaxPool1DGaps", made<MaxPool1D>(2, 3), {9, 2}},
      {"MaxPool2DSquare", made<MaxPool2D>(2), {5, 4, 3}},
      {"MaxPool2DOverlap", made<MaxPool2D>(3, 2, 1), {6, 5, 2}},
      {"MaxPool2DRectangle", made<MaxPool2D>(Size2(3, 2), Size2(1, 3), Size2(1, 0)), {4, 8, 2}},
      {"AvgPool1DGaps", made<AvgPool1D>(2, 3), {9, 2}},
      {"AvgPool1DOverlap", made<AvgPool1D>(3, 1), {6, 2}},
      {"AvgPool2DSquare", made<AvgPool2D>(2), {5, 4, 3}},
      {"AvgPool2DOverlap", made<AvgPool2D>(3, 2, 1), {6, 5, 2}},
      {"LSTMLast", made<LSTM>(3, 17, false), {5, 3}},
      {"LSTMOneStep", made<LSTM>(2, 4), {1, 2}},
      {"LSTMOne", made<LSTM>(1, 1, false), {4, 1}},
      {"GRULast", made<GRU>(3, 17, false), {5, 3}},
      {"GRUOneStep", made<GRU>(2, 4), {1, 2}},
      {"RNNLast", made<RNN>(3, 17, false), {5, 3}},
      {"TiedPair", make_tied_pair, {5}},
      {"TwoDirectionsImage", make_two_directions, {4, 3}},
      {"TwoDirectionsSignal", make_two_directions, {9, 1}},
      {"AutoEncoderTied", make_tied_auto_encoder, {5}},
      {"BatchNormPlain", made<BatchNorm>(3, BatchNormOptions{.affine = false}), {4, 3}},
      {"BatchNormWide", made<BatchNorm>(35), {3, 2, 35}},
      {"LayerNormPlain", made<LayerNorm>(9, LayerNormOptions{.affine = false}), {9}},
      {"LayerNormOne", made<LayerNorm>(1), {3, 1}},
      {"DropoutNone", made<Dropout>(0.0), {5}},
      {"DropoutAll", made<Dropout>(1.0), {5}},
      {"ConvNet", make_conv_net, {4, 4, 1}},
      {"ConvNormNet", make_conv_norm_net, {6, 6, 1}},
      {"SequentialMlp", make_mlp, {5}},
      {"SequentialNested", make_nested, {4}},
      {"SequentialFlat", make_flat, {3, 2}},
      {"SequentialTied", make_tied_nested, {5}},
      {"SequentialOfParts", make_parts, {4}},
  };
}

/// These, and one of each row in the table of kinds.
inline std::vector<ModuleCase> module_cases() {
  std::vector<ModuleCase> cases = special_module_cases();
  for (const ModuleKind& kind : module_kinds())
    cases.push_back({kind.name, [kind] { return build_module(kind.name, kind.options); },
                     kind.input.without(0), kind.name == "Embedding"});
  return cases;
}

struct LossCase {
  std::string name;
  std::function<std::unique_ptr<Loss>()> make;
  std::function<Tensor(Index)> yhat, y;  // for a batch of that many
};

inline void PrintTo(const LossCase& tested, std::ostream* out) { *out << tested.name; }

template <class L>
std::unique_ptr<Loss> make_loss() {
  return std::make_unique<L>();
}
inline std::unique_ptr<Loss> make_small_huber() { return std::make_unique<HuberLoss>(0.7); }
inline std::unique_ptr<Loss> make_smooth() {
  return std::make_unique<SoftmaxCrossEntropyLoss>(0.1);
}

// Outputs and targets: real numbers, shares in (0, 1), rows that sum to 1, class indices, signs.
inline Tensor outputs(Index batch) { return wave({batch, 4}, 2.5) * 2; }
inline Tensor reals(Index batch) { return wave({batch, 4}, 0.5); }
inline Tensor shares(Index batch) { return (wave({batch, 4}, 0.5) + 1) / 2; }
inline Tensor rows(Index batch) { return softmax(wave({batch, 4}, 0.5)); }
inline Tensor probabilities(Index batch) { return sigmoid(outputs(batch)); }
inline Tensor probability_rows(Index batch) { return softmax(outputs(batch)); }
inline Tensor labels(Index batch) {
  Tensor t(Shape{batch});
  for (Index i = 0; i < batch; ++i) t(i) = static_cast<Scalar>((3 * i + 1) % 4);
  return t;
}
inline Tensor label_rows(Index batch) { return one_hot(labels(batch), 4); }
inline Tensor signs(Index batch) {
  Tensor t = reals(batch);
  for (Index i = 0; i < t.numel(); ++i) t.data()[i] = t.data()[i] > 0 ? Scalar{1} : Scalar{-1};
  return t;
}
inline Tensor cubes(Index batch) { return wave({batch, 2, 3}, 0.5); }
inline Tensor cube_outputs(Index batch) { return wave({batch, 2, 3}, 2.5); }
inline Tensor columns(Index batch) { return wave({batch, 1}, 2.5); }
inline Tensor lines(Index batch) { return wave({batch}, 0.5); }

inline std::vector<LossCase> loss_cases() {
  return {
      {"MSE", make_loss<MSELoss>, outputs, reals},
      {"MSECube", make_loss<MSELoss>, cube_outputs, cubes},
      {"MSELineForColumn", make_loss<MSELoss>, columns, lines},
      {"MSELine", make_loss<MSELoss>, lines, lines},
      {"BCE", make_loss<BCELoss>, probabilities, shares},
      {"BCEWithLogits", make_loss<BCEWithLogitsLoss>, outputs, shares},
      {"CrossEntropyOneHot", make_loss<CrossEntropyLoss>, probability_rows, label_rows},
      {"CrossEntropyLabels", make_loss<CrossEntropyLoss>, probability_rows, labels},
      {"CrossEntropySoft", make_loss<CrossEntropyLoss>, probability_rows, rows},
      {"SoftmaxCrossEntropyOneHot", make_loss<SoftmaxCrossEntropyLoss>, outputs, label_rows},
      {"SoftmaxCrossEntropyLabels", make_loss<SoftmaxCrossEntropyLoss>, outputs, labels},
      {"SoftmaxCrossEntropySoft", make_loss<SoftmaxCrossEntropyLoss>, outputs, rows},
      {"SoftmaxCrossEntropyMass", make_loss<SoftmaxCrossEntropyLoss>, outputs, shares},
      {"SoftmaxCrossEntropySmoothLabels", make_smooth, outputs, labels},
      {"SoftmaxCrossEntropySmoothSoft", make_smooth, outputs, rows},
      {"Hinge", make_loss<HingeLoss>, outputs, signs},
      {"L1", make_loss<L1Loss>, outputs, reals},
      {"L1LineForColumn", make_loss<L1Loss>, columns, lines},
      {"Huber", make_loss<HuberLoss>, outputs, reals},
      {"HuberSmallCube", make_small_huber, cube_outputs, cubes},
  };
}

}  // namespace nn::test
