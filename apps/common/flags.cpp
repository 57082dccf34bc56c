#include "common/flags.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "nn/core/number.hpp"

namespace apps {

void Flags::add(Flag flag) {
  flag.default_text = flag.get();
  flags_.push_back(std::move(flag));
}

void Flags::argument(const std::string& name, std::string& value, const std::string& help) {
  arguments_.push_back({name, help, &value});
}

void Flags::text(const std::string& name, std::string& value, const std::string& help) {
  add({name, help, "", true, [&value](const std::string& text) { value = text; },
       [&value] { return value; }});
}

void Flags::on_off(const std::string& name, bool& value, const std::string& help) {
  add({name, help, "", false, [&value](const std::string&) { value = true; },
       [&value] { return std::string(value ? "yes" : "no"); }});
}

void Flags::count(const std::string& name, nn::Index& value, const std::string& help,
                  nn::Index least) {
  auto set = [this, name, &value, least](const std::string& text) {
    nn::Index number = 0;
    const char* end = text.data() + text.size();
    auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end || number < least)
      fail("--" + name + ": expected a whole number from " + std::to_string(least) + " on, got \"" +
           text + "\"");
    value = number;
  };
  add({name, help, "", true, set, [&value] { return std::to_string(value); }});
}

void Flags::number(const std::string& name, double& value, const std::string& help, double least) {
  auto set = [this, name, &value, least](const std::string& text) {
    auto number = nn::parse_number<double>(text);
    if (!number || !std::isfinite(*number) || *number < least)
      fail("--" + name + ": expected a number from " + nn::to_text(least) + " on, got \"" + text +
           "\"");
    value = *number;
  };
  add({name, help, "", true, set, [&value] { return nn::to_text(value); }});
}

void Flags::fail(const std::string& problem) const {
  throw UsageError(program_ + ": " + problem + " (see --help)");
}

Flags::Flag& Flags::find(const std::string& name) {
  auto flag = std::find_if(flags_.begin(), flags_.end(), [&](auto& f) { return f.name == name; });
  if (flag == flags_.end()) fail("unknown flag \"--" + name + "\"");
  return *flag;
}

bool Flags::given(const std::string& name) const {
  return std::any_of(flags_.begin(), flags_.end(),
                     [&](const Flag& f) { return f.name == name && f.given; });
}

bool Flags::parse(int argc, const char* const* argv) {
  auto argument = arguments_.begin();
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (word == "--help" || word == "-h") return false;
    if (!word.starts_with('-') && argument != arguments_.end()) {
      *argument++->value = word;
      continue;
    }
    if (!word.starts_with("--") || word.size() == 2) fail("unexpected argument \"" + word + "\"");
    std::size_t equals = word.find('=');
    Flag& flag = find(word.substr(2, equals == std::string::npos ? equals : equals - 2));
    std::string value;
    if (equals != std::string::npos) {
      if (!flag.takes_value) fail("--" + flag.name + " takes no value");
      value = word.substr(equals + 1);
    } else if (flag.takes_value) {
      if (++i == argc) fail("--" + flag.name + " needs a value");
      value = argv[i];
    }
    flag.set(value);
    flag.given = true;
  }
  if (argument != arguments_.end()) fail(argument->name + " is missing");
  return true;
}

std::string Flags::help() const {
  std::string text = "usage: " + program_;
  for (const Argument& argument : arguments_) text += " " + argument.name;
  text += " [flags]\n\n" + description_ + "\n\n";
  std::size_t width = 6;
  for (const Flag& flag : flags_) width = std::max(width, flag.name.size() + 2);
  auto line = [&](const std::string& name, const std::string& help) {
    text += "  " + name + std::string(width + 2 - name.size(), ' ') + help + "\n";
  };
  for (const Argument& argument : arguments_) line(argument.name, argument.help);
  for (const Flag& flag : flags_)
    line("--" + flag.name, flag.help + (flag.takes_value && !flag.default_text.empty()
                                            ? " [" + flag.default_text + "]"
                                            : ""));
  line("--help", "this text");
  return text;
}

std::vector<std::pair<std::string, std::string>> Flags::values() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const Flag& flag : flags_) all.emplace_back(flag.name, flag.get());
  return all;
}

}  // namespace apps
