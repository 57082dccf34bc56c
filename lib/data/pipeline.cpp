#include "nn/data/pipeline.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "data/moments.hpp"
#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

std::string column_place(const std::string& name) { return "column " + detail::in_quotes(name); }

[[noreturn]] void fail_cell(const Table& table, std::size_t row, const std::string& name,
                            const std::string& what) {
  throw DataError(table.place(static_cast<Index>(row)) + ": " + column_place(name) + ": " + what);
}

constexpr const char* kHole = "the value is missing, and no impute() step fills it";

/// A column of numbers, none of them infinite.
const std::vector<double>& finite_numbers(const Table& table, const std::string& name) {
  const std::vector<double>& numbers = table.numbers(name);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (std::isinf(numbers[i]))
      fail_cell(table, i, name, "expected a finite number, got " + to_text(numbers[i]));
  return numbers;
}

}  // namespace

Pipeline Pipeline::automatic(const Table& table, Unknown unknown) {
  std::vector<std::string> numbers, text;
  for (const std::string& name : table.columns())
    (table.is_text(name) ? text : numbers).push_back(name);
  Pipeline pipeline;
  pipeline
      .keep(table.columns())  // in their order
      .impute(numbers, Impute::median)
      .scale(numbers)
      .impute(text, Impute::most_frequent)
      .one_hot(text, unknown);
  return pipeline;
}

Pipeline& Pipeline::change(const std::vector<std::string>& columns,
                           const std::function<void(Column&)>& change) {
  std::vector<Column> changed = columns_;
  for (const std::string& name : columns) {
    auto found = std::find_if(changed.begin(), changed.end(),
                              [&](const Column& column) { return column.name == name; });
    if (found == changed.end()) found = changed.insert(found, Column{name});
    change(*found);
    if (found->encoder && found->scale)
      throw ArgumentError("Pipeline: " + column_place(name) + " cannot be scaled and one-hot");
    if (found->encoder && found->imputer && found->imputer->how() != Impute::most_frequent)
      throw ArgumentError("Pipeline: " + column_place(name) +
                          " is one-hot; only its most frequent value can fill holes");
  }
  columns_ = std::move(changed);
  is_fitted_ = false;
  return *this;
}

Pipeline& Pipeline::impute(const std::vector<std::string>& columns, Impute how) {
  return change(columns, [&](Column& column) { column.imputer = SimpleImputer(how); });
}

Pipeline& Pipeline::scale(const std::vector<std::string>& columns, Scale how) {
  return change(columns, [&](Column& column) { column.scale = how; });
}

Pipeline& Pipeline::one_hot(const std::vector<std::string>& columns, Unknown unknown) {
  return change(columns, [&](Column& column) { column.encoder = OneHotEncoder(unknown); });
}

Pipeline& Pipeline::keep(const std::vector<std::string>& columns) {
  return change(columns, [](Column&) {});
}

void Pipeline::check_fitted() const {
  if (!is_fitted_) throw ArgumentError("Pipeline: fit it first, on the training part");
}

/// The cells of a column of numbers, finite, without holes.
std::vector<double> Pipeline::filled_numbers(const Column& column, const Table& table) {
  std::vector<double> numbers = finite_numbers(table, column.name);
  if (column.imputer) numbers = column.imputer->transform(std::move(numbers));
  for (std::size_t i = 0; i < numbers.size(); ++i)
    if (std::isnan(numbers[i])) fail_cell(table, i, column.name, kHole);
  return numbers;
}

/// The cells of a column of text, without holes. A column of nothing but holes may be any kind's.
std::vector<std::string> Pipeline::filled_text(const Column& column, const Table& table) {
  std::vector<std::string> text;
  if (table.is_text(column.name)) {
    text = table.text(column.name);
  } else {
    const std::vector<double>& numbers = table.numbers(column.name);
    if (!std::all_of(numbers.begin(), numbers.end(), [](double x) { return std::isnan(x); }))
      throw DataError(column_place(column.name) +
                      " holds numbers, expected text; read_table() reads it so if its options "
                      "give that type");
    text.resize(numbers.size());
  }
  if (column.imputer) text = column.imputer->transform(std::move(text));
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i].empty()) fail_cell(table, i, column.name, kHole);
  return text;
}

void Pipeline::fit_scale(Column& column, const std::vector<double>& numbers) {
  if (column.scale == Scale::standard) {
    const auto moments = detail::column_moments(numbers);
    column.shift = moments.mean;
    column.divisor = detail::standard_scale(moments, static_cast<double>(numbers.size()));
  } else if (column.scale == Scale::min_max) {
    const auto [low, high] = std::minmax_element(numbers.begin(), numbers.end());
    column.shift = *low;
    column.divisor = *low < *high ? *high - *low : 1;
  }
  if (!std::isfinite(column.shift) || !std::isfinite(column.divisor))
    throw DataError(column_place(column.name) + ": the spread of its numbers overflows");
}

void Pipeline::fit(Column& column, const Table& table) {
  try {
    if (column.imputer && column.encoder) column.imputer->fit(table.text(column.name));
    if (column.imputer && !column.encoder) column.imputer->fit(finite_numbers(table, column.name));
  } catch (const ArgumentError& error) {
    throw DataError(column_place(column.name) + ": " + error.what());
  }
  if (column.encoder) {
    column.encoder->fit(filled_text(column, table));
  } else {
    fit_scale(column, filled_numbers(column, table));
  }
}

void Pipeline::fit(const Table& train) {
  if (columns_.empty()) throw ArgumentError("Pipeline::fit: expected steps, there are none");
  if (train.rows() == 0) throw DataError("Pipeline::fit: expected a table with rows, got none");
  std::vector<Column> fitted = columns_;
  for (Column& column : fitted) fit(column, train);
  columns_ = std::move(fitted);
  is_fitted_ = true;
}

void Pipeline::transform_numbers(const Column& column, const Table& table, Tensor& z) {
  const std::vector<double> numbers = filled_numbers(column, table);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto scaled = static_cast<Scalar>((numbers[i] - column.shift) / column.divisor);
    if (!std::isfinite(scaled))
      fail_cell(table, i, column.name, to_text(numbers[i]) + " is too large");
    z(i, 0) = scaled;
  }
}

void Pipeline::transform_text(const Column& column, const Table& table, Tensor& z) {
  const std::vector<std::string> text = filled_text(column, table);
  z.fill(0);
  std::size_t i = 0;
  try {
    for (; i < text.size(); ++i)
      if (const auto category = column.encoder->find(text[i])) z(i, *category) = 1;
  } catch (const RangeError& error) {
    fail_cell(table, i, column.name, error.what());
  }
}

Tensor Pipeline::transform(const Table& table) const {
  check_fitted();
  Index width = 0;
  for (const Column& column : columns_) width += column.width();
  Tensor x({table.rows(), width});
  Index first = 0;
  for (const Column& column : columns_) {
    Tensor z = x.slice(1, first, first + column.width());
    (column.encoder ? transform_text : transform_numbers)(column, table, z);
    first += column.width();
  }
  return x;
}

std::vector<std::string> Pipeline::features() const {
  check_fitted();
  std::vector<std::string> names;
  for (const Column& column : columns_) {
    if (!column.encoder) names.push_back(column.name);
    if (column.encoder)
      for (const std::string& category : column.encoder->categories())
        names.push_back(column.name + "=" + category);
  }
  return names;
}

std::vector<PipelineInput> Pipeline::expects() const {
  std::vector<PipelineInput> inputs;
  for (const Column& column : columns_)
    inputs.push_back({column.name, column.encoder ? ColumnKind::text : ColumnKind::numbers,
                      column.encoder ? column.encoder->categories() : std::vector<std::string>()});
  return inputs;
}

std::map<std::string, ColumnKind> Pipeline::types() const {
  std::map<std::string, ColumnKind> types;
  for (const PipelineInput& input : expects()) types[input.name] = input.kind;
  return types;
}

}}  // namespace nn::NN_PRECISION
