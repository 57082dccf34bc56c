#pragma once

#include <string>
#include <vector>

#include "examples.hpp"
#include "nn/train/model_file.hpp"

namespace apps {

/// A line on standard error.
void remark(const std::string& text);

/// What is predicted: classes with their names, or a number.
struct Target {
  std::vector<std::string> classes;  // none: a number
  nn::Tensor y;                      // (n) class indices, or numbers

  bool is_class() const { return !classes.empty(); }
  nn::Index outputs() const { return is_class() ? static_cast<nn::Index>(classes.size()) : 1; }
};

/// The rows in which this column is not missing; the others are left out with a remark.
std::vector<nn::Index> rows_with_target(const nn::Table& table, const std::string& column);

/// A column of a table: text is classes; numbers are, if `as_classes` says so.
Target target_of(const nn::Table& table, const std::string& column, bool as_classes);
/// Labels of arrays.
Target target_of(const nn::Tensor& labels, bool as_classes);

/// The target of examples that a model is tried on, with the model's classes. `labels`: a file, for
/// arrays that have none. DataError for a class that the model does not know.
Target target_for(const nn::Model& model, const Examples& examples, const std::string& labels);

/// x for a model: through its pipeline if the examples are a table.
nn::Tensor inputs_for(const nn::Model& model, const Examples& examples);

}  // namespace apps
