#include "common/usps_data.hpp"

#include <filesystem>

#include "nn/data/digits.hpp"
#include "nn/data/usps.hpp"

namespace apps {
namespace {

bool has_usps(const std::filesystem::path& folder) {
  std::error_code error;
  for (const std::filesystem::path& place : {folder, folder / "usps"})
    if (std::filesystem::exists(place / "zip.train", error) ||
        std::filesystem::exists(place / "zip.test", error))
      return true;
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
