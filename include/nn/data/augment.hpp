#pragma once

#include "nn/core/philox.hpp"
#include "nn/data/dataset.hpp"
#include "nn/data/images.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Random changes to images that leave their meaning alone. Each is off until it is set, and any
/// may be combined. They are applied in the order of the members.
///
///     nn::Augmentation{.shift = 1, .rotation = 10, .elastic_alpha = 20, .fill = -1}
struct Augmentation {
  double shift = 0;     // pixels, down and right; uniform in [-shift, shift], as nn::Affine has it
  double rotation = 0;  // degrees, uniform in [-rotation, rotation]
  double scale = 0;     // the factor is uniform in [1 - scale, 1 + scale]
  double shear = 0;     // degrees, uniform in [-shear, shear]
  /// Elastic deformation (Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural
  /// Networks", ICDAR 2003): each pixel shows a place that is moved, down and right, by alpha times
  /// a random field. That is uniform in (-1, 1) at each pixel, then smoothed by a Gaussian.
  double elastic_alpha = 0;  // pixels
  double elastic_sigma = 4;  // pixels; the Gaussian is cut at 4 sigma, and beyond the image is 0
  /// The image moves down and right by whole pixels, each uniform in -crop, ..., crop: a window of
  /// its size is cut at random from the image in a frame of fill. Nothing is blurred, unlike shift.
  Index crop = 0;
  double flip = 0;   // the probability of a mirror image: left and right change places
  double noise = 0;  // standard deviation of normal noise on each number
  /// Cutout (DeVries and Taylor, 2017): a square of this side, about a random pixel, becomes fill.
  Index cut_out = 0;
  /// Random erasing (Zhong et al., AAAI 2020): with probability erase, a rectangle inside the image
  /// becomes fill. Its share of the image is uniform in [0, erase_share], the logarithm of height /
  /// width uniform in [-log(10 / 3), log(10 / 3)]; then its sides are rounded to whole pixels, at
  /// most the image's. Its place is uniform.
  double erase = 0;
  double erase_share = 0.33;
  /// Mixup (Zhang et al., ICLR 2018): rows of x and of y become lambda (own) + (1 - lambda) (of a
  /// random row of the batch), lambda from Beta(mixup, mixup). y must be rows of probabilities.
  double mixup = 0;

  double fill = 0;        // what shows where an image ends: the background
  ImageSize image{0, 0};  // of flat rows: (batch, height * width * channels)
};

/// Changes a batch at random. x: (batch, height, width), (batch, height, width, channels) or flat
/// rows; the result has the same shape. Only x changes and, under mixup, y.
/// Deformations are one bilinear resampling; where a place lies beyond the centres of the outermost
/// pixels, fill shows.
///
/// What is drawn for a row depends on key.seed, key.step and its number, key.first_row + i, alone
/// (nn/core/philox.hpp): not on threads, nor on what ran before. key.layer is not used.
///
/// ArgumentError unless limits are finite and not negative, fill is finite, scale < 1, shear < 90,
/// flip <= 1, erase <= 1, erase_share <= 1, elastic_sigma > 0 and crop is less than each side of
/// the image. ShapeError for other shapes, and for class indices under mixup.
Dataset augment(const Dataset& batch, const Augmentation& options, const RandomKey& key);

}}  // namespace nn::NN_PRECISION
