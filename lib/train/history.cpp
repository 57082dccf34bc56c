#include "train/history.hpp"

#include <charconv>
#include <filesystem>
#include <limits>
#include <string_view>

#include "nn/core/error.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// The first cell of a line, which is a whole number; the largest one if it is not.
Index epoch_of(std::string_view line) {
  Index result = std::numeric_limits<Index>::max();
  std::from_chars(line.data(), line.data() + line.size(), result);
  return result;
}

/// What an earlier run has left, up to that epoch.
std::string kept_lines(const std::string& path, const std::string& header, Index epochs) {
  const std::string text = read_file(path);
  if (!text.starts_with(header))
    throw ArgumentError("SGD: the history " + path + " has other columns than " + header);
  std::string kept = header;
  for (std::size_t begin = header.size(), end; (end = text.find('\n', begin)) != text.npos;
       begin = end + 1) {
    const std::string_view line = std::string_view(text).substr(begin, end + 1 - begin);
    if (epoch_of(line) <= epochs) kept += line;
  }
  return kept;
}

}  // namespace

History::History(const SGDOptions& options, Index epochs_done) : path_(options.history) {
  if (path_.empty()) return;
  CsvRow columns{"epoch", "iterations", "seconds", "step_size", "loss", "validation_loss"};
  for (const Measure& measure : options.measures) columns.emplace_back(measure.name);
  header_ = csv_line(columns);
  const bool goes_on = options.first_iteration > 0 && std::filesystem::exists(path_);
  write_file(path_, goes_on ? kept_lines(path_, header_, epochs_done) : header_);
}

void History::add(const Epoch& epoch) const {
  if (path_.empty()) return;
  CsvRow row{epoch.epoch,     epoch.iterations, epoch.seconds,
             epoch.step_size, epoch.loss,       epoch.validation_loss};
  row.insert(row.end(), epoch.measures.begin(), epoch.measures.end());
  if (!std::filesystem::exists(path_)) write_file(path_, header_);  // somebody has removed it
  append_to_file(path_, csv_line(row));
}

}}}  // namespace nn::NN_PRECISION::detail
