#pragma once

#include <string>

#include "nn/data/dataset.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Reads an IDX file (LeCun, Cortes and Burges, "The MNIST database"): two bytes 0, a byte for the
/// type of the elements, a byte for the rank, the sizes as big-endian 32-bit numbers, the elements.
/// Only unsigned bytes (type 8) are accepted. Images: (n, height, width); labels: (n). Values 0 to
/// 255. A gzip-compressed file is unpacked. DataError unless the file is exactly as long as its
/// header says.
Tensor read_idx(const std::string& path);

/// Images and their labels: x: (n, height, width), y: (n). DataError if their numbers differ.
Dataset read_idx_dataset(const std::string& images, const std::string& labels);

}}  // namespace nn::NN_PRECISION
