// For programs that are built without MPI.

#include "common/ranks.hpp"

namespace apps {

int ranks::run(int, char**, bool, const std::function<int()>& body) { return body(); }

nn::Index ranks::rank() { return 0; }
nn::Index ranks::size() { return 1; }

std::vector<std::string> ranks::gather(const std::string& own) { return {own}; }

std::unique_ptr<nn::Team> ranks::team(nn::Optim&) { return nullptr; }

}  // namespace apps
