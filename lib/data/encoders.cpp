#include "nn/data/encoders.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "data/moments.hpp"
#include "io/file_errors.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/ops/one_hot.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// "'a', 'b', ...", cut after some.
std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 20;
  std::string list;
  for (std::size_t i = 0; i < std::min(most, names.size()); ++i)
    list += (i == 0 ? "" : ", ") + detail::in_quotes(names[i]);
  return list + (names.size() > most ? ", ..." : "");
}

std::string not_a_class(const std::string& text, const std::vector<std::string>& classes) {
  return (text.empty() ? "a missing text" : detail::in_quotes(text)) + " is not one of " +
         list_of(classes);
}

std::string row_place(std::size_t row) { return "row " + std::to_string(row) + ": "; }

void check_encoder_fitted(const char* encoder, const std::vector<std::string>& classes) {
  if (classes.empty()) throw ArgumentError(std::string(encoder) + ": fit it before transforming");
}

std::vector<std::string> names_of(const std::vector<double>& numbers) {
  std::vector<std::string> names;
  for (double number : numbers)
    names.push_back(std::isnan(number) ? "" : to_text(number == 0 ? 0.0 : number));
  return names;
}

/// Throws for a hole, and if there is nothing.
template <class Cells, class IsMissing>
void check_labels(const Cells& labels, IsMissing is_missing) {
  if (labels.empty()) throw ArgumentError("LabelEncoder::fit: expected labels, got none");
  const auto hole = std::find_if(labels.begin(), labels.end(), is_missing);
  if (hole != labels.end())
    throw RangeError(row_place(static_cast<std::size_t>(hole - labels.begin())) +
                     "expected a label, it is missing");
}

bool is_nan(double number) { return std::isnan(number); }
bool is_empty(const std::string& text) { return text.empty(); }

}  // namespace

LabelEncoder::LabelEncoder(std::vector<std::string> classes) : classes_(std::move(classes)) {
  for (const std::string& name : classes_)
    if (name.empty() || !index_.emplace(name, std::ssize(index_)).second)
      throw ArgumentError("LabelEncoder: expected different names of classes, got " +
                          list_of(classes_));
}

void LabelEncoder::fit(const std::vector<std::string>& labels) {
  check_labels(labels, is_empty);
  const std::set<std::string> sorted(labels.begin(), labels.end());
  *this = LabelEncoder(std::vector<std::string>(sorted.begin(), sorted.end()));
}

void LabelEncoder::fit(const std::vector<double>& labels) {
  check_labels(labels, is_nan);
  const std::set<double> sorted(labels.begin(), labels.end());
  *this = LabelEncoder(names_of({sorted.begin(), sorted.end()}));
}

std::optional<Index> LabelEncoder::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? std::nullopt : std::optional(found->second);
}

Tensor LabelEncoder::transform(const std::vector<std::string>& labels) const {
  check_encoder_fitted("LabelEncoder", classes_);
  Tensor y({std::ssize(labels)});
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto index = find(labels[i]);
    if (!index) throw RangeError(row_place(i) + not_a_class(labels[i], classes_));
    y.data()[i] = static_cast<Scalar>(*index);
  }
  return y;
}

Tensor LabelEncoder::transform(const std::vector<double>& labels) const {
  return transform(names_of(labels));
}

std::vector<std::string> LabelEncoder::inverse_transform(const Tensor& y) const {
  check_encoder_fitted("LabelEncoder", classes_);
  if (y.rank() != 1)
    throw ShapeError("LabelEncoder: expected classes (n), got " + y.shape().to_string());
  std::vector<std::string> labels;
  for (Index i = 0; i < y.numel(); ++i)
    labels.push_back(
        classes_[static_cast<std::size_t>(class_index(y(i), i, std::ssize(classes_), "class"))]);
  return labels;
}

std::optional<Index> OneHotEncoder::find(const std::string& category) const {
  const auto index = labels_.find(category);
  if (!index && (unknown_ == Unknown::error || category.empty()))
    throw RangeError(not_a_class(category, categories()));
  return index;
}

Tensor OneHotEncoder::transform(const std::vector<std::string>& column) const {
  check_encoder_fitted("OneHotEncoder", categories());
  Tensor x = Tensor::zeros({std::ssize(column), std::ssize(categories())});
  for (std::size_t i = 0; i < column.size(); ++i) try {
      if (const auto j = find(column[i])) x(static_cast<Index>(i), *j) = 1;
    } catch (const RangeError& error) {
      throw RangeError(row_place(i) + error.what());
    }
  return x;
}

std::vector<std::string> OneHotEncoder::inverse_transform(const Tensor& x) const {
  check_encoder_fitted("OneHotEncoder", categories());
  const Index width = std::ssize(categories());
  if (x.rank() != 2 || x.size(1) != width)
    throw ShapeError("OneHotEncoder: expected (n, " + std::to_string(width) + "), got " +
                     x.shape().to_string());
  std::vector<std::string> column;
  for (Index i = 0; i < x.size(0); ++i) {
    Index best = 0;
    bool is_other = true;
    for (Index j = 0; j < width; ++j) {
      if (x(i, j) > x(i, best)) best = j;
      is_other &= x(i, j) == 0;
    }
    column.push_back(is_other ? "" : categories()[static_cast<std::size_t>(best)]);
  }
  return column;
}

namespace {

/// The value that occurs most often, the smallest of several.  `sorted` is sorted, not empty.
template <class Value>
Value most_frequent(const std::vector<Value>& sorted) {
  auto best = sorted.begin(), first = best;
  std::ptrdiff_t count = 0;
  for (auto last = first; first != sorted.end(); first = last) {
    last = std::upper_bound(first, sorted.end(), *first);
    if (last - first > count) count = last - first, best = first;
  }
  return *best;
}

double median(const std::vector<double>& sorted) {
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

[[noreturn]] void fail_kind(const char* fitted, const char* got) {
  throw ArgumentError(std::string("SimpleImputer: expected ") + fitted + ", got " + got);
}

}  // namespace

void SimpleImputer::fit(const std::vector<double>& column) {
  std::vector<double> known;
  for (std::size_t i = 0; i < column.size(); ++i) {
    if (std::isinf(column[i]))
      throw ArgumentError(row_place(i) + "expected a finite number, got " + to_text(column[i]));
    if (!std::isnan(column[i])) known.push_back(column[i]);
  }
  if (known.empty()) throw ArgumentError("SimpleImputer::fit: expected a number, all are missing");
  const double mean = detail::column_moments(known).mean;
  std::sort(known.begin(), known.end());
  const double number = how_ == Impute::mean     ? mean
                        : how_ == Impute::median ? median(known)
                                                 : most_frequent(known);
  if (!std::isfinite(number)) throw ArgumentError("SimpleImputer::fit: the numbers overflow");
  *this = SimpleImputer(how_, number);
}

void SimpleImputer::fit(const std::vector<std::string>& column) {
  if (how_ != Impute::most_frequent) fail_kind("numbers for a mean or a median", "text");
  std::vector<std::string> known;
  std::remove_copy_if(column.begin(), column.end(), std::back_inserter(known), is_empty);
  if (known.empty()) throw ArgumentError("SimpleImputer::fit: expected text, all is missing");
  std::sort(known.begin(), known.end());
  *this = SimpleImputer(how_, most_frequent(known));
}

std::vector<double> SimpleImputer::transform(std::vector<double> column) const {
  if (!number_) fail_kind(text_ ? "text" : "to be fitted", "numbers");
  std::replace_if(column.begin(), column.end(), is_nan, *number_);
  return column;
}

std::vector<std::string> SimpleImputer::transform(std::vector<std::string> column) const {
  if (!text_) fail_kind(number_ ? "numbers" : "to be fitted", "text");
  std::replace_if(column.begin(), column.end(), is_empty, *text_);
  return column;
}

}}  // namespace nn::NN_PRECISION
