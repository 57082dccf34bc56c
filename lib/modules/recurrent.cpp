#include "nn/modules/recurrent.hpp"

#include <algorithm>

#include "kernels/product.hpp"
#include "kernels/speed.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/matmul.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

Scalar* row_of(Tensor& matrix, Index row) { return matrix.data() + row * matrix.size(1); }

/// (batch, time, n) as a matrix, row t batch + b for example b in step t; and back.
Tensor time_first(const Tensor& x) {
  return x.transpose(0, 1).contiguous().reshape(Shape{x.size(0) * x.size(1), x.size(2)});
}
Tensor batch_first(const Tensor& rows, Index batch, Index time) {
  return rows.reshape(Shape{time, batch, rows.size(1)}).transpose(0, 1).contiguous();
}

}  // namespace

Recurrent::Recurrent(const std::string& kind, Index in, Index hidden, bool sequence,
                     const Cells& cells)
    : in_(in), hidden_(hidden), sequence_(sequence), cells_(cells) {
  if (in < 1 || hidden < 1)
    throw ShapeError(kind + "(" + std::to_string(in) + ", " + std::to_string(hidden) +
                     "): sizes must be at least 1");
  auto make = [&](ParameterKind what, const Shape& shape, const char* name) {
    return make_parameter(what, shape, hidden, hidden, name);
  };
  weight_ih_ = make(ParameterKind::weight, {in, width()}, "weight_ih_l0");
  weight_hh_ = make(ParameterKind::weight, {hidden, width()}, "weight_hh_l0");
  bias_ih_ = make(ParameterKind::bias, {width()}, "bias_ih_l0");
  bias_hh_ = make(ParameterKind::bias, {width()}, "bias_hh_l0");
}

void Recurrent::multiply_h(Index rows, const Scalar* h, Scalar beta, Scalar* to) const {
  const Tensor& w = weight_hh_->value;
  const Tensor bias = bias_hh_->value.contiguous();
  kernels::gemm({.m = rows,
                 .n = width(),
                 .k = hidden_,
                 .a = {h, hidden_, 1},
                 .b = {w.data(), w.stride(0), w.stride(1)},
                 .beta = beta,
                 .c = {to, width(), 1},
                 .bias = bias.data()});
}

/// Rows of the batch that are worth a thread of their own. They go through all steps alone.
Index Recurrent::grain(Index time) const {
  constexpr Index rows = 16, of_a_gate = 16;
  return std::max(rows, kernels::thread_grain() / (time * width() * (hidden_ + of_a_gate)) + 1);
}

/// A given state or zeros.
Tensor Recurrent::start(const Tensor& given, Index batch, Index columns) const {
  const Shape shape{batch, columns};
  if (given.shape() == Shape::empty()) return Tensor::zeros(shape);
  if (given.shape() != shape)
    reject(columns == 0 ? "a state without c, which an LSTM alone has"
                        : "h and c of a state " + shape.to_string(),
           given.shape());
  return given.contiguous();
}

Recurrent::Step Recurrent::at(Steps& s, Index row, Index rows) const {
  const Index next = row + s.batch;
  return {rows,
          row_of(s.h, row),
          row_of(s.c, row),
          row_of(s.a, row),
          row_of(s.u, row),
          row_of(s.h, next),
          row_of(s.c, next)};
}

Recurrent::Steps Recurrent::run(const Tensor& x, const State& from) const {
  output_shape(x.shape());
  Steps s;
  const Index batch = s.batch = x.size(0), time = s.time = x.size(1), rows = batch * time;
  const Index c_columns = cells_.have_c ? hidden_ : 0;
  const Tensor h = start(from.h, batch, hidden_), c = start(from.c, batch, c_columns);
  s.h = Tensor(Shape{rows + batch, hidden_});
  s.c = Tensor(Shape{rows + batch, c_columns});
  s.h.slice(0, 0, batch).copy_from(h);
  s.c.slice(0, 0, batch).copy_from(c);
  s.x = time_first(x);
  s.a = Tensor(Shape{rows, width()});
  s.u = Tensor(Shape{rows, cells_.keep_u ? width() : 0});
  gemm(1, s.x, weight_ih_->value, 0, s.a, &bias_ih_->value);  // a = x W_ih + b_ih
  parallel_for(batch, grain(time), [&](Index begin, Index end) {
    for (Index t = 0; t < time; ++t) step_forward(at(s, t * batch + begin, end - begin));
  });
  return s;
}

Tensor Recurrent::output(const Steps& s) const {
  const Index rows = s.h.size(0);
  if (!sequence_) return s.h.slice(0, rows - s.batch, rows).clone();
  return batch_first(s.h.slice(0, s.batch, rows), s.batch, s.time);
}

Tensor Recurrent::forward(const Tensor& x) {
  steps_ = run(x, {});
  x_ = x;
  return output(steps_);
}

Tensor Recurrent::predict(const Tensor& x) const { return output(run(x, {})); }

Tensor Recurrent::predict(const Tensor& x, State& state) const {
  const Steps s = run(x, state);
  const Index rows = s.h.size(0);
  state.h = s.h.slice(0, rows - s.batch, rows).clone();
  state.c = s.c.slice(0, rows - s.batch, rows).clone();
  return output(s);
}

Tensor Recurrent::step(const Tensor& x, State& state) const {
  check_usable();
  if (x.rank() != 2 || x.size(1) != in_) reject("(batch, " + std::to_string(in_) + ")", x.shape());
  const Index batch = x.size(0), c_columns = cells_.have_c ? hidden_ : 0;
  const Tensor h_before = start(state.h, batch, hidden_),
               c_before = start(state.c, batch, c_columns);
  Tensor a(Shape{batch, width()}), u(Shape{batch, cells_.keep_u ? width() : 0});
  Tensor h(Shape{batch, hidden_}), c(Shape{batch, c_columns});
  gemm(1, x, weight_ih_->value, 0, a, &bias_ih_->value);  // a = x W_ih + b_ih
  step_forward({batch, h_before.data(), c_before.data(), a.data(), u.data(), h.data(), c.data()});
  state = {h, c};
  return h;
}

/// From the last step to the first: dL/dh_t is what delta says, and what came back through h_t.
Recurrent::Deltas Recurrent::deltas(const Tensor& x, const Tensor& delta) {
  check_input(x, x_);
  check_delta(delta, output_shape(x.shape()));
  const Index batch = steps_.batch, time = steps_.time, rows = batch * time;
  Tensor dh = Tensor::zeros({rows + batch, hidden_}), dc = Tensor::zeros({batch, steps_.c.size(1)});
  if (sequence_)
    dh.slice(0, batch, rows + batch).copy_from(time_first(delta));
  else
    dh.slice(0, rows, rows + batch).copy_from(delta);
  Tensor da(Shape{rows, width()}), du = cells_.keep_u ? Tensor(Shape{rows, width()}) : da;
  const Tensor& w_hh = weight_hh_->value;
  parallel_for(batch, grain(time), [&](Index begin, Index end) {
    for (Index t = time - 1; t >= 0; --t) {
      const Index row = t * batch + begin, count = end - begin;
      const StepDeltas d{row_of(dh, row + batch), row_of(dc, begin), row_of(da, row),
                         row_of(du, row), row_of(dh, row)};
      step_backward(at(steps_, row, count), d);
      if (t > 0)  // dL/dh_before += dL/du W_hh^T
        kernels::gemm({.m = count,
                       .n = hidden_,
                       .k = width(),
                       .a = {d.du, width(), 1},
                       .b = {w_hh.data(), w_hh.stride(1), w_hh.stride(0)},
                       .beta = 1,
                       .c = {d.dh_before, hidden_, 1}});
    }
  });
  return {da, du};
}

/// dL/dx = dL/da W_ih^T
Tensor Recurrent::input_delta(const Deltas& d) const {
  Tensor dx(Shape{d.da.size(0), in_});
  gemm(1, d.da, weight_ih_->value.transpose(), 0, dx);
  return batch_first(dx, steps_.batch, steps_.time);
}

/// Sums over all steps of all rows: dL/dW_ih += x^T dL/da, dL/dW_hh += h_before^T dL/du.
void Recurrent::add_gradients(const Deltas& d) {
  const Tensor h_before = steps_.h.slice(0, 0, d.du.size(0));
  gemm(1, steps_.x.transpose(), d.da, 1, weight_ih_->grad);
  gemm(1, h_before.transpose(), d.du, 1, weight_hh_->grad);
  column_sums(1, d.da, 1, bias_ih_->grad);
  column_sums(1, d.du, 1, bias_hh_->grad);
}

void Recurrent::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  add_gradients(deltas(x, delta));
}

Tensor Recurrent::backward_delta(const Tensor& x, const Tensor& delta) {
  return input_delta(deltas(x, delta));
}

Tensor Recurrent::backward(const Tensor& x, const Tensor& delta) {
  const Deltas d = deltas(x, delta);
  Tensor dx = input_delta(d);
  add_gradients(d);
  return dx;
}

Shape Recurrent::output_shape(const Shape& input) const {
  check_usable();
  if (input.rank() != 3 || input[1] < 1 || input[2] != in_)
    reject("(batch, time, " + std::to_string(in_) + "), time at least 1", input);
  return sequence_ ? Shape{input[0], input[1], hidden_} : Shape{input[0], hidden_};
}

void Recurrent::visit(Visitor& visitor) {
  for (ParameterPtr* parameter : {&weight_ih_, &weight_hh_, &bias_ih_, &bias_hh_})
    visitor.parameter(*parameter);
}

Options Recurrent::options() const {
  return {{"in", in_}, {"hidden", hidden_}, {"sequence", sequence_, true}};
}

}}  // namespace nn::NN_PRECISION
