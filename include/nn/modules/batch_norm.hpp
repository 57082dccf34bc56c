#pragma once

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Of BatchNorm.
struct BatchNormOptions {
  double epsilon = 1e-5;
  double momentum = 0.1;  // of the running statistics
  bool affine = true;     // whether weight and bias are trained
};

/// Each feature, or channel, brought to mean 0 and variance 1 over the batch; then scaled and
/// shifted:
///
///     x' = (x - m) / sqrt(v + epsilon),    z = weight x' + bias
///
/// x, z: (batch, ..., features); weight, bias, m, v: (features). In forward(), m and v are the mean
/// and the variance of a feature over the batch and all places, and gradients go through them. Two
/// values of each feature are needed: ShapeError for a batch of one row, unless it is an image;
/// SGDOptions::drop_last leaves out a short last batch. The running statistics start at 0 and 1. A
/// step whose cost is finite (Module::update_running()) makes of them
///
///     running = (1 - momentum) running + momentum m    (for the variance: v n / (n - 1))
///
/// with n values of each feature. predict(), and forward() after train(false), use the running
/// ones, so that a row's result does not depend on its neighbours.
///
/// PyTorch's BatchNorm1d and BatchNorm2d (Ioffe and Szegedy, ICML 2015, algorithm 1). Sums are in
/// the order of column_sums(). ArgumentError unless features >= 1, epsilon > 0 and 0 <= momentum <=
/// 1.
class BatchNorm : public Layer {
 public:
  explicit BatchNorm(Index features, const BatchNormOptions& options = {});

  Tensor forward(const Tensor& x) override;
  void predict_into(const Tensor& x, Tensor& z) const override;
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Tensor backward(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  void visit(Visitor& visitor) override;
  bool adds_once() const override { return true; }
  std::string kind() const override { return "BatchNorm"; }
  Options options() const override;

  const ParameterPtr& weight() const { return weight_; }  // if not affine, fixed at 1
  const ParameterPtr& bias() const { return bias_; }      // if not affine, fixed at 0
  /// The running m and v, (features) each.
  const Tensor& running_mean() const { return running_mean_; }
  const Tensor& running_var() const { return running_var_; }

 private:
  struct Sums {
    Tensor delta, delta_x;  // dL/dbias = sum dL/dz, dL/dweight = sum dL/dz x'
  };
  void find_statistics(const Tensor& rows);
  Sums sums(const Tensor& x, const Tensor& delta) const;
  Tensor delta_of(const Tensor& delta, const Sums& sums) const;
  void add(const Sums& sums);

  Index features_;
  BatchNormOptions options_;
  ParameterPtr weight_, bias_;
  Tensor running_mean_, running_var_;
  // Of the last forward: x and x', the statistics (none if they were the running ones), and
  // 1 / sqrt(v + epsilon).
  Tensor x_, normalized_, batch_mean_, batch_var_, inverse_;
};

}}  // namespace nn::NN_PRECISION
