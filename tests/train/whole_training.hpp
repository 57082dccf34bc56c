#pragma once

#include <vector>

#include "io/temporary_folder.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/modules/batch_norm.hpp"
#include "nn/modules/dropout.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/tanh.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/reduce_on_plateau.hpp"
#include "nn/train/sgd.hpp"
#include "support/sample.hpp"

namespace nn::test {

/// A training with all that a checkpoint has to keep. 6 batches an epoch.
struct Whole {
  explicit Whole(double beta1 = 0.9) : optim(net, loss, 0.02, Adam({.beta1 = beta1})) {
    Rng weights(3);
    initialize(net, weights);
    optim.set_seed(11);
  }

  /// A callback draws from the generator too.
  TrainingResult train(SGDOptions options) {
    options.validation = &validation;
    options.measures = {{"step", [&](const Module&) { return optim.step_size(); }}};
    options.checkpoint.states = {{"plateau", plateau}, {"noise", noise}};
    return SGD(optim, data, options, rng, [&](const Epoch& e) {
      optim.set_step_size(plateau.step(e.validation_loss + 0.01 * noise.randn()));
      net[0].freeze(e.epoch < 5);
      net[4].scale_steps(e.epoch < 7 ? 0.5 : 1);
      if (e.epoch % 3 == 0) rng.rand();
    });
  }

  std::vector<Tensor> tensors() const {
    std::vector<Tensor> all;
    for (const ParameterPtr& p : net.parameters()) all.push_back(p->value);
    for (const auto& [name, buffer] : net.named_buffers()) all.push_back(buffer);
    return all;
  }

  Dataset data{wave({45, 3}), wave({45, 2}, 1)}, validation{wave({10, 3}, 2), wave({10, 2}, 3)};
  Sequential net{Linear(3, 8), BatchNorm(8), TanH(), Dropout(0.2), Linear(8, 2)};
  MSELoss loss;
  Optim optim;
  ReduceOnPlateau plateau{0.02, {.factor = 0.5, .patience = 1}};
  Rng rng{7}, noise{8};
};

/// Epochs that are long enough, and patience that ends them.
inline SGDOptions options(const TemporaryFolder& folder, Index every) {
  return {.batch_size = 8,
          .epochs = 40,
          .patience = 12,
          .history = folder.path("history.csv"),
          .checkpoint = {.folder = folder.path("checkpoints"), .every = every, .resume = true}};
}

}  // namespace nn::test
