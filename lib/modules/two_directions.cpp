#include "nn/modules/two_directions.hpp"

#include <cmath>

#include "modules/error_context.hpp"
#include "modules/side_by_side.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

template <class F>
auto in_rows(F&& f) {
  return detail::with_context([] { return "TwoDirections, rows: "; }, f);
}
template <class F>
auto in_columns(F&& f) {
  return detail::with_context([] { return "TwoDirections, columns: "; }, f);
}

/// Two batches, each example flattened, side by side.
Tensor beside(const Tensor& a, const Tensor& b) {
  const Index batch = a.size(0), na = a.shape().example_numel(), nb = b.shape().example_numel();
  Tensor both(Shape{batch, na + nb});
  const Index at = detail::put_beside(a.reshape({batch, na}), 0, both);
  detail::put_beside(b.reshape({batch, nb}), at, both);
  return both;
}

}  // namespace

TwoDirections::TwoDirections(Sequential rows, Sequential columns)
    : rows_(std::move(rows)), columns_(std::move(columns)) {}

Tensor TwoDirections::forward(const Tensor& x) {
  output_shape(x.shape());  // a wrong shape must not reach one of the networks
  x_columns_ = by_columns(x);
  Tensor z = beside(rows_.forward(by_rows(x)), columns_.forward(x_columns_));
  x_ = x;
  return z;
}

Tensor TwoDirections::predict(const Tensor& x) const {
  output_shape(x.shape());
  return beside(rows_.predict(by_rows(x)), columns_.predict(by_columns(x)));
}

void TwoDirections::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_backward(x, delta);
  in_rows([&] { rows_.backward_update_gradient(by_rows(x), rows_delta(x, delta)); });
  in_columns([&] { columns_.backward_update_gradient(x_columns_, columns_delta(x, delta)); });
}

Tensor TwoDirections::backward_delta(const Tensor& x, const Tensor& delta) {
  check_backward(x, delta);
  Tensor rows = in_rows([&] { return rows_.backward_delta(by_rows(x), rows_delta(x, delta)); });
  Tensor columns =
      in_columns([&] { return columns_.backward_delta(x_columns_, columns_delta(x, delta)); });
  return image_delta(x, rows, columns);
}

Tensor TwoDirections::backward(const Tensor& x, const Tensor& delta) {
  check_backward(x, delta);
  Tensor rows = in_rows([&] { return rows_.backward(by_rows(x), rows_delta(x, delta)); });
  Tensor columns =
      in_columns([&] { return columns_.backward(x_columns_, columns_delta(x, delta)); });
  return image_delta(x, rows, columns);
}

void TwoDirections::check_backward(const Tensor& x, const Tensor& delta) const {
  check_input(x, x_);
  check_delta(delta, output_shape(x.shape()));
}

/// (batch, height, width), from either form of x.
Shape TwoDirections::image_shape(const Shape& input) const {
  if (input.rank() != 3) reject("(batch, height, width) or (batch, height width, 1)", input);
  if (input[2] != 1) return input;
  const auto side = static_cast<Index>(std::lround(std::sqrt(static_cast<double>(input[1]))));
  if (side * side != input[1]) reject("(batch, n, 1) with square images of n pixels", input);
  return {input[0], side, side};
}

/// What both networks get.
Shape TwoDirections::signal_shape(const Shape& input) const {
  const Shape image = image_shape(input);
  return {image[0], image[1] * image[2], 1};
}

Tensor TwoDirections::by_rows(const Tensor& x) const { return x.reshape(signal_shape(x.shape())); }

Tensor TwoDirections::by_columns(const Tensor& x) const {
  return x.reshape(image_shape(x.shape())).transpose(1, 2).reshape(signal_shape(x.shape()));
}

/// dL/dx, from the two networks' gradients with respect to what they got.
Tensor TwoDirections::image_delta(const Tensor& x, const Tensor& rows,
                                  const Tensor& columns) const {
  const Shape image = image_shape(x.shape());
  Tensor turned = columns.reshape({image[0], image[2], image[1]}).transpose(1, 2);
  return (rows.reshape(image) + turned).reshape(x.shape());
}

/// Each network's part of dL/dz, in the shape of its output.
Tensor TwoDirections::rows_delta(const Tensor& x, const Tensor& delta) const {
  const Shape shape = rows_shape(x.shape());
  return detail::part_beside(delta, 0, shape.example_numel()).reshape(shape);
}
Tensor TwoDirections::columns_delta(const Tensor& x, const Tensor& delta) const {
  const Shape shape = columns_shape(x.shape());
  const Index size = shape.example_numel();
  return detail::part_beside(delta, delta.size(1) - size, size).reshape(shape);
}

Shape TwoDirections::rows_shape(const Shape& input) const {
  return in_rows([&] { return rows_.output_shape(signal_shape(input)); });
}
Shape TwoDirections::columns_shape(const Shape& input) const {
  return in_columns([&] { return columns_.output_shape(signal_shape(input)); });
}

Shape TwoDirections::output_shape(const Shape& input) const {
  image_shape(input);  // refused in this layer's own name
  return {input[0], rows_shape(input).example_numel() + columns_shape(input).example_numel()};
}

void TwoDirections::visit(Visitor& visitor) {
  visitor.part("rows", rows_);
  visitor.part("columns", columns_);
}

}}  // namespace nn::NN_PRECISION
