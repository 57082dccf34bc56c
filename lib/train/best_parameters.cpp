#include "nn/train/best_parameters.hpp"

namespace nn::inline NN_PRECISION {

bool BestParameters::offer(double loss) {
  if (!(loss < loss_)) return false;
  loss_ = loss;
  values_.resize(net_.parameters().size());
  for (std::size_t i = 0; i < values_.size(); ++i) values_[i] = net_.parameters()[i]->value.clone();
  return true;
}

void BestParameters::restore() const {
  for (std::size_t i = 0; i < values_.size(); ++i)
    net_.parameters()[i]->value.copy_from(values_[i]);
}

}  // namespace nn::inline NN_PRECISION
