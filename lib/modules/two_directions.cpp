#include "nn/modules/two_directions.hpp"

#include <cmath>

#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn::inline NN_PRECISION {
namespace {

/// f(), whose ShapeError is passed on with the network's name in front.
template <class F>
auto named(const char* name, F&& f) {
  try {
    return f();
  } catch (const ShapeError& error) {
    throw ShapeError(std::string("TwoDirections, ") + name + ": " + error.what());
  }
}

/// (batch, ...) as rows.
Tensor flat(const Tensor& x, Index features) { return x.reshape({x.size(0), features}); }

/// The number of elements of an example.
Index features(const Shape& shape) { return shape.without(0).numel(); }

/// Two matrices side by side.
Tensor beside(const Tensor& a, const Tensor& b) {
  Tensor both(Shape{a.size(0), a.size(1) + b.size(1)});
  both.slice(1, 0, a.size(1)).copy_from(a);
  both.slice(1, a.size(1), both.size(1)).copy_from(b);
  return both;
}

}  // namespace

/// f on the network of one direction.
template <class F>
auto TwoDirections::in_rows(F&& f) const {
  return named("rows", [&] { return f(rows_); });
}
template <class F>
auto TwoDirections::in_columns(F&& f) const {
  return named("columns", [&] { return f(columns_); });
}

TwoDirections::TwoDirections(Sequential rows, Sequential columns)
    : rows_(std::move(rows)), columns_(std::move(columns)) {
  share_parameters(rows_);
  share_parameters(columns_);
}

}  // namespace nn::inline NN_PRECISION
