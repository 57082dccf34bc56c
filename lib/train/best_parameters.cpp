#include "nn/train/best_parameters.hpp"

#include <algorithm>
#include <utility>

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
  if (net_.parameters() != parameters_ || !same_shapes(now, values_))
    throw ArgumentError("BestParameters: the network has other parameters than when it was best");
  for (const Tensor& tensor : now) detail::check_writable("BestParameters", tensor);
  for (std::size_t i = 0; i < now.size(); ++i) now[i].copy_from(values_[i]);
}

void BestParameters::resume(double loss, std::vector<Tensor> values) {
  if (!same_shapes(state(), values))
    throw ArgumentError("BestParameters: resumed with the values of another network");
  loss_ = loss;
  parameters_ = net_.parameters();
  values_ = std::move(values);
}

bool BestParameters::same_shapes(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Tensor& x, const Tensor& y) { return x.shape() == y.shape(); });
}

std::vector<Tensor> BestParameters::state() const {
  std::vector<Tensor> tensors;
  for (const ParameterPtr& p : net_.parameters()) tensors.push_back(p->value);
  for (const auto& [name, buffer] : net_.named_buffers()) tensors.push_back(buffer);
  return tensors;
}

}}  // namespace nn::NN_PRECISION
