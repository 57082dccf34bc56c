#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nn/train/optim.hpp"
#include "nn/train/team.hpp"

/// The processes (ranks) that mpirun has started for one program. A program that was started alone,
/// or built without MPI (ranks_alone.cpp), is the only one.
namespace apps::ranks {

/// nn::mpi::run(), if there are several; else body().
int run(int argc, char** argv, bool several, const std::function<int()>& body);

/// Of this process, 0 ... size() - 1; how many there are. Rank 0 alone writes files.
nn::Index rank();
nn::Index size();
inline bool leads() { return rank() == 0; }

/// What each rank gives, on all ranks, in the order of ranks.
std::vector<std::string> gather(const std::string& own);

/// While it lives, all ranks make each step of this training together. Null if this is the only
/// rank or the Optim has no micro-batches.
[[nodiscard]] std::unique_ptr<nn::Team> team(nn::Optim& optim);

}  // namespace apps::ranks
