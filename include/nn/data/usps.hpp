#pragma once

#include "nn/data/split.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Reads handwritten digits of the US Postal Service (LeCun et al., 1990), 16 x 16 grey values,
/// from text. The first line tells which of two forms it has:
///
///     label v1 ... v256    The form of "The Elements of Statistical Learning" (zip.train,
///                          zip.test): a line for each image, values -1 to 1.
///     10 256               Classes and features. Lines "label v1 ... v256" follow, values 0 to 2,
///                          and perhaps a last line "-1". 1 is subtracted from each value.
///
/// Labels are 0 to 9, also written "6.0000". A number may have a sign, "+" too. Blanks at line
/// ends, CRLF, blank lines and gzip-compressed files are accepted. x: (n, 256), values -1 to 1, row
/// by row; y: (n), the digits. DataError: "path:line: what was expected", also without any image;
/// and beyond read_limit().
Dataset read_usps(const std::string& path);

/// zip.train and zip.test, or else zip.train.gz and zip.test.gz, in `folder` or in folder/usps.
/// DataError if there are none.
Split load_usps(const std::string& folder);

}}  // namespace nn::NN_PRECISION
