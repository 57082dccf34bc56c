#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "handwritten_layers.hpp"

namespace handwritten {

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

}  // namespace handwritten
