#include "modules/convolution.hpp"

#include <algorithm>

#include "modules/conv_parts.hpp"
#include "modules/depthwise.hpp"
#include "modules/direct.hpp"
#include "nn/core/error.hpp"
#include "nn/ops/im2col.hpp"
#include "nn/ops/matmul.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// Numbers in the laid out windows of a block, where one line of windows is not more already.
constexpr Index kBlock = 65536;

/// Calls f(begin, end) for lines [first, last) of windows, `width` in a line, a few at a time.
template <class F>
void for_blocks(Index first, Index last, Index width, Index window, F f) {
  const Index step = std::max<Index>(1, kBlock / (width * window));
  for (Index begin = first; begin < last; begin += step) f(begin, std::min(last, begin + step));
}

/// The same windows on images that have their padding.
Windows on_padded(Windows w) {
  w.padding = 0;
  return w;
}

/// All windows of lines [first, last) of a tensor of outputs, one in a row.
Tensor lines(const Tensor& z, Index first, Index last) {
  const Index width = z.size(2), channels = z.size(3);
  return z.reshape({z.size(0) * z.size(1) * width, channels}).slice(0, first * width, last * width);
}

/// Group g of `groups` along a dimension.
Tensor group(const Tensor& t, int dim, Index g, Index groups) {
  const Index size = t.size(dim) / groups;
  return t.slice(dim, g * size, (g + 1) * size);
}

/// Lines [begin, end) of windows of x, `width` in a line, each window a row. x has its padding.
Tensor laid_out(const Tensor& x, const Windows& w, Index begin, Index end, Index width) {
  const Index count = (end - begin) * width, size = w.size.height * w.size.width * x.size(3);
  const bool are_one_number_apart = x.size(3) == 1 && x.stride(2) * w.stride.width == 1;
  Tensor rows =
      are_one_number_apart ? Tensor(Shape{size, count}).transpose() : Tensor(Shape{count, size});
  im2col(x, w, begin, end, rows);
  return rows;
}

/// Longer sums than one block of a product's are left to products.
bool is_depthwise(const Convolution& c, Index chan_in) {
  return c.groups > 1 && c.groups == chan_in &&
         c.windows.size.height * c.windows.size.width <= kLeafPositions;
}

// For a stride of 1, dL/dx is a convolution of dL/dz with the kernel flipped on both sides:
//    dL/dx[b, p, q, c] = sum_{i, j, o} dL/dz[b, p + i d_h - r_h, q + j d_w - r_w, o]
//                                      W[k_h - 1 - i, k_w - 1 - j, c, o],   r = d (k - 1) - padding

Convolution flipped(const Convolution& c) {
  const Windows& w = c.windows;
  const Size2 span = w.span();
  return {{w.size,
           1,
           {span.height - 1 - w.padding.height, span.width - 1 - w.padding.width},
           w.dilation},
          c.groups};
}

/// W (.., chan_in / groups, chan_out) flipped: (k_h k_w, chan_out / groups, chan_in).
Tensor flipped(const Convolution& c, const Tensor& weight) {
  const Tensor w = kernel_matrix(weight);
  const Index pixels = c.windows.size.height * c.windows.size.width, in = w.size(0) / pixels,
              out = w.size(1) / c.groups;
  Tensor result(Shape{pixels, out, in * c.groups});
  for (Index i = 0; i < pixels; ++i)
    for (Index g = 0; g < c.groups; ++g) {
      Tensor to = group(result.select(0, i), 1, g, c.groups);
      const Index from = (pixels - 1 - i) * in;
      to.copy_from(group(w.slice(0, from, from + in), 1, g, c.groups).transpose());
    }
  return result;
}

/// Whether dL/dx is made by that convolution: each sum then stays in a register, but outputs that
/// do not exist are zeros, which take time, and few columns leave most of a register empty. It
/// decides the order of sums, so it depends on no CPU.
bool is_by_flipped(const Convolution& c, const Shape& delta, const Shape& images) {
  constexpr Index fewest_columns = 8;
  const Windows& w = c.windows;
  auto has_few_zeros = [&](int side) { return 8 * images[side] <= 9 * delta[side]; };
  return w.stride == Size2(1) && w.padding.height < w.span().height &&
         w.padding.width < w.span().width && has_few_zeros(1) && has_few_zeros(2) &&
         images[2] >= w.span().width && images[3] / c.groups >= fewest_columns &&
         is_direct(flipped(c).windows, c.groups, delta, images[3]);
}

}  // namespace

void Convolution::check(const std::string& name, Index chan_in, Index chan_out) const {
  windows.check(name);
  if (chan_in < 1 || chan_out < 1) throw ShapeError(name + ": channels must be at least 1");
  if (groups < 1 || chan_in % groups != 0 || chan_out % groups != 0)
    throw ShapeError(name + ": " + std::to_string(chan_in) + " and " + std::to_string(chan_out) +
                     " channels do not make " + std::to_string(groups) + " groups");
}

void Convolution::forward(const Tensor& input, const Tensor& weight, const Tensor* bias,
                          Tensor& z) const {
  const Tensor w = kernel_matrix(weight);
  const Windows on = on_padded(windows);
  const Index width = z.size(2);
  if (is_depthwise(*this, input.size(3)))
    return depthwise(pad(input, windows.padding), w, bias, on, z);
  if (is_direct(windows, groups, input.shape(), z.size(3)))
    return direct(may_overlap(input, z) ? input.clone() : input, w, bias, windows, groups, z);
  const Tensor x = pad(input, windows.padding);
  const Index grain = conv_grain(width * w.numel());
  parallel_for(x.size(0) * z.size(1), grain, [&](Index first, Index last) {
    for_blocks(first, last, width, w.size(0), [&](Index begin, Index end) {
      for (Index g = 0; g < groups; ++g) {
        const Tensor rows = laid_out(group(x, 3, g, groups), on, begin, end, width);
        Tensor zs = group(lines(z, begin, end), 1, g, groups);
        const Tensor b = bias ? group(*bias, 0, g, groups) : Tensor();
        gemm(1, rows, group(w, 1, g, groups), 0, zs, bias ? &b : nullptr);  // z = windows W + b
      }
    });
  });
}

Tensor Convolution::backward(const Tensor& delta, const Tensor& weight, const Shape& images) const {
  if (is_by_flipped(*this, delta.shape(), images)) {
    Tensor dx(images);
    flipped(*this).forward(delta, flipped(*this, weight), nullptr, dx);
    return dx;
  }
  const Tensor d = delta.contiguous(), w = kernel_matrix(weight);
  if (is_direct_backward(windows, groups, images, d.size(3))) {
    Tensor dx(images);
    direct_backward(d, w, windows, groups, dx);
    return dx;
  }
  const Windows on = on_padded(windows);
  Tensor dx(padded(images, windows.padding));
  if (is_depthwise(*this, images[3])) {
    depthwise_backward(d, w, on, dx);
    return crop(dx, windows.padding);
  }
  const Tensor wt = w.transpose().clone();
  const Index height = d.size(1), width = d.size(2), window = wt.size(1);
  parallel_for(d.size(0), conv_grain(height * width * w.numel()), [&](Index first, Index last) {
    dx.slice(0, first, last).fill(0);
    for_blocks(first * height, last * height, width, window, [&](Index begin, Index end) {
      Tensor rows(Shape{(end - begin) * width, window});
      for (Index g = 0; g < groups; ++g) {
        // dL/dwindows = dL/dz W^T
        gemm(1, group(lines(d, begin, end), 1, g, groups), group(wt, 0, g, groups), 0, rows);
        Tensor dxs = group(dx, 3, g, groups);
        col2im(rows, on, begin, end, dxs);  // dL/dx: each window at its place
      }
    });
  });
  return crop(dx, windows.padding);
}

void Convolution::add_gradients(const Tensor& input, const Tensor& delta, Parameter& weight,
                                Parameter* bias) const {
  const Tensor d = delta.contiguous();
  const Windows on = on_padded(windows);
  if (is_depthwise(*this, input.size(3)))
    return depthwise_gradients(pad(input, windows.padding), d, on, weight, bias);
  const Index width = d.size(2), count = d.size(0) * d.size(1);
  const Index step = std::max<Index>(1, kLeafPositions / width);
  const Index grain = conv_grain(step * width * weight.value.numel());
  // dw_by(begin, end, dw): dL/dW by lines [begin, end) of windows.
  auto add = [&](auto dw_by) {
    add_leaves((count + step - 1) / step, grain, weight, bias,
               [&](Index i, Tensor& dw, Tensor& db) {
                 const Index begin = i * step, end = std::min(count, begin + step);
                 dw_by(begin, end, dw);
                 // dL/db += sum over positions of dL/dz
                 if (bias) column_sums(1, lines(d, begin, end), 0, db);
               });
  };
  if (is_direct(windows, groups, input.shape(), d.size(3))) {
    if (is_gradient_by_pixels(windows, groups, input.size(3), width)) {
      const Tensor x = input.contiguous();
      return add([&](Index begin, Index end, Tensor& dw) {
        direct_gradient_by_pixels(x, d, windows, groups, begin, end, dw);
      });
    }
    if (is_gradient_by_lines(windows, groups, input.size(3))) {
      const DirectImages images(input, windows, windows.padding, width);
      return add([&](Index begin, Index end, Tensor& dw) {
        direct_gradient_by_lines(images, d, groups, begin, end, dw);
      });
    }
  }
  const Tensor x = pad(input, windows.padding);
  add([&](Index begin, Index end, Tensor& dw) {
    for (Index g = 0; g < groups; ++g) {
      const Tensor rows = laid_out(group(x, 3, g, groups), on, begin, end, width);
      Tensor dws = group(dw, 1, g, groups);
      // dL/dW += windows^T dL/dz
      gemm(1, rows.transpose(), group(lines(d, begin, end), 1, g, groups), 0, dws);
    }
  });
}

}}}  // namespace nn::NN_PRECISION::detail
