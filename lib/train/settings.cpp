#include "train/settings.hpp"

#include <algorithm>
#include <vector>

#include "modules/contents.hpp"
#include "nn/core/number.hpp"
#include "nn/core/version.hpp"
#include "train/checkpoint_file.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

std::string layers_of(const Module& net) {
  const Contents contents(net);
  std::string text;
  for (const Module* module : contents.modules())
    text += (text.empty() ? "" : ", ") + module->describe();
  return text;
}

std::map<std::string, std::string> optim_settings(const Optim& optim) {
  return {{"network", layers_of(optim.net())},
          {"loss", optim.loss().describe()},
          {"reduction", to_string(optim.reduction())},
          {"optim_seed", std::to_string(optim.seed())},
          {"clipping", to_text(optim.clipping().value) + ' ' + to_text(optim.clipping().norm)},
          {"micro_batch", std::to_string(optim.micro_batch())},
          {"precision", sizeof(Scalar) == sizeof(double) ? "double" : "float"}};
}

/// A number that other data hardly have: FNV-1a (Fowler, Noll and Vo) of the bytes.
class Fingerprint {
 public:
  void add(const void* data, std::size_t bytes) {
    const auto* byte = static_cast<const unsigned char*>(data);
    for (std::size_t i = 0; i < bytes; ++i) hash_ = (hash_ ^ byte[i]) * 0x100000001b3;
  }
  void add(const Tensor& tensor) {
    const Tensor all = tensor.contiguous();
    add(all.data(), static_cast<std::size_t>(all.numel()) * sizeof(Scalar));
  }
  std::string text() const { return std::to_string(hash_); }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

/// Of some examples, as there may be more than the memory holds.
std::string fingerprint(ExampleSource& source) {
  constexpr Index most = 64;
  const Index count = std::min(source.size(), most);
  std::vector<Index> rows;
  for (Index i = 0; i < count; ++i) rows.push_back(i * source.size() / count);
  const Dataset some = source.examples(rows);
  Fingerprint sum;
  for (const Tensor* part : {&some.x, &some.y, &some.weight}) sum.add(*part);
  return some.x.shape().to_string() + ' ' + sum.text();
}

}  // namespace

std::map<std::string, std::string> training_settings(const Optim& optim, const SGDOptions& options,
                                                     Index examples, const Rng& rng,
                                                     const std::string& columns) {
  auto yes = [](bool on) { return std::string(on ? "yes" : "no"); };
  std::string states;
  for (const auto& [name, state] : options.checkpoint.states) states += " " + name;
  std::map<std::string, std::string> all = optim_settings(optim);
  all.merge(std::map<std::string, std::string>{
      {"batch_size", std::to_string(options.batch_size)},
      {"drop_last", yes(options.drop_last)},
      {"shuffle", yes(options.shuffle)},
      {"schedule", yes(static_cast<bool>(options.schedule))},
      {"validation", options.validation ? std::to_string(options.validation->size()) : "no"},
      {"min_delta", to_text(options.min_delta)},
      {"columns", columns},
      {"states", states},
      {"examples", std::to_string(examples)},
      {"generator_seed", std::to_string(rng.seed())}});
  return all;
}

std::map<std::string, std::string> team_settings(const Optim& optim) {
  Fingerprint numbers;
  for (const auto& [name, tensor] : checkpoint_file(optim, {}).tensors) numbers.add(tensor);
  std::map<std::string, std::string> all = optim_settings(optim);
  all.merge(std::map<std::string, std::string>{{"version", version()},
                                               {"rule", optim.rule().describe()},
                                               {"step", to_text(optim.step_size())},
                                               {"parameters", numbers.text()}});
  return all;
}

std::map<std::string, std::string> team_settings(const Optim& optim, const SGDOptions& options,
                                                 ExampleSource& train, const Rng& rng,
                                                 const std::string& columns, Index iterations) {
  const std::string drawn = rng.state();
  Fingerprint state;
  state.add(drawn.data(), drawn.size());
  auto all = training_settings(optim, options, train.size(), rng, columns);
  all.merge(team_settings(optim));
  all.merge(std::map<std::string, std::string>{
      {"training_data", fingerprint(train)},
      {"epochs", std::to_string(options.epochs)},
      {"iterations", std::to_string(options.iterations)},
      {"patience", std::to_string(options.patience)},
      {"checkpoint_every", std::to_string(options.checkpoint.every)},
      {"checkpoints", options.checkpoint.folder.empty() ? "no" : "yes"},
      {"on_iteration", options.on_iteration ? "yes" : "no"},
      {"generator", state.text()},
      {"iterations_so_far", std::to_string(iterations)}});
  if (options.validation) {
    DatasetSource validation(*options.validation);
    all["validation_data"] = fingerprint(validation);
  }
  return all;
}

}}}  // namespace nn::NN_PRECISION::detail
