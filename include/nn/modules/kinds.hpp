#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nn/modules/module.hpp"
#include "nn/modules/options.hpp"

namespace nn { inline namespace NN_PRECISION {

/// The parts of a module by name, in the order in which it visits them.
using Parts = std::vector<std::pair<std::string, std::unique_ptr<Module>>>;

/// One kind of module: how to make one from its options and parts.
struct ModuleKind {
  std::string name;  // what Module::kind() returns
  Options options;   // an example of its options, and
  Shape input;       // an input that such a module takes: tests go through them
  /// Makes one from options and parts; throws ArgumentError or ShapeError for what it cannot use.
  std::unique_ptr<Module> (*build)(const Options& options, Parts& parts);
  /// The option that is the last size of the input, for parse_network(): "in". Empty: none is.
  std::string input_size = {};
};

/// The table of kinds: a row for each class of the library, then those that were registered.
std::vector<ModuleKind> module_kinds();

/// Adds a row for a class of your own, so that networks with it can be cloned:
///
///     nn::register_module({"Scale", {}, {2, 3}, [](const nn::Options&, nn::Parts&) {
///       return std::unique_ptr<nn::Module>(std::make_unique<Scale>());
///     }});
///
/// ArgumentError if there is such a row already. May be called from any thread.
void register_module(const ModuleKind& kind);

/// A new module. ArgumentError, naming the kind, if the table has no such row or if the options or
/// the parts are not those of its constructor.
std::unique_ptr<Module> build_module(const std::string& kind, const Options& options,
                                     Parts parts = {});

}}  // namespace nn::NN_PRECISION
