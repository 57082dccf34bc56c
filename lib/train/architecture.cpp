#include "train/architecture.hpp"

#include <map>

#include "modules/contents.hpp"
#include "nn/core/error.hpp"
#include "nn/modules/kinds.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

Json describe_module(Module& module);

struct DescribeParts final : Visitor {
  Json::Object parts;
  void parameter(ParameterPtr&) override {}
  void buffer(std::string_view, Tensor&) override {}
  void part(std::string_view name, Module& part) override {
    parts.emplace_back(name, describe_module(part));
  }
};

Json describe_module(Module& module) {
  Json::Object json{{"kind", module.kind()}}, options;
  for (const Option& option : module.options())
    options.emplace_back(option.name, Json::parse(option.value, option.name));
  if (!options.empty()) json.emplace_back("options", std::move(options));
  DescribeParts describe;
  module.visit(describe);
  if (!describe.parts.empty()) json.emplace_back("parts", std::move(describe.parts));
  return json;
}

struct PartNames final : Visitor {
  std::vector<std::string> names;
  void parameter(ParameterPtr&) override {}
  void buffer(std::string_view, Tensor&) override {}
  void part(std::string_view name, Module&) override { names.emplace_back(name); }
};

/// The order of parts counts, which programs that sort the members of an object change.
void check_names(Module& module, const std::vector<std::string>& given, const std::string& place) {
  PartNames parts;
  module.visit(parts);
  for (std::size_t i = 0; i < given.size(); ++i)
    if (i >= parts.names.size() || parts.names[i] != given[i])
      throw DataError(place + ": part " + std::to_string(i) + " is named \"" + given[i] + "\"" +
                      (i < parts.names.size() ? ", not \"" + parts.names[i] + "\"" : ""));
}

std::unique_ptr<Module> build(const Json& json, const std::string& place) {
  std::string kind;
  Options options;
  try {
    kind = json.at("kind").string();
    if (const Json* given = json.find("options"))
      for (const auto& [name, value] : given->object())
        options.append(Option::from_json(name, value.dump()));
    for (const auto& [key, value] : json.object())
      if (key != "kind" && key != "options" && key != "parts")
        throw DataError("there is a \"" + key + "\", which a module does not have");
  } catch (const DataError& error) {
    throw DataError(place + ": " + error.what());
  }
  Parts parts;
  std::vector<std::string> names;
  if (const Json* given = json.find("parts"))
    for (const auto& [name, part] : given->object()) {
      names.push_back(name);
      parts.emplace_back(name, build(part, place + "." + name));
    }
  try {
    std::unique_ptr<Module> module = build_module(kind, options, std::move(parts));
    check_names(*module, names, place);
    return module;
  } catch (const ArgumentError& error) {
    throw DataError(place + ": " + error.what());
  }
}

}  // namespace

Json architecture(const Module& net) {
  const std::unique_ptr<Module> copy = net.clone();  // shows that the table has all of its kinds
  return describe_module(*copy);
}

std::unique_ptr<Module> build_network(const Json& architecture) {
  return build(architecture, "network");
}

Json ties(const Module& net) {
  Json::Object ties;
  std::map<ParameterPtr, std::string> first;
  for (const auto& [name, parameter] : net.named_parameters()) {
    const auto [found, is_first] = first.emplace(parameter, name);
    if (!is_first) ties.emplace_back(name, found->second);
  }
  return ties;
}

void tie(Module& net, const Json& ties) {
  const Contents contents(net, Contents::Names::yes);
  std::map<std::string, ParameterPtr*> slots;
  for (std::size_t i = 0; i < contents.slots().size(); ++i)
    slots[contents.slot_names()[i]] = contents.slots()[i].parameter;
  for (const auto& [name, first] : ties.object()) {
    const auto from = slots.find(first.string()), to = slots.find(name);
    if (from == slots.end() || to == slots.end())
      throw DataError("ties: the network has no " + (to == slots.end() ? name : first.string()));
    if ((*from->second)->value.shape() != (*to->second)->value.shape())
      throw DataError("ties: " + name + " and " + from->first + " have different shapes");
    *to->second = *from->second;
  }
}

}}}  // namespace nn::NN_PRECISION::detail
