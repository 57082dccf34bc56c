#include "losses/class_targets.hpp"

#include <string>

#include "losses/per_element.hpp"
#include "nn/core/error.hpp"
#include "nn/ops/one_hot.hpp"

namespace nn::inline NN_PRECISION::detail {

bool holds_indices(const char* loss, const Tensor& y, const Tensor& yhat) {
  if (yhat.rank() == 2 && y.shape() == yhat.shape()) {
    check_unit_interval(loss, "target", y);
    return false;
  }
  if (y.rank() >= 1 && yhat.rank() == 2 && y.numel() == y.size(0) && y.size(0) == yhat.size(0))
    return true;
  throw ShapeError(std::string(loss) + ": targets " + y.shape().to_string() + " for outputs " +
                   yhat.shape().to_string());
}

Tensor class_rows(const char* loss, const Tensor& y, const Tensor& yhat) {
  return holds_indices(loss, y, yhat) ? one_hot(y.reshape({y.size(0)}), yhat.size(1)) : y;
}

}  // namespace nn::inline NN_PRECISION::detail
