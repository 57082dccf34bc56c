#include "results.hpp"

#include <cmath>

#include "nn/ops/elementwise.hpp"
#include "nn/ops/reduce.hpp"
#include "nn/ops/softmax.hpp"
#include "nn/train/metrics.hpp"

namespace apps {

using Measures = std::vector<std::pair<std::string, double>>;

static Measures class_measures(const nn::Tensor& y, const nn::Tensor& z) {
  const nn::Tensor p = nn::softmax(z);
  const nn::ClassScores scores = nn::class_scores(y, z, z.size(1));
  return {{"accuracy", nn::accuracy(y, z)},
          {"precision_macro", scores.macro(scores.precision)},
          {"recall_macro", scores.macro(scores.recall)},
          {"f1_macro", scores.macro(scores.f1)},
          {"log_loss", nn::log_loss(y, p)}};
}

Measures measures(const nn::ModelInfo& info, const nn::Tensor& y, const nn::Tensor& z) {
  if (!info.classes.empty()) return class_measures(y, z);
  const nn::Tensor column = y.reshape(z.shape()), error = column - z;
  Measures all{{"mean_absolute_error", nn::mean_absolute_error(column, z)},
               {"root_mean_squared_error", std::sqrt(nn::mean(error * error))}};
  if (z.size(0) > 1) all.insert(all.begin(), {"r2", nn::r2_score(column, z)});
  return all;
}

std::vector<std::string> prediction_columns(const nn::ModelInfo& info) {
  std::vector<std::string> columns{info.target.empty() ? "prediction" : info.target};
  for (const std::string& name : info.classes) columns.push_back("p_" + name);
  return columns;
}

nn::CsvCell target_cell(const nn::ModelInfo& info, double target) {
  if (info.classes.empty()) return static_cast<nn::Scalar>(target);
  return info.classes.at(static_cast<std::size_t>(target));
}

std::vector<nn::CsvRow> prediction_rows(const nn::ModelInfo& info, const nn::Tensor& z) {
  const bool is_class = !info.classes.empty();
  const nn::Tensor found = is_class ? nn::argmax(z, 1) : z.reshape({z.size(0)});
  const nn::Tensor shares = is_class ? nn::softmax(z) : nn::Tensor();
  std::vector<nn::CsvRow> rows;
  for (nn::Index i = 0; i < z.size(0); ++i) {
    rows.push_back({target_cell(info, found(i))});
    for (nn::Index k = 0; is_class && k < z.size(1); ++k) rows.back().push_back(shares(i, k));
  }
  return rows;
}

void write_confusion(const std::string& path, const nn::ModelInfo& info, const nn::Tensor& y,
                     const nn::Tensor& z) {
  const nn::Tensor counts = nn::confusion_matrix(y, z, z.size(1));
  std::vector<std::string> columns{"is"};
  for (const std::string& name : info.classes) columns.push_back("taken for " + name);
  nn::CsvWriter table(path, columns);
  for (nn::Index i = 0; i < z.size(1); ++i) {
    nn::CsvRow row{info.classes[static_cast<std::size_t>(i)]};
    for (nn::Index j = 0; j < z.size(1); ++j) row.push_back(static_cast<nn::Index>(counts(i, j)));
    table.row(row);
  }
  table.write();
}

}  // namespace apps
