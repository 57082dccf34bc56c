#pragma once

#include <concepts>
#include <utility>
#include <vector>

#include "nn/modules/sequential.hpp"

namespace nn { inline namespace NN_PRECISION {

/// What Parallel makes of the outputs of its branches.
enum class Join { concatenate, add };

/// Networks that all get the same x. Their outputs are concatenated along the last dimension, in
/// the order of the branches, or added.
///
///     nn::Parallel{nn::Join::concatenate, nn::Conv2D(1, 8, 4), nn::Conv2D(3, 8, 4, 1, 1)};
///     nn::Parallel{nn::Join::add, nn::Sequential{nn::Linear(8, 4), nn::TanH()}, nn::Linear(8, 4)};
///
/// Takes its branches over: std::move a named one in. ShapeError unless all outputs have one shape;
/// when concatenated, their last sizes may differ. Errors of a branch name it: "Parallel, branch 1:
/// layer 0, Linear(4, 2): ...".
class Parallel : public Module {
 public:
  template <ModuleType... Branches>
  explicit Parallel(Join join, Branches&&... branches) : join_(join) {
    (append(std::forward<Branches>(branches)), ...);
  }
  /// A branch more, which it takes over.
  Parallel& append(Sequential&& branch);
  template <ModuleType Branch>
  Parallel& append(Branch&& branch) {
    return append(Sequential(std::forward<Branch>(branch)));
  }

  /// The number of branches.
  Index size() const { return static_cast<Index>(branches_.size()); }
  /// Branch i, counted from 0; RangeError outside.
  Sequential& operator[](Index i);

  Tensor forward(const Tensor& x) override;
  Tensor predict(const Tensor& x) const override;
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Tensor backward(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  /// Names its parts "0", "1", ...
  void visit(Visitor& visitor) override;
  bool adds_once() const override { return true; }
  std::string kind() const override { return "Parallel"; }
  Options options() const override;

 private:
  template <class Run>
  Tensor joined(const Shape& shape, Run run) const;
  template <class Run>
  void for_each_delta(const Tensor& x, const Tensor& delta, Run run) const;
  Shape branch_shape(std::size_t i, const Shape& input) const;

  std::vector<Sequential> branches_;
  Join join_;
  Tensor x_;  // of the last forward
};

}}  // namespace nn::NN_PRECISION
