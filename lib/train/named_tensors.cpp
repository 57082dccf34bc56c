#include "train/named_tensors.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "io/file_errors.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

/// From (k..., in, out) to PyTorch's (out, in, k...); the same for vectors.
Tensor to_torch(const Tensor& ours) {
  Tensor t = ours;
  int last = t.rank() - 1;
  for (int done = 0; done < 2 && last >= 1; ++done)
    for (int dim = last; dim > done; --dim) t = t.transpose(dim, dim - 1);
  return t;
}

/// A view of a tensor of that name, its elements in the file's order: writing to it converts back.
/// Flattened channels come first: the columns (pixels, channels) as (channels, pixels), which makes
/// three dimensions of two.
Tensor in_file_order(const std::string& name, const Tensor& ours, const Channels& channels) {
  const auto found = channels.find(name);
  if (found == channels.end()) return to_torch(ours);
  return to_torch(ours).unfold(1, found->second, found->second).transpose(1, 2);
}

bool same_bits(Scalar a, Scalar b) {
  // NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): of NaN and of -0 too
  return std::memcmp(&a, &b, sizeof(Scalar)) == 0;
}

/// PyTorch has the rows of a table as this library does. Given transposed, they stay as they are.
bool is_table(const Parameter& p) { return p.kind == ParameterKind::table && p.value.rank() == 2; }

/// PyTorch's BatchNorm counts its batches in a buffer that only a momentum of None needs.
bool counts_batches(const std::string& name) {
  constexpr std::string_view buffer = ".num_batches_tracked";
  return name == buffer.substr(1) || name.ends_with(buffer);
}

/// What the file calls a tensor of the network.
std::string name_in_file(const std::string& name, const std::map<std::string, std::string>& names) {
  const std::pair<const std::string, std::string>* longest = nullptr;
  for (const auto& entry : names)
    if (name.starts_with(entry.first) && (!longest || entry.first.size() > longest->first.size()))
      longest = &entry;
  return longest ? longest->second + name.substr(longest->first.size()) : name;
}

}  // namespace

Named network_tensors(const Module& net) {
  Named named;
  for (const auto& [name, parameter] : net.named_parameters())
    named.emplace_back(name,
                       is_table(*parameter) ? parameter->value.transpose() : parameter->value);
  for (const auto& [name, buffer] : net.named_buffers()) named.emplace_back(name, buffer);
  return named;
}

void add(TensorFile& file, const Named& named, const Channels& channels) {
  for (const auto& [name, tensor] : named)
    file.tensors.emplace_back(
        name, in_file_order(name, tensor, channels).reshape(to_torch(tensor).shape()));
}

LoadReport pick(const std::string& path, const ParameterFileOptions& options, TensorFile& file,
                Named& wanted) {
  LoadReport report;
  std::map<std::string, Tensor> stored(file.tensors.begin(), file.tensors.end());
  std::set<std::string> used;
  file.tensors.clear();
  for (const auto& [name, tensor] : wanted) {
    check_writable((path + ": " + name).c_str(), tensor);
    const std::string source = name_in_file(name, options.names);
    const auto found = stored.find(source);
    if (found == stored.end()) {
      if (!options.leave_missing) throw DataError(path + ": no " + source);
      report.missing.push_back(name);
      continue;
    }
    const Shape expected = to_torch(tensor).shape();
    if (found->second.shape() != expected)
      throw DataError(path + ": " + source + ": expected shape " + expected.to_string() + ", got " +
                      found->second.shape().to_string());
    file.tensors.emplace_back(name, found->second);
    used.insert(source);
    report.loaded.push_back(name);
  }
  for (const auto& [name, tensor] : stored) {
    if (used.contains(name) || counts_batches(name)) continue;
    if (!options.skip_extra)
      throw DataError(path + ": " + detail::in_quotes(name) + " is none of the network's");
    report.extra.push_back(name);
  }
  const std::set<std::string> missing(report.missing.begin(), report.missing.end());
  std::erase_if(wanted, [&](const auto& named) { return missing.contains(named.first); });
  return report;
}

void check_shared(const std::string& path, const TensorFile& file, const Module& net) {
  const std::map<std::string, Tensor> stored(file.tensors.begin(), file.tensors.end());
  std::map<ParameterPtr, std::string> names;
  for (const auto& [name, parameter] : net.named_parameters()) {
    if (!stored.contains(name)) continue;
    const std::string& first = names.emplace(parameter, name).first->second;
    const Tensor &a = stored.at(first), &b = stored.at(name);
    if (!std::equal(a.data(), a.data() + a.numel(), b.data(), same_bits))
      throw DataError(path + ": " + first + " and " + name + " are one parameter, but differ");
  }
}

void fill(const TensorFile& file, const Named& wanted, const Channels& channels) {
  const std::map<std::string, Tensor> stored(file.tensors.begin(), file.tensors.end());
  for (const auto& [name, tensor] : wanted) {
    Tensor ours = in_file_order(name, tensor, channels);
    ours.copy_from(stored.at(name).reshape(ours.shape()));
  }
}

void leave_out(TensorFile& file, std::initializer_list<std::string_view> prefixes) {
  std::erase_if(file.tensors, [&](const auto& named) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](std::string_view prefix) { return named.first.starts_with(prefix); });
  });
}

}}}  // namespace nn::NN_PRECISION::detail
