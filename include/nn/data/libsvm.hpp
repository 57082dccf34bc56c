#pragma once

#include <string>

#include "nn/data/dataset.hpp"

namespace nn { inline namespace NN_PRECISION {

/// How read_libsvm() understands a file.
struct LibsvmOptions {
  Index features = 0;       // columns of x; 0: as many as the largest index asks for
  bool zero_based = false;  // whether the first feature has index 0 instead of 1
  double first_label = 0;   // subtracted from each label: 1 for classes that count from 1
};

/// Reads LIBSVM's text (Chang and Lin, LIBSVM's README), unpacked if it is gzip-compressed: on each
/// line a label and pairs index:value with rising indices. What is not named is 0. "#" begins a
/// comment; blank lines are left out. x: (n, features), y: (n) labels.
///
/// DataError "path:line: what was expected" for anything else, for an index below the first one or
/// beyond `features`, and if x would take more memory than a table of that file may
/// (read_limit()).
Dataset read_libsvm(const std::string& path, const LibsvmOptions& options = {});

}}  // namespace nn::NN_PRECISION
