#pragma once

#include <concepts>
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

/// Adds a row for a class of your own, so that networks with it can be cloned, saved and loaded:
///
///     nn::register_module({"Scale", {{"factor", 2.0}}, {2, 3},
///                          [](const nn::Options& o, nn::Parts&) -> std::unique_ptr<nn::Module> {
///                            return std::make_unique<Scale>(o.get<double>("factor"));
///                          }});
///
/// ArgumentError if there is such a row already. May be called from any thread.
void register_module(const ModuleKind& kind);

/// The same for a class without options and parts: nn::register_module<Swish>({2, 3}), where an
/// input of shape (2, 3) is one that it takes.
template <std::default_initializable Type>
void register_module(const Shape& input) {
  register_module({Type().kind(), {}, input, [](const Options&, Parts&) {
                     return std::unique_ptr<Module>(std::make_unique<Type>());
                   }});
}

/// A new module. ArgumentError, naming the kind, if the table has no such row or if the options or
/// the parts are not those of its constructor.
std::unique_ptr<Module> build_module(const std::string& kind, const Options& options,
                                     Parts parts = {});

}}  // namespace nn::NN_PRECISION
