#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "nn/core/scalar.hpp"

namespace apps {

/// The command line cannot be understood: exit status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A program's command line, GNU style: --name VALUE, --name=VALUE, or --name alone for a switch.
/// Each flag sets a variable, whose value before is the default that --help shows.
class Flags {
 public:
  Flags(std::string program, std::string description)
      : program_(std::move(program)), description_(std::move(description)) {}

  /// An argument without a flag, in the order of these calls. Each must be given.
  void argument(const std::string& name, std::string& value, const std::string& help);
  void text(const std::string& name, std::string& value, const std::string& help);
  void on_off(const std::string& name, bool& value, const std::string& help);
  /// A whole number from `least` on.
  void count(const std::string& name, nn::Index& value, const std::string& help,
             nn::Index least = 1);
  /// A finite number from `least` on.
  void number(const std::string& name, double& value, const std::string& help, double least = 0);

  /// Throws UsageError for anything it does not know or that has no such value, and for an argument
  /// that is missing. Returns false when --help or -h was asked for.
  bool parse(int argc, const char* const* argv);
  /// Whether the command line set it.
  bool given(const std::string& name) const;
  std::string help() const;
  /// Each flag and its value.
  std::vector<std::pair<std::string, std::string>> values() const;

 private:
  struct Flag {
    std::string name, help, default_text;
    bool takes_value;
    std::function<void(const std::string&)> set;
    std::function<std::string()> get;
    bool given = false;
  };

  struct Argument {
    std::string name, help;
    std::string* value;
  };

  void add(Flag flag);
  Flag& find(const std::string& name);
  [[noreturn]] void fail(const std::string& problem) const;

  std::string program_, description_;
  std::vector<Argument> arguments_;
  std::vector<Flag> flags_;
};

}  // namespace apps
