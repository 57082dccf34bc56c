#pragma once

#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

#include "bench/bench.hpp"
#ifdef USE_EIGEN
#include "eigen.hpp"
#else
#include "cblas.hpp"
#endif

/// Layers as one writes them by hand over a library of matrix products: plain loops that the
/// compiler turns into vector code, memory taken once, and the step of gradient descent taken by
/// the product that computes the gradient. Images lie channel by channel.
namespace handwritten {

using bench::Array;
using bench::Numbers;

constexpr float kStep = 0.01f;

#ifdef USE_EIGEN
template <class Result, class Product>
void assign(Result c, const Product& product, float alpha, float beta) {
  if (beta == 0)
    c.noalias() = alpha * product;
  else
    c.noalias() += alpha * product;
}
/// C (m, n) = alpha op(A) op(B) + beta C, beta 0 or 1.
inline void multiply(bool transpose_a, bool transpose_b, int m, int n, int k, float alpha,
                     const float* a_data, const float* b_data, float beta, float* c_data) {
  const ConstMap a(a_data, transpose_a ? k : m, transpose_a ? m : k);
  const ConstMap b(b_data, transpose_b ? n : k, transpose_b ? k : n);
  const Map c(c_data, m, n);
  if (transpose_a)
    assign(c, a.transpose() * b, alpha, beta);
  else if (transpose_b)
    assign(c, a * b.transpose(), alpha, beta);
  else
    assign(c, a * b, alpha, beta);
}
#else
/// C (m, n) = alpha op(A) op(B) + beta C.
inline void multiply(bool transpose_a, bool transpose_b, int m, int n, int k, float alpha,
                     const float* a, const float* b, float beta, float* c) {
  if (m == 1 && !transpose_a)
    return cblas_sgemv(kRowMajor, transpose_b ? kPlain : kTransposed, transpose_b ? n : k,
                       transpose_b ? k : n, alpha, b, transpose_b ? k : n, a, 1, beta, c, 1);
  cblas_sgemm(kRowMajor, transpose_a ? kTransposed : kPlain, transpose_b ? kTransposed : kPlain, m,
              n, k, alpha, a, transpose_a ? m : k, b, transpose_b ? k : n, beta, c, n);
}
#endif

/// Weights as PyTorch starts them: uniform, as far as 1 / sqrt(inputs) from 0.
inline Array<float> start(int count, int inputs, Numbers& numbers) {
  const double bound = 1 / std::sqrt(static_cast<double>(inputs));
  return Array<float>(count, numbers, -bound, bound);
}

struct Layer {
  Layer(int input_size, int output_size) : inputs(input_size), outputs(output_size) {}
  virtual ~Layer() = default;
  virtual void set_batch(int size) {
    batch = size;
    y = Array<float>(std::int64_t{batch} * outputs);
    dx = Array<float>(std::int64_t{batch} * inputs);
  }
  virtual void forward(const float* x) = 0;
  /// Fills dx where it is wanted, then takes the step.
  virtual void backward(const float* x, const float* dy) = 0;

  int inputs, outputs, batch = 0;
  bool wants_dx = true;
  Array<float> y{0}, dx{0};
};

class Linear : public Layer {
 public:
  Linear(int input_size, int output_size, Numbers& numbers)
      : Layer(input_size, output_size),
        w_(start(inputs * outputs, inputs, numbers)),
        b_(start(outputs, inputs, numbers)) {}

  void forward(const float* x) override {
    for (int i = 0; i < batch; ++i) std::copy_n(b_.data(), outputs, y.data() + i * outputs);
    multiply(false, false, batch, outputs, inputs, 1, x, w_.data(), 1, y.data());
  }

  void backward(const float* x, const float* dy) override {
    if (wants_dx) multiply(false, true, batch, inputs, outputs, 1, dy, w_.data(), 0, dx.data());
    float* b = b_.data();
    for (int i = 0; i < batch; ++i)
      for (int j = 0; j < outputs; ++j) b[j] -= kStep * dy[i * outputs + j];
    multiply(true, false, inputs, outputs, batch, -kStep, x, dy, 1, w_.data());
  }

 private:
  Array<float> w_, b_;
};

enum class Kind { tanh, sigmoid, relu };

/// z = f(x) for n numbers; z may be x.
template <Kind kind>
void activate(std::int64_t n, const float* x, float* z) {
#ifdef USE_EIGEN
  const Eigen::Map<const Eigen::ArrayXf> from(x, n);
  Eigen::Map<Eigen::ArrayXf> to(z, n);
  if constexpr (kind == Kind::tanh) to = from.tanh();
  if constexpr (kind == Kind::sigmoid) to = 1.f / (1.f + (-from).exp());
  if constexpr (kind == Kind::relu) to = from.max(0.f);
#else
  for (std::int64_t i = 0; i < n; ++i) {
    if constexpr (kind == Kind::tanh) z[i] = 1 - 2 / (1 + std::exp(2 * x[i]));
    if constexpr (kind == Kind::sigmoid) z[i] = 1 / (1 + std::exp(-x[i]));
    if constexpr (kind == Kind::relu) z[i] = x[i] > 0 ? x[i] : 0;
  }
#endif
}

template <Kind kind>
class Activation : public Layer {
 public:
  explicit Activation(int size) : Layer(size, size) {}

  void forward(const float* x) override {
    activate<kind>(std::int64_t{batch} * outputs, x, y.data());
  }

  void backward(const float*, const float* __restrict dy) override {
    const std::int64_t n = std::int64_t{batch} * outputs;
    const float* __restrict z = y.data();
    float* __restrict d = dx.data();
    for (std::int64_t i = 0; i < n; ++i) {
      if constexpr (kind == Kind::tanh) d[i] = dy[i] * (1 - z[i] * z[i]);
      if constexpr (kind == Kind::sigmoid) d[i] = dy[i] * z[i] * (1 - z[i]);
      if constexpr (kind == Kind::relu) d[i] = z[i] > 0 ? dy[i] : 0;
    }
  }
};

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

/// The last step of an LSTM over `steps` steps of `features` numbers. Gates lie side by side in a
/// row of the batch: i, f, o, g. The product with x is one for all steps, those with h one a step.
class Lstm : public Layer {
 public:
  Lstm(int steps, int features, int hidden, Numbers& numbers)
      : Layer(steps * features, hidden),
        steps_(steps),
        features_(features),
        hidden_(hidden),
        w_(start(features * 4 * hidden, hidden, numbers)),
        u_(start(hidden * 4 * hidden, hidden, numbers)),
        b_(start(4 * hidden, hidden, numbers)) {}

  void set_batch(int size) override {
    Layer::set_batch(size);
    const std::int64_t cells = std::int64_t{batch} * hidden_;
    x_ = Array<float>(std::int64_t{batch} * inputs);
    gates_ = Array<float>(steps_ * 4 * cells);
    deltas_ = Array<float>(steps_ * 4 * cells);
    for (Array<float>* states : {&h_, &c_, &curve_}) *states = Array<float>((steps_ + 1) * cells);
    dh_ = Array<float>(cells);
    dc_ = Array<float>(cells);
  }

  void forward(const float* x) override {
    const int width = 4 * hidden_, cells = batch * hidden_;
    for (int t = 0; t < steps_; ++t)
      for (int i = 0; i < batch; ++i)
        std::copy_n(x + i * inputs + t * features_, features_,
                    x_.data() + (t * batch + i) * features_);
    for (int i = 0; i < steps_ * batch; ++i)
      std::copy_n(b_.data(), width, gates_.data() + i * width);
    multiply(false, false, steps_ * batch, width, features_, 1, x_.data(), w_.data(), 1,
             gates_.data());
    for (int t = 0; t < steps_; ++t) {
      float* gates = gates_.data() + t * batch * width;
      const float* before = c_.data() + t * cells;
      float *c = c_.data() + (t + 1) * cells, *h = h_.data() + (t + 1) * cells;
      float* curve = curve_.data() + (t + 1) * cells;
      if (t > 0)
        multiply(false, false, batch, width, hidden_, 1, h_.data() + t * cells, u_.data(), 1,
                 gates);
      for (int i = 0; i < batch; ++i) {
        float* g = gates + i * width;
        activate<Kind::sigmoid>(3 * hidden_, g, g);
        activate<Kind::tanh>(hidden_, g + 3 * hidden_, g + 3 * hidden_);
        for (int j = 0, k = i * hidden_; j < hidden_; ++j, ++k)
          c[k] = g[hidden_ + j] * before[k] + g[j] * g[3 * hidden_ + j];
      }
      activate<Kind::tanh>(cells, c, curve);
      for (int i = 0; i < batch; ++i)
        for (int j = 0, k = i * hidden_; j < hidden_; ++j, ++k)
          h[k] = gates[i * width + 2 * hidden_ + j] * curve[k];
    }
    std::copy_n(h_.data() + steps_ * cells, cells, y.data());
  }

  void backward(const float*, const float* dy) override {
    const int width = 4 * hidden_, cells = batch * hidden_;
    float *dh = dh_.data(), *dc = dc_.data();
    std::copy_n(dy, cells, dh);
    std::fill_n(dc, cells, 0.f);
    for (int t = steps_; t-- > 0;) {
      const float *gates = gates_.data() + t * batch * width, *before = c_.data() + t * cells;
      const float* curve = curve_.data() + (t + 1) * cells;
      float* deltas = deltas_.data() + t * batch * width;
      for (int i = 0; i < batch; ++i) {
        const float* __restrict g = gates + i * width;
        float* __restrict d = deltas + i * width;
        for (int j = 0, k = i * hidden_; j < hidden_; ++j, ++k) {
          const float in = g[j], forget = g[hidden_ + j], out = g[2 * hidden_ + j];
          const float candidate = g[3 * hidden_ + j];
          const float change = dc[k] + dh[k] * out * (1 - curve[k] * curve[k]);
          d[j] = change * candidate * in * (1 - in);
          d[hidden_ + j] = change * before[k] * forget * (1 - forget);
          d[2 * hidden_ + j] = dh[k] * curve[k] * out * (1 - out);
          d[3 * hidden_ + j] = change * in * (1 - candidate * candidate);
          dc[k] = change * forget;
        }
      }
      if (t > 0) multiply(false, true, batch, hidden_, width, 1, deltas, u_.data(), 0, dh);
    }
    const int rows = steps_ * batch;
    float* b = b_.data();
    for (int i = 0; i < rows; ++i)
      for (int j = 0; j < width; ++j) b[j] -= kStep * deltas_.data()[i * width + j];
    multiply(true, false, features_, width, rows, -kStep, x_.data(), deltas_.data(), 1, w_.data());
    multiply(true, false, hidden_, width, rows, -kStep, h_.data(), deltas_.data(), 1, u_.data());
  }

 private:
  int steps_, features_, hidden_;
  Array<float> w_, u_, b_;
  Array<float> x_{0}, gates_{0}, deltas_{0};  // step after step
  Array<float> h_{0}, c_{0}, curve_{0};       // of the steps from 1 on; before them zeros
  Array<float> dh_{0}, dc_{0};
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
