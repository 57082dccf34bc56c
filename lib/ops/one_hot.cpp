#include "nn/ops/one_hot.hpp"

#include <sstream>

#include "nn/core/error.hpp"

namespace nn::inline NN_PRECISION {

Tensor one_hot(const Tensor& labels, Index classes) {
  if (labels.rank() != 1)
    throw ShapeError("one_hot: expected labels (n), got " + labels.shape().to_string());
  Tensor rows = Tensor::zeros({labels.size(0), classes});
  for (Index i = 0; i < labels.size(0); ++i) {
    Scalar label = labels(i);
    if (!(label >= 0 && label < static_cast<Scalar>(classes)) ||
        label != static_cast<Scalar>(static_cast<Index>(label))) {
      std::ostringstream message;
      message << "label " << label << " in row " << i << ": expected a whole number from 0 to "
              << classes - 1;
      throw RangeError(message.str());
    }
    rows(i, static_cast<Index>(label)) = 1;
  }
  return rows;
}

}  // namespace nn::inline NN_PRECISION
