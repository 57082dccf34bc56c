#pragma once

#include <memory>
#include <string>

#include "nn/losses/loss.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/train/optim.hpp"

namespace apps {

/// The layers of the text, and a Linear to the outputs behind them. Images (height, width) get a
/// channel if there are 2-D layers, and are flattened before the first Linear.
nn::Sequential network_of(const std::string& text, const nn::Shape& example, nn::Index outputs);

/// "mse", "l1", "huber" for numbers, "cross_entropy" for classes; "": mse or cross_entropy.
std::unique_ptr<nn::Loss> loss_of(const std::string& name, bool is_class);

/// "adam" (with decoupled decay), "sgd" (with momentum .9), "rmsprop", "adagrad". Only weights
/// decay.
nn::Optim optim_of(const std::string& rule, nn::Module& net, const nn::Loss& loss, double step,
                   double decay);

/// The last Linear then gives outputs in the units of a target of this mean and scale.
void scale_outputs(nn::Sequential& net, double mean, double scale);

}  // namespace apps
