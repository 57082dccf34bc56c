#pragma once

#include <string>
#include <vector>

#include "nn/data/dataset.hpp"
#include "target.hpp"

namespace apps {

/// What is to be learned from which file.
struct Job {
  std::string data;                   // the file of examples
  std::string target, without;        // of a table: the column to predict, columns to leave out,
  std::string text, separator = ",";  // and columns that are text though they look like numbers
  std::string labels, targets;        // of arrays: a file with classes, or with numbers
  bool classes = false;               // numbers of the target column are classes
  double validation = 0.2;            // the share held out
  nn::Index seed = 0;                 // of the split
};

/// Examples, ready for training. The pipeline of `info` was fitted on the training part alone.
struct Prepared {
  nn::Dataset train, validation;
  std::vector<nn::Index> rows;  // of the validation part, in the file, counted from 1
  nn::ModelInfo info;

  bool is_class() const { return !info.classes.empty(); }
};

Prepared prepare(const Job& job);

}  // namespace apps
