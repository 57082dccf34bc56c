#include "network.hpp"

#include <algorithm>
#include <vector>

#include "common/flags.hpp"
#include "nn/losses/huber_loss.hpp"
#include "nn/losses/l1_loss.hpp"
#include "nn/losses/mse_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/linear.hpp"
#include "nn/modules/parse_network.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/train/adagrad.hpp"
#include "nn/train/adam.hpp"
#include "nn/train/rms_prop.hpp"

namespace apps {
namespace {

[[noreturn]] void unknown(const std::string& what, const std::string& name,
                          const std::string& known) {
  throw UsageError("nn train: --" + what + ": expected " + known + ", got \"" + name + "\"");
}

bool mentions(const std::string& text, const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return text.find(word) != text.npos; });
}

/// Where the first Linear stands that is in no parentheses; npos if there is none.
std::size_t find_linear(const std::string& text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += (text[i] == '(') - (text[i] == ')');
    if (depth == 0 && text.compare(i, 6, "Linear") == 0) return i;
  }
  return text.npos;
}

/// What is left out as a matter of course: a channel for images that go to 2-D layers, and a
/// Flatten before the first Linear.
std::string completed(std::string text, const nn::Shape& example) {
  if (example.rank() < 2) return text;
  const std::vector<std::string> recurrent{"LSTM", "GRU", "RNN", "TwoDirections", "Embedding"};
  const std::string head = text.substr(0, find_linear(text));
  const bool makes_rows = mentions(head, {"Flatten", "GlobalAvgPool", "Reshape"});
  if (find_linear(text) != text.npos && !makes_rows && !mentions(head, recurrent))
    text.insert(head.size(), "Flatten ");
  if (example.rank() == 2 && mentions(text, {"2D"}) && !mentions(text, {"Reshape"}))
    text = "Reshape([" + std::to_string(example[0]) + ", " + std::to_string(example[1]) + ", 1]) " +
           text;
  return text;
}

}  // namespace

nn::Sequential network_of(const std::string& text, const nn::Shape& example, nn::Index outputs) {
  nn::Sequential net = nn::parse_network(completed(text, example), example);
  const nn::Shape shape = net.output_shape(example.inserted(0, 1));
  if (shape.rank() > 2) net.append(nn::Flatten());
  net.append(nn::Linear(shape.example_numel(), outputs));
  return net;
}

std::unique_ptr<nn::Loss> loss_of(const std::string& name, bool is_class) {
  if (is_class && (name.empty() || name == "cross_entropy"))
    return std::make_unique<nn::SoftmaxCrossEntropyLoss>();
  if (is_class) unknown("loss", name, "cross_entropy for classes");
  if (name.empty() || name == "mse") return std::make_unique<nn::MSELoss>();
  if (name == "l1") return std::make_unique<nn::L1Loss>();
  if (name == "huber") return std::make_unique<nn::HuberLoss>();
  unknown("loss", name, "mse, l1 or huber for numbers");
}

nn::Optim optim_of(const std::string& rule, nn::Module& net, const nn::Loss& loss, double step,
                   double decay) {
  if (rule == "adam")
    return nn::Optim(net, loss, step,
                     nn::AdamW({.weight_decay = decay, .decay_only_weights = true}));
  if (rule == "sgd")
    return nn::Optim(
        net, loss, step,
        nn::GradientDescent({.momentum = 0.9, .weight_decay = decay, .decay_only_weights = true}));
  if (rule == "rmsprop")
    return nn::Optim(net, loss, step,
                     nn::RMSProp({.weight_decay = decay, .decay_only_weights = true}));
  if (rule == "adagrad")
    return nn::Optim(net, loss, step,
                     nn::Adagrad({.weight_decay = decay, .decay_only_weights = true}));
  unknown("rule", rule, "adam, sgd, rmsprop or adagrad");
}

void scale_outputs(nn::Sequential& net, double mean, double scale) {
  auto& last = net.at<nn::Linear>(net.size() - 1);
  const auto by = static_cast<nn::Scalar>(scale);
  last.weight()->value.copy_from(last.weight()->value * by);
  last.bias()->value.copy_from(last.bias()->value * by + static_cast<nn::Scalar>(mean));
}

}  // namespace apps
