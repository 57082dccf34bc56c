#include "nn/train/best_parameters.hpp"

#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {

bool BestParameters::offer(double loss) {
  if (!(loss < loss_)) return false;
  loss_ = loss;
  parameters_ = net_.parameters();
  values_.clear();
  for (const Tensor& tensor : state()) values_.push_back(tensor.clone());
  return true;
}

void BestParameters::restore() const {
  if (values_.empty()) return;
  std::vector<Tensor> now = state();
  bool same = net_.parameters() == parameters_ && now.size() == values_.size();
  for (std::size_t i = 0; same && i < now.size(); ++i) same = now[i].shape() == values_[i].shape();
  if (!same)
    throw ArgumentError("BestParameters: the network has other parameters than when it was best");
  for (const Tensor& tensor : now) detail::check_writable("BestParameters", tensor);
  for (std::size_t i = 0; i < now.size(); ++i) now[i].copy_from(values_[i]);
}

std::vector<Tensor> BestParameters::state() const {
  std::vector<Tensor> tensors;
  for (const ParameterPtr& p : net_.parameters()) tensors.push_back(p->value);
  for (const auto& [name, buffer] : net_.named_buffers()) tensors.push_back(buffer);
  return tensors;
}

}}  // namespace nn::NN_PRECISION
