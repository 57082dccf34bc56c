#include "train/diagnose_data.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <unordered_set>

#include "core/memory_size.hpp"
#include "modules/contents.hpp"
#include "nn/core/error.hpp"
#include "nn/losses/bce_loss.hpp"
#include "nn/losses/bce_with_logits_loss.hpp"
#include "nn/losses/cross_entropy_loss.hpp"
#include "nn/losses/hinge_loss.hpp"
#include "nn/losses/softmax_cross_entropy_loss.hpp"
#include "nn/modules/batch_norm.hpp"
#include "nn/modules/embedding.hpp"
#include "nn/modules/layer_norm.hpp"
#include "nn/train/metrics.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// "3, 7 and 12", or "3, 7, 12, 13, 14 and 8 more"; by their names if there are any.
std::string list(const std::vector<Index>& numbers, const std::vector<std::string>& names = {}) {
  constexpr std::size_t most = 5;
  const std::size_t named = numbers.size() > most + 1 ? most : numbers.size();
  std::string text;
  for (std::size_t i = 0; i < named; ++i) {
    if (i > 0) text += i + 1 == numbers.size() ? " and " : ", ";
    text += names.empty() ? std::to_string(numbers[i])
                          : '"' + names[static_cast<std::size_t>(numbers[i])] + '"';
  }
  const std::size_t more = numbers.size() - named;
  return more == 0 ? text : text + " and " + std::to_string(more) + " more";
}

struct Range {
  double min = std::numeric_limits<double>::infinity(), max = -min;
  double rms = 0;  // NaN aside
};

/// Of each column of (n, columns).
std::vector<Range> ranges(const Tensor& x) {
  const Index n = x.size(0), columns = x.size(1);
  std::vector<Range> all(static_cast<std::size_t>(columns));
  std::vector<Index> counts(all.size());
  for (Index i = 0; i < n; ++i)
    for (std::size_t j = 0; j < all.size(); ++j) {
      const double value = x.data()[i * columns + static_cast<Index>(j)];
      if (std::isnan(value)) continue;
      all[j].min = std::min(all[j].min, value);
      all[j].max = std::max(all[j].max, value);
      all[j].rms += value * value;
      ++counts[j];
    }
  for (std::size_t j = 0; j < all.size(); ++j)
    all[j].rms = counts[j] == 0 ? 0 : std::sqrt(all[j].rms / static_cast<double>(counts[j]));
  return all;
}

/// Whether the size of the inputs does not matter, by what comes first of all that is trained.
bool takes_any_size(const Module& net) {
  const Contents contents(net);
  for (const Module* module : contents.modules()) {
    if (is<Embedding>(*module) || is<BatchNorm>(*module) || is<LayerNorm>(*module)) return true;
    const bool is_leaf = Contents(*module).modules().size() == 1;
    if (is_leaf && module->parameter_count() > 0) return false;
  }
  return false;
}

std::string from_to(const Range& range) {
  return "from " + brief(range.min) + " to " + brief(range.max);
}

void check_size(const std::vector<Range>& columns, const std::vector<std::string>& names,
                Warnings& warnings) {
  constexpr double largest = 10, smallest = 0.01;
  Range whole;
  std::vector<Index> large;
  for (std::size_t j = 0; j < columns.size(); ++j) {
    whole.min = std::min(whole.min, columns[j].min);
    whole.max = std::max(whole.max, columns[j].max);
    whole.rms = std::max(whole.rms, columns[j].rms);
    if (columns[j].rms > largest) large.push_back(static_cast<Index>(j));
  }
  const auto first = large.empty() ? 0 : static_cast<std::size_t>(large[0]);
  const bool is_small = whole.rms > 0 && whole.rms < smallest;
  if (is_small || 2 * large.size() > columns.size())
    warnings.push_back("x goes " + from_to(whole) +
                       ", far from 0 and 1: scale it, for example by StandardScaler, or pixels by "
                       "their largest value");
  else if (large.size() == 1)
    warnings.push_back("column " + list(large, names) + " of x goes " + from_to(columns[first]) +
                       ", far from 0 and 1: scale it, for example by StandardScaler");
  else if (large.size() > 1)
    warnings.push_back("columns " + list(large, names) +
                       " of x are far from 0 and 1, the first goes " + from_to(columns[first]) +
                       ": scale them, for example by StandardScaler");
}

void check_constant(const std::vector<Range>& columns, const std::vector<std::string>& names,
                    Warnings& warnings) {
  std::vector<Index> constant;
  for (std::size_t j = 0; j < columns.size(); ++j)
    if (columns[j].min >= columns[j].max) constant.push_back(static_cast<Index>(j));
  if (constant.empty()) return;
  warnings.push_back((constant.size() == 1 ? "column " : "columns ") + list(constant, names) +
                     " of x " + (constant.size() == 1 ? "has" : "have") +
                     " one value throughout the training part: leave out what tells nothing");
}

/// The classes of 0, ..., `classes` - 1 that no row has.
std::vector<Index> missing_classes(const Tensor& y, Index classes) {
  std::vector<bool> occurs(detail::memory_size(classes));
  const Tensor labels = class_indices(y);
  for (Index i = 0; i < labels.numel(); ++i)
    if (labels(i) >= 0 && labels(i) < static_cast<Scalar>(classes))
      occurs[static_cast<std::size_t>(labels(i))] = true;
  std::vector<Index> missing;
  for (Index c = 0; c < classes; ++c)
    if (!occurs[static_cast<std::size_t>(c)]) missing.push_back(c);
  return missing;
}

/// The bytes of each row.
std::vector<std::string_view> rows_of(const Tensor& x) {
  const auto bytes = static_cast<std::size_t>(x.shape().example_numel()) * sizeof(Scalar);
  std::vector<std::string_view> rows;
  for (Index i = 0; i < x.size(0); ++i)
    rows.emplace_back(reinterpret_cast<const char*>(x.data()) + static_cast<std::size_t>(i) * bytes,
                      bytes);
  return rows;
}

}  // namespace

std::string brief(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value, std::chars_format::general, 5).ptr};
}

void check_inputs(const Module& net, const Tensor& x, const std::vector<std::string>& names,
                  Warnings& warnings) {
  const bool is_table = x.rank() == 2;
  if (!names.empty() && (!is_table || x.size(1) != std::ssize(names)))
    throw ArgumentError("diagnose: " + std::to_string(names.size()) + " names of columns for x " +
                        x.shape().to_string());
  const std::vector<Range> columns =
      ranges(is_table ? x.contiguous() : x.contiguous().reshape({x.numel(), 1}));
  if (!takes_any_size(net)) check_size(columns, names, warnings);
  if (is_table && x.size(0) > 1) check_constant(columns, names, warnings);
}

void check_labels(const Loss& loss, const Tensor& y, const Tensor& yhat, Warnings& warnings) {
  const bool many = is<SoftmaxCrossEntropyLoss>(loss) || is<CrossEntropyLoss>(loss);
  const bool two = is<BCELoss>(loss) || is<BCEWithLogitsLoss>(loss) || is<HingeLoss>(loss);
  const bool one_output = yhat.shape().example_numel() == 1;
  if (yhat.rank() != 2 || !(many || (two && one_output))) return;
  const auto is_label = [](Scalar label) { return label == 0 || std::abs(label) == 1; };
  const Tensor labels = y.contiguous();
  if (two && !std::all_of(labels.data(), labels.data() + labels.numel(), is_label)) return;
  const Index classes = many ? yhat.size(1) : 2;
  const std::vector<Index> missing = missing_classes(y, classes);
  if (missing.empty()) return;
  warnings.push_back("of " + std::to_string(classes) +
                     " classes, the training part has no row of " + list(missing) +
                     ": check how the labels are numbered and how the parts were split");
}

void check_parts(const Tensor& train, const Tensor& validation, Warnings& warnings) {
  const Tensor x = train.contiguous(), other = validation.contiguous();
  const std::vector<std::string_view> rows = rows_of(x), others = rows_of(other);
  const std::unordered_set<std::string_view> known(rows.begin(), rows.end());
  const auto repeated = static_cast<double>(rows.size() - known.size());
  const auto both = std::count_if(others.begin(), others.end(),
                                  [&](std::string_view row) { return known.contains(row); });
  const double share = static_cast<double>(both) / static_cast<double>(others.size());
  if (share <= 0.1 + 2 * repeated / static_cast<double>(rows.size())) return;
  warnings.push_back(std::to_string(both) + " of the " + std::to_string(others.size()) +
                     " rows of the validation part are in the training part too, so that it "
                     "measures what was learnt by heart: split the data, for example by "
                     "train_test_split");
}

}}}  // namespace nn::NN_PRECISION::detail
