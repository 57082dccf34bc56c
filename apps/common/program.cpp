#include "common/program.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "common/flags.hpp"
#include "common/ranks.hpp"

namespace apps {
namespace {

/// The first of these variables of the environment that is set, or 0.
nn::Index number_in(std::initializer_list<const char*> variables) {
  for (const char* variable : variables)
    if (const char* text = std::getenv(variable)) return std::atoll(text);
  return 0;
}

/// How many processes mpirun (of Open MPI, of MPICH) or srun says to have started, and which of
/// them this is. Some say the latter alone.
nn::Index started_place() {
  return number_in({"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID"});
}
nn::Index started_together() {
  return std::max(number_in({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"}),
                  number_in({"PMIX_RANK"}) + 1);
}

/// All ranks may have met the error: then the first tells, and ends the others.
void tell(const std::string& line) {
  if (started_place() > 0) std::this_thread::sleep_for(std::chrono::seconds(2));
  std::fputs((line + '\n').c_str(), stderr);
}

/// Several processes that know nothing of each other would write over each other's files.
void require_ranks(const std::string& name) {
  if (ranks::size() == 1 && started_together() > 1)
    throw UsageError(name + ": started as one of " + std::to_string(started_together()) +
                     " processes, but works alone: it was built without MPI, or with another MPI "
                     "than the one that started it");
}

int guarded(const std::string& name, const std::function<int()>& body) {
  try {
    require_ranks(name);
    if (!ranks::leads()) {
      std::cout.setstate(std::ios::failbit);
      std::cerr.setstate(std::ios::failbit);
    }
    const int status = body();
    std::cout.flush();
    if (ranks::leads() && !std::cout) throw std::runtime_error("cannot write to standard output");
    return status;
  } catch (const UsageError& error) {
    tell(error.what());
    return 2;
  } catch (const std::exception& error) {
    if (ranks::size() > 1) throw;  // nn::mpi::run() tells
    tell(name + ": " + error.what());
    return 1;
  }
}

}  // namespace

int run_program(const std::string& name, int argc, char** argv, const std::function<int()>& body) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a failed write
  return ranks::run(argc, argv, started_together() > 1, [&] { return guarded(name, body); });
}

}  // namespace apps
