// What a step costs that several ranks make, for `scaling`. Rank 0 prints lines "name value":
//   parameters, parts, bytes   of the network; micro-batches of a step; what all ranks send in it
//   step, sum, allreduce       milliseconds: a step, its sum over ranks, MPI_Allreduce of as much
//   latency, bandwidth         between ranks 0 and 1: microseconds of a message, GB/s of a long one
//
// usage: bench_ranks SMALL|LARGE BATCH

#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "nn/mpi/data_parallel.hpp"
#include "nn/mpi/run.hpp"
#include "nn/nn.hpp"

namespace {

using namespace nn;

constexpr Index micro_batch = 16;

/// Milliseconds of one call: the median of many, begun by all ranks together.
double milliseconds(const std::function<void()>& call) {
  std::vector<double> times;
  for (int i = 0; i < 15; ++i) {
    MPI_Barrier(MPI_COMM_WORLD);
    const auto begin = std::chrono::steady_clock::now();
    call();
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
            .count());
  }
  std::nth_element(times.begin(), times.begin() + 7, times.end());
  return times[7];
}

void print(const std::string& name, double value) {
  if (mpi::rank() == 0) std::cout << name << ' ' << value << std::endl;
}

/// There and back is two messages.
double message(std::vector<char> bytes) {
  const int length = static_cast<int>(bytes.size());
  return milliseconds([&] {
           for (int i = 0; i < 2; ++i) {
             if (mpi::rank() > 1) continue;
             const int other = 1 - mpi::rank();
             if (mpi::rank() == 0)
               MPI_Send(bytes.data(), length, MPI_CHAR, other, 0, MPI_COMM_WORLD);
             MPI_Recv(bytes.data(), length, MPI_CHAR, other, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
             if (mpi::rank() == 1)
               MPI_Send(bytes.data(), length, MPI_CHAR, other, 0, MPI_COMM_WORLD);
           }
         }) /
         4;
}

int measure(const std::string& size, Index batch) {
  Sequential net = parse_network(size == "SMALL" ? "Linear(128) TanH Linear(64) TanH Linear(10)"
                                                 : "Linear(1024) ReLU Linear(1024) ReLU Linear(10)",
                                 {256});
  SoftmaxCrossEntropyLoss loss;
  Optim optim(net, loss, 0.01);
  optim.set_micro_batch(micro_batch);
  mpi::DataParallel parallel(optim);
  Rng rng(0);
  Tensor x({batch, 256}), y = Tensor::zeros({batch});
  for (Index i = 0; i < x.numel(); ++i) x.data()[i] = static_cast<Scalar>(rng.randn());

  Index parameters = 0;
  std::vector<Tensor> totals;
  for (const auto& p : net.parameters()) {
    parameters += p->value.numel();
    totals.push_back(Tensor::zeros(p->value.shape()));
  }
  const std::vector<Tensor> own = totals;
  print("parameters", static_cast<double>(parameters));
  print("parts", static_cast<double>((batch + micro_batch - 1) / micro_batch));
  optim.step(x, y);
  const Index before = parallel.bytes_sent();
  optim.step(x, y);
  Index bytes = parallel.bytes_sent() - before;
  MPI_Allreduce(MPI_IN_PLACE, &bytes, 1, MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
  print("bytes", static_cast<double>(bytes));
  print("step", milliseconds([&] { optim.step(x, y); }));
  print("sum", milliseconds([&] { parallel.sum(own, totals, parallel.size()); }));
  std::vector<Scalar> row(static_cast<std::size_t>(parameters));
  print("allreduce", milliseconds([&] {
          MPI_Allreduce(MPI_IN_PLACE, row.data(), static_cast<int>(parameters),
                        sizeof(Scalar) == sizeof(double) ? MPI_DOUBLE : MPI_FLOAT, MPI_SUM,
                        MPI_COMM_WORLD);
        }));
  if (parallel.size() < 2) return 0;
  const double none = message({1}), long_one = message(std::vector<char>(1 << 20));
  print("latency", 1000 * none);
  print("bandwidth", (1 << 20) / (long_one - none) / 1e6);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  return nn::mpi::run(argc, argv, [&] { return measure(argv[1], std::stol(argv[2])); });
}
