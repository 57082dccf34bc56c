#include "modules/depthwise.hpp"

#include <algorithm>

#include "kernels/kernels.hpp"
#include "modules/conv_parts.hpp"
#include "nn/ops/matmul.hpp"
#include "nn/ops/reduce.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

using kernels::DepthwiseWindows;

/// The windows of images of this shape, with `channels` of them.
struct Lines {
  Lines(const Shape& images, const Windows& windows, const Shape& z)
      : channels(z[3]),
        per_image(z[1]),
        image(images[1] * images[2] * channels),
        step(windows.stride.height * images[2] * channels),
        line{z[2],
             windows.size.height,
             windows.size.width,
             channels,
             windows.stride.width * channels,
             windows.dilation.height * images[2] * channels,
             windows.dilation.width * channels} {}

  Index count(const Shape& z) const { return z[0] * per_image; }
  /// The offsets of line l's first window.
  Index in_images(Index l) const { return l / per_image * image + l % per_image * step; }
  Index in_outputs(Index l) const { return l * line.windows * channels; }

  Index channels, per_image, image, step;
  DepthwiseWindows line;
};

/// Each channel `times` times, side by side.
Tensor repeated(const Tensor& x, Index times) {
  if (times == 1) return x;
  const Shape one = x.shape().inserted(4, 1);
  return x.reshape(one)
      .broadcast_to(one.with(4, times))
      .clone()
      .reshape(x.shape().with(3, x.size(3) * times));
}

}  // namespace

void depthwise(const Tensor& input, const Tensor& weight, const Tensor* bias,
               const Windows& windows, Tensor& z) {
  const Tensor x = repeated(input, z.size(3) / input.size(3)), w = weight.contiguous();
  const Tensor b = bias ? bias->contiguous() : Tensor();
  const Lines lines(x.shape(), windows, z.shape());
  const Scalar* first_bias = bias ? b.data() : nullptr;
  Scalar* out = z.data();
  const Index grain = conv_grain(lines.line.windows * w.numel());
  parallel_for(lines.count(z.shape()), grain, [&](Index begin, Index end) {
    for (Index l = begin; l < end; ++l)
      kernels::active().depthwise(lines.line, x.data() + lines.in_images(l), w.data(), first_bias,
                                  out + lines.in_outputs(l));
  });
}

void depthwise_backward(const Tensor& delta, const Tensor& weight, const Windows& windows,
                        Tensor& dx) {
  const Index outputs = delta.size(3) / dx.size(3);
  Tensor each = outputs == 1 ? dx : Tensor(dx.shape().with(3, delta.size(3)));
  const Tensor w = weight.contiguous();
  const Lines lines(each.shape(), windows, delta.shape());
  Scalar* to = each.data();
  const Index grain = conv_grain(lines.per_image * lines.line.windows * w.numel());
  parallel_for(delta.size(0), grain, [&](Index begin, Index end) {
    each.slice(0, begin, end).fill(0);
    for (Index l = begin * lines.per_image; l < end * lines.per_image; ++l)
      kernels::active().depthwise_backward(lines.line, delta.data() + lines.in_outputs(l), w.data(),
                                           to + lines.in_images(l));
  });
  if (outputs > 1) dx = sum(each.reshape(dx.shape().inserted(4, outputs)), 4);
}

/// The parts of the sums are a few lines, or where lines are longer than a block, blocks of a line.
void depthwise_gradients(const Tensor& input, const Tensor& delta, const Windows& windows,
                         Parameter& weight, Parameter* bias) {
  const Tensor x = repeated(input, delta.size(3) / input.size(3));
  const Lines all(x.shape(), windows, delta.shape());
  const Index width = all.line.windows, count = all.count(delta.shape());
  const Index step = std::max<Index>(1, kLeafPositions / width);
  const Index blocks = (width + kLeafPositions - 1) / kLeafPositions;
  const Tensor rows = delta.reshape({count * width, all.channels});
  auto leaf = [&](Index i, Tensor& dw, Tensor& db) {
    const Index begin = i / blocks * step, end = std::min(count, begin + step);
    const Index from = i % blocks * kLeafPositions, to = std::min(width, from + kLeafPositions);
    DepthwiseWindows part = all.line;
    part.windows = to - from;
    dw.fill(0);
    for (Index l = begin; l < end; ++l)
      kernels::active().depthwise_gradient(
          part, x.data() + all.in_images(l) + from * part.window_step,
          delta.data() + all.in_outputs(l) + from * all.channels, dw.data());
    const Index until = (end - 1) * width + to;
    if (bias) column_sums(1, rows.slice(0, begin * width + from, until), 0, db);
  };
  const Index grain = conv_grain(std::min(step * width, kLeafPositions) * weight.value.numel());
  add_leaves((count + step - 1) / step * blocks, grain, weight, bias, leaf);
}

}}}  // namespace nn::NN_PRECISION::detail
