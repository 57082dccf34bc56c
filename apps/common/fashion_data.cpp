#include "common/fashion_data.hpp"

#include <filesystem>
#include <optional>

#include "nn/core/error.hpp"
#include "nn/data/digits.hpp"
#include "nn/data/idx.hpp"
#include "nn/data/images.hpp"
#include "nn/ops/elementwise.hpp"

namespace apps {
namespace {

constexpr nn::Index kSide = 28;

/// The file, plain or packed; nothing if it is not there.
std::optional<std::string> find_file(const std::filesystem::path& folder, const std::string& name) {
  std::error_code error;
  for (const std::filesystem::path& place : {folder / "fashion-mnist", folder})
    for (const char* packing : {"", ".gz"})
      if (const auto path = place / (name + packing); std::filesystem::exists(path, error))
        return path.string();
  return {};
}

nn::Dataset read_part(const std::string& folder, const std::string& part) {
  auto path = [&](const std::string& name) {
    const auto found = find_file(folder, part + name);
    if (!found) throw nn::DataError(folder + ": no " + part + name + " and no .gz of it");
    return *found;
  };
  nn::Dataset data = nn::read_idx_dataset(path("-images-idx3-ubyte"), path("-labels-idx1-ubyte"));
  if (data.x.size(1) != kSide || data.x.size(2) != kSide)
    throw nn::DataError(folder + ": expected images of 28 x 28, got " + data.x.shape().to_string());
  data.x = data.x / 127.5 - 1;
  return data;
}

nn::Split digits_as_fashion() {
  nn::Dataset digits = nn::digits();
  const nn::Index n = digits.size(), train = n - n / 4;
  digits.x = nn::resize_images(digits.x / 8 - 1, {8, 8}, {kSide, kSide}).reshape({n, kSide, kSide});
  return {digits.slice(0, train), digits.slice(train, n)};
}

}  // namespace

nn::Split load_fashion(Experiment& experiment) {
  const std::string& folder = experiment.data_folder();
  if (!folder.empty() && find_file(folder, "train-images-idx3-ubyte")) {
    experiment.set_data("fashion-mnist");
    return {read_part(folder, "train"), read_part(folder, "t10k")};
  }
  const std::string missing = "Fashion-MNIST is not there (" +
                              (folder.empty() ? std::string("no --data, no NN_DATA")
                                              : "no train-images-idx3-ubyte in " + folder) +
                              ")";
  if (!experiment.quick())
    throw nn::DataError(
        missing + ": install Debian's dataset-fashion-mnist, then --data /usr/share/datasets");
  experiment.set_data("digits-8x8");
  experiment.note(missing +
                  ": the embedded 8x8 digits stand in, scaled up to 28x28; no number here is one "
                  "for Fashion-MNIST");
  return digits_as_fashion();
}

}  // namespace apps
