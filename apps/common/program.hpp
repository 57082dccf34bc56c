#pragma once

#include <functional>
#include <string>

namespace apps {

/// What main() of a program does: calls the body, on each rank if mpirun has started several, and
/// returns the exit status: what the body returns, 1 for a failure, 2 for wrong usage (UsageError).
/// An error is one line on standard error. Rank 0 alone prints: std::cout and std::cerr of the
/// others go nowhere.
int run_program(const std::string& name, int argc, char** argv, const std::function<int()>& body);

}  // namespace apps
