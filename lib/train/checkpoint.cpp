#include "nn/train/checkpoint.hpp"

#include <algorithm>
#include <utility>

#include "core/words.hpp"
#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "train/checkpoint_file.hpp"
#include "train/named_tensors.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using detail::Named;

std::string slot_name(const std::string& slot, std::size_t parameter) {
  return "rule." + slot + "." + std::to_string(parameter);
}

/// The rule's slots, "rule.m.0" for that of the first parameter; none before the first step.
Named slot_tensors(UpdateRule& rule) {
  Named named;
  if (rule.steps() == 0) return named;
  for (const auto& [slot, tensors] : rule.slots())
    for (std::size_t i = 0; i < tensors->size(); ++i)
      named.emplace_back(slot_name(slot, i), (*tensors)[i]);
  return named;
}

/// "0 0 12", for the metadata; "" if none was frozen.
std::string frozen_text(const UpdateRule& rule) {
  std::string text;
  bool any = false;
  for (Index steps : rule.frozen_steps()) {
    if (!text.empty()) text += ' ';
    text += std::to_string(steps);
    any = any || steps > 0;
  }
  return any ? text : "";
}

std::vector<Index> frozen_steps(const std::string& path, const TensorFile& file, Index steps,
                                std::size_t parameters) {
  const auto found = file.metadata.find("frozen_steps");
  if (found == file.metadata.end()) return {};
  std::vector<Index> counts;
  for (std::string_view word : detail::words(found->second))
    counts.push_back(detail::whole_number<Index>(word).value_or(-1));
  auto is_count = [&](Index n) { return n >= 0 && n <= steps; };
  if (counts.size() != parameters || !std::all_of(counts.begin(), counts.end(), is_count))
    throw DataError(path + ": frozen_steps: expected " + std::to_string(parameters) +
                    " numbers from 0 to " + std::to_string(steps) + ", got " +
                    detail::in_quotes(found->second));
  return counts;
}

Index steps_of(const std::string& path, const TensorFile& file) {
  const std::string text = detail::metadata(path, file, "steps");
  const auto steps = detail::whole_number<Index>(text);
  if (!steps || *steps < 0 || *steps > UpdateRule::max_steps)
    throw DataError(path + ": steps: expected a whole number up to " +
                    std::to_string(UpdateRule::max_steps) + ", got " + detail::in_quotes(text));
  return *steps;
}

void set_states(const std::string& path, const TensorFile& file, const States& states) {
  for (const auto& [name, state] : states) {
    const std::string text = detail::metadata(path, file, "state." + name);
    try {
      state.set(text);
    } catch (const DataError& error) {
      throw DataError(path + ": state " + detail::in_quotes(name) + ": " + error.what());
    }
  }
}

}  // namespace

const std::string& detail::metadata(const std::string& path, const TensorFile& file,
                                    const std::string& key) {
  auto found = file.metadata.find(key);
  if (found == file.metadata.end())
    throw DataError(path + ": no " + key + ": not a checkpoint of this training");
  return found->second;
}

TensorFile detail::checkpoint_file(const Optim& optim, const States& states) {
  TensorFile file;
  file.metadata = {{"rule", optim.rule().describe()},
                   {"steps", std::to_string(optim.rule().steps())}};
  if (const std::string text = frozen_text(optim.rule()); !text.empty())
    file.metadata["frozen_steps"] = text;
  for (const auto& [name, state] : states) file.metadata["state." + name] = state.get();
  detail::add(file, detail::network_tensors(optim.net()));
  detail::add(file, slot_tensors(optim.rule()));
  return file;
}

void detail::restore(const std::string& path, TensorFile file, Optim& optim, const States& states) {
  const std::string rule = metadata(path, file, "rule");
  if (rule != optim.rule().describe())
    throw DataError(path + ": saved with " + detail::in_quotes(rule) + ", not " +
                    optim.rule().describe());
  const Index steps = steps_of(path, file);
  Named own = detail::network_tensors(optim.net()), wanted = own;
  const std::vector<ParameterPtr> parameters = optim.net().parameters();
  for (const auto& [slot, tensors] : optim.rule().slots())
    for (std::size_t i = 0; steps > 0 && i < parameters.size(); ++i)
      wanted.emplace_back(slot_name(slot, i), parameters[i]->value);  // its shape
  detail::leave_out(file, {"best."});
  detail::pick(path, {}, file, wanted);
  detail::check_shared(path, file, optim.net());
  std::vector<Index> frozen = frozen_steps(path, file, steps, parameters.size());
  set_states(path, file, states);
  optim.rule().resume(steps, parameters, std::move(frozen));
  detail::fill(file, own);
  detail::fill(file, slot_tensors(optim.rule()));
}

void save_checkpoint(const std::string& path, const Optim& optim, const States& states) {
  write_safetensors(path, detail::checkpoint_file(optim, states));
}

void load_checkpoint(const std::string& path, Optim& optim, const States& states) {
  detail::restore(path, read_safetensors(path), optim, states);
}

}}  // namespace nn::NN_PRECISION
