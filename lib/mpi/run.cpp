#include "nn/mpi/run.hpp"

#include <mpi.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>

namespace nn { inline namespace NN_PRECISION { namespace mpi {
namespace {

/// Other ranks leave rank 0 the time to tell of what all have met.
[[noreturn]] void fail(const char* program, const char* what) {
  const int own = rank();
  if (own != 0) std::this_thread::sleep_for(std::chrono::seconds(2));
  const std::string line =
      std::string(program) + ": rank " + std::to_string(own) + ": " + what + '\n';
  std::fputs(line.c_str(), stderr);
  MPI_Abort(MPI_COMM_WORLD, 1);
  std::terminate();  // not reached
}

}  // namespace

int run(int argc, char** argv, const std::function<int()>& body) {
  int level = 0, status = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
  try {
    status = body();
  } catch (const std::exception& error) {
    fail(argv[0], error.what());
  }
  if (status != 0) MPI_Abort(MPI_COMM_WORLD, status);
  MPI_Finalize();
  return status;
}

int rank() {
  int number = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &number);
  return number;
}

int size() {
  int count = 0;
  MPI_Comm_size(MPI_COMM_WORLD, &count);
  return count;
}

}}}  // namespace nn::NN_PRECISION::mpi
