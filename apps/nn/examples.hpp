#pragma once

#include <optional>
#include <string>

#include "nn/data/table.hpp"

namespace apps {

/// What a file of examples holds: a table, or arrays.
struct Examples {
  std::optional<nn::Table> table;
  nn::Tensor x, y;  // y is empty if the file has no labels

  nn::Index rows() const { return table ? table->rows() : x.size(0); }
};

/// Reads a file by its name: NPY (.npy), IDX ("...idx3-ubyte"; labels are taken from the file
/// "...idx1-ubyte" beside it), USPS text ("zip.train", "zip.test"), else a table as the options
/// say. Each may be gzip-compressed, with ".gz" at the end. Arrays of bytes become 0 to 1.
Examples read_examples(const std::string& path, const nn::TableOptions& options = {});

/// The character that --separator names: one, or "tab".
char separator_of(const std::string& text);

/// (n) labels or targets from an IDX or NPY file.
nn::Tensor read_targets(const std::string& path);

}  // namespace apps
