// Several threads predict with one network at once, each a part of the rows.
// Look at: predict() is const, keeps nothing and needs no lock. What it gives for a row depends
// neither on the thread nor on the rows beside it, so the parts have the bits of one big call.

#include <iostream>
#include <thread>
#include <vector>

#include "nn/nn.hpp"

int main() {
  nn::Rng rng(0);
  const nn::Dataset board = nn::checkerboard({.samples = 4000, .cells = 2}, rng);
  nn::Sequential net{nn::Linear(2, 32), nn::TanH(), nn::Linear(32, 1)};
  const nn::BCEWithLogitsLoss loss;
  nn::Optim optim(net, loss, 0.01, nn::Adam());
  nn::SGD(optim, board, {.batch_size = 100, .epochs = 10}, rng).check();

  const nn::Sequential& trained = net;  // what all threads see
  constexpr nn::Index threads = 4;
  const nn::Index rows = board.size() / threads;
  std::vector<nn::Tensor> parts(threads);
  std::vector<std::thread> running;
  for (nn::Index i = 0; i < threads; ++i)
    running.emplace_back([&, i] {
      const nn::Dataset mine = board.slice(i * rows, (i + 1) * rows);
      parts[static_cast<std::size_t>(i)] = trained.predict(mine.x);
    });
  for (std::thread& thread : running) thread.join();

  const nn::Tensor all = trained.predict(board.x);
  bool same = true;
  for (nn::Index i = 0; i < threads; ++i)
    same = same &&
           nn::equal(parts[static_cast<std::size_t>(i)], all.slice(0, i * rows, (i + 1) * rows));
  const double accuracy = nn::accuracy(board.y, all, 0);  // a logit above 0 means class 1
  std::cout << threads << " threads, " << board.size() << " rows, accuracy " << accuracy
            << (same ? ", the same bits as one call\n" : ", other bits than one call\n");
  return same && accuracy > 0.95 ? 0 : 1;
}
