#pragma once

#include "nn/modules/sequential.hpp"

namespace nn { inline namespace NN_PRECISION {

/// z = x + inner(x), for an inner network that keeps the shape. Source: He, Zhang, Ren and Sun,
/// CVPR 2016. Errors of the inner network begin with "Residual, inner: ".
///
///     nn::Residual{nn::Linear(8, 8), nn::ReLU(), nn::Linear(8, 8)}
///
/// Takes its layers over, as Sequential does. A single Residual is moved, not nested: to nest one,
/// put it into a Sequential with another layer.
class Residual : public Module {
 public:
  explicit Residual(Sequential inner) : inner_(std::move(inner)) {}
  template <ModuleType First, ModuleType... Rest>
  requires(sizeof...(Rest) > 0 ||
           (!std::same_as<std::remove_cvref_t<First>, Residual> &&
            !std::same_as<First, Sequential>)) explicit Residual(First&& first, Rest&&... rest)
      : inner_(std::forward<First>(first), std::forward<Rest>(rest)...) {}

  Tensor forward(const Tensor& x) override;
  Tensor predict(const Tensor& x) const override;
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Tensor backward(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  /// Names its part "inner".
  void visit(Visitor& visitor) override { visitor.part("inner", inner_); }
  bool adds_once() const override { return true; }
  std::string kind() const override { return "Residual"; }

  /// The inner network.
  Sequential& inner() { return inner_; }
  const Sequential& inner() const { return inner_; }

 private:
  Sequential inner_;
};

}}  // namespace nn::NN_PRECISION
