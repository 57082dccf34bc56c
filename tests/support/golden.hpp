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

/// A case of a golden file (tests/golden/make_golden.py): tensors by key.
class GoldenCase {
 public:
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

 private:
  friend GoldenCase golden(const std::string& file, const std::string& name);
  std::map<std::string, Tensor> tensors_;
  std::map<std::string, std::vector<double>> numbers_;
};

/// That case of tests/golden/<file>.
inline GoldenCase golden(const std::string& file, const std::string& name) {
  std::ifstream in(std::string(NN_TEST_GOLDEN) + "/" + file);
  GoldenCase result;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string key;
    words >> key;
    if (key == "case") {
      std::string found;
      words >> found;
      inside = found == name;
    } else if (inside) {
      int rank = 0;
      words >> rank;
      std::vector<Index> sizes(static_cast<std::size_t>(rank));
      for (Index& size : sizes) words >> size;
      std::vector<double> numbers;
      for (double x; words >> x;) numbers.push_back(x);
      result.tensors_[key] = Tensor::from(Shape(sizes), {numbers.begin(), numbers.end()});
      result.numbers_[key] = std::move(numbers);
    }
  }
  if (result.tensors_.empty()) throw std::runtime_error(file + ": no case " + name);
  return result;
}

}  // namespace nn::test
