#include "nn/losses/loss.hpp"

#include <algorithm>

namespace nn::inline NN_PRECISION {

std::string to_string(Reduction reduction) {
  switch (reduction) {
    case Reduction::sum:
      return "sum";
    case Reduction::batch_mean:
      return "batch_mean";
    case Reduction::mean:
      return "mean";
  }
  return "";
}

Tensor Loss::forward_backward(const Tensor& y, const Tensor& yhat, Tensor& delta) const {
  Tensor costs = forward(y, yhat);
  delta = backward(y, yhat);
  return costs;
}

double Loss::divisor(Reduction reduction, const Shape& yhat) const {
  Index divisor = 1;
  if (reduction != Reduction::sum) divisor *= yhat[0];
  if (reduction == Reduction::mean) divisor *= terms(yhat);
  return static_cast<double>(std::max<Index>(divisor, 1));
}

}  // namespace nn::inline NN_PRECISION
