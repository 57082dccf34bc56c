// For programs that are built with MPI. It is started only where there are several ranks.

#include "common/ranks.hpp"
#include "nn/mpi/data_parallel.hpp"
#include "nn/mpi/run.hpp"

namespace apps {
namespace {

bool is_started = false;

}  // namespace

int ranks::run(int argc, char** argv, bool several, const std::function<int()>& body) {
  if (!several) return body();
  return nn::mpi::run(argc, argv, [&] {
    is_started = true;
    return body();
  });
}

nn::Index ranks::rank() { return is_started ? nn::mpi::rank() : 0; }
nn::Index ranks::size() { return is_started ? nn::mpi::size() : 1; }

std::vector<std::string> ranks::gather(const std::string& own) {
  return size() > 1 ? nn::mpi::gather(own) : std::vector{own};
}

std::unique_ptr<nn::Team> ranks::team(nn::Optim& optim) {
  if (size() == 1 || optim.micro_batch() == 0) return nullptr;
  return std::make_unique<nn::mpi::DataParallel>(optim);
}

}  // namespace apps
