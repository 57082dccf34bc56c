#include "nn/train/diagnose.hpp"

#include <algorithm>
#include <cmath>

#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/losses/bce_loss.hpp"
#include "nn/losses/bce_with_logits_loss.hpp"
#include "nn/losses/cross_entropy_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/auto_encoder.hpp"
#include "nn/modules/sequential.hpp"
#include "nn/modules/sigmoid.hpp"
#include "nn/modules/softmax.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/train/metrics.hpp"
#include "train/checkpoint_file.hpp"
#include "train/diagnose_data.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using detail::brief, detail::is, detail::Warnings;

/// Random rows: the data may be sorted. Always the same ones.
Dataset sample(const Dataset& data, Index most) {
  std::vector<Index> rows = Rng(0).permutation(data.size());
  rows.resize(static_cast<std::size_t>(std::min(data.size(), most)));
  return take(data, rows);
}

// --- The network and the loss ---

/// What the outputs come from.
const Module& last_layer(const Module& net) {
  if (const auto* code = dynamic_cast<const AutoEncoder*>(&net)) return last_layer(code->decoder());
  const auto* layers = dynamic_cast<const Sequential*>(&net);
  return layers && layers->size() > 0 ? last_layer((*layers)[layers->size() - 1]) : net;
}

bool sums_to_1(const Tensor& rows) {
  const Tensor sums = sum(rows, 1);
  return std::all_of(sums.data(), sums.data() + sums.numel(),
                     [](Scalar s) { return std::abs(s - 1) < Scalar(1e-3); });
}

/// Says whether the loss takes such outputs.
bool check_outputs(const Module& net, const Loss& loss, const Tensor& yhat, Warnings& warnings) {
  const Module& last = last_layer(net);
  const bool many = is<SoftmaxCrossEntropyLoss>(loss), two = is<BCEWithLogitsLoss>(loss);
  if ((many || two) && (is<Softmax>(last) || is<Sigmoid>(last)))
    warnings.push_back("the network ends with " + last.kind() + ", but " + loss.describe() +
                       " takes what comes before it: leave " + last.kind() + " out, or use " +
                       (many ? "CrossEntropyLoss" : "BCELoss"));
  const bool classes = is<CrossEntropyLoss>(loss);
  if (!classes && !is<BCELoss>(loss)) return true;
  const bool in_range = min(yhat) >= 0 && max(yhat) <= 1;
  if (in_range && (!classes || yhat.rank() != 2 || sums_to_1(yhat))) return true;
  warnings.push_back(
      loss.describe() + " takes probabilities, but the network gives numbers from " +
      brief(min(yhat)) + " to " + brief(max(yhat)) +
      (in_range ? ", which do not add up to 1" : "") + ": end it with " +
      (classes ? "Softmax, or use SoftmaxCrossEntropyLoss" : "Sigmoid, or use BCEWithLogitsLoss"));
  return in_range;
}

// --- The step size ---

/// It rises tenfold. What is small may do so.
bool explodes(double first, double cost) {
  return !std::isfinite(cost) || cost > 10 * std::max(first, 1e-3);
}

/// The costs of a batch before each of some steps on it, up to one that explodes. The Optim is put
/// back.
std::vector<double> costs_of_steps(Optim& optim, const Dataset& batch) {
  constexpr std::size_t most = 11;
  TensorFile before = detail::checkpoint_file(optim, {});
  for (auto& [name, tensor] : before.tensors) tensor = tensor.clone();
  std::vector<double> costs;
  try {
    do {
      costs.push_back(optim.step(batch.x, batch.y, batch.weight));
    } while (costs.size() < most && !explodes(costs.front(), costs.back()));
  } catch (...) {
    detail::restore("diagnose", before, optim, {});
    throw;
  }
  detail::restore("diagnose", before, optim, {});
  return costs;
}

void check_step(Optim& optim, const Dataset& batch, Warnings& warnings) {
  const std::vector<double> costs = costs_of_steps(optim, batch);
  if (!explodes(costs.front(), costs.back())) return;
  const std::size_t steps = costs.size() - 1;
  if (steps == 0)
    warnings.push_back("the cost is " + brief(costs.front()) +
                       " before the first step: look for inputs and targets that are not finite "
                       "or far too large");
  else
    warnings.push_back("the cost of a batch goes from " + brief(costs.front()) + " to " +
                       brief(costs.back()) + " in " + std::to_string(steps) +
                       (steps == 1 ? " step" : " steps") + " of size " + brief(optim.step_size()) +
                       ": try a tenth of it");
}

/// All but the step size. Says whether the loss takes the outputs.
bool check(const Module& net, const Loss& loss, const Dataset& train, const Dataset& validation,
           const std::vector<std::string>& columns, Warnings& warnings) {
  if (train.size() == 0) throw ArgumentError("diagnose: no training rows");
  const Tensor yhat = predict(net, sample(train, 256).x);
  const bool fits = check_outputs(net, loss, yhat, warnings);
  detail::check_inputs(net, train.x, columns, warnings);
  detail::check_labels(loss, train.y, yhat, warnings);
  if (validation.x.numel() > 0) detail::check_parts(train.x, validation.x, warnings);
  return fits;
}

}  // namespace

std::vector<std::string> diagnose(const Module& net, const Loss& loss, const Dataset& train,
                                  const Dataset& validation,
                                  const std::vector<std::string>& columns) {
  Warnings warnings;
  check(net, loss, train, validation, columns, warnings);
  return warnings;
}

std::vector<std::string> diagnose(Optim& optim, const Dataset& train, const Dataset& validation,
                                  Index batch_size, const std::vector<std::string>& columns) {
  if (batch_size < 1)
    throw ArgumentError("diagnose: batches of " + std::to_string(batch_size) + " examples");
  Warnings warnings;
  if (check(optim.net(), optim.loss(), train, validation, columns, warnings))
    check_step(optim, sample(train, batch_size), warnings);
  return warnings;
}

}}  // namespace nn::NN_PRECISION
