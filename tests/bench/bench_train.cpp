// Training steps through the public API, as a user would write them: samples per second of
// forward, loss, backward and update. The names of the cases are those of the peers' programs.

#include <string>

#include "bench.hpp"
#include "nn/nn.hpp"

namespace {

nn::Tensor uniform(nn::Rng& rng, const nn::Shape& shape) { return rng.rand(shape); }

nn::Tensor digits(nn::Rng& rng, nn::Index batch) {
  nn::Tensor labels(nn::Shape{batch});
  for (nn::Index i = 0; i < batch; ++i) labels(i) = static_cast<nn::Scalar>(rng.below(10));
  return labels;
}

void measure(const std::string& net_name, nn::Sequential& net, const nn::Loss& loss,
             const nn::Tensor& x, const nn::Tensor& y) {
  std::string name = net_name + "-b" + std::to_string(x.size(0));
  if (!bench::selected(name)) return;
  nn::Optim optim(net, loss, 0.01, nn::Reduction::mean);
  double seconds = bench::time_of([&] { optim.step(x, y); }, 0.03, 11);
  bench::report(name, "samples/s", static_cast<double>(x.size(0)) / seconds);
}

void mlp(nn::Rng& rng, nn::Index batch) {
  nn::Sequential net{nn::Linear(256, 128), nn::TanH(), nn::Linear(128, 64), nn::TanH(),
                     nn::Linear(64, 10)};
  nn::SoftmaxCrossEntropyLoss loss;
  measure("mlp", net, loss, uniform(rng, {batch, 256}), digits(rng, batch));
}

void auto_encoder(nn::Rng& rng, nn::Index batch) {
  nn::Sequential net{nn::Linear(256, 100), nn::TanH(), nn::Linear(100, 10), nn::TanH(),
                     nn::Linear(10, 100),  nn::TanH(), nn::Linear(100, 256)};
  nn::BCEWithLogitsLoss loss;
  nn::Tensor images = uniform(rng, {batch, 256});
  measure("autoenc", net, loss, images, images);
}

void conv1d(nn::Rng& rng, nn::Index batch) {
  nn::Sequential net{nn::Conv1D(3, 1, 32),  nn::MaxPool1D(2), nn::Flatten(),
                     nn::Linear(4064, 100), nn::ReLU(),       nn::Linear(100, 10)};
  nn::SoftmaxCrossEntropyLoss loss;
  measure("conv1d", net, loss, uniform(rng, {batch, 256, 1}), digits(rng, batch));
}

void lenet(nn::Rng& rng, nn::Index batch) {
  nn::Sequential net{nn::Conv2D(3, 1, 16, 1, 1),
                     nn::ReLU(),
                     nn::MaxPool2D(2),
                     nn::Conv2D(3, 16, 32, 1, 1),
                     nn::ReLU(),
                     nn::MaxPool2D(2),
                     nn::Flatten(),
                     nn::Linear(512, 128),
                     nn::ReLU(),
                     nn::Linear(128, 10)};
  nn::SoftmaxCrossEntropyLoss loss;
  measure("lenet", net, loss, uniform(rng, {batch, 16, 16, 1}), digits(rng, batch));
}

}  // namespace

int main() {
  nn::set_num_threads(bench::thread_count());
  nn::Rng rng(3);
  for (nn::Index batch : {1, 100, 1000}) mlp(rng, batch);
  for (nn::Index batch : {20, 100}) conv1d(rng, batch);
  auto_encoder(rng, 50);
  lenet(rng, 64);
}
