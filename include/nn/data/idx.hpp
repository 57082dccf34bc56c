#pragma once

#include <string>

#include "nn/data/dataset.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Reads an IDX file (LeCun, Cortes and Burges, "The MNIST database"): two bytes 0, a byte for the
/// type of the elements, a byte for the rank, the sizes as big-endian 32-bit numbers, the elements.
/// Only unsigned bytes (type 8) are accepted. Images: (n, height, width); labels: (n). Values 0 to
/// 255. A size of 0 is allowed. A gzip-compressed file is unpacked, as far as its header says.
/// DataError unless the file is exactly that long, or if it gives more than read_limit().
Tensor read_idx(const std::string& path);

/// Writes such a file: rank 1 to the most that a Shape has, whole numbers from 0 to 255. Whole or
/// not at all; RangeError for another number, ShapeError for rank 0 and sizes that 32 bits do not
/// hold, DataError as write_file().
void write_idx(const std::string& path, const Tensor& tensor);

/// Images and their labels: x: (n, height, width), y: (n). DataError if their numbers differ, and
/// for every other rank: read_idx reads those.
Dataset read_idx_dataset(const std::string& images, const std::string& labels);

}}  // namespace nn::NN_PRECISION
