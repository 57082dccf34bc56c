#include <algorithm>

#include "nn/core/error.hpp"
#include "nn/modules/pooling.hpp"
#include "onnx/windows.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

/// The attribute, one number in [least, 2^31) for each of so many; or `usual` for each.
Ints sizes_of(const Op& op, const char* attribute, std::size_t count, std::int64_t usual) {
  const std::int64_t least = usual;  // strides and dilations are at least 1, paddings at least 0
  Ints sizes = op.numbers(attribute, Ints(count, usual));
  auto fits = [&](std::int64_t size) { return size >= least && size <= INT32_MAX; };
  if (sizes.size() != count || !std::all_of(sizes.begin(), sizes.end(), fits)) op.fail(attribute);
  return sizes;
}

/// The padding that makes ceil(n / stride) windows, the odd zero at the end or at the begin.
void pad_to_same(const Op& op, const Place& x, bool upper, GraphWindows& windows) {
  if (x.assumes_sizes) op.fail("auto_pad, and the input's sizes are not known");
  for (std::size_t i = 0; i < windows.size.size(); ++i) {
    const Index n = x.shape[static_cast<int>(i) + 1], stride = windows.stride[i];
    const Index span = windows.dilation[i] * (windows.size[i] - 1) + 1;
    const Index reach = ((n + stride - 1) / stride - 1) * stride + span;
    const Index zeros = std::max<Index>(0, reach - n);
    windows.begin[i] = upper ? zeros / 2 : zeros - zeros / 2;
    windows.end[i] = zeros - windows.begin[i];
  }
}

Windows windows_for(const GraphPool& pool) {
  return {size2(pool.windows.size, 1), size2(pool.windows.stride, 1), size2(pool.padding, 0), 1,
          pool.ceil_mode};
}

/// Whether the windows of the layer are as many as those of the node.
bool are_as_many(const GraphPool& pool, const Place& x, const Ints& zeros) {
  const std::size_t count = pool.windows.size.size();
  Ints places, expected;
  for (std::size_t i = 0; i < count; ++i) {
    const Index n = x.shape[static_cast<int>(i) + 1];
    const Index padded =
        n + zeros[i] + zeros[count + i] + pool.windows.begin[i] + pool.windows.end[i];
    places.push_back(n);
    expected.push_back((padded - pool.windows.size[i]) / pool.windows.stride[i] + 1);
  }
  return windows_for(pool).count(size2(places, 1)) == size2(expected, 1);
}

}  // namespace

Size2 size2(const Ints& sizes, Index usual) {
  return sizes.size() == 1 ? Size2(usual, sizes[0]) : Size2(sizes[0], sizes[1]);
}

GraphWindows windows_of(const Op& op, const Place& x, const Ints& size) {
  const auto count = static_cast<std::size_t>(x.shape.rank() - 2);
  GraphWindows windows;
  windows.size = size;
  if (size.size() != count || op.numbers("kernel_shape", size) != size ||
      std::any_of(size.begin(), size.end(), [](auto k) { return k < 1 || k > INT32_MAX; }))
    op.fail("kernel_shape");
  windows.stride = sizes_of(op, "strides", count, 1);
  windows.dilation = sizes_of(op, "dilations", count, 1);
  const Ints pads = sizes_of(op, "pads", 2 * count, 0);
  windows.begin.assign(pads.begin(), pads.begin() + std::ssize(size));
  windows.end.assign(pads.begin() + std::ssize(size), pads.end());
  const std::string rule = op.text("auto_pad", "NOTSET");
  if (rule == "SAME_UPPER" || rule == "SAME_LOWER")
    pad_to_same(op, x, rule == "SAME_UPPER", windows);
  else if (rule == "VALID")
    windows.begin = windows.end = Ints(count);
  else if (rule != "NOTSET" && !rule.empty())
    op.fail("auto_pad");
  return windows;
}

Place without_padding(const Op& op, Ints& zeros) {
  const Step* step = op.graph().find(op.input(0));
  if (!step || step->place.padding.empty()) {
    const Place& x = op.channels_first();
    zeros.assign(2 * static_cast<std::size_t>(std::max(0, x.shape.rank() - 2)), 0);
    return x;
  }
  Place x = step->place;  // a Pad takes channels first alone
  zeros = std::exchange(x.padding, {});
  return x;
}

GraphPool pool_of(const Op& op, const Place& x, const Ints& zeros) {
  const bool average = op.node().op_type == "AveragePool";
  const bool counts_padding = op.number("count_include_pad", 0) != 0;
  GraphPool pool{windows_of(op, x, op.numbers("kernel_shape")), {}};
  const GraphWindows& windows = pool.windows;
  const std::size_t count = windows.size.size();
  const Ints none(count), before(zeros.begin(), zeros.begin() + std::ssize(none)),
      behind(zeros.begin() + std::ssize(none), zeros.end());
  if (windows.dilation != Ints(count, 1)) op.fail("dilations");
  pool.padding = before != none ? before : windows.begin;
  if (before != behind || (before != none && windows.begin != none))
    op.fail("zeros that differ at the two ends");
  const bool is_even = before != none ? windows.end == none : windows.end == windows.begin;
  if (average && !counts_padding && windows.begin != none) op.fail("padding that does not count");
  if (average && counts_padding && !is_even) op.fail("padding that differs at the two ends");
  pool.ceil_mode = op.number("ceil_mode", 0) != 0;
  if (is_even) return pool;
  if (x.assumes_sizes || pool.ceil_mode) op.fail("padding that differs at the two ends");
  if (are_as_many(pool, x, zeros)) return pool;
  pool.ceil_mode = true;
  if (!are_as_many(pool, x, zeros)) op.fail("padding that differs at the two ends");
  return pool;
}

std::unique_ptr<Module> make_pool1d(const Op& op, const GraphPool& pool) {
  const Index size = pool.windows.size[0], stride = pool.windows.stride[0];
  if (op.node().op_type == "AveragePool")
    return std::make_unique<AvgPool1D>(size, stride, pool.ceil_mode);
  return std::make_unique<MaxPool1D>(size, stride, pool.ceil_mode);
}

std::unique_ptr<Module> make_pool2d(const Op& op, const GraphPool& pool) {
  const Windows w = windows_for(pool);
  if (op.node().op_type == "AveragePool")
    return std::make_unique<AvgPool2D>(w.size, w.stride, w.padding, w.ceil_mode);
  return std::make_unique<MaxPool2D>(w.size, w.stride, w.padding, w.ceil_mode);
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
