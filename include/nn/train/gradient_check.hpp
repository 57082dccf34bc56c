#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include "nn/losses/loss.hpp"
#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// What a right gradient stays below in check_gradients(). In double a wrong one is well above; in
/// float, rounding in the costs leaves two digits, so that only gross mistakes show: check in
/// libnn_f64.a.
constexpr double gradient_tolerance = sizeof(Scalar) == 8 ? 1e-6 : 2e-2;

/// Of the elements compared, the one whose gradients differ most.
struct GradientCheck {
  double error = 0;   // |analytic - numeric| / max(1, |numeric|); NaN if either is
  std::string where;  // "backward_delta: dL/dx[1, 2]", "backward: dL/d0.weight[3, 0]"
  double analytic = 0, numeric = 0;  // its two gradients
  Index elements = 0;                // that were compared

  /// Whether there is something to compare, and all of it is within the tolerance.
  bool ok(double tolerance = gradient_tolerance) const {
    return elements > 0 && error <= tolerance;
  }
};
/// "54 elements, error at most 3.1e-11: backward: dL/dx[1, 2] = 0.25, by differences 0.25".
std::ostream& operator<<(std::ostream& out, const GradientCheck& check);

/// Compares the products of a module's two Jacobians with delta = dL/dz, by the data and by each
/// parameter, with central differences of L = sum(delta z), z = forward(x),
///
///     (L(v + h) - L(v - h)) / 2h,  h = cbrt(epsilon) max(1, |v|),  epsilon that of Scalar;
///
/// those of backward(), of backward_delta() and of backward_update_gradient(), which has to add to
/// the gradients; and those that an Optim steps by, which a module can break that promises
/// adds_once() and does not keep it. delta is standard normal, from the seed; so is x if only its
/// shape is given.
///
/// Where a module refuses x + h with a RangeError, x holds indices, as for an Embedding; then only
/// parameters are compared. Where L has no derivative within h (a ReLU at 0, two equal maxima) the
/// two differ for no fault of the module: take another seed. The parameters' values come back as
/// they were, their gradients as zeros, also if the module throws. ShapeError for a gradient of
/// another shape than x.
GradientCheck check_gradients(Module& module, const Shape& x, std::uint64_t seed = 0);
GradientCheck check_gradients(Module& module, const Tensor& x, std::uint64_t seed = 0);

/// The same for a loss' gradient with respect to yhat, L = sum of the examples' costs. If only a
/// shape (batch, outputs) is given, the rows of y and yhat are probabilities, which sum to 1, those
/// of yhat alike or nearly: a loss with other targets, as HingeLoss, needs its own.
GradientCheck check_gradients(const Loss& loss, const Shape& yhat, std::uint64_t seed = 0);
GradientCheck check_gradients(const Loss& loss, const Tensor& y, const Tensor& yhat);

}}  // namespace nn::NN_PRECISION
