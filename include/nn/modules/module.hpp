#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nn/core/tensor.hpp"

namespace nn::inline NN_PRECISION {

/// A trained tensor and the gradient of the loss with respect to it, accumulated since zero_grad().
struct Parameter {
  std::string name;  // "weight", "bias"
  Tensor value;
  Tensor grad;    // value's shape
  Index fan_in;   // inputs of each output unit, and outputs of each input unit:
  Index fan_out;  // what initialisers scale by

  /// dL/dW += A B, for a layer whose W is a matrix and whose gradient is a product.
  void add_product(const Tensor& a, const Tensor& b);

  /// dL/db += the sums of delta's columns, for a bias (n) that is added to each row.
  void add_column_sums(const Tensor& delta);

  /// What these do meanwhile: target = alpha A B + beta target, then beta = 1. An Optim sets it
  /// while a step lasts, to save passes over the gradients.
  struct Sink {
    bool is_value = false;  // the target is the value, not the gradient
    Scalar alpha = 1, beta = 1;
  } sink{};
};
using ParameterPtr = std::shared_ptr<Parameter>;

/// A layer z = M(x, W). Back-propagation needs two products of it with delta = dL/dz, by the
/// layer's Jacobians: dL/dW = (dz/dW)^T delta and dL/dx = (dz/dx)^T delta. After Torch7's nn
/// (Collobert, Kavukcuoglu and Farabet, 2011).
///
/// Tensors are batch first. The backward functions take the x of the last forward(). A result may
/// share its elements with x or with what the layer keeps: clone() it to write into it. Wrong
/// shapes throw ShapeError, which names the layer, what it expected and what it got; nothing has
/// changed then.
///
/// A new layer derives from this class, registers what it trains with add_parameter() in its
/// constructor and overrides the pure functions, and backward_update_gradient() if it trains
/// anything.
class Module {
 public:
  Module() = default;
  Module(Module&&) = default;
  /// Not for a part of another module, which goes on with the parameters that it knows.
  Module& operator=(Module&&) = default;
  virtual ~Module() = default;

  /// z = M(x), for training: may keep what backward needs.
  virtual Tensor forward(const Tensor& x) = 0;
  /// z = M(x), for use: keeps nothing, safe from many threads on one model.
  virtual Tensor predict(const Tensor& x) const = 0;
  /// Adds dL/dW to the gradients.
  virtual void backward_update_gradient(const Tensor& x, const Tensor& delta);
  /// dL/dx.
  virtual Tensor backward_delta(const Tensor& x, const Tensor& delta) = 0;
  /// Both in one sweep: adds dL/dW, returns dL/dx.
  virtual Tensor backward(const Tensor& x, const Tensor& delta);

  /// The shape of z for x of this shape; throws ShapeError if the layer does not take it.
  virtual Shape output_shape(const Shape& input) const = 0;
  /// The layer and its sizes: "Linear(256 -> 128)".
  virtual std::string describe() const = 0;
  /// Whether the layer is to behave as in training (the start) or as in use, for those that differ.
  virtual void train(bool) {}

  /// What is trained, each once, in the order of the layers; their names inside a Sequential are
  /// PyTorch's: "0.weight"; a shared parameter has several.
  const std::vector<ParameterPtr>& parameters() const { return parameters_; }
  virtual std::vector<std::pair<std::string, ParameterPtr>> named_parameters() const;
  Index parameter_count() const;

  /// Sets the gradients to 0.
  void zero_grad();
  /// W -= step dL/dW.
  void update_parameters(Scalar step);

 protected:
  /// A parameter of zeros.
  ParameterPtr add_parameter(std::string name, const Shape& shape, Index fan_in, Index fan_out);
  /// Takes in another module's parameters, or one of them; those that are already here stay single.
  void share_parameters(const Module& other);
  /// The same for a module that works inside this one. It may not get new parameters any more,
  /// which this one would not know of.
  void add_part(Module& part);
  bool is_part() const { return is_part_; }
  void share_parameter(const ParameterPtr& parameter);

  /// Throws ShapeError("<layer>: expected <expected>, got <got>").
  [[noreturn]] void reject(const std::string& expected, const Shape& got) const;
  /// Throws unless delta has the shape of z; (0) is that of a z that a layer has not kept yet.
  void check_delta(const Tensor& delta, const Shape& expected) const;

 private:
  std::vector<ParameterPtr> parameters_;
  bool is_part_ = false;
};

}  // namespace nn::inline NN_PRECISION
