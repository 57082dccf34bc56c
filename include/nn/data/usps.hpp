#pragma once

#include "nn/data/split.hpp"

namespace nn::inline NN_PRECISION {

/// Reads handwritten digits of the US Postal Service (LeCun et al., 1990), 16 x 16 grey values,
/// from text in one of two forms, told apart by the first line:
/// - that of "The Elements of Statistical Learning" (zip.train, zip.test): a line per image, "label
///   v1 ... v256", values -1 to 1;
/// - with a first line "10 256" (classes, features), then lines "label v1 ... v256", values 0 to 2,
///   and at the end a line "-1" or none: 1 is subtracted from each value.
/// Labels are 0 to 9, also written "6.0000"; blanks at line ends, CRLF and blank last lines are
/// accepted, and gzip-compressed files. x: (n, 256), values -1 to 1, row by row; y: (n), the
/// digits. DataError: "path:line: what was expected".
Dataset read_usps(const std::string& path);

/// zip.train and zip.test, or else zip.train.gz and zip.test.gz, in `folder` or in folder/usps.
/// DataError if they are not there.
Split load_usps(const std::string& folder);

}  // namespace nn::inline NN_PRECISION
