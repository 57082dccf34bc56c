// A trained network goes into one file, with its layers, and comes back as it was.
// Look at: ModelInfo, what a file tells besides the network; `examples`, by which loading checks
// that the network still answers the same; and Model, whose net is any network.

#include <iostream>

#include "nn/nn.hpp"

int main() {
  nn::Rng rng(0);
  const nn::Dataset data = nn::checkerboard({.samples = 1000, .cells = 2}, rng);
  nn::Sequential net{nn::Linear(2, 16), nn::TanH(), nn::Linear(16, 1), nn::Sigmoid()};
  const nn::BCELoss loss;
  nn::Optim optim(net, loss, 0.01, nn::Adam());
  nn::SGD(optim, data, {.batch_size = 50, .epochs = 20}, rng).check();

  nn::save_model("checkerboard.safetensors", net,
                 {.text = "two by two cells", .examples = data.x.slice(0, 0, 3)});

  const nn::Model model = nn::load_model("checkerboard.safetensors");
  const bool same = nn::equal(model.net->predict(data.x), net.predict(data.x));
  const double accuracy = nn::accuracy(*model.net, data);
  std::cout << model.info.text << ", " << model.net->parameter_count() << " parameters, accuracy "
            << accuracy << (same ? ", the same predictions\n" : ", other predictions\n");
  return same && accuracy > 0.95 ? 0 : 1;
}
