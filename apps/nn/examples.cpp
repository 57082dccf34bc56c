#include "examples.hpp"

#include <filesystem>

#include "common/flags.hpp"
#include "nn/core/error.hpp"
#include "nn/data/idx.hpp"
#include "nn/data/usps.hpp"
#include "nn/io/file.hpp"
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

/// Of bytes, 0 to 1; of other numbers, as they are.
nn::Tensor read_array(const std::string& path) {
  constexpr std::size_t header = 128;
  const bool is_bytes =
      nn::read_unpacked(path).substr(0, header).find("'|u1'") != std::string::npos;
  return is_bytes ? nn::read_npy(path) / 255 : nn::read_npy(path);
}

/// "train-images-idx3-ubyte" has its labels in "train-labels-idx1-ubyte".
std::string labels_beside(std::string path) {
  for (const auto& [from, to] : {std::pair("images", "labels"), {"idx3", "idx1"}})
    if (const auto at = path.rfind(from); at != path.npos)
      path.replace(at, std::string(from).size(), to);
  return path;
}

}  // namespace

Examples read_examples(const std::string& path, const nn::TableOptions& options) {
  const std::string name = plain_name(path);
  if (name.ends_with(".npy")) return {{}, read_array(path), {}};
  if (name.starts_with("zip.")) {
    const nn::Dataset digits = nn::read_usps(path);
    return {{}, digits.x.reshape({digits.size(), 16, 16}), digits.y};
  }
  if (!is_idx(path)) return {nn::read_table(path, options), {}, {}};
  Examples images{{}, nn::read_idx(path) / 255, {}};
  std::error_code unknown;
  if (const std::string labels = labels_beside(path);
      labels != path && std::filesystem::exists(labels, unknown))
    images.y = nn::read_idx(labels);
  return images;
}

char separator_of(const std::string& text) {
  if (text == "tab") return '\t';
  if (text.size() == 1) return text[0];
  throw UsageError("nn: --separator: expected one character or \"tab\", got \"" + text + "\"");
}

nn::Tensor read_targets(const std::string& path) {
  nn::Tensor targets = is_idx(path) ? nn::read_idx(path) : nn::read_npy(path);
  if (targets.rank() == 1) return targets;
  throw nn::DataError(path + ": expected one number for each example, got " +
                      targets.shape().to_string());
}

}  // namespace apps
