#pragma once

#include <concepts>
#include <iosfwd>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

/// A class of modules.
template <class Type>
concept ModuleType = std::derived_from<std::remove_cvref_t<Type>, Module>;

/// Modules in series: z_h = M_h(z_{h-1}), z_0 = x. Backward goes through them in reverse.
///
///     nn::Sequential net{nn::Linear(2, 50), nn::TanH(), nn::Linear(50, 1), nn::Sigmoid()};
///
/// Takes its modules over: std::move a named one in. Errors name the layer:
/// "layer 2, Linear(50, 1): expected (batch, 50), got (20, 40)".
class Sequential : public Module {
 public:
  Sequential() = default;
  template <ModuleType First, ModuleType... Rest>
  requires(
      sizeof...(Rest) > 0 ||
      !std::same_as<std::remove_cvref_t<First>, Sequential>) explicit Sequential(First&& first,
                                                                                 Rest&&... rest) {
    append(std::forward<First>(first));
    (append(std::forward<Rest>(rest)), ...);
  }

  /// A layer more, at the end. ArgumentError for a null pointer.
  template <ModuleType Part>
  Sequential& append(Part&& module) {
    return append(own(std::forward<Part>(module)));
  }
  Sequential& append(std::unique_ptr<Module> module);

  /// The number of layers.
  Index size() const { return static_cast<Index>(modules_.size()); }
  /// Layer i, counted from 0; RangeError outside.
  Module& operator[](Index i);
  const Module& operator[](Index i) const;
  /// The same as what it is: net.at<nn::GRU>(0). ArgumentError if layer i is of another class.
  template <ModuleType Type>
  Type& at(Index i) {
    return const_cast<Type&>(std::as_const(*this).at<Type>(i));
  }
  template <ModuleType Type>
  const Type& at(Index i) const {
    const auto* layer = dynamic_cast<const Type*>(&(*this)[i]);
    if (!layer) reject_class(i);
    return *layer;
  }
  /// Puts another layer in the place of layer i, of the same class or not: net.replace(2,
  /// nn::Linear(64, 2)). RangeError outside, ArgumentError for a null pointer. A rule that keeps
  /// something for each parameter, such as Adam, needs a new Optim; a TiedLinear keeps the weight
  /// that it shared.
  template <ModuleType Part>
  Sequential& replace(Index i, Part&& module) {
    return replace(i, own(std::forward<Part>(module)));
  }
  Sequential& replace(Index i, std::unique_ptr<Module> module);

  Tensor forward(const Tensor& x) override;
  Tensor predict(const Tensor& x) const override;
  /// One sweep; dL/dx, which nobody asked for, is not computed.
  void backward_update_gradient(const Tensor& x, const Tensor& delta) override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;
  Tensor backward(const Tensor& x, const Tensor& delta) override;
  Shape output_shape(const Shape& input) const override;
  void visit(Visitor& visitor) override;
  bool adds_once() const override { return true; }
  std::string kind() const override { return "Sequential"; }

  /// A table of the layers: what each gives for an input of this shape, and its parameters.
  std::string summary(const Shape& input) const;
  /// That table for the last forward's input; before the first one, without shapes.
  friend std::ostream& operator<<(std::ostream& out, const Sequential& net);

 private:
  friend class Predictor;
  template <ModuleType Part>
  static std::unique_ptr<Module> own(Part&& module) {
    static_assert(!std::is_lvalue_reference_v<Part>,
                  "a network takes its layers over: std::move a named layer into it");
    if constexpr (!std::is_lvalue_reference_v<Part>)
      return std::make_unique<Part>(std::forward<Part>(module));
    return nullptr;
  }
  std::size_t place(Index i) const;
  [[noreturn]] void reject_class(Index i) const;
  template <class Function>
  auto at_layer(std::size_t i, Function&& f) const;
  void check_backward(const Tensor& x, const Tensor& delta) const;
  std::string table(const Shape* input) const;

  std::vector<std::unique_ptr<Module>> modules_;
  std::vector<Tensor> inputs_;  // of each module in the last forward
};

}}  // namespace nn::NN_PRECISION
