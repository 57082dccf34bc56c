#pragma once

#include <string>

#include "nn/data/dataset.hpp"

namespace nn::inline NN_PRECISION {

/// Reads an IDX file (LeCun, Cortes and Burges, "The MNIST database"): two bytes 0, the type of the
/// elements, of which only unsigned bytes (8) are accepted, the rank, the sizes as big-endian
/// 32-bit numbers, then the elements. Images: (n, height, width); labels: (n). Values 0 to 255.
/// A gzip-compressed file is unpacked. DataError unless it is then exactly as long as its header
/// says.
Tensor read_idx(const std::string& path);

/// Images and their labels: x: (n, height, width), y: (n). DataError if they are not equally many.
Dataset read_idx_dataset(const std::string& images, const std::string& labels);

}  // namespace nn::inline NN_PRECISION
