// A shared object that computes while it is loaded and while it is unloaded.
#include "nn/nn.hpp"

namespace {

/// An object of the library's largest parts, and a product of several threads.
struct Computes {
  nn::Tensor x = nn::Tensor::full({300, 300}, 1);
  Computes() {
    nn::set_num_threads(3);
    compute();
  }
  ~Computes() { compute(); }
  nn::Scalar compute() const { return nn::matmul(x, x)(299, 299); }
};

struct ComputesAtTheEnd {
  ~ComputesAtTheEnd() { nn::matmul(nn::Tensor::ones({300, 300}), nn::Tensor::ones({300, 300})); }
} at_the_end;  // the library's first use comes later

Computes computes;

}  // namespace

extern "C" bool plugin_is_right() { return computes.compute() == 300; }
