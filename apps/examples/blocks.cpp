// A recurrent network imitates an effect for audio: tanh distortion and a low-pass filter. Then it
// runs as in a real-time program, block by block and sample by sample.
// Look at: the network is trained on whole signals (batch, time, 1); step() takes one sample and a
// state that the caller keeps, one for each voice; the blocks have the bits of the whole signal.

#include <cmath>
#include <iostream>

#include "nn/nn.hpp"

/// Sines, and what the effect makes of them: y_t = 0.7 y_{t-1} + 0.3 tanh(3 x_t).
nn::Dataset signals(nn::Index count, nn::Index time, nn::Rng& rng) {
  nn::Dataset data{nn::Tensor({count, time, 1}), nn::Tensor({count, time, 1})};
  for (nn::Index i = 0; i < count; ++i) {
    const double level = rng.uniform(0, 1), frequency = rng.uniform(0.02, 0.5);
    double y = 0;
    for (nn::Index t = 0; t < time; ++t) {
      const double x = level * std::sin(frequency * static_cast<double>(t));
      y = 0.7 * y + 0.3 * std::tanh(3 * x);
      data.x(i, t, 0) = static_cast<nn::Scalar>(x);
      data.y(i, t, 0) = static_cast<nn::Scalar>(y);
    }
  }
  return data;
}

/// One voice of the effect.
struct Voice {
  const nn::GRU& gru;
  const nn::Module& output;
  nn::GRU::State state = {};  // zeros: silence before

  /// What the audio driver calls for each block.
  void process(const nn::Scalar* in, nn::Scalar* out, nn::Index samples) {
    nn::Tensor x({1, 1});
    for (nn::Index t = 0; t < samples; ++t) {
      x(0, 0) = in[t];
      out[t] = output.predict(gru.step(x, state).reshape({1, 1, gru.hidden()})).item();
    }
  }
};

int main() {
  nn::Rng rng(0);
  const nn::Dataset train = signals(256, 64, rng), test = signals(1, 1024, rng);
  nn::Sequential net{nn::GRU(1, 8), nn::Conv1D(1, 8, 1)};  // Conv1D: a Linear for each sample
  const nn::MSELoss loss;
  nn::Optim optim(net, loss, 0.01, nn::Adam());
  nn::SGD(optim, train, {.batch_size = 16, .epochs = 40}, rng).check();

  Voice voice{net.at<nn::GRU>(0), net[1]};
  nn::Tensor y(test.x.shape());
  for (nn::Index t = 0; t < 1024; t += 64) voice.process(test.x.data() + t, y.data() + t, 64);

  const bool same = nn::equal(y, net.predict(test.x));
  const double error = nn::norm(y - test.y) / nn::norm(test.y);
  std::cout << "error " << 100 * error << " % of the signal"
            << (same ? ", the same bits as the whole signal\n" : ", other bits\n");
  return same && error < 0.05 ? 0 : 1;
}
