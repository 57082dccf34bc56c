#include "unsupervised/contingency.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "nn/core/error.hpp"
#include "nn/ops/elementwise.hpp"

namespace nn::inline NN_PRECISION::detail {

Ranks rank_labels(const char* score, const Tensor& labels) {
  if (!all_finite(labels))
    throw ArgumentError(std::string(score) + ": the labels hold NaN or infinity");
  const Tensor values = labels.contiguous();
  std::vector<Scalar> distinct(values.data(), values.data() + values.numel());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  Ranks ranks{{}, distinct.size()};
  for (Index i = 0; i < values.numel(); ++i) {
    const auto place = std::lower_bound(distinct.begin(), distinct.end(), values.data()[i]);
    ranks.of.push_back(static_cast<std::size_t>(place - distinct.begin()));
  }
  return ranks;
}

Contingency count_pairs(const char* score, const Tensor& rows, const Tensor& columns) {
  if (rows.rank() != 1 || rows.numel() == 0 || rows.shape() != columns.shape())
    throw ShapeError(std::string(score) + ": expected two equal shapes (n), n >= 1, got " +
                     rows.shape().to_string() + " and " + columns.shape().to_string());
  const Ranks row = rank_labels(score, rows), column = rank_labels(score, columns);
  Contingency table{static_cast<double>(row.of.size()),
                    std::vector<double>(row.count),
                    std::vector<double>(column.count),
                    {}};
  std::map<std::pair<std::size_t, std::size_t>, double> counts;
  for (std::size_t i = 0; i < row.of.size(); ++i) {
    ++table.rows[row.of[i]];
    ++table.columns[column.of[i]];
    ++counts[{row.of[i], column.of[i]}];
  }
  for (const auto& [pair, count] : counts) table.pairs.push_back({pair.first, pair.second, count});
  return table;
}

}  // namespace nn::inline NN_PRECISION::detail
