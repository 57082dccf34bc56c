#include "nn/data/digits.hpp"

#include <iterator>

#include "nn/data/images.hpp"

namespace nn { inline namespace NN_PRECISION {

namespace {

constexpr Index kPixels = 64;

/// Each line is an image: its digit and 64 characters 'A' + value.
constexpr char kLines[][1 + kPixels + 1] = {
#include "../../datasets/digits.txt"
};

}  // namespace

Dataset digits() {
  constexpr Index n = std::ssize(kLines);
  Dataset data{Tensor({n, kPixels}), Tensor({n})};
  Scalar* x = data.x.data();
  for (Index i = 0; i < n; ++i) {
    data.y(i) = static_cast<Scalar>(kLines[i][0] - '0');
    for (Index j = 1; j <= kPixels; ++j) *x++ = static_cast<Scalar>(kLines[i][j] - 'A');
  }
  return data;
}

Split digits_as_usps() {
  Dataset data = digits();
  for (Index i = 0; i < data.x.numel(); ++i) data.x.data()[i] = data.x.data()[i] / 8 - 1;
  data.x = resize_images(data.x, {8, 8}, {16, 16});
  Index cut = data.size() * 3 / 4;
  return {.train = data.slice(0, cut), .test = data.slice(cut, data.size())};
}

}}  // namespace nn::NN_PRECISION
