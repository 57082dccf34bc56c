#pragma once

#include "bench/bench.hpp"

/// Predictions in float, the memory taken before. The networks, by name:
///    tanh16, relu16   16-16-1
///    tanh64, relu64   64-64-10
///    mlp, mlprelu     256-128-64-10, tanh and ReLU
///    conv1d, lenet    as in train_cases.hpp
/// Prints nanoseconds per call: "ns", the median over slices of 20 microseconds; and of single
/// calls, without what reading the clock takes, the 99.9th percentile and the largest.
namespace bench {

struct PredictCase {
  const char* net;
  int batch, inputs, outputs;
  std::string name() const { return std::string(net) + "-b" + std::to_string(batch); }
};
// Read by cases.py too: one case on a line.
constexpr PredictCase kPredictCases[] = {
    {"tanh16", 1, 16, 1},      // 16-16-1
    {"relu16", 1, 16, 1},      // 16-16-1
    {"tanh64", 1, 64, 10},     // 64-64-10
    {"relu64", 1, 64, 10},     // 64-64-10
    {"mlp", 1, 256, 10},       // 256-128-64-10
    {"mlprelu", 1, 256, 10},   // 256-128-64-10
    {"conv1d", 1, 256, 10},    // 4064-100-10 behind the convolution
    {"lenet", 1, 256, 10},     // 512-128-10 behind the convolutions
    {"mlp", 100, 256, 10},     // 256-128-64-10
    {"conv1d", 100, 256, 10},  // 4064-100-10 behind the convolution
    {"lenet", 100, 256, 10},   // 512-128-10 behind the convolutions
};

inline double quantile(std::vector<double>& values, double share) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

inline void report_latency(std::string_view name, const Call& call) {
  constexpr double slice = 0.00002, all = 0.5;
  for (int i = 0; i < 1000; ++i) call();
  double begin = seconds();
  call();
  const int calls = static_cast<int>(slice / std::max(seconds() - begin, 1e-8)) + 1;
  std::vector<double> slices, singles, clock;
  for (const double start = seconds(); seconds() - start < all;) {
    begin = seconds();
    for (int i = 0; i < calls; ++i) call();
    slices.push_back((seconds() - begin) / calls);
  }
  for (int i = 0; i < 1000; ++i) {
    begin = seconds();
    clock.push_back(seconds() - begin);
  }
  const double clock_time = quantile(clock, 0.5);
  for (const double start = seconds(); singles.size() < 1000 || seconds() - start < all;) {
    begin = seconds();
    call();
    singles.push_back(std::max(0.0, seconds() - begin - clock_time));
  }
  report(name, "ns", 1e9 * quantile(slices, 0.5));
  report(name, "ns-99.9%", 1e9 * quantile(singles, 0.999));
  report(name, "ns-max", 1e9 * quantile(singles, 1));
}

/// prepare(predict_case, x) is the call to time, null for a network that the peer cannot have. x,
/// `batch` rows of `inputs` numbers in [0, 1), lives as long.
template <class Prepare>
void measure_predictions(Prepare&& prepare) {
  for (const PredictCase& c : kPredictCases) {
    if (!selected(c.name())) continue;
    Numbers numbers(3);
    const Array<float> x(c.batch * c.inputs, numbers, 0, 1);
    if (const Call call = prepare(c, x.data())) report_latency(c.name(), call);
  }
}

}  // namespace bench
