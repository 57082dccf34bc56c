#include "nn/modules/conv2d.hpp"

#include <algorithm>

#include "modules/conv_parts.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/im2col.hpp"
#include "nn/ops/matmul.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// Numbers in the laid out windows of a block, where one line of windows is not more already.
constexpr Index kBlock = 65536;

/// The same windows on images that have their padding.
Windows on_padded(const Windows& w) { return {w.size, w.stride, 0}; }

/// All windows of lines [first, last) of a tensor of outputs, one in a row.
Tensor lines(const Tensor& z, Index first, Index last) {
  const Index width = z.size(2), channels = z.size(3);
  return z.reshape({z.size(0) * z.size(1) * width, channels}).slice(0, first * width, last * width);
}

}  // namespace

Conv2D::Conv2D(const Conv2DOptions& o)
    : windows_{o.kernel, o.stride, o.padding},
      chan_in_(o.chan_in),
      chan_out_(o.chan_out),
      has_bias_(o.bias) {
  windows_.check(describe());
  if (chan_in_ < 1 || chan_out_ < 1) throw ShapeError(describe() + ": channels must be at least 1");
  const Shape shape{o.kernel.height, o.kernel.width, chan_in_, chan_out_};
  const Index area = o.kernel.height * o.kernel.width;
  const Index fan_in = area * chan_in_, fan_out = area * chan_out_;
  weight_ = make_parameter(ParameterKind::weight, shape, fan_in, fan_out);
  if (o.bias) bias_ = make_parameter(ParameterKind::bias, {chan_out_}, fan_in, fan_out);
  initialize_by_default(*this, {o.kernel.height, o.kernel.width, chan_in_, chan_out_});
}

/// Calls f(begin, end) for lines [first, last) of windows, `width` in a line, a few at a time.
template <class F>
void Conv2D::for_blocks(Index first, Index last, Index width, F f) const {
  const Index step = std::max<Index>(1, kBlock / (width * window_size()));
  for (Index begin = first; begin < last; begin += step) f(begin, std::min(last, begin + step));
}

Index Conv2D::window_size() const { return weight_->value.numel() / chan_out_; }

/// Lines [begin, end) of windows of x, `width` in a line, each window a row. x has its padding.
Tensor Conv2D::windows(const Tensor& x, Index begin, Index end, Index width) const {
  const Index count = (end - begin) * width, size = window_size();
  const bool are_one_number_apart = chan_in_ == 1 && windows_.stride.width == 1;
  Tensor rows =
      are_one_number_apart ? Tensor(Shape{size, count}).transpose() : Tensor(Shape{count, size});
  im2col(x, on_padded(windows_), begin, end, rows);
  return rows;
}

Tensor Conv2D::predict(const Tensor& input) const {
  Tensor z(output_shape(input.shape()));
  Tensor x = pad(input, windows_.padding), w = detail::kernel_matrix(weight_->value);
  const Index width = z.size(2), grain = detail::conv_grain(width * w.numel());
  parallel_for(z.size(0) * z.size(1), grain, [&](Index first, Index last) {
    for_blocks(first, last, width, [&](Index begin, Index end) {
      Tensor rows = windows(x, begin, end, width), zs = lines(z, begin, end);
      gemm(1, rows, w, 0, zs, bias_ ? &bias_->value : nullptr);  // z = windows W + b
    });
  });
  return z;
}

void Conv2D::backward_update_gradient(const Tensor& input, const Tensor& delta) {
  check_delta(delta, output_shape(input.shape()));
  Tensor x = pad(input, windows_.padding), d = delta.contiguous();
  const Index width = d.size(2), count = d.size(0) * d.size(1);
  const Index step = std::max<Index>(1, detail::kLeafPositions / width);
  const Index grain = detail::conv_grain(step * width * weight_->value.numel());
  auto leaf = [&](Index i, Tensor& dw, Tensor& db) {
    const Index begin = i * step, end = std::min(count, begin + step);
    Tensor rows = windows(x, begin, end, width), ds = lines(d, begin, end);
    gemm(1, rows.transpose(), ds, 0, dw);  // dL/dW += windows^T dL/dz
    if (bias_) column_sums(1, ds, 0, db);  // dL/db += sum over positions of dL/dz
  };
  detail::add_leaves((count + step - 1) / step, grain, *weight_, bias_.get(), leaf);
}

Tensor Conv2D::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  Tensor dx(padded(x.shape(), windows_.padding)), d = delta.contiguous();
  Tensor wt = detail::kernel_matrix(weight_->value).transpose().clone();
  const Index height = d.size(1), width = d.size(2);
  const Index grain = detail::conv_grain(height * width * wt.numel());
  parallel_for(d.size(0), grain, [&](Index first, Index last) {
    dx.slice(0, first, last).fill(0);
    for_blocks(first * height, last * height, width, [&](Index begin, Index end) {
      Tensor rows(Shape{(end - begin) * width, window_size()});
      gemm(1, lines(d, begin, end), wt, 0, rows);         // dL/dwindows = dL/dz W^T
      col2im(rows, on_padded(windows_), begin, end, dx);  // dL/dx: each window at its place
    });
  });
  return crop(dx, windows_.padding);
}

Shape Conv2D::output_shape(const Shape& input) const {
  check_usable();
  const Size2 least = windows_.smallest();
  if (input.rank() != 4 || input[1] < least.height || input[2] < least.width ||
      input[3] != chan_in_)
    reject("(batch, height >= " + std::to_string(least.height) + ", width >= " +
               std::to_string(least.width) + ", channels = " + std::to_string(chan_in_) + ")",
           input);
  const Size2 count = windows_.count({input[1], input[2]});
  return {input[0], count.height, count.width, chan_out_};
}

void Conv2D::visit(Visitor& visitor) {
  visitor.parameter(weight_);
  visitor.parameter(bias_);
}

Options Conv2D::options() const {
  return {{"kernel", windows_.size},
          {"chan_in", chan_in_},
          {"chan_out", chan_out_},
          {"stride", windows_.stride, Size2(1)},
          {"padding", windows_.padding, Size2(0)},
          {"bias", has_bias_, true}};
}

}}  // namespace nn::NN_PRECISION
