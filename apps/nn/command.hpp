#pragma once

#include <string>

/// The commands of the program nn. Each takes the command line from its own name on and returns the
/// exit status.
namespace apps::command {

int train(int argc, const char* const* argv, const std::string& line);
int predict(int argc, const char* const* argv);
int evaluate(int argc, const char* const* argv);
int info(int argc, const char* const* argv);
int export_model(int argc, const char* const* argv);
int convert(int argc, const char* const* argv);

}  // namespace apps::command
