#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nn/data/encoders.hpp"
#include "nn/data/table.hpp"

namespace nn { inline namespace NN_PRECISION {

namespace detail {
class Json;
}

/// How numbers x are scaled, column by column, computed in double.
enum class Scale {
  standard,  // (x - mean) / standard deviation, as StandardScaler
  min_max,   // (x - min) / (max - min), as MinMaxScaler
};

/// What a pipeline expects of a column.
struct PipelineInput {
  std::string name;
  ColumnKind kind;
  std::vector<std::string> categories;  // of text, after fitting
};

/// Makes the input of a network, (n, features), from a table: columns by name, their holes filled,
/// numbers scaled, text one-hot. It learns from the training part alone, so that nothing leaks from
/// the rows that test it:
///
///     auto pipeline = Pipeline::automatic(train.without({"species"}));
///     pipeline.fit(train);
///     Tensor x = pipeline.transform(train), x_test = pipeline.transform(test);
///
/// or by steps of one's own:
///
///     Pipeline pipeline;
///     pipeline.impute({"age", "fare"}, Impute::median).scale({"age", "fare"}).one_hot({"sex"});
///
/// apps/examples/own_csv.cpp trains with one.
///
/// The columns become features in the order in which the steps name them first. In each, holes are
/// filled first, in whatever order the steps are given. The values are those of scikit-learn's
/// ColumnTransformer of SimpleImputer, StandardScaler or MinMaxScaler, and OneHotEncoder.
///
/// Each step returns the pipeline, which must be fitted again. ArgumentError for a column that is
/// one-hot and scaled, or one-hot and filled with a mean or a median.
///
/// Errors of fit() and transform(): DataError, which tells the column and the row or the line of
/// its file, for a column that is missing or of the other kind, for a hole in a column without
/// impute(), for infinity, for an unknown category where that is an error, and for a column that
/// nothing can be learned from: without rows or without a value. Columns that no step names are
/// ignored. A failed fit() changes nothing.
///
/// Thread safety: const member functions may be called from several threads at once.
class Pipeline {
 public:
  /// For all columns of a table: numbers get their median for holes and are scaled (standard); text
  /// gets its most frequent value and is one-hot. Not fitted.
  static Pipeline automatic(const Table& table, Unknown unknown = Unknown::error);

  /// A step: holes are filled, numbers scaled, text becomes one-hot.
  Pipeline& impute(const std::vector<std::string>& columns, Impute how);
  Pipeline& scale(const std::vector<std::string>& columns, Scale how = Scale::standard);
  Pipeline& one_hot(const std::vector<std::string>& columns, Unknown unknown = Unknown::error);
  /// Numbers are taken as they are, but for holes.
  Pipeline& keep(const std::vector<std::string>& columns);

  /// Learns what the steps need from the training part.
  void fit(const Table& train);
  /// (n, features). ArgumentError before fitting.
  Tensor transform(const Table& table) const;

  /// Whether transform() has what it needs.
  bool is_fitted() const { return is_fitted_; }
  /// The names of the output's columns: "age", "island=Dream". ArgumentError before fitting.
  std::vector<std::string> features() const;
  /// The columns that the steps name, in their order.
  std::vector<PipelineInput> expects() const;
  /// For TableOptions::types, so that a file is read as this pipeline expects it.
  std::map<std::string, ColumnKind> types() const;

  /// The fitted pipeline as JSON; what is read back transforms to the same bits. ArgumentError
  /// before fitting; DataError for a name or a category that is not UTF-8. DataError for text that
  /// to_json() does not write.
  std::string to_json() const;
  static Pipeline from_json(const std::string& text);

 private:
  struct Column {
    std::string name;
    std::optional<SimpleImputer> imputer = {};
    std::optional<Scale> scale = {};
    double shift = 0, divisor = 1;              // of numbers: (x - shift) / divisor
    std::optional<OneHotEncoder> encoder = {};  // of text

    Index width() const { return encoder ? std::ssize(encoder->categories()) : 1; }
  };

  Pipeline& change(const std::vector<std::string>& columns,
                   const std::function<void(Column&)>& change);
  void check_fitted() const;

  static std::vector<double> filled_numbers(const Column& column, const Table& table);
  static std::vector<std::string> filled_text(const Column& column, const Table& table);
  static void fit(Column& column, const Table& table);
  static void fit_scale(Column& column, const std::vector<double>& numbers);
  static void transform_numbers(const Column& column, const Table& table, Tensor& z);
  static void transform_text(const Column& column, const Table& table, Tensor& z);

  static detail::Json describe(const Column& column);
  static Column read_column(const detail::Json& json);

  std::vector<Column> columns_;
  bool is_fitted_ = false;
};

}}  // namespace nn::NN_PRECISION
