#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "nn/core/tensor.hpp"
#include "support/compare.hpp"

namespace nn::test {

/// What two computations of the same value in another order may differ by.
constexpr double golden_tolerance = is_double ? 1e-10 : 2e-5;

/// A case of a golden file (tests/golden/golden.py): tensors by key.
class GoldenCase {
 public:
  explicit GoldenCase(std::string name) : name_(std::move(name)) {}

  const std::string& name() const { return name_; }
  bool has(const std::string& key) const { return tensors_.count(key) > 0; }
  const Tensor& operator[](const std::string& key) const {
    if (!has(key)) throw std::runtime_error("golden case without " + key);
    return tensors_.at(key);
  }
  /// key0, key1, ...
  std::vector<Tensor> list(const std::string& key) const {
    std::vector<Tensor> result;
    while (has(key + std::to_string(result.size())))
      result.push_back((*this)[key + std::to_string(result.size())]);
    return result;
  }
  /// Numbers as they are written, in double.
  const std::vector<double>& numbers(const std::string& key) const { return numbers_.at(key); }

  /// "KEY RANK SIZES... VALUES..."
  void add(const std::string& line) {
    std::istringstream words(line);
    std::string key;
    int rank = 0;
    words >> key >> rank;
    std::vector<Index> sizes(static_cast<std::size_t>(rank));
    for (Index& size : sizes) words >> size;
    std::vector<double> numbers;
    for (double x; words >> x;) numbers.push_back(x);
    tensors_[key] = Tensor::from(Shape(sizes), {numbers.begin(), numbers.end()});
    numbers_[key] = std::move(numbers);
  }

 private:
  std::string name_;
  std::map<std::string, Tensor> tensors_;
  std::map<std::string, std::vector<double>> numbers_;
};

/// The cases of tests/golden/<file>.
inline std::vector<GoldenCase> golden(const std::string& file) {
  std::ifstream in(std::string(NN_TEST_GOLDEN) + "/" + file);
  std::vector<GoldenCase> cases;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    if (line.starts_with("case "))
      cases.emplace_back(line.substr(5));
    else
      cases.back().add(line);
  }
  if (cases.empty()) throw std::runtime_error(file + ": no cases");
  return cases;
}

/// The case of that name.
inline GoldenCase golden(const std::string& file, const std::string& name) {
  for (const GoldenCase& found : golden(file))
    if (found.name() == name) return found;
  throw std::runtime_error(file + ": no case " + name);
}

}  // namespace nn::test
