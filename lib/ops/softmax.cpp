#include "nn/ops/softmax.hpp"

#include <string>
#include <utility>

#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"
#include "nn/core/threads.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

void over_last_dimension(const char* name, const Tensor& x, Tensor* p, Tensor* log_p) {
  if (x.rank() == 0) throw ShapeError(std::string(name) + ": expected at least one dimension");
  for (Tensor* y : {p, log_p})
    if (y) *y = Tensor(x.shape());
  const Index n = x.size(x.rank() - 1);
  if (n == 0) return;
  const Tensor scores = x.contiguous();
  Scalar *to = p ? p->data() : nullptr, *log_to = log_p ? log_p->data() : nullptr;
  parallel_for(x.numel() / n, kernels::kFunctionGrain / n + 1, [&](Index begin, Index end) {
    kernels::active().softmax(end - begin, n, scores.data() + begin * n, to ? to + begin * n : to,
                              log_to ? log_to + begin * n : log_to);
  });
}

}  // namespace

Tensor softmax(const Tensor& x) {
  Tensor p;
  over_last_dimension("softmax", x, &p, nullptr);
  return p;
}

Tensor softmax(const Tensor& x, Tensor& log_p) {
  Tensor p, logarithms;
  over_last_dimension("softmax", x, &p, &logarithms);
  log_p = std::move(logarithms);
  return p;
}

Tensor softmax_backward(const Tensor& delta, const Tensor& z) {
  if (delta.shape() != z.shape() || z.rank() == 0)
    throw ShapeError("softmax_backward: delta " + delta.shape().to_string() + " for z " +
                     z.shape().to_string());
  Tensor dx(z.shape());
  const Index n = z.size(z.rank() - 1);
  if (n == 0) return dx;
  const Tensor d = delta.contiguous(), p = z.contiguous();
  parallel_for(z.numel() / n, kernels::kFunctionGrain / n + 1, [&](Index begin, Index end) {
    kernels::active().softmax_backward(end - begin, n, d.data() + begin * n, p.data() + begin * n,
                                       dx.data() + begin * n);
  });
  return dx;
}

Tensor log_softmax(const Tensor& x) {
  Tensor log_p;
  over_last_dimension("log_softmax", x, nullptr, &log_p);
  return log_p;
}

}}  // namespace nn::NN_PRECISION
