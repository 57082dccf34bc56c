#include <algorithm>
#include <cmath>

#include "modules/contents.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/train/optim.hpp"
#include "ops/row_error.hpp"

// The gradient of a batch as the sum of those of its parts. The parts are added in pairs, the pairs
// in pairs, and so on: like the digits of a binary counter, sums of 1, 2, 4, ... parts wait until
// there are two of a size. So their order depends on the number of parts alone, and few sums are
// kept at a time.
namespace nn { inline namespace NN_PRECISION {

Optim::Costs Optim::accumulate(const Dataset& batch) {
  const Index n = batch.size();
  Costs costs{0, batch.total_weight()};
  if (costs.weight == 0) return costs;
  partial_sums_.clear();
  Index parts = 0;
  for (Index begin = 0; begin < n; begin += micro_batch_) {
    const Index end = std::min(begin + micro_batch_, n);
    costs.sum += propagate_rows(batch, begin, end, costs.weight);
    if (!std::isfinite(costs.sum)) return costs;
    keep_sums(static_cast<double>(end - begin) / static_cast<double>(n));
    for (Index k = ++parts; k % 2 == 0; k /= 2) add_last_sums();
  }
  while (partial_sums_.size() > sums_at_once()) add_last_sums();
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    parameters_[i]->grad = std::move(partial_sums_[i]);
  for (std::size_t i = 0; i < contents_->running().size(); ++i)
    contents_->running()[i].batch = &partial_sums_[parameters_.size() + i];
  return costs;
}

/// The sum of these rows' costs, by weight. A bad target is named by its row in the batch.
double Optim::propagate_rows(const Dataset& batch, Index begin, Index end, double whole_weight) {
  try {
    return propagate(batch.slice(begin, end), begin, whole_weight, false).sum;
  } catch (const detail::RowError& error) {
    if (error.row() >= end - begin) throw;  // not a row of the part
    throw error.with_row(begin + error.row());
  }
}

std::size_t Optim::sums_at_once() const { return parameters_.size() + contents_->running().size(); }

/// Puts the gradients, and the statistics that the part found times its share of the rows, on top
/// of the stack of sums.
void Optim::keep_sums(double share) {
  for (const ParameterPtr& p : parameters_) {
    partial_sums_.push_back(std::move(p->grad));
    p->grad = Tensor::zeros(p->value.shape());
  }
  for (const detail::Contents::Running& running : contents_->running()) {
    partial_sums_.push_back(running.batch->clone());
    scal(static_cast<Scalar>(share), partial_sums_.back());
  }
}

/// Adds the sums on top of the stack to those below.
void Optim::add_last_sums() {
  const std::size_t count = sums_at_once(), top = partial_sums_.size() - count;
  for (std::size_t i = 0; i < count; ++i)
    axpy(1, partial_sums_[top + i], partial_sums_[top - count + i]);
  partial_sums_.resize(top);
}

}}  // namespace nn::NN_PRECISION
