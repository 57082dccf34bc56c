#include "prepare.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "common/flags.hpp"
#include "common/text_table.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/data/split.hpp"
#include "nn/ops/elementwise.hpp"

namespace apps {
namespace {

std::vector<std::string> split_names(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    names.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

bool is_empty(const nn::Table& table, const std::string& column) {
  if (table.is_text(column)) return false;
  const std::vector<double>& numbers = table.numbers(column);
  return std::all_of(numbers.begin(), numbers.end(), [](double x) { return std::isnan(x); });
}

/// One cell that is no number makes a column of numbers text.
void warn_if_nearly_numbers(const nn::Table& table, const std::string& column) {
  const std::vector<std::string>& texts = table.text(column);
  const auto numbers = std::count_if(texts.begin(), texts.end(), [](const std::string& text) {
    return nn::parse_number<double>(text).has_value();
  });
  if (numbers == std::ssize(texts) || 2 * numbers <= std::ssize(texts)) return;
  const auto odd = std::find_if(texts.begin(), texts.end(), [](const std::string& text) {
    return !text.empty() && !nn::parse_number<double>(text);
  });
  if (odd != texts.end())
    remark("column \"" + column + "\" holds numbers, but is taken for text because of \"" + *odd +
           "\" (" + table.place(odd - texts.begin()) + "); leave such cells empty");
}

void warn_of_classes(const Target& target) {
  const nn::Index rows = target.y.numel();
  if (target.is_class() && 2 * target.outputs() > rows)
    remark(std::to_string(target.outputs()) + " classes in " + count_of(rows, "row"));
  if (target.is_class()) return;
  std::set<nn::Scalar> values;
  for (nn::Index i = 0; i < rows && values.size() <= 10; ++i) values.insert(target.y(i));
  const bool whole = std::all_of(values.begin(), values.end(),
                                 [](nn::Scalar value) { return value == std::floor(value); });
  if (whole && values.size() <= 10 && std::ssize(values) * 5 <= rows)
    remark("the target has " + std::to_string(values.size()) +
           " different whole numbers; if they are classes, give --classes");
}

/// Differences that a float does not hold cannot be learned.
void check_spread(const std::vector<double>& numbers, const Job& job) {
  double sum = 0, squares = 0;
  for (double x : numbers) sum += x;
  const double mean = sum / static_cast<double>(numbers.size());
  for (double x : numbers) squares += (x - mean) * (x - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(numbers.size()));
  if (deviation > 0 && std::abs(mean) > 1e5 * deviation)
    throw nn::DataError(job.data + ": \"" + job.target + "\" lies at " + nn::to_text(mean) +
                        " and varies by " + nn::to_text(deviation) +
                        " only, which is lost in 32 bits: subtract a constant");
}

void check_finite(const nn::Tensor& x, const std::string& path) {
  if (nn::all_finite(x)) return;
  for (nn::Index i = 0; i < x.size(0); ++i)
    if (!nn::all_finite(x.slice(0, i, i + 1)))
      throw nn::DataError(path + ": example " + std::to_string(i + 1) +
                          " holds a number that is not finite");
}

/// The columns to learn from. Text that differs in most rows, such as a name, is left out.
nn::Table features_of(const nn::Table& table, const Job& job) {
  std::vector<std::string> left_out = split_names(job.without);
  left_out.push_back(job.target);
  nn::Table features = table.without(left_out);
  for (const std::string& column : features.columns()) {
    if (is_empty(features, column)) {
      remark("column \"" + column + "\" is empty and is left out");
      features = features.without({column});
      continue;
    }
    if (!features.is_text(column)) continue;
    std::vector<std::string> texts = features.text(column);
    warn_if_nearly_numbers(features, column);
    std::sort(texts.begin(), texts.end());
    const auto different = std::unique(texts.begin(), texts.end()) - texts.begin();
    if (2 * different <= std::ssize(texts)) continue;
    remark("column \"" + column + "\" has " + std::to_string(different) + " different texts in " +
           count_of(std::ssize(texts), "row") + " and is left out");
    features = features.without({column});
  }
  if (features.columns().empty()) throw nn::DataError(job.data + ": no column to learn from");
  return features;
}

/// Rows to train with and rows held out: of each class its share, if there are enough of each.
nn::Fold hold_out(const Target& target, const Job& job) {
  const auto rows_held_out = std::ceil(job.validation * static_cast<double>(target.y.numel()));
  if (rows_held_out < 2 || rows_held_out > static_cast<double>(target.y.numel() - 2))
    throw nn::DataError(job.data + ": " + std::to_string(target.y.numel()) +
                        " rows are too few to train with some and to hold two or more out");
  nn::SplitOptions options{job.validation, static_cast<std::uint64_t>(job.seed), target.is_class()};
  try {
    return nn::train_test_rows(target.y, options);
  } catch (const nn::ArgumentError&) {
    if (!target.is_class()) throw;
    remark(
        "a class has too few rows for its share in both parts; rows are drawn without regard to "
        "classes");
    options.stratify = false;
    return nn::train_test_rows(target.y, options);
  }
}

void fill(Prepared& p, const nn::Tensor& x, const Target& target, const nn::Fold& fold) {
  const nn::Dataset all{x, target.y};
  p.train = nn::take(all, fold.train);
  p.validation = nn::take(all, fold.test);
  p.info.classes = target.classes;
  p.info.examples = p.train.x.slice(0, 0, std::min<nn::Index>(3, p.train.size())).clone();
}

Prepared prepare_table(const nn::Table& whole, const Job& job) {
  if (job.target.empty()) throw UsageError("nn train: --target COLUMN is missing (see --help)");
  const std::vector<nn::Index> rows = rows_with_target(whole, job.target);
  const nn::Table table = whole.take(rows), features = features_of(table, job);
  const Target target = target_of(table, job.target, job.classes);
  if (!target.is_class()) check_spread(table.numbers(job.target), job);
  warn_of_classes(target);
  const nn::Fold fold = hold_out(target, job);
  Prepared p;
  p.info.pipeline = nn::Pipeline::automatic(features, nn::Unknown::other);
  p.info.pipeline.fit(features.take(fold.train));
  p.info.target = job.target;
  fill(p, p.info.pipeline.transform(features), target, fold);
  for (nn::Index row : fold.test) p.rows.push_back(rows[static_cast<std::size_t>(row)] + 1);
  return p;
}

Prepared prepare_arrays(const Examples& examples, const Job& job) {
  nn::Tensor y = examples.y;
  if (!job.labels.empty()) y = read_targets(job.labels);
  if (!job.targets.empty()) y = read_targets(job.targets);
  if (y.numel() != examples.rows())
    throw nn::DataError(job.data + ": " + std::to_string(examples.rows()) + " examples and " +
                        std::to_string(y.numel()) + " labels; --labels or --targets gives them");
  check_finite(examples.x, job.data);
  const Target target = target_of(y, job.targets.empty());
  const nn::Fold fold = hold_out(target, job);
  Prepared p;
  p.info.target = "label";
  fill(p, examples.x, target, fold);
  for (nn::Index row : fold.test) p.rows.push_back(row + 1);
  return p;
}

}  // namespace

Prepared prepare(const Job& job) {
  if (!(job.validation > 0 && job.validation < 1))
    throw UsageError("nn train: --validation: expected a share between 0 and 1 (see --help)");
  nn::TableOptions options{.separator = separator_of(job.separator)};
  for (const std::string& column : split_names(job.text))
    options.types[column] = nn::ColumnKind::text;
  const Examples examples = read_examples(job.data, options);
  Prepared p = examples.table ? prepare_table(*examples.table, job) : prepare_arrays(examples, job);
  if (p.info.classes.size() == 1)
    throw nn::DataError(job.data + ": there is one class only, \"" + p.info.classes[0] + "\"");
  return p;
}

}  // namespace apps
