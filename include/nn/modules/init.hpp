#pragma once

#include <initializer_list>

#include "nn/core/rng.hpp"
#include "nn/modules/module.hpp"

namespace nn { inline namespace NN_PRECISION {

// clang-format off
/// How parameters start. With f the fan-in and g the fan-out of a layer:
///
///     torch           weights and biases U(-1/sqrt f, 1/sqrt f): PyTorch's default for Linear, Conv
///     xavier_uniform  U(-a, a), a = sqrt(6 / (f + g))     xavier_normal  N(0, 2 / (f + g))
///     he_uniform      U(-a, a), a = sqrt(6 / f)           he_normal      N(0, 2 / f)
///     lecun_uniform   U(-a, a), a = sqrt(3 / f)           lecun_normal   N(0, 1 / f)
///     uniform(a, b)   weights and biases U(a, b)
///     normal(m, s)    weights and biases N(m, s^2)
///
/// Under Xavier, He and LeCun biases start at 0. Under all, gains start at 1, slopes at 0.25 and
/// tables from N(0, 1). Sources: Glorot and Bengio, AISTATS 2010, eq. 16;
/// He, Zhang, Ren and Sun, ICCV 2015, eq. 10; LeCun, Bottou, Orr and Mueller, Efficient BackProp,
/// 1998, 4.6.
// clang-format on
class Init {
 public:
  /// As above.
  static Init torch();
  static Init xavier_uniform();
  static Init xavier_normal();
  static Init he_uniform();
  static Init he_normal();
  static Init lecun_uniform();
  static Init lecun_normal();
  /// ArgumentError unless low <= high and sd >= 0, all finite.
  static Init uniform(double low, double high);
  static Init normal(double mean, double sd);

  /// From "torch", "xavier_uniform", ..., "uniform:LOW:HIGH", "normal:MEAN:SD". ArgumentError
  /// otherwise.
  static Init parse(const std::string& text);
  /// That text.
  const std::string& name() const { return name_; }

  /// Draws the parameter's values. ArgumentError if their variance follows from a fan that is not
  /// above 0.
  void operator()(Parameter& parameter, Rng& rng) const;

 private:
  enum class Fan { none, in, average };  // what the variance is divided by

  Init(std::string name, Fan fan, bool gaussian, double low, double high);
  void draw(Tensor& value, double scale, Rng& rng) const;

  std::string name_;
  Fan fan_;
  bool gaussian_;
  double low_, high_;  // U(low, high) or N(low, high^2), before the division
};

/// Draws all parameters of a module, layer after layer, and zeroes their gradients. Errors as
/// Init's; what came before in the module is drawn then.
void initialize(Module& module, Rng& rng, const Init& init = Init::torch());

/// How a new layer starts: Init::torch(), drawn from a seed that depends on its kind and sizes
/// alone. There is no global generator, so what a program computes does not depend on what ran
/// before.
void initialize_by_default(Module& layer, std::initializer_list<Index> sizes);
void initialize_by_default(Parameter& parameter, const std::string& kind,
                           std::initializer_list<Index> sizes);

}}  // namespace nn::NN_PRECISION
