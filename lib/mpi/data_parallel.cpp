#include "nn/mpi/data_parallel.hpp"

#include <mpi.h>

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include "mpi/shared_error.hpp"
#include "mpi/tree_sum.hpp"
#include "nn/core/error.hpp"
#include "nn/mpi/run.hpp"
#include "train/settings.hpp"

namespace nn { inline namespace NN_PRECISION { namespace mpi {
namespace {

MPI_Comm copy_of_world() {
  MPI_Comm comm = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &comm);
  return comm;
}

/// The text of this rank, on all ranks.
std::string text_of(int rank, std::string text, MPI_Comm comm) {
  int length = static_cast<int>(text.size());
  MPI_Bcast(&length, 1, MPI_INT, rank, comm);
  text.resize(static_cast<std::size_t>(length));
  MPI_Bcast(text.data(), length, MPI_CHAR, rank, comm);
  return text;
}

}  // namespace

struct DataParallel::State {
  State() = default;
  /// Freeing waits for all ranks; one that failed must not.
  ~State() {
    if (std::uncaught_exceptions() == 0) MPI_Comm_free(&comm);
  }
  State(const State&) = delete;

  MPI_Comm comm = copy_of_world();  // so that no message of the program's gets between
  Index rank = mpi::rank(), size = mpi::size();
  Index bytes = 0;
  TreeSum tree{comm};
};

DataParallel::DataParallel(Optim& optim) : optim_(optim), state_(std::make_unique<State>()) {
  compare(detail::team_settings(optim));
  if (optim.micro_batch() == 0)
    throw ArgumentError("DataParallel: set the micro-batches first: optim.set_micro_batch(16)");
  optim_.set_team(this);
}

DataParallel::~DataParallel() { optim_.set_team(nullptr); }

Index DataParallel::bytes_sent() const { return state_->bytes + state_->tree.bytes_sent(); }
Index DataParallel::size() const { return state_->size; }
bool DataParallel::leads() const { return state_->rank == 0; }

Team::Share DataParallel::share(Index parts) const {
  return share_of(state_->rank, state_->size, parts);
}

void DataParallel::gather(std::span<double> values, Index values_per_part) {
  const Index count = std::ssize(values), parts = (count + values_per_part - 1) / values_per_part;
  std::vector<int> counts, offsets;
  for (Index r = 0; r < state_->size; ++r) {
    const Share part = share_of(r, state_->size, parts);
    const Index begin = std::min(part.begin * values_per_part, count);
    counts.push_back(to_count(std::min(part.end * values_per_part, count) - begin));
    offsets.push_back(to_count(begin));
  }
  MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, values.data(), counts.data(), offsets.data(),
                 MPI_DOUBLE, state_->comm);
  state_->bytes += counts[static_cast<std::size_t>(state_->rank)] * (state_->size - 1) *
                   static_cast<Index>(sizeof(double));
}

void DataParallel::sum(std::span<const Tensor> own, std::span<Tensor> totals, Index parts) {
  state_->tree.sum(own, totals, parts);
}

bool DataParallel::decide(bool answer) {
  int yes = answer ? 1 : 0;
  MPI_Bcast(&yes, 1, MPI_INT, 0, state_->comm);
  return yes != 0;
}

/// The lowest rank that differs from rank 0 says in what; all throw it.
void DataParallel::compare(const std::map<std::string, std::string>& settings) {
  std::string own, difference;
  for (const auto& [name, value] : settings) own += name + '\t' + value + '\n';
  const std::string first = text_of(0, own, state_->comm);
  if (own != first) {
    const auto [at, other] = std::mismatch(own.begin(), own.end(), first.begin(), first.end());
    auto line = [](const std::string& text, std::string::difference_type place) {
      const std::size_t i = static_cast<std::size_t>(place);
      const std::size_t begin = i == 0 ? 0 : text.rfind('\n', i - 1) + 1;
      std::string found = text.substr(begin, text.find('\n', i) - begin);
      std::replace(found.begin(), found.end(), '\t', ' ');
      return found;
    };
    difference = "rank " + std::to_string(state_->rank) +
                 " has another training than rank 0: " + line(own, at - own.begin()) +
                 ", on rank 0 " + line(first, other - first.begin());
  }
  int rank = static_cast<int>(difference.empty() ? state_->size : state_->rank);
  MPI_Allreduce(MPI_IN_PLACE, &rank, 1, MPI_INT, MPI_MIN, state_->comm);
  if (rank < state_->size) throw SharedError(text_of(rank, difference, state_->comm));
}

}}}  // namespace nn::NN_PRECISION::mpi
