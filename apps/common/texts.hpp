#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nn/core/tensor.hpp"

namespace apps {

/// Texts of any kind, one after the other: "3:abc".
class TextWriter {
 public:
  void text(const std::string& text) { all_ += std::to_string(text.size()) + ':' + text; }
  void count(std::size_t number) { text(std::to_string(number)); }

  const std::string& all() const { return all_; }

 private:
  std::string all_;
};

/// DataError for what is none of these.
class TextReader {
 public:
  explicit TextReader(std::string_view all) : rest_(all) {}

  std::string text();
  nn::Index count();
  void expect_end() const;

 private:
  std::string_view rest_;
};

using Tensors = std::vector<nn::Tensor>;

/// What a job returns, as text, and from it again, to the bit.
std::string pack(double number);
std::string pack(const Tensors& tensors);
void unpack(std::string_view text, double& number);
void unpack(std::string_view text, Tensors& tensors);

}  // namespace apps
