#include "nn/modules/dropout.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/kernels.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// 0 with probability p, else 1 / (1 - p).
Tensor draw_factors(const Shape& shape, double p, const RandomKey& key) {
  if (p == 1) return Tensor::zeros(shape);
  Tensor factors(shape);
  const Index row_size = shape.example_numel();
  const auto below = static_cast<std::uint64_t>(std::floor(p * 0x1p32 + 0.5));
  const auto kept = static_cast<Scalar>(1 / (1 - p));
  const PhiloxKey words = key.philox();
  Scalar* to = factors.data();
  parallel_for(shape[0], kernels::kFunctionGrain / std::max<Index>(row_size, 1) + 1,
               [&](Index begin, Index end) {
                 for (Index row = begin; row < end; ++row)
                   kernels::active().dropout(row_size, words,
                                             static_cast<std::uint64_t>(key.first_row + row), below,
                                             kept, to + row * row_size);
               });
  return factors;
}

}  // namespace

Dropout::Dropout(double p) : p_(p) {
  if (!(p >= 0 && p <= 1))
    throw ArgumentError("Dropout: probability " + to_text(p) + ": expected a number in [0, 1]");
}

Tensor Dropout::forward(const Tensor& x) {
  output_shape(x.shape());
  x_ = factors_ = Tensor();
  if (is_training()) factors_ = draw_factors(x.shape(), p_, key_);
  x_ = x;
  return is_training() ? x * factors_ : x;
}

Tensor Dropout::predict(const Tensor& x) const {
  output_shape(x.shape());
  return x;
}

Tensor Dropout::backward_delta(const Tensor& x, const Tensor& delta) {
  check_input(x, x_);
  check_delta(delta, x.shape());
  return factors_.shape() == x.shape() ? delta * factors_ : delta;
}

Shape Dropout::output_shape(const Shape& input) const {
  if (input.rank() < 1) reject("(batch, ...)", input);
  return input;
}

Options Dropout::options() const { return {{"p", p_, 0.5}}; }

}}  // namespace nn::NN_PRECISION
