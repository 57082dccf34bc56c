#include <vector>

#include "nn/core/error.hpp"
#include "nn/modules/upsample.hpp"
#include "onnx/importer.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

/// For whole factors, nearest is the pixel that a place lies in, however it is rounded; between
/// the centres of pixels is Upsample's linear.
Interpolation interpolation_of(const Op& op, bool is_old) {
  const std::string mode = op.text("mode", "nearest");
  const std::string places =
      is_old ? "asymmetric" : op.text("coordinate_transformation_mode", "half_pixel");
  const std::string rounded = is_old ? "floor" : op.text("nearest_mode", "round_prefer_floor");
  const bool half = places == "half_pixel" || places == "pytorch_half_pixel";
  if (mode == "linear" && half) return Interpolation::linear;
  if (mode == "nearest" && places == "asymmetric" && rounded == "floor")
    return Interpolation::nearest;
  if (mode == "nearest" && half && rounded.starts_with("round")) return Interpolation::nearest;
  op.fail("mode " + mode + " with places " + places + " and " + rounded);
}

/// From the sizes of x to those.
std::vector<double> scales_to(const Op& op, const Place& x, const Ints& sizes) {
  const Shape from = shape_in_graph(x);
  if (x.assumes_sizes || std::ssize(sizes) != from.rank()) op.fail("sizes");
  std::vector<double> scales;
  for (int dim = 0; dim < from.rank(); ++dim) {
    const auto size = static_cast<double>(sizes[static_cast<std::size_t>(dim)]);
    scales.push_back(dim == 0 ? 1 : size / static_cast<double>(from[dim]));
  }
  return scales;
}

/// The factor of each dimension.
std::vector<double> scales_of(const Op& op, const Place& x, bool is_old) {
  const std::size_t at = is_old ? 1 : 2;
  if (const Attribute* a = op.find("scales")) return {a->floats.begin(), a->floats.end()};
  std::vector<double> scales;
  if (op.has_input(at)) {
    const Tensor values = op.constant(at);
    for (Index i = 0; i < values.numel(); ++i)
      scales.push_back(static_cast<double>(values.data()[i]));
  }
  return scales.empty() && op.has_input(3) ? scales_to(op, x, op.constant_ints(3)) : scales;
}

}  // namespace

/// Resize and Upsample, by one whole factor along all places.
void import_resize(const Op& op) {
  const Place& x = op.channels_first();
  const bool is_old = op.node().op_type == "Upsample" || op.graph().opset() < 11;
  const std::vector<double> scales = scales_of(op, x, is_old);
  if (std::ssize(scales) != x.shape.rank() || scales.size() < 3 || scales[0] != 1 || scales[1] != 1)
    op.fail("scales");
  const double scale = scales[2];
  for (std::size_t i = 3; i < scales.size(); ++i)
    if (scales[i] != scale) op.fail("different scales");
  if (!(scale >= 1 && scale <= 65536) || scale != static_cast<double>(static_cast<Index>(scale)))
    op.fail("a scale that is no whole number from 1 to 65536");
  op.define(std::make_unique<Upsample>(static_cast<Index>(scale), interpolation_of(op, is_old)), x);
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
