#include "nn/train/team.hpp"

#include <algorithm>

#include "nn/train/metrics.hpp"

namespace nn { inline namespace NN_PRECISION {

Tensor predict(Team& team, const Module& net, const Tensor& x) {
  constexpr Index block = 256;
  Tensor yhat(net.output_shape(x.shape()));
  const Index rows = yhat.size(0), length = yhat.shape().example_numel();
  const Team::Share blocks = team.share((rows + block - 1) / block);
  const Index begin = std::min(blocks.begin * block, rows),
              end = std::min(blocks.end * block, rows);
  std::vector<double> values(static_cast<std::size_t>(yhat.numel()));
  if (begin < end) {
    const Tensor own = predict(net, x.slice(0, begin, end));
    std::copy_n(own.data(), own.numel(), values.data() + begin * length);
  }
  team.gather(values, block * length);
  std::transform(values.begin(), values.end(), yhat.data(),
                 [](double value) { return static_cast<Scalar>(value); });
  return yhat;
}

}}  // namespace nn::NN_PRECISION
