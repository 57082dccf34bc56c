#include "train/history.hpp"

#include <filesystem>
#include <system_error>

#include "io/file_errors.hpp"
#include "nn/io/csv.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

History::History(const SGDOptions& options, bool writes)
    : is_on_(!options.history.empty() || !options.checkpoint.folder.empty()),
      path_(writes ? options.history : "") {
  CsvRow columns{"epoch", "iterations", "seconds", "step_size", "loss", "validation_loss"};
  for (const Measure& measure : options.measures) columns.emplace_back(measure.name);
  header_ = csv_line(columns);
}

void History::begin(const std::string& rows) const {
  if (!path_.empty()) write_file(path_, header_ + rows);
}

std::string History::add(const Epoch& epoch) const {
  if (!is_on_) return "";
  CsvRow row{epoch.epoch,     epoch.iterations, epoch.seconds,
             epoch.step_size, epoch.loss,       epoch.validation_loss};
  row.insert(row.end(), epoch.measures.begin(), epoch.measures.end());
  std::string line = csv_line(row);
  if (path_.empty()) return line;
  std::error_code unknown;
  if (!std::filesystem::exists(system_path(path_), unknown))
    write_file(path_, header_);  // somebody has removed it
  append_to_file(path_, line);
  return line;
}

}}}  // namespace nn::NN_PRECISION::detail
