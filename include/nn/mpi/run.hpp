#pragma once

#include <functional>
#include <string>
#include <vector>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace mpi {

/// A program of several processes, started by `mpirun -np 4 program` or srun: starts MPI, calls
/// body on each process (rank), and ends MPI. Returns what body does:
///
///     int main(int argc, char** argv) { return nn::mpi::run(argc, argv, [&] { ...; return 0; }); }
///
/// If body throws on some rank, or returns something else than 0, that ends all ranks, for they
/// would wait for it. An exception is told on standard error, once if all ranks throw it.
int run(int argc, char** argv, const std::function<int()>& body);

/// Of this process, 0 ... size() - 1; how many there are. Only within run().
int rank();
int size();

/// What each rank gives, on all ranks, in the order of ranks: for work that ranks have shared out
/// among themselves. Waits for all; who waits leaves the CPU to others. All ranks make the same
/// calls in the same order. ArgumentError, on all ranks, for more than 2 GiB together.
std::vector<std::string> gather(const std::string& own);

}}}  // namespace nn::NN_PRECISION::mpi
