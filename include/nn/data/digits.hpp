#pragma once

#include "nn/data/split.hpp"

namespace nn { inline namespace NN_PRECISION {

/// 1797 handwritten digits of 8 x 8 pixels, compiled into the library. x: (1797, 64), values 0 to
/// 16; y: (1797), the digits. From "Optical Recognition of Handwritten Digits" (Alpaydin and
/// Kaynak, UCI Machine Learning Repository, 1998), in the order of scikit-learn's load_digits.
Dataset digits();

/// The same digits in the form of USPS data. x: (n, 256), enlarged to 16 x 16 by resize_images,
/// values -1 to 1 (v / 8 - 1). The first three quarters (1347) are for training, the last quarter
/// (450) for testing, in the source's order.
Split digits_as_usps();

}}  // namespace nn::NN_PRECISION
