#include "nn/mpi/run.hpp"

#include <mpi.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <limits>
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

std::vector<std::string> gather(const std::string& own) {
  MPI_Request all_are_here = MPI_REQUEST_NULL;
  MPI_Ibarrier(MPI_COMM_WORLD, &all_are_here);
  for (int done = 0;;) {
    MPI_Test(&all_are_here, &done, MPI_STATUS_IGNORE);
    if (done) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const auto ranks = static_cast<std::size_t>(size());
  const auto own_length = static_cast<long long>(own.size());
  std::vector<long long> lengths(ranks);
  MPI_Allgather(&own_length, 1, MPI_LONG_LONG, lengths.data(), 1, MPI_LONG_LONG, MPI_COMM_WORLD);
  std::vector<int> counts, offsets;
  long long total = 0;
  for (const long long length : lengths) {
    offsets.push_back(static_cast<int>(total));
    total += length;
    if (total > std::numeric_limits<int>::max())
      throw SharedError("gather: more than 2 GiB in one call");
    counts.push_back(static_cast<int>(length));
  }
  std::string joined(static_cast<std::size_t>(total), '\0');
  MPI_Allgatherv(own.data(), counts[static_cast<std::size_t>(rank())], MPI_CHAR, joined.data(),
                 counts.data(), offsets.data(), MPI_CHAR, MPI_COMM_WORLD);
  std::vector<std::string> texts;
  for (std::size_t r = 0; r < ranks; ++r)
    texts.push_back(
        joined.substr(static_cast<std::size_t>(offsets[r]), static_cast<std::size_t>(counts[r])));
  return texts;
}

}}}  // namespace nn::NN_PRECISION::mpi
