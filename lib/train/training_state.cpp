#include "train/training_state.hpp"

#include <cmath>

#include "core/words.hpp"
#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/train/update_rule.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// f(name, member) for each member.
template <class State, class F>
void for_each_member(State& state, F f) {
  f("iterations", state.iterations);
  f("cost_sum", state.cost_sum);
  f("weight_sum", state.weight_sum);
  f("step_size", state.step_size);
  f("seconds", state.seconds);
  f("best_epoch", state.best_epoch);
  f("best_loss", state.best_loss);
  f("bar", state.bar);
  f("waits_from", state.waits_from);
  f("history", state.history);
  f("epoch_start", state.epoch_start);
  f("now", state.now);
}

std::string text_of(Index number) { return std::to_string(number); }
std::string text_of(double number) { return to_text(number); }
std::string text_of(const std::string& text) { return text; }
std::string text_of(const Rng& rng) { return rng.state(); }

/// Says whether the text is a value of the member.
bool read_text(const std::string& text, Index& number) {
  const auto read = whole_number<Index>(text);
  if (read) number = *read;
  return read && number >= 0 && number <= UpdateRule::max_steps;
}
bool read_text(const std::string& text, double& number) {
  const auto read = parse_number<double>(text);
  if (read) number = *read;
  return read.has_value();
}
bool read_text(const std::string& text, std::string& copy) {
  copy = text;
  return true;
}
bool read_text(const std::string& text, Rng& rng) {
  try {
    rng.set_state(text);
    return true;
  } catch (const DataError&) {
    return false;
  }
}

}  // namespace

void TrainingState::write(TensorFile& file) const {
  for_each_member(*this, [&](const std::string& name, const auto& member) {
    file.metadata["sgd." + name] = text_of(member);
  });
}

TrainingState TrainingState::read(const std::string& path, const TensorFile& file) {
  TrainingState state;
  for_each_member(state, [&](const std::string& name, auto& member) {
    const auto found = file.metadata.find("sgd." + name);
    if (found == file.metadata.end())
      throw DataError(path + ": no sgd." + name + ": not a checkpoint of SGD");
    if (!read_text(found->second, member))
      throw DataError(path + ": sgd." + name + ": " + detail::in_quotes(found->second));
  });
  if (state.best_epoch > state.iterations || state.waits_from > state.iterations ||
      !(state.step_size >= 0) || !std::isfinite(static_cast<Scalar>(state.step_size)))
    throw DataError(path + ": numbers that no training has");
  return state;
}

}}}  // namespace nn::NN_PRECISION::detail
