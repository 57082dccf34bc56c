#pragma once

#include "nn/modules/module.hpp"
#include "nn/ops/windows.hpp"

namespace nn { inline namespace NN_PRECISION {

/// What pooling layers share: one result for each window of each channel. Signals are pooled as
/// images of height 1.
class Pooling : public Layer {
 public:
  Shape output_shape(const Shape& input) const override;
  Options options() const override;

 protected:
  /// What the windows lie on.
  enum class Over { signals, images };
  Pooling(Over over, const Windows& windows) : windows_(windows), over_(over) {}
  /// x (batch, length, channels) as (batch, 1, length, channels).
  Tensor as_images(const Tensor& x) const;

  Windows windows_;  // of signals as images of height 1

 private:
  Over over_;
};

/// The largest element of each window. dL/dz goes to the maximum's place, the first of equals; NaN
/// counts as the largest.
class MaxPooling : public Pooling {
 public:
  Tensor forward(const Tensor& x) override;
  void predict_into(const Tensor& x, Tensor& z) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;

 protected:
  using Pooling::Pooling;

 private:
  Tensor x_, places_;  // of the last forward, and where its maxima are
};

/// The mean of each window. dL/dz over the number of a window's elements goes to each of them.
class AvgPooling : public Pooling {
 public:
  Tensor forward(const Tensor& x) override { return predict(x); }
  void predict_into(const Tensor& x, Tensor& z) const override;
  Tensor backward_delta(const Tensor& x, const Tensor& delta) override;

 protected:
  using Pooling::Pooling;
};

/// The largest element of each window along a signal, each channel alone.
/// x: (batch, length, channels), z: (batch, floor((length - k_size) / stride) + 1, channels).
/// What is left over at the end is in no window, unless ceil_mode rounds the fraction up: then the
/// last window ends with the signal. ShapeError for a signal that has no window, for sizes below 1
/// and for a k_size above 65536.
class MaxPool1D : public MaxPooling {
 public:
  explicit MaxPool1D(Index k_size) : MaxPool1D(k_size, k_size) {}
  MaxPool1D(Index k_size, Index stride, bool ceil_mode = false);
  std::string kind() const override { return "MaxPool1D"; }
};

/// The largest element of each window of an image, each channel alone. The padding is never it. A
/// window is Size2(height, width), or one number for a square.
/// x: (batch, height, width, channels), z: (batch, floor((height + 2 padding - k) / stride) + 1,
/// likewise for the width, channels).
/// What is left over at the end is in no window, unless ceil_mode rounds the fractions up: then the
/// last windows end with the padded image. A window that would begin behind the image is left out.
/// ShapeError for an image that has no window, for sizes below 1, for windows of more than 65536
/// elements and for a padding of more than half a window's size.
class MaxPool2D : public MaxPooling {
 public:
  explicit MaxPool2D(Size2 k_size) : MaxPool2D(k_size, k_size) {}
  MaxPool2D(Size2 k_size, Size2 stride, Size2 padding = 0, bool ceil_mode = false);
  std::string kind() const override { return "MaxPool2D"; }
};

/// The mean of each window along a signal. Shapes and errors are those of MaxPool1D, but for any
/// k_size.
class AvgPool1D : public AvgPooling {
 public:
  explicit AvgPool1D(Index k_size) : AvgPool1D(k_size, k_size) {}
  AvgPool1D(Index k_size, Index stride, bool ceil_mode = false);
  std::string kind() const override { return "AvgPool1D"; }
};

/// The mean of each window of an image. The padding counts as zeros, as in PyTorch by default. What
/// a window of ceil_mode has beyond the padding does not count.
/// Shapes and errors are those of MaxPool2D, but for windows of any size.
class AvgPool2D : public AvgPooling {
 public:
  explicit AvgPool2D(Size2 k_size) : AvgPool2D(k_size, k_size) {}
  AvgPool2D(Size2 k_size, Size2 stride, Size2 padding = 0, bool ceil_mode = false);
  std::string kind() const override { return "AvgPool2D"; }
};

}}  // namespace nn::NN_PRECISION
