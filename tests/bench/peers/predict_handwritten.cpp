// Predictions written by hand over the BLAS that is linked, PEER by name, or with -DUSE_EIGEN over
// Eigen: the layers of handwritten_layers.hpp.
#include "bench/predict_cases.hpp"
#include "handwritten_images.hpp"
#include "handwritten_layers.hpp"

namespace {

using namespace handwritten;

class Net {
 public:
  explicit Net(const bench::PredictCase& c) {
    add_layers(c);
    for (auto& layer : layers_) {
      layer->wants_dx = false;
      layer->set_batch(c.batch);
    }
  }

  const float* predict(const float* x) {
    for (auto& layer : layers_) {
      layer->forward(x);
      x = layer->y.data();
    }
    return x;
  }

 private:
  template <class L, class... Arguments>
  void add(Arguments&&... arguments) {
    layers_.push_back(std::make_unique<L>(std::forward<Arguments>(arguments)...));
  }
  template <class Between>
  void add_mlp(const std::vector<int>& sizes) {
    for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
      if (i > 0) add<Between>(sizes[i]);
      add<Linear>(sizes[i], sizes[i + 1], numbers_);
    }
  }
  void add_mlp(bool tanh, const std::vector<int>& sizes) {
    if (tanh)
      add_mlp<Activation<Kind::tanh>>(sizes);
    else
      add_mlp<Activation<Kind::relu>>(sizes);
  }

  void add_layers(const bench::PredictCase& c) {
    const std::string net = c.net;
    if (net == "mlp" || net == "mlprelu") return add_mlp(net == "mlp", {256, 128, 64, 10});
    if (net == "conv1d") {
      add<Conv>(Image{1, 1, 256}, 32, Window{1, 3, 0}, numbers_);
      add<MaxPool>(Image{32, 1, 254}, 1);
      return add_mlp(false, {4064, 100, 10});
    }
    if (net == "lenet") {
      add<Conv>(Image{1, 16, 16}, 16, Window{3, 3, 1}, numbers_);
      add<Activation<Kind::relu>>(16 * 256);
      add<MaxPool>(Image{16, 16, 16}, 2);
      add<Conv>(Image{16, 8, 8}, 32, Window{3, 3, 1}, numbers_);
      add<Activation<Kind::relu>>(32 * 64);
      add<MaxPool>(Image{32, 8, 8}, 2);
      return add_mlp(false, {512, 128, 10});
    }
    add_mlp(net.substr(0, 4) == "tanh", {c.inputs, c.inputs, c.outputs});
  }

  Numbers numbers_{4};
  std::vector<std::unique_ptr<Layer>> layers_;
};

}  // namespace

int main() {
#ifdef USE_EIGEN
  bench::peer = "hand-written " + kEigen;
  Eigen::setNbThreads(1);
#else
  bench::peer = "hand-written " PEER;
#endif
  bench::measure_predictions([](const bench::PredictCase& c, const float* x) -> bench::Call {
    auto net = std::make_shared<Net>(c);
    return [net, x] { net->predict(x); };
  });
}
