#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "modules/contents.hpp"
#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/train/optim.hpp"
#include "ops/row_error.hpp"
#include "train/sum_tree.hpp"

// The gradient of a batch as the sum of those of its parts, which are added in a fixed tree
// (train/sum_tree.hpp). So their order depends on the number of parts alone. Sums of 1, 2, 4, ...
// parts wait on a stack for their neighbours: few are kept at a time. A process of a team goes
// through the same tree, does what lies in its share, and has the team add the rest.
namespace nn { inline namespace NN_PRECISION {

Index Optim::count_parts(Index rows) const {
  if (micro_batch_ == 0)
    throw ArgumentError("Optim: steps of several processes need set_micro_batch()");
  return rows / micro_batch_ + (rows % micro_batch_ > 0 ? 1 : 0);
}

Team::Share Optim::own_rows(Index batch_rows) const {
  if (!team_) return {0, batch_rows};
  const Team::Share share = team_->share(count_parts(batch_rows));
  return {std::min(share.begin * micro_batch_, batch_rows),
          std::min(share.end * micro_batch_, batch_rows)};
}

Optim::Costs Optim::accumulate(const Dataset& own, Index rows, bool fused) {
  const Index count = count_parts(rows);
  const Parts parts{own, rows, count, team_ ? team_->share(count) : Team::Share{0, count}, fused};
  Costs costs{0, weight_of_all(parts)};
  if (costs.weight == 0) return costs;
  partial_sums_.clear();
  part_costs_.assign(static_cast<std::size_t>(count), 0);
  add_parts(parts, 0, count, costs.weight);
  if (team_) team_->gather(part_costs_, 1);
  for (double cost : part_costs_) {
    costs.sum += cost;
    if (!std::isfinite(costs.sum)) return costs;
  }
  if (team_) complete_sums(parts);
  for (std::size_t i = 0; i < parameters_.size(); ++i)
    parameters_[i]->grad = std::move(partial_sums_[i]);
  for (std::size_t i = 0; i < contents_->running().size(); ++i)
    contents_->running()[i].batch = &partial_sums_[parameters_.size() + i];
  return costs;
}

/// The weight of all rows of the batch, added in the order of one process. A process without rows
/// cannot know whether there are weights, so then all tell theirs.
double Optim::weight_of_all(const Parts& parts) const {
  const Team::Share own = own_rows(parts.rows);
  if (own.begin < own.end && parts.own.size() != own.end - own.begin)
    throw ShapeError("Optim: " + std::to_string(parts.own.size()) + " rows, expected " +
                     std::to_string(own.end - own.begin));
  double weight = 0;
  try {
    if (own.begin < own.end || !team_) weight = parts.own.total_weight();
  } catch (const detail::RowError& error) {
    throw error.with_row(own.begin + error.row());
  }
  const Tensor& weights = parts.own.weight;
  if (!team_) return weight;
  if (weights.numel() == 0 && team_->size() <= parts.count) return static_cast<double>(parts.rows);
  std::vector<double> all(static_cast<std::size_t>(parts.rows), 1);
  for (Index i = 0; i < weights.numel(); ++i)
    all[static_cast<std::size_t>(own.begin + i)] = static_cast<double>(weights(i));
  team_->gather(all, micro_batch_);
  Tensor sorted({parts.rows});
  std::transform(all.begin(), all.end(), sorted.data(),
                 [](double value) { return static_cast<Scalar>(value); });
  return sum(sorted);
}

/// Puts the sums over those of the parts begin, ..., end - 1 that are this process's on the stack,
/// as few as the tree allows. Ends early, with false, at a cost that is not finite.
bool Optim::add_parts(const Parts& parts, Index begin, Index end, double whole_weight) {
  if (end <= parts.share.begin || parts.share.end <= begin) return true;
  if (end - begin == 1) {
    const Index first = begin * micro_batch_, last = std::min(first + micro_batch_, parts.rows);
    double& cost = part_costs_[static_cast<std::size_t>(begin)];
    cost = propagate_rows(parts, first, last, whole_weight);
    if (!std::isfinite(cost)) return false;
    keep_sums(static_cast<double>(last - first) / static_cast<double>(parts.rows));
    return true;
  }
  const Index middle = detail::sum_tree_middle(begin, end);
  if (!add_parts(parts, begin, middle, whole_weight) ||
      !add_parts(parts, middle, end, whole_weight))
    return false;
  if (parts.share.begin <= begin && end <= parts.share.end) add_last_sums();
  return true;
}

/// The sum of these rows' costs, by weight. A bad target is named by its row in the batch.
double Optim::propagate_rows(const Parts& parts, Index begin, Index end, double whole_weight) {
  const Index skipped = parts.share.begin * micro_batch_;
  try {
    const Dataset part = parts.own.slice(begin - skipped, end - skipped);
    return propagate(part, begin, whole_weight, parts.fused).sum;
  } catch (const detail::RowError& error) {
    if (error.row() >= end - begin) throw;  // not a row of the part
    throw error.with_row(begin + error.row());
  }
}

std::size_t Optim::sums_at_once() const {
  return parameters_.size() + contents_->running().size() + (team_ ? 1 : 0);
}

/// Puts the gradients, and the statistics that the part found times its share of the rows, on top
/// of the stack of sums. In a team also how often each statistic was found: a process without rows
/// does not know whether layers look for any.
void Optim::keep_sums(double share) {
  for (const ParameterPtr& p : parameters_) {
    partial_sums_.push_back(std::move(p->grad));
    p->grad = Tensor::zeros(p->value.shape());
  }
  for (const detail::Contents::Running& running : contents_->running()) {
    const bool found = !team_ || running.batch->shape() == running.buffer->shape();
    partial_sums_.push_back(found ? running.batch->clone()
                                  : Tensor::zeros(running.buffer->shape()));
    scal(static_cast<Scalar>(share), partial_sums_.back());
  }
  if (!team_) return;
  Tensor found({std::ssize(contents_->running())});
  for (Index i = 0; i < found.numel(); ++i) {
    const auto& running = contents_->running()[static_cast<std::size_t>(i)];
    found(i) = running.batch->shape() == running.buffer->shape() ? 1 : 0;
  }
  partial_sums_.push_back(found);
}

/// Adds the sums on top of the stack to those below.
void Optim::add_last_sums() {
  const std::size_t count = sums_at_once(), top = partial_sums_.size() - count;
  for (std::size_t i = 0; i < count; ++i)
    axpy(1, partial_sums_[top + i], partial_sums_[top - count + i]);
  partial_sums_.resize(top);
}

/// The sums over all parts in place of this process's.
void Optim::complete_sums(const Parts& parts) {
  std::vector<Tensor> totals;
  for (const ParameterPtr& p : parameters_) totals.emplace_back(p->value.shape());
  for (const auto& running : contents_->running()) totals.emplace_back(running.buffer->shape());
  totals.emplace_back(Shape{std::ssize(contents_->running())});
  team_->sum(partial_sums_, totals, parts.count);
  for (Index i = 0; i < totals.back().numel(); ++i)
    if (totals.back()(i) == 0) totals[parameters_.size() + static_cast<std::size_t>(i)] = Tensor();
  partial_sums_ = std::move(totals);
}

}}  // namespace nn::NN_PRECISION
