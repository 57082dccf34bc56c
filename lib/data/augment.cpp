#include "nn/data/augment.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "core/portable_math.hpp"
#include "data/resample.hpp"
#include "data/row_draw.hpp"
#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"
#include "nn/data/affine.hpp"
#include "nn/ops/matmul.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using detail::Draw;
using detail::ImageLayout;

void check(const Augmentation& o) {
  for (double limit : {o.shift, o.rotation, o.scale, o.shear, o.elastic_alpha, o.flip, o.noise,
                       o.erase, o.erase_share, o.mixup})
    if (!(limit >= 0) || !std::isfinite(limit))
      throw ArgumentError("augment: expected finite numbers that are not negative");
  if (!std::isfinite(static_cast<Scalar>(o.fill)))
    throw ArgumentError("augment: expected a fill that is finite");
  if (o.scale >= 1 || o.shear >= 90 || o.flip > 1 || o.erase > 1 || o.erase_share > 1 ||
      o.crop < 0 || o.cut_out < 0 || !(o.elastic_sigma > 0) || !std::isfinite(o.elastic_sigma))
    throw ArgumentError(
        "augment: expected scale < 1, shear < 90, flip, erase and erase_share <= 1, "
        "elastic_sigma > 0, crop and cut_out of 0 or more");
}

ImageLayout layout_of(const Tensor& x, const ImageSize& image) {
  if (x.rank() == 3) return {x.size(1), x.size(2), 1};
  if (x.rank() == 4) return {x.size(1), x.size(2), x.size(3)};
  const Index pixels = image.height * image.width;
  if (x.rank() != 2 || image.height < 1 || image.width < 1 || x.size(1) % pixels != 0)
    throw ShapeError(
        "augment: expected (batch, height, width), (batch, height, width, channels), or (batch, "
        "numbers) of Augmentation::image, got " +
        x.shape().to_string());
  return {image.height, image.width, x.size(1) / pixels};
}

/// A kernel of distances, as a matrix (n, n): element (i, j) is the Gaussian at i - j, which sums
/// to 1 within 4 sigma.
Tensor gaussian(Index n, double sigma) {
  const auto radius = static_cast<Index>(std::floor(4 * sigma + 0.5));
  auto at = [&](Index k) {
    const auto distance = static_cast<double>(k) / sigma;
    return detail::portable_exp(-0.5 * distance * distance);
  };
  double sum = 1;
  for (Index k = radius; k > 0; --k) sum += 2 * at(k);
  Tensor matrix({n, n});
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j)
      matrix(i, j) = std::abs(i - j) > radius ? 0 : static_cast<Scalar>(at(std::abs(i - j)) / sum);
  return matrix;
}

/// The random fields of elastic deformation. Smoothing is a product on either side.
class ElasticFields {
 public:
  ElasticFields(const Augmentation& o, const ImageLayout& layout)
      : layout_(layout), alpha_(o.elastic_alpha) {
    if (alpha_ == 0) return;
    down_ = gaussian(layout.height, o.elastic_sigma);
    right_ = gaussian(layout.width, o.elastic_sigma);
  }

  /// Of so many rows from this one on, (height, 2 count, width): those of row first + k are 2 k,
  /// down, and 2 k + 1, right.
  template <class DrawOf>
  Tensor draw(Index first, Index count, const DrawOf& draw_of) const {
    if (alpha_ == 0) return {};
    const Index height = layout_.height, width = layout_.width;
    Tensor noise({height, 2 * count * width}), half(noise.shape());
    for (Index k = 0; k < count; ++k)
      fill(draw_of(first + k), noise.data() + 2 * k * width, noise.stride(0));
    gemm(1, down_, noise, 0, half);
    noise = noise.reshape({height * 2 * count, width});
    gemm(1, half.reshape(noise.shape()), right_, 0, noise);
    return noise.reshape({height, 2 * count, width});
  }

 private:
  /// Uniform numbers of 8 bits each, which sums make smooth; sixteen from a block of words. Each
  /// line begins with a new block.
  void fill(const Draw& draw, Scalar* field, Index row_stride) const {
    const Index size = 2 * layout_.width, blocks = (size + 15) / 16;
    const auto step = static_cast<Scalar>(alpha_ / 256);
    for (Index block = 0; block < layout_.height * blocks; ++block) {
      const PhiloxCounter words = draw.words(Draw::kField, block);
      std::array<Scalar, 16> numbers;
      for (std::size_t byte = 0; byte < 4; ++byte)
        for (std::size_t i = 0; i < 4; ++i) {
          const auto bits = static_cast<std::int32_t>(words[i] >> (8 * byte) & 255);
          numbers[4 * byte + i] = step * static_cast<Scalar>(2 * bits - 255);
        }
      const Index column = block % blocks * 16;
      std::copy_n(numbers.begin(), std::min<Index>(16, size - column),
                  field + block / blocks * row_stride + column);
    }
  }

  ImageLayout layout_;
  double alpha_;
  Tensor down_, right_;
};

/// The fields of image k of a draw.
detail::Displacement displacement(const Tensor& fields, Index k) {
  if (fields.rank() != 3) return {};
  const Scalar* down = fields.data() + 2 * k * fields.stride(1);
  return {down, down + fields.stride(1), fields.stride(0)};
}

void mirror(const ImageLayout& layout, Scalar* image) {
  for (Index i = 0; i < layout.height; ++i)
    for (Index left = 0, right = layout.width - 1; left < right; ++left, --right) {
      Scalar* line = image + i * layout.width * layout.channels;
      std::swap_ranges(line + left * layout.channels, line + (left + 1) * layout.channels,
                       line + right * layout.channels);
    }
}

/// Moves an image by whole pixels: all numbers by one distance, then what came from beyond an edge
/// becomes fill.
void crop(const Draw& draw, const Augmentation& o, const ImageLayout& layout, Scalar* image) {
  const PhiloxCounter w = draw.words(Draw::kRow, 2);
  const Index down = detail::below(2 * o.crop + 1, w[0]) - o.crop;
  const Index right = detail::below(2 * o.crop + 1, w[1]) - o.crop;
  const Index line = layout.width * layout.channels, by = right * layout.channels;
  const Index all = layout.numel(), distance = down * line + by;
  if (distance > 0)
    std::copy_backward(image, image + all - distance, image + all);
  else
    std::copy(image - distance, image + all, image);
  const auto fill = static_cast<Scalar>(o.fill);
  for (Index i = 0; i < layout.height; ++i, image += line) {
    const bool inside = i >= down && i < layout.height + down;
    std::fill(image, image + (inside ? std::max<Index>(by, 0) : line), fill);
    std::fill(image + line + std::min<Index>(by, 0), image + line, fill);
  }
}

/// What lies in a rectangle becomes fill. It may reach beyond the image.
void blot(const ImageLayout& layout, Index top, Index left, Index height, Index width, Scalar fill,
          Scalar* image) {
  const Index first = std::max<Index>(left, 0), last = std::min(left + width, layout.width);
  for (Index i = std::max<Index>(top, 0); i < std::min(top + height, layout.height); ++i)
    std::fill_n(image + (i * layout.width + first) * layout.channels,
                (last - first) * layout.channels, fill);
}

void cut_out(const Draw& draw, const Augmentation& o, const ImageLayout& layout, Scalar* image) {
  const PhiloxCounter w = draw.words(Draw::kRow, 1);
  const Index top = detail::below(layout.height, w[1]) - o.cut_out / 2;
  const Index left = detail::below(layout.width, w[2]) - o.cut_out / 2;
  blot(layout, top, left, o.cut_out, o.cut_out, static_cast<Scalar>(o.fill), image);
}

void erase(const Draw& draw, const Augmentation& o, const ImageLayout& layout, Scalar* image) {
  if (detail::unit(draw.words(Draw::kRow, 2)[2]) >= o.erase) return;
  constexpr double most = 1.2039728043259361;  // log(10 / 3)
  const PhiloxCounter w = draw.words(Draw::kRow, 3);
  const double area =
      o.erase_share * detail::unit(w[0]) * static_cast<double>(layout.height * layout.width);
  const double ratio = detail::portable_exp(detail::within(most, w[1]));
  auto side = [](double length, Index limit) {
    return std::min(static_cast<Index>(std::floor(length + 0.5)), limit);
  };
  const Index height = side(std::sqrt(area * ratio), layout.height);
  const Index width = side(std::sqrt(area / ratio), layout.width);
  blot(layout, detail::below(layout.height - height + 1, w[2]),
       detail::below(layout.width - width + 1, w[3]), height, width, static_cast<Scalar>(o.fill),
       image);
}

AffineMap random_map(const Draw& draw, const Augmentation& o, const ImageLayout& layout) {
  const PhiloxCounter w = draw.words(Draw::kRow, 0), more = draw.words(Draw::kRow, 1);
  return affine_map({layout.height, layout.width}, {.down = detail::within(o.shift, w[0]),
                                                    .right = detail::within(o.shift, w[1]),
                                                    .rotation = detail::within(o.rotation, w[2]),
                                                    .scale = 1 + detail::within(o.scale, w[3]),
                                                    .shear = detail::within(o.shear, more[0])});
}

/// All but mixup, of one image.
void change(const Augmentation& o, const ImageLayout& layout, const Draw& draw,
            const detail::Displacement& elastic, const Scalar* image, Scalar* out) {
  if (o.shift > 0 || o.rotation > 0 || o.scale > 0 || o.shear > 0)
    detail::resample(layout, image, random_map(draw, o, layout), elastic,
                     static_cast<Scalar>(o.fill), out);
  else if (o.elastic_alpha > 0)
    detail::resample(layout, image, {}, elastic, static_cast<Scalar>(o.fill), out);
  else
    std::copy_n(image, layout.numel(), out);
  if (o.crop > 0) crop(draw, o, layout, out);
  if (o.flip > 0 && detail::unit(draw.words(Draw::kRow, 1)[3]) < o.flip) mirror(layout, out);
  if (o.noise > 0) draw.add_normal(layout.numel(), static_cast<Scalar>(o.noise), out);
  if (o.cut_out > 0) cut_out(draw, o, layout, out);
  if (o.erase > 0) erase(draw, o, layout, out);
}

template <class DrawOf>
Tensor change_images(const Tensor& x, const Augmentation& o, const DrawOf& draw) {
  const ImageLayout layout = layout_of(x, o.image);
  if (o.crop > 0 && o.crop >= std::min(layout.height, layout.width))
    throw ArgumentError("augment: expected a crop that is less than each side of the image");
  const ElasticFields elastic(o, layout);
  const Tensor source = x.contiguous();
  Tensor result(x.shape());
  const Scalar* from = source.data();
  Scalar* to = result.data();
  const Index size = layout.numel(), grain = detail::image_grain(layout);
  parallel_for(x.size(0), grain, [&](Index begin, Index end) {
    for (Index first = begin; first < end; first += grain) {
      const Index count = std::min(grain, end - first);  // their fields stay in the cache
      const Tensor fields = elastic.draw(first, count, draw);
      for (Index k = 0; k < count; ++k)
        change(o, layout, draw(first + k), displacement(fields, k), from + (first + k) * size,
               to + (first + k) * size);
    }
  });
  return result;
}

/// Rows mixed with random rows: those of x and y with the same ones.
template <class DrawOf>
Tensor mix_rows(const Tensor& rows, double alpha, const DrawOf& draw) {
  const Tensor source = rows.contiguous();
  Tensor result(rows.shape());
  const Index batch = rows.size(0), size = rows.shape().example_numel();
  for (Index k = 0; k < batch; ++k) {
    const PhiloxCounter w = draw(k).words(Draw::kPairs);
    const auto lambda = static_cast<Scalar>(detail::symmetric_beta(alpha, w[1], w[2]));
    const Scalar* own = source.data() + k * size;
    const Scalar* other = source.data() + detail::below(batch, w[0]) * size;
    Scalar* mixed = result.data() + k * size;
    for (Index i = 0; i < size; ++i) mixed[i] = lambda * own[i] + (1 - lambda) * other[i];
  }
  return result;
}

}  // namespace

Dataset augment(const Dataset& batch, const Augmentation& options, const RandomKey& key) {
  check(options);
  batch.size();  // checks that x and y fit
  if (options.mixup > 0 && batch.y.rank() < 2)
    throw ShapeError("augment: mixup expects targets as rows of probabilities (one_hot), got " +
                     batch.y.shape().to_string());
  constexpr std::uint64_t augmentation =
      0x6175676d656e7400;  // no layer of a network has this place
  const PhiloxKey words = RandomKey{key.seed, key.step, augmentation}.philox();
  auto draw = [&](Index k) { return Draw(words, key.first_row + k); };
  Dataset result = batch;
  result.x = change_images(batch.x, options, draw);
  if (options.mixup > 0) {
    result.x = mix_rows(result.x, options.mixup, draw);
    result.y = mix_rows(batch.y, options.mixup, draw);
  }
  return result;
}

}}  // namespace nn::NN_PRECISION
