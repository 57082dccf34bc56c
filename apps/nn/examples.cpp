#include "examples.hpp"

#include <filesystem>

#include "nn/core/error.hpp"
#include "nn/data/idx.hpp"
#include "nn/data/usps.hpp"
#include "nn/io/npy.hpp"
#include "nn/ops/elementwise.hpp"

namespace apps {
namespace {

/// The file's name without folders and ".gz".
std::string plain_name(const std::string& path) {
  const std::filesystem::path name = std::filesystem::path(path).filename();
  return (name.extension() == ".gz" ? name.stem() : name).string();
}

bool is_idx(const std::string& path) {
  const std::string name = plain_name(path);
  return name.ends_with("-ubyte") || name.ends_with(".idx");
}

/// "train-images-idx3-ubyte" has its labels in "train-labels-idx1-ubyte".
std::string labels_beside(std::string path) {
  for (const auto& [from, to] : {std::pair("images", "labels"), {"idx3", "idx1"}})
    if (const auto at = path.rfind(from); at != path.npos)
      path.replace(at, std::string(from).size(), to);
  return path;
}

}  // namespace

Examples read_examples(const std::string& path,
                       const std::map<std::string, nn::ColumnKind>& types) {
  const std::string name = plain_name(path);
  if (name.ends_with(".npy")) return {{}, nn::read_npy(path), {}};
  if (name.starts_with("zip.")) {
    const nn::Dataset digits = nn::read_usps(path);
    return {{}, digits.x.reshape({digits.size(), 16, 16}), digits.y};
  }
  if (!is_idx(path)) return {nn::read_table(path, {.types = types}), {}, {}};
  Examples images{{}, nn::read_idx(path) / 255, {}};
  std::error_code unknown;
  if (const std::string labels = labels_beside(path);
      labels != path && std::filesystem::exists(labels, unknown))
    images.y = nn::read_idx(labels);
  return images;
}

nn::Tensor read_targets(const std::string& path) {
  const nn::Tensor targets = is_idx(path) ? nn::read_idx(path) : nn::read_npy(path);
  if (targets.rank() == 1) return targets;
  throw nn::DataError(path + ": expected one number for each example, got " +
                      targets.shape().to_string());
}

}  // namespace apps
