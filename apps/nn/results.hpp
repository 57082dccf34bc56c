#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nn/core/tensor.hpp"
#include "nn/io/csv.hpp"
#include "nn/train/model_file.hpp"

namespace apps {

/// How good outputs are: accuracy, F1 and the like for classes, R2 and errors for numbers.
std::vector<std::pair<std::string, double>> measures(const nn::ModelInfo& info, const nn::Tensor& y,
                                                     const nn::Tensor& z);

/// The columns of a prediction: the target's name, and for classes the probability of each.
std::vector<std::string> prediction_columns(const nn::ModelInfo& info);
/// One row for each of the outputs z.
std::vector<nn::CsvRow> prediction_rows(const nn::ModelInfo& info, const nn::Tensor& z);

/// How a target is written: the class's name, or the number.
nn::CsvCell target_cell(const nn::ModelInfo& info, double target);

/// How often the class of the row was taken for that of the column.
void write_confusion(const std::string& path, const nn::ModelInfo& info, const nn::Tensor& y,
                     const nn::Tensor& z);

}  // namespace apps
