#include <algorithm>

#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/parallel.hpp"
#include "nn/modules/reshape.hpp"
#include "nn/modules/residual.hpp"
#include "nn/modules/two_directions.hpp"
#include "onnx/importer.hpp"

// The steps of an import become a network.
namespace nn { inline namespace NN_PRECISION { namespace detail { namespace onnx {
namespace {

constexpr int kDeepest = 100;  // networks inside one another

bool only_reshapes(const Module& module) {
  return dynamic_cast<const Flatten*>(&module) || dynamic_cast<const Reshape*>(&module);
}

}  // namespace

/// The steps that make `to` of `from`, which all ways to it lead through.
std::vector<Step*> Importer::path(const std::string& from, const std::string& to) {
  std::vector<Step*> steps;
  for (std::string at = to; at != from; at = steps.back()->dominator)
    steps.push_back(&steps_.at(at));
  std::reverse(steps.begin(), steps.end());
  return steps;
}

Sequential Importer::network(const std::vector<Step*>& steps, int depth) {
  Modules layers;
  for (Step* step : steps) {
    const Op op(*this, *step->node);
    if (!step->problem.empty()) op.fail(step->problem);
    const bool has_layers = !step->modules.empty() || step->join != Join::none;
    if (step->is_used && has_layers) op.fail("used in more ways than in series and in parallel");
    step->is_used = true;
    if (step->join != Join::none) layers.push_back(joined(*step, depth + 1));
    for (auto& module : step->modules) {
      const bool again = only_reshapes(*module) && !layers.empty() && only_reshapes(*layers.back());
      if (again) layers.pop_back();  // the last shape alone counts
      layers.push_back(std::move(module));
    }
  }
  Sequential net;
  for (auto& layer : layers) net.append(std::move(layer));
  return net;
}

std::unique_ptr<Module> Importer::joined(const Step& step, int depth) {
  if (depth > kDeepest) Op(*this, *step.node).fail("too many networks inside one another");
  const std::string& from = step.dominator;
  std::vector<std::vector<Step*>> branches;
  for (const std::string& input : step.inputs) branches.push_back(path(from, input));
  if (step.join == Join::concatenate && branches.size() == 2)
    if (auto module = two_directions(steps_.at(from).place.shape, branches, depth)) return module;
  if (step.join == Join::add && branches.size() == 2 && branches[0].empty() != branches[1].empty())
    return std::make_unique<Residual>(network(branches[branches[0].empty() ? 1 : 0], depth));
  auto module =
      std::make_unique<Parallel>(step.join == Join::add ? nn::Join::add : nn::Join::concatenate);
  for (const auto& branch : branches) module->append(network(branch, depth));
  return module;
}

/// If the second branch reads the images x column after column; else null.
std::unique_ptr<Module> Importer::two_directions(const Shape& x,
                                                 std::vector<std::vector<Step*>>& branches,
                                                 int depth) {
  std::vector<Step*>&rows = branches[0], &columns = branches[1];
  const bool is_signal = x.rank() == 3 && x[2] == 1;  // of the pixels of a square
  const std::size_t before = is_signal ? 2 : 1;       // a Reshape, a Transpose
  if (x.rank() != 3 || columns.size() <= before || !columns[before]->turns_image) return nullptr;
  const Shape signal = columns[before]->place.shape;
  columns.erase(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(before) + 1);
  const bool reshapes = !is_signal && !rows.empty() && rows[0]->modules.size() == 1 &&
                        only_reshapes(*rows[0]->modules[0]) && rows[0]->place.shape == signal;
  if (reshapes) rows.erase(rows.begin());
  return std::make_unique<TwoDirections>(network(rows, depth), network(columns, depth));
}

}}}}  // namespace nn::NN_PRECISION::detail::onnx
