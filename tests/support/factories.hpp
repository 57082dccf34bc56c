#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nn/losses/bce_loss.hpp"
#include "nn/losses/bce_with_logits_loss.hpp"
#include "nn/losses/cross_entropy_loss.hpp"
#include "nn/losses/hinge_loss.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/log_softmax.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/one_hot.hpp"
#include "nn/ops/softmax.hpp"
#include "support/sample.hpp"

/// One line for each module and loss that the property tests go through.
namespace nn::test {

struct ModuleCase {
  std::string name;
  std::function<std::unique_ptr<Module>()> make;
  Shape example;  // the shape of one example
};

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

inline std::vector<ModuleCase> module_cases() {
  return {
      {"Linear", made<Linear>(4, 3), {4}},
      {"LinearNoBias", made<Linear>(4, 3, false), {4}},
      {"LinearOne", made<Linear>(1, 1), {1}},
      {"LinearWide", made<Linear>(19, 33), {19}},
      {"TanH", made<TanH>(), {5}},
      {"TanHCube", made<TanH>(), {2, 3}},
      {"Sigmoid", made<Sigmoid>(), {5}},
      {"ReLU", made<ReLU>(), {5}},
      {"Softmax", made<Softmax>(), {4}},
      {"SoftmaxCube", made<Softmax>(), {2, 4}},
      {"LogSoftmax", made<LogSoftmax>(), {4}},
      {"LogSoftmaxCube", made<LogSoftmax>(), {2, 4}},
      {"Flatten", made<Flatten>(), {3, 2}},
      {"SequentialEmpty", made<Sequential>(), {3}},
      {"SequentialMlp", make_mlp, {5}},
      {"SequentialNested", make_nested, {4}},
      {"SequentialFlat", make_flat, {3, 2}},
  };
}

struct LossCase {
  std::string name;
  std::function<std::unique_ptr<Loss>()> make;
  std::function<Tensor(Index)> yhat, y;  // for a batch of that many
};

template <class L>
std::unique_ptr<Loss> make_loss() {
  return std::make_unique<L>();
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
      {"Hinge", make_loss<HingeLoss>, outputs, signs},
  };
}

}  // namespace nn::test
