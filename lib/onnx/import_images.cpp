#include <algorithm>

#include "nn/core/error.hpp"
#include "nn/modules/conv1d.hpp"
#include "nn/modules/conv2d.hpp"
#include "nn/modules/conv_transpose2d.hpp"
#include "nn/modules/global_avg_pool.hpp"
#include "nn/modules/reshape.hpp"
#include "onnx/importer.hpp"
#include "onnx/windows.hpp"

// Layers over the places of signals and images.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

/// The kernel (k, ..., in, out) with zeros before or behind it along a dimension.
Tensor lengthened(const Tensor& w, int dim, Index before, Index behind) {
  if (before == 0 && behind == 0) return w;
  Tensor result = Tensor::zeros(w.shape().with(dim, w.size(dim) + before + behind));
  result.slice(dim, before, before + w.size(dim)).copy_from(w);
  return result;
}

/// Zeros in the kernel stand for padding that differs at the ends: the larger one is then on both.
Tensor with_even_padding(const Op& op, Tensor w, GraphWindows& windows) {
  for (std::size_t i = 0; i < windows.size.size(); ++i) {
    Index &begin = windows.begin[i], &end = windows.end[i];
    const Index more = begin > end ? begin - end : end - begin;
    if (more % windows.dilation[i] != 0 || more / windows.dilation[i] > 4 * windows.size[i])
      op.fail("padding that differs at the two ends");
    const Index zeros = more / windows.dilation[i];
    w = lengthened(w, static_cast<int>(i), begin < end ? zeros : 0, begin > end ? zeros : 0);
    windows.size[i] += zeros;
    begin = end = std::max(begin, end);
  }
  return w;
}

/// A layer on images for a signal: as an image of height 1.
void define_on_signals(const Op& op, std::unique_ptr<Module> layer, const Place& x) {
  if (x.assumes_sizes) op.fail("the input's sizes are not known");
  const Shape image{1, x.shape[1], x.shape[2]};
  const Shape made = layer->output_shape(with_batch(image, kAnyBatch));
  Modules modules;
  modules.push_back(std::make_unique<Reshape>(image));
  modules.push_back(std::move(layer));
  modules.push_back(std::make_unique<Reshape>(Shape{made[2], made[3]}));
  op.define(std::move(modules), x);
}

/// What Conv and ConvTranspose have in common: (out, in, k, ...), in the network's layout.
Tensor kernel_of(const Op& op, const Place& x, Index groups) {
  const Tensor w = op.constant(1);
  const int rank = x.shape.rank();
  if (rank != 3 && rank != 4) op.fail("neither signals nor images");
  if (w.rank() != rank || groups < 1 || groups > std::max(w.size(0), w.size(1)))
    op.fail("a kernel of shape " + w.shape().to_string());
  return kernel_last(w);
}

void take_weights(const Op& op, Module& layer, const Tensor& kernel) {
  for (const ParameterPtr& p : layer.parameters()) {
    const Tensor values = p->name == "bias" ? op.constant(2) : kernel;
    if (values.numel() != p->value.numel()) op.fail("weights of other sizes");
    p->value.copy_from(values.reshape(p->value.shape()));
  }
}

}  // namespace

void import_conv(const Op& op) {
  Ints zeros;
  const Place x = without_padding(op, zeros);
  const Index groups = op.number("group", 1);
  Tensor kernel = kernel_of(op, x, groups);
  GraphWindows windows = windows_of(op, x, Ints(kernel.shape().begin(), kernel.shape().end() - 2));
  for (std::size_t i = 0; i < windows.size.size(); ++i) {
    windows.begin[i] += zeros[i];
    windows.end[i] += zeros[windows.size.size() + i];
  }
  kernel = with_even_padding(op, kernel, windows);
  const int rank = x.shape.rank();
  const Index in = kernel.size(rank - 2) * groups, out = kernel.size(rank - 1);
  if (rank == 3) {
    auto layer = std::make_unique<Conv1D>(Conv1DOptions{windows.size[0], in, out, windows.stride[0],
                                                        windows.begin[0], windows.dilation[0],
                                                        groups, op.has_input(2)});
    take_weights(op, *layer, kernel);
    return op.define(std::move(layer), x);
  }
  auto layer = std::make_unique<Conv2D>(
      Conv2DOptions{size2(windows.size, 1), in, out, size2(windows.stride, 1),
                    size2(windows.begin, 0), size2(windows.dilation, 1), groups, op.has_input(2)});
  take_weights(op, *layer, kernel);
  op.define(std::move(layer), x);
}

void import_conv_transpose(const Op& op) {
  const Place& x = op.channels_first();
  const Index groups = op.number("group", 1);
  const Tensor kernel = kernel_of(op, x, groups);  // (k, ..., out / groups, in)
  const int rank = x.shape.rank();
  if (op.has("output_shape") || op.text("auto_pad", "NOTSET") != "NOTSET")
    op.fail("output_shape, or auto_pad");
  const GraphWindows windows =
      windows_of(op, x, Ints(kernel.shape().begin(), kernel.shape().end() - 2));
  if (windows.begin != windows.end) op.fail("padding that differs at the two ends");
  const Ints more = op.numbers("output_padding", Ints(windows.size.size()));
  if (more.size() != windows.size.size()) op.fail("output_padding");
  auto layer = std::make_unique<ConvTranspose2D>(ConvTranspose2DOptions{
      size2(windows.size, 1), kernel.size(rank - 1), kernel.size(rank - 2) * groups,
      size2(windows.stride, 1), size2(windows.begin, 0), size2(more, 0), size2(windows.dilation, 1),
      groups, op.has_input(2)});
  take_weights(op, *layer, kernel);
  if (rank == 3) return define_on_signals(op, std::move(layer), x);
  op.define(std::move(layer), x);
}

void import_pool(const Op& op) {
  Ints zeros;
  const bool average = op.node().op_type == "AveragePool";
  const Place x = average ? without_padding(op, zeros) : op.channels_first();
  const int rank = x.shape.rank();
  if (rank != 3 && rank != 4) op.fail("neither signals nor images");
  zeros.resize(2 * static_cast<std::size_t>(rank - 2));
  const GraphPool pool = pool_of(op, x, zeros);
  if (rank == 3 && pool.padding == Ints{0}) return op.define(make_pool1d(op, pool), x);
  if (rank == 3) return define_on_signals(op, make_pool2d(op, pool), x);
  op.define(make_pool2d(op, pool), x);
}

/// The zeros that a Pad puts around signals or images: the layer behind it adds them.
void import_pad(const Op& op) {
  const Place& x = op.place();
  if (x.layout != Layout::channels_first)
    op.fail("it is read before a Conv and an AveragePool alone");
  const auto rank = static_cast<std::size_t>(x.shape.rank());
  const Ints pads = op.numbers_or_input("pads", 1);
  const bool has_value = op.has_input(2) && !is_zero(op.tensor(2));
  if (op.text("mode", "constant") != "constant" || op.real("value", 0) != 0 || has_value)
    op.fail("what is put around is not 0");
  auto fits = [](std::int64_t size) { return size >= 0 && size <= INT32_MAX; };
  if (rank < 3 || op.has_input(3) || pads.size() != 2 * rank ||
      !std::all_of(pads.begin(), pads.end(), fits) ||
      pads[0] + pads[1] + pads[rank] + pads[rank + 1] != 0)
    op.fail("pads");
  Place z = x;
  for (std::size_t i = 0; i < 2 * rank; ++i)
    if (i % rank >= 2) z.padding.push_back(pads[i]);
  if (std::all_of(pads.begin(), pads.end(), [](auto size) { return size == 0; })) z.padding = {};
  op.pass(z);
}

namespace {

/// The means of all places, (batch, channels), or with sizes of 1 for the places.
void define_global_average(const Op& op, const Place& x, bool keeps_places) {
  Modules modules;
  modules.push_back(std::make_unique<GlobalAvgPool>());
  Place z = x;
  z.assumes_sizes = false;
  if (keeps_places) {
    Shape ones = example_of(x.shape);
    for (int dim = 0; dim + 1 < ones.rank(); ++dim) ones = ones.with(dim, 1);
    modules.push_back(std::make_unique<Reshape>(ones));
  } else {
    z.layout = Layout::last;
  }
  op.define(std::move(modules), z);
}

}  // namespace

void import_global_average_pool(const Op& op) {
  const Place& x = op.channels_first();
  if (x.shape.rank() < 3) op.fail("no places");
  define_global_average(op, x, true);
}

/// Over all places; over the features it is a part of a formula.
void import_reduce_mean(const Op& op) {
  const Place& x = op.place();
  const int rank = x.shape.rank(), features = feature_axis(x);
  std::vector<bool> is_mean(static_cast<std::size_t>(rank));
  for (std::int64_t axis : op.numbers_or_input("axes", 1))
    is_mean[static_cast<std::size_t>(checked_axis(op, axis, rank))] = true;
  const bool keeps = op.number("keepdims", 1) != 0;
  const auto means = std::count(is_mean.begin(), is_mean.end(), true);
  const int batch = x.layout == Layout::time_first ? 1 : 0;
  const bool has_features = is_mean[static_cast<std::size_t>(features)];
  if (is_mean[static_cast<std::size_t>(batch)]) op.fail("the axis of the batch");
  if (has_features && means == 1 && keeps)
    return op.define_problem("a mean over the features is read in a LayerNorm alone");
  if (has_features || means != rank - 2 || rank < 3) op.fail("axes that are not all the places");
  define_global_average(op, x, keeps);
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
