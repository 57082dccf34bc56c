#include "nn/modules/embedding.hpp"

#include <algorithm>

#include "nn/modules/init.hpp"
#include "nn/modules/options.hpp"
#include "nn/ops/elementwise.hpp"
#include "nn/ops/one_hot.hpp"
#include "ops/row_error.hpp"

namespace nn { inline namespace NN_PRECISION {

Embedding::Embedding(Index count, Index features) : count_(count), features_(features) {
  if (count < 1 || features < 1) throw ShapeError(describe() + ": sizes must be at least 1");
  table_ = make_parameter(ParameterKind::table, {count, features}, count, features);
  initialize_by_default(*this, {count, features});
}

/// The table's row that x names at this position, in a batch of rows of that length.
Index Embedding::row(const Scalar* x, Index position, Index length) const {
  try {
    return class_index(x[position], position / length, count_, "index");
  } catch (const detail::RowError& error) {
    throw error.within(describe() + ": ");
  }
}

void Embedding::predict_into(const Tensor& x, Tensor& z) const {
  check_result(x, z);
  const Tensor indices = x.contiguous(), table = table_->value.contiguous();
  const Index length = x.shape().example_numel();
  for (Index i = 0; i < x.numel(); ++i)
    std::copy_n(table.data() + row(indices.data(), i, length) * features_, features_,
                z.data() + i * features_);
}

void Embedding::backward_update_gradient(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  const Tensor indices = x.contiguous(), d = delta.reshape({x.numel(), features_});
  const Index length = x.shape().example_numel();
  for (Index i = 0; i < x.numel(); ++i) row(indices.data(), i, length);  // before anything changes
  for (Index i = 0; i < x.numel(); ++i) {
    Tensor grad = table_->grad.select(0, row(indices.data(), i, length));
    axpy(1, d.select(0, i), grad);  // dL/dE[x_i] += dL/dz_i
  }
}

Tensor Embedding::backward_delta(const Tensor& x, const Tensor& delta) {
  check_delta(delta, output_shape(x.shape()));
  return Tensor::zeros(x.shape());  // an index has no derivative
}

Shape Embedding::output_shape(const Shape& input) const {
  check_usable();
  if (input.rank() == 1) return {input[0], features_};
  if (input.rank() == 2) return {input[0], input[1], features_};
  reject("indices (batch, length) or (batch)", input);
}

Options Embedding::options() const { return {{"count", count_}, {"features", features_}}; }

}}  // namespace nn::NN_PRECISION
