#include "nn/modules/parse_network.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>

#include "nn/core/error.hpp"
#include "nn/modules/kinds.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

using Made = std::unique_ptr<Module>;

bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// How many letters must be added, removed or replaced, whatever their case (Levenshtein, 1965).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  for (const char letter : a) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (lower(letter) != lower(b[j]));
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

ModuleKind find_kind(const std::string& name) {
  const std::vector<ModuleKind> kinds = module_kinds();
  for (const ModuleKind& kind : kinds)
    if (kind.name == name) return kind;
  auto further = [&](const ModuleKind& a, const ModuleKind& b) {
    return distance(name, a.name) < distance(name, b.name);
  };
  const std::string nearest = std::min_element(kinds.begin(), kinds.end(), further)->name;
  std::string hint;
  if (distance(name, nearest) <= nearest.size() / 2) hint = "; did you mean " + nearest + "?";
  throw ArgumentError("there is no layer \"" + name + "\"" + hint);
}

/// "Linear(64, bias=false)": its name and what is between the parentheses.
struct Call {
  std::string name;
  std::string_view arguments;
};

/// The text up to where it closes what opened, without it.
std::string_view take_parentheses(std::string_view& text) {
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    depth += (text[i] == '(') - (text[i] == ')');
    if (depth > 0) continue;
    const std::string_view inside = text.substr(1, i - 1);
    text.remove_prefix(i + 1);
    return inside;
  }
  throw ArgumentError("a \"(\" is not closed: \"" + std::string(text) + "\"");
}

std::vector<Call> split_layers(std::string_view text) {
  std::vector<Call> calls;
  for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
    std::size_t end = 0;
    while (end < text.size() && is_letter(text[end])) ++end;
    if (end == 0)
      throw ArgumentError("expected a layer at \"" + std::string(text) +
                          "\"; blanks separate layers, commas the options and parts of one");
    Call call{std::string(text.substr(0, end)), {}};
    text = trimmed(text.substr(end));
    if (text.starts_with('(')) call.arguments = take_parentheses(text);
    calls.push_back(std::move(call));
  }
  return calls;
}

/// At the commas that are in no parentheses or brackets.
std::vector<std::string_view> split_arguments(std::string_view text) {
  std::vector<std::string_view> arguments;
  int depth = 0;
  std::size_t begin = 0;
  if (trimmed(text).empty()) return arguments;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && (text[i] != ',' || depth > 0)) {
      depth += (text[i] == '(' || text[i] == '[') - (text[i] == ')' || text[i] == ']');
      continue;
    }
    arguments.push_back(trimmed(text.substr(begin, i - begin)));
    begin = i + 1;
  }
  return arguments;
}

bool is_value(std::string_view text) {
  return text == "true" || text == "false" ||
         (!text.empty() && std::string_view("0123456789+-.[").find(text[0]) != text.npos);
}

/// What stands between a layer's parentheses.
struct Arguments {
  std::vector<std::string> values;  // by position
  Options named;
  std::vector<std::string_view> parts;
};

Arguments sort_arguments(std::string_view text) {
  Arguments sorted;
  for (std::string_view argument : split_arguments(text)) {
    if (argument.empty()) throw ArgumentError("there is nothing before or behind a comma");
    std::size_t name = 0;
    while (name < argument.size() && is_letter(argument[name])) ++name;
    const std::string_view rest = trimmed(argument.substr(name));
    if (is_value(argument))
      sorted.values.emplace_back(argument);
    else if (name > 0 && rest.starts_with('='))
      sorted.named.append(Option::from_json(std::string(argument.substr(0, name)),
                                            std::string(trimmed(rest.substr(1)))));
    else
      sorted.parts.push_back(argument);
  }
  return sorted;
}

bool has(const Options& options, const std::string& name) {
  return std::any_of(options.begin(), options.end(),
                     [&](const Option& option) { return option.name == name; });
}

/// Gives the values their names, and adds the size that follows from the input if it was left out.
Options complete_options(const ModuleKind& kind, const Arguments& given, const Shape& input) {
  const Options all = build_module(kind.name, kind.options)->options();
  std::size_t required = 0;
  for (const Option& option : all)
    required += !option.is_optional && !has(given.named, option.name);
  const bool infer = !kind.input_size.empty() && !has(given.named, kind.input_size) &&
                     given.values.size() < required;
  Options options;
  auto value = given.values.begin();
  for (const Option& option : all) {
    if (infer && option.name == kind.input_size)
      options.append(Option(option.name, input[input.rank() - 1]));
    else if (value != given.values.end() && !has(given.named, option.name))
      options.append(Option::from_json(option.name, *value++));
  }
  if (value != given.values.end()) throw ArgumentError("too many options, from " + *value + " on");
  for (const Option& option : given.named) options.append(option);
  return options;
}

Sequential parse(std::string_view text, Shape input, int level);

Made parse_layer(const Call& call, const Shape& input, int level) {
  if (call.name == "Sequential")
    return std::make_unique<Sequential>(parse(call.arguments, input, level + 1));
  const ModuleKind kind = find_kind(call.name);
  const Arguments given = sort_arguments(call.arguments);
  Parts parts;
  Shape part_input = input;
  if (kind.name == "TwoDirections" && input.rank() == 3)  // its networks get one signal each
    part_input = Shape{1, input.example_numel(), 1};
  for (std::string_view text : given.parts) {
    parts.emplace_back(std::to_string(parts.size()),
                       std::make_unique<Sequential>(parse(text, part_input, level + 1)));
    if (kind.name == "AutoEncoder") part_input = parts.back().second->output_shape(part_input);
  }
  return build_module(kind.name, complete_options(kind, given, input), std::move(parts));
}

Sequential parse(std::string_view text, Shape input, int level) {
  constexpr int most = 32;
  if (level > most) throw ArgumentError("parts are nested too deeply");
  Sequential net;
  for (const Call& call : split_layers(text)) {
    try {
      Made layer = parse_layer(call, input, level);
      input = layer->output_shape(input);
      net.append(std::move(layer));
    } catch (const ArgumentError& error) {
      const std::string what = error.what();
      throw ArgumentError(what.starts_with(call.name) || what.starts_with("there is no layer")
                              ? what
                              : call.name + ": " + what);
    }
  }
  return net;
}

}  // namespace

Sequential parse_network(std::string_view text, const Shape& example) {
  std::vector<Index> sizes{1};
  sizes.insert(sizes.end(), example.begin(), example.end());
  return parse(text, Shape(std::span<const Index>(sizes)), 0);
}

}}  // namespace nn::NN_PRECISION
