#include "nn/data/digits.hpp"

#include <string_view>

#include "nn/data/images.hpp"

/// The text of datasets/digits.txt, which the build puts into the library. Each line is an image:
/// its digit and 64 characters 'A' + value.
namespace nn::embedded {
extern const char digits_text[];
extern const unsigned long digits_size;
}  // namespace nn::embedded

namespace nn { inline namespace NN_PRECISION {

Dataset digits() {
  constexpr Index pixels = 64;
  constexpr std::size_t line_length = 1 + pixels + 1;  // digit, image, line end
  std::string_view text(embedded::digits_text, embedded::digits_size);
  auto n = static_cast<Index>(text.size() / line_length);
  Dataset data{Tensor({n, pixels}), Tensor({n})};
  Scalar* x = data.x.data();
  for (Index i = 0; i < n; ++i) {
    auto line = text.substr(static_cast<std::size_t>(i) * line_length, line_length);
    data.y(i) = static_cast<Scalar>(line[0] - '0');
    for (char c : line.substr(1, pixels)) *x++ = static_cast<Scalar>(c - 'A');
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
