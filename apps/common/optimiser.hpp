#pragma once

#include <cstdint>

#include "nn/train/adam.hpp"
#include "nn/train/optim.hpp"

namespace apps {

/// What trains networks on images: AdamW, or descent with Nesterov's momentum. Weights alone decay.
inline nn::Optim optimiser(nn::Module& net, const nn::Loss& loss, bool adam, double step,
                           std::uint64_t seed) {
  nn::Optim optim = adam ? nn::Optim(net, loss, step,
                                     nn::AdamW({.weight_decay = 0.01, .decay_only_weights = true}))
                         : nn::Optim(net, loss, step,
                                     nn::GradientDescent({.momentum = 0.9,
                                                          .nesterov = true,
                                                          .weight_decay = 5e-4,
                                                          .decay_only_weights = true}));
  optim.set_seed(seed);
  return optim;
}

}  // namespace apps
