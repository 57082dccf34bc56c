// A program that uses a little of everything: what it needs to run, libnn.a needs. It has macros as
// old headers define them, which must not reach into the library's.

#include <complex.h>
#include <sys/param.h>
#include <sys/sysmacros.h>
#include <termios.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#undef I
#define A 1
#define B 1
#define F(x) x
#define I 1
#define M 1
#define N 1
#define S 1
#define T 1
#define X 1
#define Y 1

#include "nn/nn.hpp"

int main() {
  nn::Rng rng;
  nn::Dataset data = nn::checkerboard({.samples = 100}, rng);
  nn::Sequential net{nn::Linear(2, 4), nn::TanH(), nn::Linear(4, 1), nn::Sigmoid()};
  nn::MSELoss loss;
  nn::Optim optim(net, loss, 0.1, nn::Reduction::batch_mean);
  return nn::SGD(optim, data, {.batch_size = 10, .epochs = 1}, rng).diverged ? 1 : 0;
}
