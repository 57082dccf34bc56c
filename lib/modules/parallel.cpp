#include "nn/modules/parallel.hpp"

#include <string>

#include "modules/error_context.hpp"
#include "modules/side_by_side.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// f(), whose error is passed on with the branch's number in front.
template <class F>
auto in_branch(std::size_t i, F&& f) {
  return detail::with_context([i] { return "Parallel, branch " + std::to_string(i) + ": "; }, f);
}

}  // namespace

Parallel& Parallel::append(Sequential&& branch) {
  check_usable();
  branches_.push_back(std::move(branch));
  x_ = Tensor();
  return *this;
}

Sequential& Parallel::operator[](Index i) {
  if (i < 0 || i >= size())
    throw RangeError("branch " + std::to_string(i) + " of " + std::to_string(size()));
  return branches_[static_cast<std::size_t>(i)];
}

/// run(i), the output of each branch, joined.
template <class Run>
Tensor Parallel::joined(const Shape& shape, Run run) const {
  Tensor z = join_ == Join::add ? Tensor() : Tensor(shape);
  Index at = 0;
  for (std::size_t i = 0; i < branches_.size(); ++i) {
    const Tensor part = in_branch(i, [&] { return run(i); });
    if (join_ == Join::add)
      axpy(1, part, z);
    else
      at = detail::put_beside(part, at, z);
  }
  return z;
}

/// run(i, delta of branch i) for each branch.
template <class Run>
void Parallel::for_each_delta(const Tensor& x, const Tensor& delta, Run run) const {
  check_input(x, x_);
  check_delta(delta, output_shape(x.shape()));
  Index at = 0;
  for (std::size_t i = 0; i < branches_.size(); ++i) {
    const Shape shape = branch_shape(i, x.shape());
    const Index size = shape[shape.rank() - 1];
    const bool cut = join_ == Join::concatenate;
    in_branch(i, [&] { run(i, cut ? detail::part_beside(delta, at, size) : delta); });
    at += size;
  }
}

Tensor Parallel::forward(const Tensor& x) {
  const Shape shape = output_shape(x.shape());  // a wrong shape must not reach some of the branches
  Tensor z = joined(shape, [&](std::size_t i) { return branches_[i].forward(x); });
  x_ = x;
  return z;
}

Tensor Parallel::predict(const Tensor& x) const {
  return joined(output_shape(x.shape()), [&](std::size_t i) { return branches_[i].predict(x); });
}

void Parallel::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  for_each_delta(x, delta, [&](std::size_t i, const Tensor& d) {
    branches_[i].backward_update_gradient(x, d);
  });
}

// dL/dx is the sum of the branches'
Tensor Parallel::backward_delta(const Tensor& x, const Tensor& delta) {
  Tensor dx;
  for_each_delta(x, delta, [&](std::size_t i, const Tensor& d) {
    axpy(1, branches_[i].backward_delta(x, d), dx);
  });
  return dx;
}

Tensor Parallel::backward(const Tensor& x, const Tensor& delta) {
  Tensor dx;
  for_each_delta(x, delta,
                 [&](std::size_t i, const Tensor& d) { axpy(1, branches_[i].backward(x, d), dx); });
  return dx;
}

Shape Parallel::branch_shape(std::size_t i, const Shape& input) const {
  return in_branch(i, [&] { return branches_[i].output_shape(input); });
}

Shape Parallel::output_shape(const Shape& input) const {
  check_usable();
  if (branches_.empty()) reject("at least one branch", input);
  Shape z = branch_shape(0, input);
  const int last = z.rank() - 1;
  if (last < 1) reject("outputs (batch, ...)", z);
  for (std::size_t i = 1; i < branches_.size(); ++i) {
    const Shape next = branch_shape(i, input);
    if (join_ == Join::add && next != z) reject("branches with one output, " + z.to_string(), next);
    if (next.rank() != z.rank() || next.with(last, z[last]) != z)
      reject("branches with one output up to the last size, " + z.to_string(), next);
    if (join_ == Join::concatenate) z = z.with(last, z[last] + next[last]);
  }
  return z;
}

void Parallel::visit(Visitor& visitor) {
  for (std::size_t i = 0; i < branches_.size(); ++i)
    visitor.part(std::to_string(i), branches_[i]);  // short: allocates nothing
}

Options Parallel::options() const { return {{"add", join_ == Join::add, false}}; }

}}  // namespace nn::NN_PRECISION
