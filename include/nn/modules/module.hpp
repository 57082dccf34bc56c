#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nn/core/tensor.hpp"
#include "nn/modules/parameter.hpp"

namespace nn { inline namespace NN_PRECISION {

class Module;
class Options;
struct RandomKey;
namespace detail {
class Contents;
}

/// Is told what a module holds, by reference. See Module::visit().
class Visitor {
 public:
  /// A trained parameter. Null stands for none: a Linear without bias.
  virtual void parameter(ParameterPtr& parameter) = 0;
  /// State that is not trained, such as running statistics. It is saved, copied and restored with
  /// the best parameters; no initialiser and no update rule touches it.
  virtual void buffer(std::string_view name, Tensor& buffer) = 0;
  /// A buffer that follows the batches, such as BatchNorm's mean. After a training step whose cost
  /// is finite it becomes (1 - momentum) buffer + momentum batch, `batch` being what the last
  /// forward() found.
  virtual void running(std::string_view name, Tensor& buffer, const Tensor& /*batch*/,
                       double /*momentum*/) {
    this->buffer(name, buffer);
  }
  /// What a layer draws its random numbers from in forward().
  virtual void random(RandomKey&) {}
  /// A module that works inside this one.
  virtual void part(std::string_view name, Module& part) = 0;

 protected:
  ~Visitor() = default;
};

/// A layer z = M(x, W). Back-propagation needs two products of it with delta = dL/dz, by the
/// layer's Jacobians: dL/dW = (dz/dW)^T delta and dL/dx = (dz/dx)^T delta. After Torch7's nn
/// (Collobert, Kavukcuoglu and Farabet, 2011).
///
/// Tensors are batch first. The backward functions take the x of the last forward(), whose elements
/// must not have changed since. A layer that keeps something from forward() throws ArgumentError
/// for another x; one that does not, such as Linear, takes any. A result may share its elements
/// with x or with what the layer keeps: clone() it to write into it. Wrong shapes throw ShapeError,
/// which names the layer, what it expected and what it got; nothing has changed then. A module that
/// was moved from throws ArgumentError where it needs the parameters or parts that it held.
///
/// Backward must be linear in delta, as a product by a Jacobian is: Optim scales delta by the step.
/// What is not, such as a penalty on the weights, belongs in the update rule.
///
/// A new layer overrides the pure functions; if it trains anything, also
/// backward_update_gradient() and visit(). docs/adding_a_layer.md shows one,
/// apps/examples/custom_layer.cpp trains one.
///
/// Thread safety: const functions may run in many threads at once while no other function runs.
class Module {
 public:
  Module() = default;
  Module(Module&& other) noexcept;
  virtual ~Module() = default;

  /// z = M(x), for training: may keep what backward needs.
  virtual Tensor forward(const Tensor& x) = 0;
  /// z = M(x), for use: keeps nothing.
  virtual Tensor predict(const Tensor& x) const = 0;
  /// The same into memory that is given, a contiguous z of output_shape(x.shape()): what Predictor
  /// calls. z overlaps neither x nor a parameter. Unless overridden (see Layer), predict() and a
  /// copy. ShapeError for another z.
  virtual void predict_into(const Tensor& x, Tensor& z) const;
  /// Whether predict_into() also takes a z that has x's own elements, all of them in their order.
  virtual bool in_place() const { return false; }
  /// Adds dL/dW to the gradients.
  virtual void backward_update_gradient(const Tensor& x, const Tensor& delta);
  /// dL/dx.
  virtual Tensor backward_delta(const Tensor& x, const Tensor& delta) = 0;
  /// Both in one sweep: adds dL/dW, returns dL/dx.
  virtual Tensor backward(const Tensor& x, const Tensor& delta);
  /// The shape of z for x of this shape; throws ShapeError if the layer does not take it.
  virtual Shape output_shape(const Shape& input) const = 0;

  /// Names the module's own parameters, buffers and parts, always in the same order. They must be
  /// members, not copies that are gone after the call; for a Linear inside, name the part. All that
  /// follows is found through it, in parts of parts too. Several modules may share a parameter; a
  /// part that is met twice is an ArgumentError, as its second use would overwrite what the first
  /// one keeps for backward.
  virtual void visit(Visitor&) {}
  /// A promise about backward() and backward_update_gradient(), for which Optim saves passes over
  /// the gradients:
  /// - dL/dx is taken first, and each part's backward is called once;
  /// - then each gradient is added to once, by gemm, column_sums or axpy with a result of the
  ///   value's shape, and no value is read after the first addition.
  /// While an Optim's step lasts, the gradient is then the value itself or Tensor(). A module that
  /// does not promise it trains to the same bits, and so do the parts inside it.
  virtual bool adds_once() const { return false; }

  /// The name of the class, and what its constructor was given (nn/modules/options.hpp).
  virtual std::string kind() const = 0;
  virtual Options options() const;
  /// Both as one would write them: "Linear(256, 128)", "Conv1D(3, 1, 32, stride=2)".
  std::string describe() const;

  /// Each parameter once, in the order of the layers: a list of pointers of the caller's own.
  std::vector<ParameterPtr> parameters() const;
  /// By PyTorch's names: "0.weight", "encoder.0.weight". A shared parameter has several. The
  /// buffers are the module's own, not copies.
  std::vector<std::pair<std::string, ParameterPtr>> named_parameters() const;
  std::vector<std::pair<std::string, Tensor>> named_buffers() const;
  /// Trained numbers in all.
  Index parameter_count() const;

  /// Sets the gradients to 0.
  void zero_grad();
  /// W -= step dL/dW, for all but frozen parameters, each with its scale of the step.
  void update_parameters(Scalar step);
  /// Whether forward() is to behave as in training (the start) or as in use, for layers that
  /// differ. predict() always behaves as in use.
  void train(bool on);
  bool is_training() const { return is_training_; }
  /// Whether update rules leave all parameters inside alone: net[0].freeze(). Running statistics
  /// still follow the batches and Dropout still drops; train(false) stops both.
  void freeze(bool on = true);
  /// Update rules make steps of `factor` times their size for all parameters inside: after
  /// net[0].scale_steps(0.1) the first layer learns ten times slower. As a group of parameters with
  /// a learning rate of its own in PyTorch, weight decay included. ArgumentError unless the factor
  /// is finite and not negative.
  void scale_steps(double factor);

  /// What an Optim does around each step, for loops of one's own.
  /// Before forward(): says which numbers random layers are to draw. The same seed, step and row
  /// give the same numbers. The batch's row 0 counts as first_row.
  void set_random(std::uint64_t seed, std::uint64_t step, Index first_row = 0);
  /// After a forward() whose cost is finite: running statistics take over those of the batch.
  void update_running();

  /// A module like this one with parameters and buffers of its own. Parameters that are shared here
  /// are shared there. ArgumentError for a kind that is not in the table of kinds
  /// (nn/modules/kinds.hpp), or that is another class there.
  std::unique_ptr<Module> clone() const;

 protected:
  /// For derived classes: through a Module& it would leave the layer as it is.
  Module& operator=(Module&& other) noexcept;
  /// Throws ArgumentError if this module was moved from.
  void check_usable() const {
    if (was_moved_from_) fail_moved_from();
  }
  /// Throws ShapeError("<layer>: expected <expected>, got <got>; <hint>").
  [[noreturn]] void reject(const std::string& expected, const Shape& got,
                           const char* hint = "") const;
  /// Throws unless x is that of the last forward, or equal to it. `last` is empty, of shape (0), if
  /// there was none.
  void check_input(const Tensor& x, const Tensor& last) const;
  /// Throws unless delta has the shape of z.
  void check_delta(const Tensor& delta, const Shape& expected) const;
  /// Throws unless z is contiguous and has the shape that x gives.
  void check_result(const Tensor& x, const Tensor& z) const;

 private:
  friend class detail::Contents;
  [[noreturn]] void fail_moved_from() const;

  bool is_training_ = true;
  bool was_moved_from_ = false;
};

/// A module that predicts into given memory, as most of the library's layers do: predict() is
/// predict_into() and a new Tensor.
class Layer : public Module {
 public:
  Tensor predict(const Tensor& x) const override;
  void predict_into(const Tensor& x, Tensor& z) const override = 0;
};

}}  // namespace nn::NN_PRECISION
