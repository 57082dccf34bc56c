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
  for (const Tensor* y : {p, log_p})
    if (y && (y->shape() != x.shape() || !y->is_contiguous()))
      throw ShapeError(std::string(name) + ": expected contiguous memory " + x.shape().to_string() +
                       ", got " + y->shape().to_string());
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

void softmax_into(const Tensor& x, Tensor& z) { over_last_dimension("softmax", x, &z, nullptr); }
void log_softmax_into(const Tensor& x, Tensor& z) {
  over_last_dimension("log_softmax", x, nullptr, &z);
}

Tensor softmax(const Tensor& x) {
  Tensor p(x.shape());
  softmax_into(x, p);
  return p;
}

Tensor softmax(const Tensor& x, Tensor& log_p) {
  Tensor p(x.shape()), logarithms(x.shape());
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
  Tensor log_p(x.shape());
  log_softmax_into(x, log_p);
  return log_p;
}

}}  // namespace nn::NN_PRECISION
