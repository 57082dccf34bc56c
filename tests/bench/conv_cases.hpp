#pragma once

#include <cmath>
#include <limits>

#include "bench/bench.hpp"

/// Convolutions of square images by kernels of 3 x 3 with padding 1, and their two gradients:
///    y (batch, side, side, chan_out)   dx (batch, side, side, chan_in)
///    dW (3, 3, chan_in, chan_out)
/// from x, W and dy of the same shapes. Prints GFLOP/s (the padding counts), and a line WRONG for a
/// result that sums in double do not confirm.
namespace bench {

struct ConvCase {
  const char* name;
  int batch, side, chan_in, chan_out;
};
constexpr ConvCase kConvCases[] = {
    {"lenet16x16", 64, 16, 1, 16}, {"lenet8x8", 64, 8, 16, 32},   {"c16x28x28", 64, 28, 16, 16},
    {"c32x28x28", 64, 28, 32, 32}, {"c64x28x28", 64, 28, 64, 64}, {"c16x14x14", 64, 14, 16, 16},
    {"c32x14x14", 64, 14, 32, 32}, {"c64x14x14", 64, 14, 64, 64},
};

/// The numbers of a case, with the channels last. A peer reads the first three; the last three are
/// where it leaves its results.
struct Images {
  explicit Images(const ConvCase& c) : Images(c, Numbers(7)) {}

  ConvCase sizes;
  Array<float> x, w, dy, y, dx, dw;

  float x_at(int b, int p, int q, int c) const { return at(x, b, p, q, c, sizes.chan_in); }
  float dy_at(int b, int p, int q, int o) const { return at(dy, b, p, q, o, sizes.chan_out); }
  int w_place(int i, int j, int c, int o) const {
    return ((i * 3 + j) * sizes.chan_in + c) * sizes.chan_out + o;
  }

 private:
  Images(const ConvCase& c, Numbers numbers)
      : sizes(c),
        x(pixels(c) * c.chan_in, numbers, -1, 1),
        w(std::int64_t{9} * c.chan_in * c.chan_out, numbers, -1, 1),
        dy(pixels(c) * c.chan_out, numbers, -1, 1),
        y(pixels(c) * c.chan_out),
        dx(pixels(c) * c.chan_in),
        dw(std::int64_t{9} * c.chan_in * c.chan_out) {}

  static std::int64_t pixels(const ConvCase& c) { return std::int64_t{c.batch} * c.side * c.side; }
  float at(const Array<float>& a, int b, int p, int q, int channel, int channels) const {
    if (p < 0 || q < 0 || p >= sizes.side || q >= sizes.side) return 0;
    return a.data()[((std::int64_t{b} * sizes.side + p) * sizes.side + q) * channels + channel];
  }
};

/// Adds up products of two numbers, and says how far from the sum a result is: in units of epsilon
/// times the sum of the magnitudes.
class Sum {
 public:
  void add(float a, float b) {
    const double term = static_cast<double>(a) * static_cast<double>(b);
    sum_ += term;
    size_ += std::abs(term);
    ++terms_;
  }
  bool confirms(float result) const {
    const double unit = size_ * std::numeric_limits<float>::epsilon() + 1e-300;
    return std::abs(static_cast<double>(result) - sum_) / unit < 2 * std::sqrt(terms_) + 8;
  }

 private:
  double sum_ = 0, size_ = 0, terms_ = 0;
};

/// Whether some 500 of the results are right: sum_of(b, p, q, channel) is their Sum.
template <class SumOf>
bool pixels_are_right(const ConvCase& s, int channels, const Array<float>& results, SumOf sum_of) {
  const int count = s.batch * s.side * s.side * channels;
  for (int e = 0; e < count; e += count / 500 | 1) {
    const int pixel = e / channels;
    const int q = pixel % s.side, p = pixel / s.side % s.side, b = pixel / s.side / s.side;
    if (!sum_of(b, p, q, e % channels).confirms(results.data()[e])) return false;
  }
  return true;
}

inline bool y_is_right(const Images& n) {
  return pixels_are_right(n.sizes, n.sizes.chan_out, n.y, [&](int b, int p, int q, int o) {
    Sum sum;
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j)
        for (int c = 0; c < n.sizes.chan_in; ++c)
          sum.add(n.x_at(b, p + i - 1, q + j - 1, c), n.w.data()[n.w_place(i, j, c, o)]);
    return sum;
  });
}

inline bool dx_is_right(const Images& n) {
  return pixels_are_right(n.sizes, n.sizes.chan_in, n.dx, [&](int b, int p, int q, int c) {
    Sum sum;
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j)
        for (int o = 0; o < n.sizes.chan_out; ++o)
          sum.add(n.dy_at(b, p - i + 1, q - j + 1, o), n.w.data()[n.w_place(i, j, c, o)]);
    return sum;
  });
}

inline bool dw_is_right(const Images& n) {
  const ConvCase& s = n.sizes;
  const int count = 9 * s.chan_in * s.chan_out;
  for (int e = 0; e < count; e += count / 30 | 1) {
    const int o = e % s.chan_out, c = e / s.chan_out % s.chan_in;
    const int j = e / s.chan_out / s.chan_in % 3, i = e / s.chan_out / s.chan_in / 3;
    Sum sum;
    for (int b = 0; b < s.batch; ++b)
      for (int p = 0; p < s.side; ++p)
        for (int q = 0; q < s.side; ++q)
          sum.add(n.x_at(b, p + i - 1, q + j - 1, c), n.dy_at(b, p, q, o));
    if (!sum.confirms(n.dw.data()[e])) return false;
  }
  return true;
}

/// What a peer times, and what then puts the results where Images has them.
struct ConvCalls {
  Call y, dx, dw, fetch;
};

/// prepare(images) is a ConvCalls; the images live as long as it does.
template <class Prepare>
void measure_convolutions(Prepare&& prepare) {
  for (const ConvCase& c : kConvCases) {
    const std::string name = c.name;
    const bool wanted = selected(name + "-y") || selected(name + "-dx") || selected(name + "-dW");
    if (!wanted) continue;
    const Images images(c);
    const ConvCalls calls = prepare(images);
    calls.y();
    calls.dx();
    calls.dw();
    calls.fetch();
    const double flops = 18.0 * c.batch * c.side * c.side * c.chan_in * c.chan_out;
    auto measure = [&](const std::string& full_name, const Call& call, bool right) {
      if (!selected(full_name)) return;
      report(full_name, "GFLOP/s", 1e-9 * flops / time_of(call));
      if (!right) report(full_name, "WRONG", 1);
    };
    measure(name + "-y", calls.y, y_is_right(images));
    measure(name + "-dx", calls.dx, dx_is_right(images));
    measure(name + "-dW", calls.dw, dw_is_right(images));
  }
}

}  // namespace bench
