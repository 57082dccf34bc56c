#include "common/texts.hpp"

#include <algorithm>
#include <charconv>

#include "nn/core/error.hpp"
#include "nn/core/number.hpp"

namespace apps {
namespace {

[[noreturn]] void fail() { throw nn::DataError("not the rows of a run"); }

nn::Index number_of(std::string_view digits) {
  nn::Index value = -1;
  const char* end = digits.data() + digits.size();
  if (std::from_chars(digits.data(), end, value).ptr != end || value < 0) fail();
  return value;
}

}  // namespace

std::string TextReader::text() {
  const std::size_t colon = rest_.find(':');
  if (colon == rest_.npos) fail();
  const auto size = static_cast<std::size_t>(number_of(rest_.substr(0, colon)));
  rest_.remove_prefix(colon + 1);
  if (size > rest_.size()) fail();
  const std::string_view found = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return std::string(found);
}

nn::Index TextReader::count() { return number_of(text()); }

void TextReader::expect_end() const {
  if (!rest_.empty()) fail();
}

std::string pack(double number) { return nn::to_text(number); }

void unpack(std::string_view text, double& number) {
  const auto found = nn::parse_number<double>(text);
  if (!found) fail();
  number = *found;
}

std::string pack(const Tensors& tensors) {
  TextWriter out;
  out.count(tensors.size());
  for (const nn::Tensor& tensor : tensors) {
    out.count(static_cast<std::size_t>(tensor.shape().rank()));
    for (const nn::Index size : tensor.shape()) out.count(static_cast<std::size_t>(size));
    const nn::Tensor all = tensor.contiguous();
    out.text({reinterpret_cast<const char*>(all.data()),
              static_cast<std::size_t>(all.numel()) * sizeof(nn::Scalar)});
  }
  return out.all();
}

void unpack(std::string_view text, Tensors& tensors) {
  TextReader in(text);
  tensors.clear();
  for (nn::Index left = in.count(); left > 0; --left) {
    std::vector<nn::Index> sizes(static_cast<std::size_t>(in.count()));
    for (nn::Index& size : sizes) size = in.count();
    nn::Tensor& tensor = tensors.emplace_back(nn::Shape(sizes));
    const std::string bytes = in.text();
    if (bytes.size() != static_cast<std::size_t>(tensor.numel()) * sizeof(nn::Scalar)) fail();
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(tensor.data()));
  }
  in.expect_end();
}

}  // namespace apps
