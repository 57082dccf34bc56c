#include <algorithm>
#include <limits>

#include "core/portable_math.hpp"
#include "nn/unsupervised/scores.hpp"
#include "unsupervised/contingency.hpp"

namespace nn::inline NN_PRECISION {
namespace {

using detail::Contingency;

double sum_of_squares(const std::vector<double>& counts) {
  double sum = 0;
  for (double count : counts) sum += count * count;
  return sum;
}

/// Of a distribution given by its counts.
double entropy_of(const std::vector<double>& counts, double total) {
  double sum = 0;
  for (double count : counts) sum -= count / total * detail::portable_log(count / total);
  return sum;
}

double mutual_information(const Contingency& table) {
  double sum = 0;
  for (const auto& [row, column, count] : table.pairs)
    sum += count / table.total *
           detail::portable_log(count * table.total / (table.rows[row] * table.columns[column]));
  return sum;
}

}  // namespace

double adjusted_rand_index(const Tensor& classes, const Tensor& clusters) {
  const Contingency table = detail::count_pairs("adjusted_rand_index", classes, clusters);
  // Ordered pairs of different samples: whole numbers, exact below 2^53.
  double same_both = -table.total;
  for (const auto& pair : table.pairs) same_both += pair.count * pair.count;
  const double same_class = sum_of_squares(table.rows) - table.total;
  const double same_cluster = sum_of_squares(table.columns) - table.total;
  const double only_class = same_class - same_both, only_cluster = same_cluster - same_both;
  const double none = table.total * (table.total - 1) - same_both - only_class - only_cluster;
  if (only_class == 0 && only_cluster == 0) return 1;
  return 2 * (same_both * none - only_class * only_cluster) /
         ((same_both + only_class) * (only_class + none) +
          (same_both + only_cluster) * (only_cluster + none));
}

double normalized_mutual_information(const Tensor& classes, const Tensor& clusters) {
  const Contingency table = detail::count_pairs("normalized_mutual_information", classes, clusters);
  if (table.rows.size() == 1 && table.columns.size() == 1) return 1;
  const double shared = std::max(mutual_information(table), 0.0);
  if (shared < std::numeric_limits<double>::epsilon()) return 0;
  const double normalizer =
      (entropy_of(table.rows, table.total) + entropy_of(table.columns, table.total)) / 2;
  return std::min(shared / normalizer, 1.0);
}

double purity(const Tensor& classes, const Tensor& clusters) {
  const Contingency table = detail::count_pairs("purity", classes, clusters);
  std::vector<double> largest(table.columns.size());
  for (const auto& [row, column, count] : table.pairs)
    largest[column] = std::max(largest[column], count);
  double sum = 0;
  for (double count : largest) sum += count;
  return sum / table.total;
}

}  // namespace nn::inline NN_PRECISION
