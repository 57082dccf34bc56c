#include <iostream>
#include <nn/mpi/data_parallel.hpp>
#include <nn/mpi/run.hpp>
#include <nn/nn.hpp>

int main(int argc, char** argv) {
  return nn::mpi::run(argc, argv, [] {
    nn::Rng rng(0);
    const nn::Dataset train = nn::four_clouds({.samples = 512}, rng);
    nn::Sequential net{nn::Linear(2, 16), nn::TanH(), nn::Linear(16, 1), nn::Sigmoid()};
    nn::BCELoss loss;
    nn::Optim optim(net, loss, 0.02, nn::Adam());
    optim.set_micro_batch(16);
    nn::mpi::DataParallel parallel(optim);
    const auto result = nn::SGD(optim, train, {.batch_size = 128, .epochs = 40}, rng);
    result.check();
    const double accuracy = nn::accuracy(train.y, nn::predict(parallel, net, train.x));
    if (parallel.leads())
      std::cout << "ranks " << parallel.size() << ", accuracy " << accuracy << '\n';
    return 0;
  });
}
