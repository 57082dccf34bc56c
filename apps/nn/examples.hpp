#pragma once

#include <map>
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

/// Reads a file by its name: NPY (.npy), IDX ("...idx3-ubyte"; bytes become 0 to 1, and labels are
/// taken from the file "...idx1-ubyte" beside it), USPS text ("zip.train", "zip.test"), else a CSV
/// table. Each may be gzip-compressed, with ".gz" at the end.
/// `types`: of a table's columns, where they are known.
Examples read_examples(const std::string& path,
                       const std::map<std::string, nn::ColumnKind>& types = {});

/// (n) labels or targets from an IDX or NPY file.
nn::Tensor read_targets(const std::string& path);

}  // namespace apps
