#include <algorithm>
#include <map>
#include <mutex>
#include <typeinfo>

#include "core/system.hpp"
#include "modules/contents.hpp"
#include "modules/library_kinds.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using Made = std::unique_ptr<Module>;

/// Held during fork(), so that the child finds it free.
std::mutex& mutex() {
  static std::mutex mutex;
  [[maybe_unused]] static const bool registered = [] {
    detail::at_fork([] { mutex.lock(); }, [] { mutex.unlock(); }, [] { mutex.unlock(); });
    return true;
  }();
  return mutex;
}

/// Never destroyed: static objects may clone networks when they are.
std::vector<ModuleKind>& table() {
  static auto& kinds = *new std::vector<ModuleKind>(detail::library_kinds());
  return kinds;
}

/// Collects a module's parts, each built anew.
struct PartsAnew final : Visitor {
  Parts parts;
  void parameter(ParameterPtr&) override {}
  void buffer(std::string_view, Tensor&) override {}
  void part(std::string_view name, Module& part) override;
};

Made build_like(Module& module) {
  PartsAnew anew;
  module.visit(anew);
  Made made = build_module(module.kind(), module.options(), std::move(anew.parts));
  const Module& copy = *made;
  if (typeid(copy) != typeid(module))
    throw ArgumentError(module.kind() + ": a class of its own needs a kind and a row of its own");
  return made;
}

/// Throws if there were options or parts that the module does not have.
void check_taken(Module& module, const Options& options, std::size_t parts) {
  const Options own = module.options();
  for (const Option& option : options) {
    auto named = [&](const Option& other) { return other.name == option.name; };
    if (std::none_of(own.begin(), own.end(), named))
      throw ArgumentError("there is no option " + option.name);
    if (std::count_if(options.begin(), options.end(), named) > 1)
      throw ArgumentError("option " + option.name + " is given twice");
  }
  struct Count final : Visitor {
    std::size_t parts = 0;
    void parameter(ParameterPtr&) override {}
    void buffer(std::string_view, Tensor&) override {}
    void part(std::string_view, Module&) override { ++parts; }
  } count;
  module.visit(count);
  if (parts > count.parts)
    throw ArgumentError(std::to_string(parts) + " parts for " + std::to_string(count.parts));
}

void PartsAnew::part(std::string_view name, Module& part) {
  parts.emplace_back(name, build_like(part));
}

}  // namespace

std::vector<ModuleKind> module_kinds() {
  const std::lock_guard lock(mutex());
  return table();
}

void register_module(const ModuleKind& kind) {
  if (!kind.build) throw ArgumentError("register_module: no build function for " + kind.name);
  const std::lock_guard lock(mutex());
  for (const ModuleKind& other : table())
    if (other.name == kind.name)
      throw ArgumentError("register_module: there is a row for " + kind.name + " already");
  table().push_back(kind);
}

Made build_module(const std::string& kind, const Options& options, Parts parts) {
  const std::vector<ModuleKind> kinds = module_kinds();
  const auto row = std::find_if(kinds.begin(), kinds.end(),
                                [&](const ModuleKind& other) { return other.name == kind; });
  if (row == kinds.end())
    throw ArgumentError(kind + ": no such kind of module; nn::register_module() adds one");
  try {
    const std::size_t count = parts.size();
    Made module = row->build(options, parts);
    if (!module) throw ArgumentError("its row in the table of kinds builds nothing");
    check_taken(*module, options, count);
    return module;
  } catch (const ArgumentError& error) {
    throw ArgumentError(kind + ": " + error.what());
  }
}

Made Module::clone() const {
  check_usable();
  const detail::Contents ours(*this);
  Made copy = build_like(const_cast<Module&>(*this));
  const detail::Contents theirs(*copy);
  if (theirs.slots().size() != ours.slots().size() ||
      theirs.buffers().size() != ours.buffers().size() ||
      theirs.modules().size() != ours.modules().size())
    throw ArgumentError(describe() + ": its row in the table of kinds builds another module");
  std::map<ParameterPtr, ParameterPtr> copies;  // shared there if shared here
  for (std::size_t i = 0; i < ours.slots().size(); ++i) {
    const ParameterPtr& from = *ours.slots()[i].parameter;
    ParameterPtr& to = copies[from];
    if (!to) {
      to = std::make_shared<Parameter>(*from);
      to->value = from->value.clone();
      to->grad = from->grad.clone();
    }
    *theirs.slots()[i].parameter = to;
  }
  for (std::size_t i = 0; i < ours.buffers().size(); ++i)
    *theirs.buffers()[i] = ours.buffers()[i]->clone();
  for (std::size_t i = 0; i < ours.modules().size(); ++i)
    theirs.modules()[i]->is_training_ = ours.modules()[i]->is_training();
  return copy;
}

}}  // namespace nn::NN_PRECISION
