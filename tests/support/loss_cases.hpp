#pragma once

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
#include "nn/ops/elementwise.hpp"
#include "nn/ops/one_hot.hpp"
#include "nn/ops/softmax.hpp"
#include "support/sample.hpp"

/// The losses that the property tests go through.
namespace nn::test {

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
