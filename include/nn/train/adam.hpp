#pragma once

#include "nn/train/update_rule.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Of Adam, whose formula they are part of: b1, b2, epsilon and lambda.
struct AdamOptions {
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0;
  bool decay_only_weights = false;  // and leave biases, gains, slopes and tables alone
};

/// What Adam and AdamW share: running means of the gradient and of its square.
class AdamMoments : public UpdateRule {
 public:
  std::string describe() const override;
  std::vector<std::pair<std::string, Slot*>> slots() override;

 protected:
  /// ArgumentError unless 0 <= b1, b2 < 1, epsilon > 0 and the weight decay is >= 0, as Scalars
  /// too.
  AdamMoments(const char* name, const AdamOptions& options);
  /// Adam's step on a gradient that has its weight decay, if any.
  void move_on(const Tensor& g, std::size_t i, Parameter& parameter, double lr);

  AdamOptions options_;  // as given

 private:
  const char* name_;
  /// Of the averages at step t: 1 - b1^t and sqrt(1 - b2^t).
  struct Correction {
    Index t = 0;
    double mean = 0, root = 0;
  };
  const Correction& correction(Index t);
  Correction correction_;
  Slot m_, v_;
};

/// Adam with PyTorch's formula and defaults (Kingma and Ba, ICLR 2015, algorithm 1):
///
///     g' = g + lambda W;  m = b1 m + (1 - b1) g';  v = b2 v + (1 - b2) g'^2;
///     W -= lr / (1 - b1^t) m / (sqrt v / sqrt(1 - b2^t) + epsilon),  t = 1, 2, ...
///
/// t counts the steps of the parameter, those in which it was frozen left out.
/// Errors as AdamMoments.
class Adam final : public AdamMoments {
 public:
  explicit Adam(const AdamOptions& options = {}) : AdamMoments("Adam", options) {}

 protected:
  void move(std::size_t i, Parameter& parameter, double lr) override;
};

/// Of AdamW; the names are Adam's.
struct AdamWOptions {
  double beta1 = 0.9, beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;
  bool decay_only_weights = false;  // and leave biases, gains, slopes and tables alone
};

/// Adam with decoupled weight decay, PyTorch's AdamW (Loshchilov and Hutter, ICLR 2019): Adam's
/// step on g' = g, after
///
///     W -= lr lambda W
class AdamW final : public AdamMoments {
 public:
  explicit AdamW(const AdamWOptions& options = {});

 protected:
  void move(std::size_t i, Parameter& parameter, double lr) override;
};

}}  // namespace nn::NN_PRECISION
