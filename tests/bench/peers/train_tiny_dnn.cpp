// Training steps by tiny-dnn, on one thread (its threads make it slower). A call of it takes
// several batches, as it prepares much each time.
#include <tiny_dnn/tiny_dnn.h>

#include <sstream>

#include "bench/train_cases.hpp"

namespace {

using namespace tiny_dnn;
using namespace tiny_dnn::layers;
using namespace tiny_dnn::activation;
using Net = network<sequential>;

Net make_net(const std::string& name) {
  Net net;
  if (name == "mlp")
    net << fc<tan_h>(256, 128) << fc<tan_h>(128, 64) << fc<softmax>(64, 10);
  else if (name == "odd")
    net << fc<tan_h>(200, 90) << fc<tan_h>(90, 30) << fc<softmax>(30, 7);
  else if (name == "conv1d")
    net << conv<identity>(256, 1, 3, 1, 1, 32, padding::valid)
        << max_pool<identity>(254, 1, 32, 2, 1, 2, 1) << fc<relu>(4064, 100)
        << fc<softmax>(100, 10);
  else if (name == "autoenc")
    net << fc<tan_h>(256, 100) << fc<tan_h>(100, 10) << fc<tan_h>(10, 100) << fc<sigmoid>(100, 256);
  else
    net << conv<relu>(16, 16, 3, 1, 16, padding::same) << max_pool<identity>(16, 16, 16, 2)
        << conv<relu>(8, 8, 3, 16, 32, padding::same) << max_pool<identity>(8, 8, 32, 2)
        << fc<relu>(512, 128) << fc<softmax>(128, 10);
  return net;
}

struct Steps {
  Steps(const bench::TrainCase& c, const bench::Batch& batch)
      : net(make_net(c.net)),
        size(static_cast<size_t>(c.batch)),
        repeats(c.batch == 1      ? 500
                : c.batch == 1000 ? 2
                                  : 10),
        is_auto_encoder(c.net == std::string("autoenc")) {
    optim.alpha = 0.01f;
    for (int i = 0; i < repeats * c.batch; ++i) {
      const float* row = batch.x.data() + (i % c.batch) * c.inputs;
      x.emplace_back(row, row + c.inputs);
      labels.push_back(static_cast<label_t>(batch.labels[static_cast<size_t>(i % c.batch)]));
    }
  }
  void run() {
    if (is_auto_encoder)
      net.fit<cross_entropy>(optim, x, x, size, 1, nop, nop, false, 1);
    else
      net.train<cross_entropy_multiclass>(optim, x, labels, size, 1, nop, nop, false, 1);
  }

  Net net;
  size_t size;
  int repeats;
  bool is_auto_encoder;
  gradient_descent optim;
  std::vector<vec_t> x;
  std::vector<label_t> labels;
};

}  // namespace

int main() {
  bench::peer = "tiny-dnn";
  bench::measure_trainings([](const bench::TrainCase& c, const bench::Batch& batch) {
    const std::string net = c.net;
    if (net == "bnconv" || net == "lstm" || net == "augment") return bench::Training{};
    auto steps = std::make_shared<Steps>(c, batch);
    return bench::Training{[steps] { steps->run(); }, steps->repeats};
  });
}
