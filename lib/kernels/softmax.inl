// Softmax of many rows, a row in each lane: rows are often shorter than a vector.

namespace nn::inline NN_PRECISION::kernels {
namespace {

/// The longest row that is held transposed as a whole.
constexpr Index kNarrow = 64;

enum class SoftmaxForm { probability, logarithm };

template <SoftmaxForm kForm>
NN_VECTOR_FUNCTION Vec softmax_of(Vec shifted, Vec e, Vec sum, Vec log_sum) {
  return kForm == SoftmaxForm::probability ? div(e, sum) : sub(shifted, log_sum);
}

/// `count` rows, kWidth or fewer, of n values, 1 <= n <= kNarrow. Where kSteps does not divide n,
/// the last values are loaded and stored together with some that were before.
template <SoftmaxForm kForm, bool kAllRows>
NN_TARGET void softmax_narrow(int count, Index n, const Scalar* x, Scalar* y) {
  Vec z[kNarrow], e[kNarrow], values[kSteps] = {};
  Vec largest = set1(-std::numeric_limits<Scalar>::infinity());
  const Index last = n - kSteps;
  for (Index next = 0; next < n; next += kSteps) {
    const Index j = last < 0 ? 0 : smaller(next, last);
    if (last < 0)
      load_steps<false, false>({x, n, count}, static_cast<int>(n), values);
    else
      load_steps<kAllRows, true>({x + j, n, count}, kSteps, values);
    for (Index s = 0; s < smaller(n, kSteps); ++s) {
      z[j + s] = values[s];
      largest = max(values[s], largest);
    }
  }
  Sums sums = no_sums();
  for (Index j = 0; j < n; ++j) {
    z[j] = sub(z[j], largest);
    e[j] = exp_of(z[j]);
    add_to(sums, e[j]);
  }
  const Vec sum = rounded(sums);
  const Vec log_sum = kForm == SoftmaxForm::logarithm ? log_of(sum) : sum;
  for (Index j = 0; j < n; ++j) z[j] = softmax_of<kForm>(z[j], e[j], sum, log_sum);
  if (last < 0) {
    Scalar lanes[kWidth];
    for (Index j = 0; j < n; ++j) {
      store(lanes, z[j]);
      for (int lane = 0; lane < count; ++lane) y[lane * n + j] = lanes[lane];
    }
    return;
  }
  for (Index next = 0; next < n; next += kSteps) {
    const Index j = smaller(next, last);
    NN_UNROLL
    for (int s = 0; s < kSteps; ++s) values[s] = z[j + s];
    store_steps(y + j, n, kAllRows ? kWidth : count, values);
  }
}

NN_VECTOR_FUNCTION Scalar largest_of(Index n, const Scalar* x) {
  Vec largest = set1(-std::numeric_limits<Scalar>::infinity());
  Index i = 0;
  for (; i + kWidth <= n; i += kWidth) largest = max(load(x + i), largest);
  Scalar lanes[kWidth];
  store(lanes, largest);
  Scalar result = lanes[0];
  for (int lane = 1; lane < kWidth; ++lane) result = lanes[lane] > result ? lanes[lane] : result;
  for (; i < n; ++i) result = x[i] > result ? x[i] : result;
  return result;
}

/// The same for longer rows, in passes along them; only the sums go through the lanes.
template <SoftmaxForm kForm>
NN_TARGET void softmax_wide(int count, Index n, const Scalar* x, Scalar* y) {
  Scalar largest[kWidth], lanes[kWidth], log_lanes[kWidth];
  const Index whole = n / kWidth * kWidth;
  const Lanes rest = first_lanes(static_cast<int>(n - whole));
  for (int row = 0; row < count; ++row) {
    const Scalar* from = x + row * n;
    Scalar* to = y + row * n;
    largest[row] = largest_of(n, from);
    const Vec shift = set1(largest[row]);
    for (Index j = 0; j < whole; j += kWidth) store(to + j, exp_of(sub(load(from + j), shift)));
    if (whole < n)
      store_lanes(to + whole, exp_of(sub(load_lanes(from + whole, rest), shift)), rest);
  }
  Sums sums = no_sums();
  Vec values[kSteps] = {};
  for (Index j = 0; j < n; j += kSteps) {
    const int steps = static_cast<int>(smaller(n - j, kSteps));
    load_steps<false, false>({y + j, n, count}, steps, values);
    for (int s = 0; s < steps; ++s) add_to(sums, values[s]);
  }
  store(lanes, rounded(sums));
  store(log_lanes, log_of(rounded(sums)));
  for (int row = 0; row < count; ++row) {
    const Scalar* from = x + row * n;
    Scalar* to = y + row * n;
    const Vec shift = set1(largest[row]), sum = set1(lanes[row]), log_sum = set1(log_lanes[row]);
    for (Index j = 0; j < whole; j += kWidth)
      store(to + j, softmax_of<kForm>(sub(load(from + j), shift), load(to + j), sum, log_sum));
    if (whole < n)
      store_lanes(to + whole,
                  softmax_of<kForm>(sub(load_lanes(from + whole, rest), shift),
                                    load_lanes(to + whole, rest), sum, log_sum),
                  rest);
  }
}

template <SoftmaxForm kForm>
NN_TARGET void softmax_rows(Index rows, Index n, const Scalar* x, Scalar* y) {
  if (n == 0) return;
  for (Index row = 0; row < rows; row += kWidth, x += kWidth * n, y += kWidth * n) {
    const int count = static_cast<int>(smaller(rows - row, kWidth));
    if (n > kNarrow)
      softmax_wide<kForm>(count, n, x, y);
    else if (count == kWidth)
      softmax_narrow<kForm, true>(count, n, x, y);
    else
      softmax_narrow<kForm, false>(count, n, x, y);
  }
}

}  // namespace
}  // namespace nn::inline NN_PRECISION::kernels
