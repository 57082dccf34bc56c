#include "train/checkpoints.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "core/words.hpp"
#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "train/checkpoint_file.hpp"
#include "train/settings.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

constexpr std::string_view kPrefix = "checkpoint-", kSuffix = ".safetensors";

/// How a parameter is trained. Callbacks may change it.
struct Handling {
  bool frozen;
  double step_scale;
};

/// "0 1 1 0.1", two words a parameter.
std::string handling_text(const Module& net) {
  std::string text;
  for (const ParameterPtr& p : net.parameters()) {
    if (!text.empty()) text += ' ';
    text += p->frozen ? "1 " : "0 ";
    text += to_text(p->step_scale);
  }
  return text;
}

std::vector<Handling> read_handling(const std::string& path, const std::string& text,
                                    std::size_t parameters) {
  std::vector<Handling> all;
  const std::vector<std::string_view> read = words(text);
  for (std::size_t i = 0; i + 1 < read.size(); i += 2) {
    const auto scale = parse_number<double>(read[i + 1]);
    if (scale && *scale >= 0 && (read[i] == "0" || read[i] == "1"))
      all.push_back({read[i] == "1", *scale});
  }
  if (all.size() != parameters || read.size() != std::max<std::size_t>(2 * parameters, 1))
    throw DataError(path + ": sgd.parameters: " + detail::in_quotes(text));
  return all;
}

TensorFile read_newest(const std::string& path, bool has_older) {
  try {
    return read_safetensors(path);
  } catch (const DataError& error) {
    if (!has_older) throw;
    throw DataError(
        std::string(error.what()) +
        "; if you remove this file, the training resumes from the checkpoint before it");
  }
}

std::string best_name(std::size_t i) { return "best." + std::to_string(i); }

}  // namespace

Checkpoints::Checkpoints(Optim& optim, const SGDOptions& options, Index examples, const Rng& rng,
                         const std::string& columns)
    : optim_(optim), options_(options.checkpoint) {
  if (options_.folder.empty()) return;
  settings_ = training_settings(optim, options, examples, rng, columns);
  std::error_code error;
  std::filesystem::create_directories(system_path(options_.folder), error);
  if (error) throw DataError(options_.folder + ": cannot make this folder: " + error.message());
  if (!options_.resume && !found().empty())
    throw ArgumentError("SGD: " + options_.folder +
                        " has checkpoints: resume that training, remove them, or give another "
                        "folder");
  remove_remains();
}

std::string Checkpoints::path(Index iterations) const {
  return options_.folder + '/' + std::string(kPrefix) + std::to_string(iterations) +
         std::string(kSuffix);
}

/// The iterations of the checkpoints in the folder.
std::set<Index> Checkpoints::found() const {
  std::set<Index> numbers;
  std::error_code error;
  for (std::filesystem::directory_iterator at(system_path(options_.folder), error), end;
       !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) continue;
    const auto number = whole_number<Index>(std::string_view(name).substr(
        kPrefix.size(), name.size() - std::min(name.size(), kPrefix.size() + kSuffix.size())));
    if (number && *number >= 0) numbers.insert(*number);
  }
  if (error) throw DataError(options_.folder + ": cannot read this folder: " + error.message());
  return numbers;
}

/// Of writes that were killed: write_file()'s temporary files.
void Checkpoints::remove_remains() const {
  std::vector<std::filesystem::path> remains;
  std::error_code ignored;  // they do no harm
  for (std::filesystem::directory_iterator at(system_path(options_.folder), ignored), end;
       !ignored && at != end; at.increment(ignored)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with(".nn-") && name.ends_with(".tmp")) remains.push_back(at->path());
  }
  for (const auto& file : remains) std::filesystem::remove(file, ignored);
}

bool Checkpoints::is_due(Index iterations, bool ends_epoch) const {
  if (options_.folder.empty()) return false;
  return options_.every > 0 ? iterations % options_.every == 0 : ends_epoch;
}

void Checkpoints::save(TrainingState state, const BestParameters& best) const {
  if (options_.folder.empty() || (optim_.team() && !optim_.team()->leads())) return;
  TensorFile file = checkpoint_file(optim_, options_.states);
  for (const auto& [name, value] : settings_) file.metadata["sgd." + name] = value;
  state.step_size = optim_.step_size();
  state.write(file);
  file.metadata["sgd.parameters"] = handling_text(optim_.net());
  for (std::size_t i = 0; i < best.values().size(); ++i)
    file.tensors.emplace_back(best_name(i), best.values()[i]);
  write_safetensors(path(state.iterations), file);

  std::set<Index> numbers = found();
  for (Index more = std::ssize(numbers) - options_.keep; more > 0; --more) {
    std::error_code error;
    const std::string oldest = path(numbers.extract(numbers.begin()).value());
    std::filesystem::remove(system_path(oldest), error);
    if (error) throw DataError(oldest + ": cannot be removed: " + error.message());
  }
}

std::optional<TrainingState> Checkpoints::resume(BestParameters& best) const {
  if (options_.folder.empty()) return {};
  const std::set<Index> numbers = found();
  if (numbers.empty()) return {};
  const std::string newest = path(*numbers.rbegin());
  const TensorFile file = read_newest(newest, std::ssize(numbers) > 1);
  for (const auto& [name, value] : settings_)
    if (const std::string saved = metadata(newest, file, "sgd." + name); saved != value)
      throw DataError(newest + ": of a training with " + name + " " + detail::in_quotes(saved) +
                      ", not " + detail::in_quotes(value));
  TrainingState state = TrainingState::read(newest, file);
  std::vector<Tensor> values;
  for (const auto& [name, tensor] : file.tensors)
    if (name == best_name(values.size())) values.push_back(tensor);
  try {
    if (state.best_epoch > 0) best.resume(state.best_loss, std::move(values));
  } catch (const ArgumentError& error) {
    throw DataError(newest + ": " + error.what());
  }
  const std::vector<ParameterPtr> parameters = optim_.net().parameters();
  const std::vector<Handling> handling =
      read_handling(newest, metadata(newest, file, "sgd.parameters"), parameters.size());
  restore(newest, file, optim_, options_.states);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters[i]->frozen = handling[i].frozen;
    parameters[i]->step_scale = handling[i].step_scale;
  }
  optim_.set_step_size(state.step_size);
  return state;
}

}}}  // namespace nn::NN_PRECISION::detail
