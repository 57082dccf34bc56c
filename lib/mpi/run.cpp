#include "nn/mpi/run.hpp"

#include <mpi.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>

#include "mpi/shared_error.hpp"

namespace nn { inline namespace NN_PRECISION { namespace mpi {
namespace {

void tell(const char* program, const std::exception& error) {
  const std::string line =
      std::string(program) + ": rank " + std::to_string(rank()) + ": " + error.what() + '\n';
  std::fputs(line.c_str(), stderr);
}

void wait(int seconds) { std::this_thread::sleep_for(std::chrono::seconds(seconds)); }

/// Ends all ranks.
[[noreturn]] void end(int status) {
  MPI_Abort(MPI_COMM_WORLD, status);
  std::terminate();  // not reached
}

}  // namespace

int run(int argc, char** argv, const std::function<int()>& body) {
  int level = 0, status = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
  try {
    status = body();
  } catch (const SharedError& error) {
    if (rank() == 0)
      tell(argv[0], error);
    else
      wait(5);  // until rank 0 has ended all
    end(1);
  } catch (const std::exception& error) {
    if (rank() != 0) wait(2);  // all ranks may have met it: then rank 0 tells
    tell(argv[0], error);
    end(1);
  }
  if (status != 0) end(status);
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
