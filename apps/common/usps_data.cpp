#include "common/usps_data.hpp"

#include <filesystem>

#include "nn/data/digits.hpp"
#include "nn/data/usps.hpp"

namespace apps {
namespace {

/// Whether any of the files that nn::load_usps reads is there: it says what else it needs.
bool has_usps(const std::filesystem::path& folder) {
  std::error_code error;
  for (const std::filesystem::path& place : {folder, folder / "usps"})
    for (const char* name : {"zip.train", "zip.test", "zip.train.gz", "zip.test.gz"})
      if (std::filesystem::exists(place / name, error)) return true;
  return false;
}

}  // namespace

nn::Split load_usps(Experiment& experiment) {
  const std::string& folder = experiment.data_folder();
  if (!folder.empty() && has_usps(folder)) {
    experiment.set_data("usps");
    return nn::load_usps(folder);
  }
  experiment.set_data("digits-8x8");
  experiment.note(
      "USPS is not there (" +
      (folder.empty() ? std::string("no --data, no NN_DATA")
                      : "no zip.train or zip.test in " + folder) +
      "): the embedded 8x8 digits stand in, scaled up to 16x16; no number here compares "
      "with the report's");
  return nn::digits_as_usps();
}

}  // namespace apps
