#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nn/core/tensor.hpp"

/// Encoders of one column of a table each, with the values of scikit-learn's of the same names. A
/// missing text is empty, a missing number NaN. Pipeline puts them together for whole tables.
///
/// Errors: ArgumentError for transforming before fitting. RangeError, which names the row and the
/// text, for a text that was not seen in fitting and for a missing one. A failed fit changes
/// nothing.
///
/// Thread safety: const member functions may be called from several threads at once.
namespace nn { inline namespace NN_PRECISION {

/// Labels as indices of classes, 0, 1, ... The classes are the labels that occur, sorted: text by
/// its bytes (as Python sorts it), numbers by size.
///
///     LabelEncoder species;
///     species.fit(table.text("species"));
///     Tensor y = species.transform(table.text("species"));  // (n)
class LabelEncoder {
 public:
  LabelEncoder() = default;
  /// Of classes in a given order. ArgumentError if one comes twice or is empty.
  explicit LabelEncoder(std::vector<std::string> classes);

  /// ArgumentError without a label; RangeError for a missing one.
  void fit(const std::vector<std::string>& labels);
  Tensor transform(const std::vector<std::string>& labels) const;  // (n)

  /// Numbers as labels: a class is named by its number, in the shortest form ("3", "0.5").
  void fit(const std::vector<double>& labels);
  Tensor transform(const std::vector<double>& labels) const;  // (n)

  /// Names of classes (n). RangeError, which names the row, for what is no class.
  std::vector<std::string> inverse_transform(const Tensor& y) const;

  /// The names, in the order of the indices.
  const std::vector<std::string>& classes() const { return classes_; }
  /// The index of a class, if it is one.
  std::optional<Index> find(std::string_view name) const;

 private:
  std::vector<std::string> classes_;
  std::map<std::string, Index, std::less<>> index_;
};

/// What to do with a text that was not seen in fitting: an error; or 0 in all columns, which is
/// OneHotEncoder(handle_unknown="ignore") in scikit-learn.
enum class Unknown { error, other };

/// Text as rows that are 1 in the column of their category, and 0 elsewhere. Categories are sorted
/// as LabelEncoder's classes.
class OneHotEncoder {
 public:
  explicit OneHotEncoder(Unknown unknown = Unknown::error) : unknown_(unknown) {}
  /// Of categories in a given order, as LabelEncoder.
  OneHotEncoder(std::vector<std::string> categories, Unknown unknown)
      : labels_(std::move(categories)), unknown_(unknown) {}

  /// Errors as LabelEncoder.
  void fit(const std::vector<std::string>& column) { labels_.fit(column); }
  Tensor transform(const std::vector<std::string>& column) const;  // (n, categories)
  /// The category of the largest number in each row, the first one of several; empty if all are 0.
  std::vector<std::string> inverse_transform(const Tensor& x) const;

  /// The categories, in the order of the columns, and what it was made with.
  const std::vector<std::string>& categories() const { return labels_.classes(); }
  Unknown unknown() const { return unknown_; }
  /// The column of a category; nothing for an unknown one, or RangeError where that is an error.
  std::optional<Index> find(const std::string& category) const;

 private:
  LabelEncoder labels_;
  Unknown unknown_;
};

/// What fills holes, of the values that a column has.
enum class Impute { mean, median, most_frequent };

/// Fills the holes of a column with the mean, the median or the most frequent value of what it was
/// fitted on; text only with the most frequent one. The median of an even number of values is the
/// mean of the two in the middle. Of values that are equally frequent, the smallest one counts.
///
/// ArgumentError for fitting on infinity, on nothing but holes, and on text unless `how` is
/// most_frequent; for transforming a column of the other kind than the one fitted.
class SimpleImputer {
 public:
  explicit SimpleImputer(Impute how = Impute::mean) : how_(how) {}
  /// Fitted, with what fills holes.
  SimpleImputer(Impute how, double number) : how_(how), number_(number) {}
  SimpleImputer(Impute how, std::string text) : how_(how), text_(std::move(text)) {}

  /// Numbers: finds what fills holes, and fills them.
  void fit(const std::vector<double>& column);
  std::vector<double> transform(std::vector<double> column) const;

  /// The same for text.
  void fit(const std::vector<std::string>& column);
  std::vector<std::string> transform(std::vector<std::string> column) const;

  /// What it was made with.
  Impute how() const { return how_; }
  /// What fills holes, if it was fitted on numbers, or on text.
  const std::optional<double>& number() const { return number_; }
  const std::optional<std::string>& text() const { return text_; }

 private:
  Impute how_;
  std::optional<double> number_;
  std::optional<std::string> text_;
};

}}  // namespace nn::NN_PRECISION
