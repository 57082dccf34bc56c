#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "handwritten_layers.hpp"

/// Layers of images. These lie channel by channel.
namespace handwritten {

struct Image {
  int channels, height, width;
  int size() const { return channels * height * width; }
};

/// Windows of height x width everywhere, `padding` zeros around the image in a direction in which
/// the window has more than one row or column.
struct Window {
  int height, width, padding;
};

/// Convolution by im2col, one product for each image.
class Conv : public Layer {
 public:
  Conv(Image image, int filters, Window window, Numbers& numbers)
      : Layer(image.size(), 0),
        image_(image),
        window_(window),
        filters_(filters),
        pad_rows_(window.height > 1 ? window.padding : 0),
        pad_columns_(window.width > 1 ? window.padding : 0),
        rows_(image.height + 2 * pad_rows_ - window.height + 1),
        columns_(image.width + 2 * pad_columns_ - window.width + 1),
        places_(rows_ * columns_),
        taps_(image.channels * window.height * window.width),
        w_(start(filters * taps_, taps_, numbers)),
        b_(start(filters, taps_, numbers)) {
    outputs = filters * places_;
  }

  void set_batch(int size) override {
    Layer::set_batch(size);
    columns_of_x_ = Array<float>(std::int64_t{batch} * taps_ * places_);
    columns_of_dx_ = Array<float>(taps_ * places_);
  }

  void forward(const float* x) override {
    for (int i = 0; i < batch; ++i) {
      float *columns = columns_of(i), *out = y.data() + i * outputs;
      for_each_line(columns, [&](float* line, int offset, int from, int to) {
        const int inside = std::max(0, to - from);
        std::fill_n(line, from, 0.f);
        std::copy_n(x + i * inputs + offset + from, inside, line + from);
        std::fill_n(line + from + inside, columns_ - from - inside, 0.f);
      });
      for (int f = 0; f < filters_; ++f) std::fill_n(out + f * places_, places_, b_.data()[f]);
      multiply(false, false, filters_, places_, taps_, 1, w_.data(), columns, 1, out);
    }
  }

  void backward(const float*, const float* dy) override {
    if (wants_dx)
      for (int i = 0; i < batch; ++i) {
        multiply(true, false, taps_, places_, filters_, 1, w_.data(), dy + i * outputs, 0,
                 columns_of_dx_.data());
        float* d = dx.data() + i * inputs;
        std::fill_n(d, inputs, 0.f);
        for_each_line(columns_of_dx_.data(), [&](float* line, int offset, int from, int to) {
          for (int j = from; j < to; ++j) d[offset + j] += line[j];
        });
      }
    for (int i = 0; i < batch; ++i) {
      const float* delta = dy + i * outputs;
      for (int f = 0; f < filters_; ++f) {
        float sum = 0;
        for (int p = 0; p < places_; ++p) sum += delta[f * places_ + p];
        b_.data()[f] -= kStep * sum;
      }
      multiply(false, true, filters_, taps_, places_, -kStep, delta, columns_of(i), 1, w_.data());
    }
  }

 private:
  float* columns_of(int i) { return columns_of_x_.data() + std::int64_t{i} * taps_ * places_; }

  /// f(line, offset, from, to) for each line of columns_ numbers of the columns: its elements j in
  /// [from, to) are the image's at offset + j, the others lie in the padding.
  template <class F>
  void for_each_line(float* line, F f) const {
    for (int c = 0; c < image_.channels; ++c)
      for (int a = 0; a < window_.height; ++a)
        for (int b = 0; b < window_.width; ++b)
          for (int i = 0; i < rows_; ++i, line += columns_) {
            const int row = i + a - pad_rows_, shift = b - pad_columns_;
            const bool inside = row >= 0 && row < image_.height;
            f(line, (c * image_.height + row) * image_.width + shift,
              inside ? std::max(0, -shift) : columns_,
              inside ? std::min(columns_, image_.width - shift) : columns_);
          }
  }

  Image image_;
  Window window_;
  int filters_, pad_rows_, pad_columns_, rows_, columns_, places_, taps_;
  Array<float> w_, b_, columns_of_x_{0}, columns_of_dx_{0};
};

/// Each channel normalised over the batch and its places.
class BatchNorm : public Layer {
 public:
  explicit BatchNorm(Image image)
      : Layer(image.size(), image.size()), image_(image), places_(image.height * image.width) {
    for (Array<float>* numbers : {&gain_, &bias_, &factor_})
      *numbers = Array<float>(image.channels);
    std::fill_n(gain_.data(), image.channels, 1.f);
  }

  void set_batch(int size) override {
    Layer::set_batch(size);
    normal_ = Array<float>(std::int64_t{batch} * inputs);
  }

  void forward(const float* x) override {
    const float count = static_cast<float>(batch * places_);
    for (int c = 0; c < image_.channels; ++c) {
      float mean = 0, variance = 0;
      for_each_plane(c, [&](int at) {
        for (int p = 0; p < places_; ++p) mean += x[at + p];
      });
      mean /= count;
      for_each_plane(c, [&](int at) {
        for (int p = 0; p < places_; ++p) variance += (x[at + p] - mean) * (x[at + p] - mean);
      });
      const float factor = factor_.data()[c] = 1 / std::sqrt(variance / count + 1e-5f);
      const float gain = gain_.data()[c], bias = bias_.data()[c];
      float *normal = normal_.data(), *z = y.data();
      for_each_plane(c, [&](int at) {
        for (int p = 0; p < places_; ++p) {
          normal[at + p] = (x[at + p] - mean) * factor;
          z[at + p] = normal[at + p] * gain + bias;
        }
      });
    }
  }

  void backward(const float*, const float* dy) override {
    const float count = static_cast<float>(batch * places_);
    for (int c = 0; c < image_.channels; ++c) {
      const float* normal = normal_.data();
      float sum = 0, dot = 0;
      for_each_plane(c, [&](int at) {
        for (int p = 0; p < places_; ++p) {
          sum += dy[at + p];
          dot += dy[at + p] * normal[at + p];
        }
      });
      const float scale = gain_.data()[c] * factor_.data()[c];
      const float mean = sum / count, slope = dot / count;
      float* d = dx.data();
      for_each_plane(c, [&](int at) {
        for (int p = 0; p < places_; ++p)
          d[at + p] = scale * (dy[at + p] - mean - normal[at + p] * slope);
      });
      gain_.data()[c] -= kStep * dot;
      bias_.data()[c] -= kStep * sum;
    }
  }

 private:
  /// f(where the channel's plane begins) for each image.
  template <class F>
  void for_each_plane(int channel, F f) const {
    for (int i = 0; i < batch; ++i) f(i * inputs + channel * places_);
  }

  Image image_;
  int places_;
  Array<float> gain_{0}, bias_{0}, factor_{0}, normal_{0};
};

/// The largest of each window of height (1 or 2) x 2. Without branches: they would be mispredicted
/// every other time.
class MaxPool : public Layer {
 public:
  MaxPool(Image image, int height)
      : Layer(image.size(), image.size() / (2 * height)), image_(image), height_(height) {}

  void set_batch(int size) override {
    Layer::set_batch(size);
    places_.resize(static_cast<std::size_t>(batch * outputs));
  }

  void forward(const float* x) override {
    const int width = image_.width, second = (height_ - 1) * width;
    const int lines = batch * image_.channels * (image_.height / height_);
    for (int l = 0; l < lines; ++l) {
      const float* __restrict above = x + l * height_ * width;
      const float* __restrict below = above + second;
      float* __restrict best = y.data() + l * (width / 2);
      if (!wants_dx) {
        for (int j = 0; j < width / 2; ++j)
          best[j] = std::max(std::max(above[2 * j], above[2 * j + 1]),
                             std::max(below[2 * j], below[2 * j + 1]));
        continue;
      }
      int* __restrict places = places_.data() + l * (width / 2);
      const int place = l * height_ * width;
      for (int j = 0; j < width / 2; ++j) {
        const float p = above[2 * j], q = above[2 * j + 1];
        const float r = below[2 * j], s = below[2 * j + 1];
        const float top = p > q ? p : q, bottom = r > s ? r : s;
        const int top_place = place + 2 * j + (p >= q ? 0 : 1);
        const int bottom_place = place + second + 2 * j + (r >= s ? 0 : 1);
        best[j] = top > bottom ? top : bottom;
        places[j] = top >= bottom ? top_place : bottom_place;
      }
    }
  }

  void backward(const float*, const float* dy) override {
    std::fill_n(dx.data(), batch * inputs, 0.f);
    for (int i = 0; i < batch * outputs; ++i)
      dx.data()[places_[static_cast<std::size_t>(i)]] += dy[i];
  }

 private:
  Image image_;
  int height_;
  std::vector<int> places_;
};

}  // namespace handwritten
