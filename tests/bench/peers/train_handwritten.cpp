// Training steps written by hand over the BLAS that is linked, PEER by name, or with -DUSE_EIGEN
// over Eigen: the layers of the handwritten_*.hpp. It promises no bits (-ffast-math), and its tanh
// is inexact near 0.
#include "bench/train_cases.hpp"
#include "handwritten_images.hpp"
#include "handwritten_layers.hpp"
#include "handwritten_lstm.hpp"

namespace {

using namespace handwritten;
using TanH = Activation<Kind::tanh>;
using ReLU = Activation<Kind::relu>;
using Sigmoid = Activation<Kind::sigmoid>;

class Net {
 public:
  Net(const bench::TrainCase& c, const bench::Batch& batch) : case_(c), batch_(batch) {
    add_layers(c.net);
    for (auto& layer : layers_) layer->set_batch(c.batch);
    layers_.front()->wants_dx = false;
    delta_ = Array<float>(std::int64_t{c.batch} * layers_.back()->outputs);
  }

  /// One step; the loss before it.
  float step() {
    const float* x = batch_.x.data();
    for (auto& layer : layers_) {
      layer->forward(x);
      x = layer->y.data();
    }
    const float loss = is_auto_encoder() ? bernoulli_loss(x) : class_loss(x);
    const float* dy = delta_.data();
    // The loss has given the delta before the sigmoid.
    for (std::size_t i = layers_.size() - (is_auto_encoder() ? 1 : 0); i-- > 0;) {
      layers_[i]->backward(i > 0 ? layers_[i - 1]->y.data() : batch_.x.data(), dy);
      dy = layers_[i]->dx.data();
    }
    return loss;
  }

 private:
  bool is_auto_encoder() const { return case_.net == std::string("autoenc"); }

  template <class L, class... Arguments>
  void add(Arguments&&... arguments) {
    layers_.push_back(std::make_unique<L>(std::forward<Arguments>(arguments)...));
  }
  void add_linear(int inputs, int outputs) { add<Linear>(inputs, outputs, numbers_); }

  void add_layers(const std::string& net) {
    if (net == "mlp" || net == "odd") {
      const int first = net == "mlp" ? 128 : 90, second = net == "mlp" ? 64 : 30;
      add_linear(case_.inputs, first);
      add<TanH>(first);
      add_linear(first, second);
      add<TanH>(second);
      add_linear(second, case_.classes);
    } else if (net == "autoenc") {
      add_linear(256, 100);
      add<TanH>(100);
      add_linear(100, 10);
      add<TanH>(10);
      add_linear(10, 100);
      add<TanH>(100);
      add_linear(100, 256);
      add<Sigmoid>(256);
    } else if (net == "conv1d") {
      add<Conv>(Image{1, 1, 256}, 32, Window{1, 3, 0}, numbers_);
      add<MaxPool>(Image{32, 1, 254}, 1);
      add_linear(4064, 100);
      add<ReLU>(100);
      add_linear(100, 10);
    } else if (net == "lstm") {
      add<Lstm>(16, 16, 64, numbers_);
      add_linear(64, 10);
    } else if (net == "bnconv") {
      add<Conv>(Image{1, 16, 16}, 16, Window{3, 3, 1}, numbers_);
      add<BatchNorm>(Image{16, 16, 16});
      add<ReLU>(16 * 256);
      add<MaxPool>(Image{16, 16, 16}, 2);
      add<Conv>(Image{16, 8, 8}, 32, Window{3, 3, 1}, numbers_);
      add<BatchNorm>(Image{32, 8, 8});
      add<ReLU>(32 * 64);
      add<MaxPool>(Image{32, 8, 8}, 2);
      add_linear(512, 10);
    } else {
      add<Conv>(Image{1, 16, 16}, 16, Window{3, 3, 1}, numbers_);
      add<ReLU>(16 * 256);
      add<MaxPool>(Image{16, 16, 16}, 2);
      add<Conv>(Image{16, 8, 8}, 32, Window{3, 3, 1}, numbers_);
      add<ReLU>(32 * 64);
      add<MaxPool>(Image{32, 8, 8}, 2);
      add_linear(512, 128);
      add<ReLU>(128);
      add_linear(128, 10);
    }
  }

  float class_loss(const float* scores) {
    const int n = case_.classes;
    float loss = 0;
    for (int i = 0; i < case_.batch; ++i) {
      const float* z = scores + i * n;
      float* d = delta_.data() + i * n;
      const int label = batch_.labels[static_cast<std::size_t>(i)];
      const float largest = *std::max_element(z, z + n);
      float sum = 0;
      for (int j = 0; j < n; ++j) sum += d[j] = std::exp(z[j] - largest);
      loss += std::log(sum) + largest - z[label];
      const float scale = 1 / (sum * static_cast<float>(case_.batch));
      for (int j = 0; j < n; ++j) d[j] *= scale;
      d[label] -= 1 / static_cast<float>(case_.batch);
    }
    return loss;
  }

  float bernoulli_loss(const float* p) {
    const int n = case_.batch * case_.inputs;
    const float* t = batch_.x.data();
    float* d = delta_.data();
    float loss = 0;
    for (int i = 0; i < n; ++i) {
      d[i] = (p[i] - t[i]) / static_cast<float>(n);
      loss -= t[i] * std::log(p[i] + 1e-12f) + (1 - t[i]) * std::log(1 - p[i] + 1e-12f);
    }
    return loss;
  }

  bench::TrainCase case_;
  const bench::Batch& batch_;
  Numbers numbers_{4};
  std::vector<std::unique_ptr<Layer>> layers_;
  Array<float> delta_{0};
};

/// The images of 16 x 16 pixels moved, turned, enlarged and sheared at random.
class Augment {
 public:
  explicit Augment(const bench::Batch& batch, int count)
      : from_(batch.x.data()), count_(count), to_(count * kSide * kSide) {}

  void run() {
    const auto& limits = bench::augment_limits;
    auto within = [&](float limit) { return static_cast<float>(numbers_.next(-limit, limit)); };
    for (int i = 0; i < count_; ++i) {
      const float down = within(limits.shift), right = within(limits.shift);
      const float angle = within(limits.rotation) * kDegree;
      const float scale = 1 / (1 + within(limits.scale));
      const float slope = std::tan(within(limits.shear) * kDegree);
      const float sin = std::sin(angle) * scale, cos = std::cos(angle) * scale;
      move(from_ + i * kSide * kSide, {{cos, sin}, {-sin - slope * cos, cos - slope * sin}}, down,
           right, to_.data() + i * kSide * kSide);
    }
  }

 private:
  static constexpr int kSide = 16;
  static constexpr float kDegree = 3.14159265f / 180;

  static void move(const float* __restrict from, const float (&m)[2][2], float down, float right,
                   float* __restrict to) {
    constexpr float centre = (kSide - 1) / 2.f, end = kSide - 1;
    for (int i = 0; i < kSide; ++i)
      for (int j = 0; j < kSide; ++j) {
        const float a = static_cast<float>(i) - centre - down;
        const float b = static_cast<float>(j) - centre - right;
        const float y = m[0][0] * a + m[0][1] * b + centre;
        const float x = m[1][0] * a + m[1][1] * b + centre;
        const bool inside = y >= 0 && y <= end && x >= 0 && x <= end;
        const float y_in = std::min(std::max(y, 0.f), end), x_in = std::min(std::max(x, 0.f), end);
        const int row = std::min(static_cast<int>(y_in), kSide - 2);
        const int column = std::min(static_cast<int>(x_in), kSide - 2);
        const float v = y_in - static_cast<float>(row), u = x_in - static_cast<float>(column);
        const float* p = from + row * kSide + column;
        const float upper = p[0] + u * (p[1] - p[0]);
        const float lower = p[kSide] + u * (p[kSide + 1] - p[kSide]);
        to[i * kSide + j] = inside ? upper + v * (lower - upper) : 0;
      }
  }

  const float* from_;
  int count_;
  Array<float> to_;
  Numbers numbers_{5};
};

}  // namespace

int main() {
#ifdef USE_EIGEN
  bench::peer = "hand-written " + kEigen;
  Eigen::setNbThreads(bench::thread_count());
#else
  bench::peer = "hand-written " PEER;
#endif
  bench::measure_trainings([](const bench::TrainCase& c, const bench::Batch& batch) {
    if (c.net == std::string("augment")) {
      auto images = std::make_shared<Augment>(batch, c.batch);
      return bench::Training{[images] { images->run(); }};
    }
    auto net = std::make_shared<Net>(c, batch);
    const float before = net->step();
    for (int i = 0; i < 30; ++i) net->step();
    if (const float after = net->step(); !(after < before)) bench::report(c.name(), "WRONG", after);
    return bench::Training{[net] { net->step(); }};
  });
}
