#include "prepare.hpp"

#include <algorithm>
#include <cmath>

#include "common/flags.hpp"
#include "nn/core/error.hpp"
#include "nn/data/split.hpp"

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

/// The columns to learn from. Text that differs in most rows, such as a name, is left out.
nn::Table features_of(const nn::Table& table, const Job& job) {
  std::vector<std::string> left_out = split_names(job.without);
  left_out.push_back(job.target);
  nn::Table features = table.without(left_out);
  for (const std::string& column : features.columns()) {
    if (!features.is_text(column)) continue;
    std::vector<std::string> texts = features.text(column);
    std::sort(texts.begin(), texts.end());
    const auto different = std::unique(texts.begin(), texts.end()) - texts.begin();
    if (2 * different <= std::ssize(texts)) continue;
    remark("column \"" + column + "\" has " + std::to_string(different) + " different texts in " +
           std::to_string(texts.size()) + " rows and is left out");
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
    remark("a class has too few rows for its share in both parts");
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
  const Examples examples = read_examples(job.data);
  Prepared p = examples.table ? prepare_table(*examples.table, job) : prepare_arrays(examples, job);
  if (p.info.classes.size() == 1)
    throw nn::DataError(job.data + ": there is one class only, \"" + p.info.classes[0] + "\"");
  return p;
}

}  // namespace apps
