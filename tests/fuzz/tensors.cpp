#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>
#include <set>
#include <vector>

#include "nn/core/error.hpp"
#include "nn/core/tensor.hpp"
#include "nn/ops/matmul.hpp"
#include "targets.hpp"

namespace nn::fuzz {
namespace {

using Sizes = std::vector<Index>;

/// The bytes as choices; 0 when they are used up.
class Choices {
 public:
  explicit Choices(std::string_view bytes) : bytes_(bytes) {}
  bool at_end() const { return bytes_.empty(); }
  /// low ... high, at most 256 of them.
  Index between(Index low, Index high) { return low + byte() % (high - low + 1); }

 private:
  Index byte() {
    if (at_end()) return 0;
    auto value = static_cast<unsigned char>(bytes_[0]);
    bytes_.remove_prefix(1);
    return value;
  }
  std::string_view bytes_;
};

Index count(const Sizes& sizes) {
  return std::accumulate(sizes.begin(), sizes.end(), Index{1}, std::multiplies<>());
}

/// Calls body(index) for every index of such a shape, row by row.
template <class Body>
void for_each_index(const Sizes& sizes, Body body) {
  Sizes index(sizes.size(), 0);
  for (Index left = count(sizes); left > 0; --left) {
    body(index);
    for (std::size_t d = sizes.size(); d-- > 0 && ++index[d] == sizes[d];) index[d] = 0;
  }
}

/// What a view is to be: its sizes, and where each of its elements lies, row by row.
struct Model {
  Sizes sizes, places;

  Index place(const Sizes& index) const {
    Index flat = 0;
    for (std::size_t d = 0; d < sizes.size(); ++d) flat = flat * sizes[d] + index[d];
    return places[static_cast<std::size_t>(flat)];
  }
  /// The model of these sizes whose element at an index is this one's at source(index).
  template <class Source>
  Model picked(const Sizes& new_sizes, Source source) const {
    Model result{new_sizes, {}};
    for_each_index(new_sizes,
                   [&](const Sizes& index) { result.places.push_back(place(source(index))); });
    return result;
  }
};

Model whole(const Sizes& sizes) {
  Model model{sizes, Sizes(static_cast<std::size_t>(count(sizes)))};
  std::iota(model.places.begin(), model.places.end(), 0);
  return model;
}

Shape shape_of(const Sizes& sizes) { return Shape(std::span<const Index>(sizes)); }

/// Where the tensor's elements lie behind `base`, row by row, by its strides.
Sizes places_of(const Tensor& t, const Scalar* base) {
  Sizes places;
  for_each_index(Sizes(t.shape().begin(), t.shape().end()), [&](const Sizes& index) {
    Index at = t.data() - base;
    for (int d = 0; d < t.rank(); ++d) at += index[static_cast<std::size_t>(d)] * t.stride(d);
    places.push_back(at);
  });
  return places;
}

/// A tensor, what it is to be, and the first element of its memory.
struct Viewed {
  Tensor tensor;
  Model model;
  const Scalar* base;

  void check() const {
    require(tensor.shape() == shape_of(model.sizes), "views: another shape");
    if (tensor.numel() > 0)
      require(places_of(tensor, base) == model.places, "views: other elements");
  }
};

Viewed fresh(const Sizes& sizes) {
  Tensor tensor = Tensor::arange(count(sizes)).reshape(shape_of(sizes));
  return {tensor, whole(sizes), tensor.data()};
}

/// Makes the view; an error must come if and only if it is not valid, and changes nothing then.
template <class Make>
void apply(Viewed& v, bool valid, Make make, const std::function<Model()>& expected) {
  try {
    Tensor result = make();
    require(valid, "views: no error");
    v.model = expected();
    v.tensor = result;
  } catch (const ArgumentError&) {
    require(!valid, "views: an error");
  }
}

void transpose(Viewed& v, Choices& c) {
  const auto rank = static_cast<Index>(v.model.sizes.size());
  const Index a = c.between(0, 6), b = c.between(0, 6);
  apply(
      v, a < rank && b < rank,
      [&] { return v.tensor.transpose(static_cast<int>(a), static_cast<int>(b)); },
      [&] {
        auto swapped = [&](Sizes s) {
          std::swap(s[static_cast<std::size_t>(a)], s[static_cast<std::size_t>(b)]);
          return s;
        };
        return v.model.picked(swapped(v.model.sizes), swapped);
      });
}

void slice(Viewed& v, Choices& c) {
  const Index dim = c.between(0, 6), begin = c.between(0, 9), end = c.between(0, 9);
  const Index step = c.between(0, 4);
  const auto d = static_cast<std::size_t>(dim);
  const bool valid =
      d < v.model.sizes.size() && begin <= end && end <= v.model.sizes[d] && step > 0;
  apply(
      v, valid, [&] { return v.tensor.slice(static_cast<int>(dim), begin, end, step); },
      [&] {
        Sizes sizes = v.model.sizes;
        sizes[d] = 0;
        for (Index i = begin; i < end; i += step) ++sizes[d];
        return v.model.picked(sizes, [&](Sizes index) {
          index[d] = begin + index[d] * step;
          return index;
        });
      });
}

void select(Viewed& v, Choices& c) {
  const Index dim = c.between(0, 6), chosen = c.between(0, 9);
  const auto d = static_cast<std::size_t>(dim);
  apply(
      v, d < v.model.sizes.size() && chosen < v.model.sizes[d],
      [&] { return v.tensor.select(static_cast<int>(dim), chosen); },
      [&] {
        Sizes sizes = v.model.sizes;
        sizes.erase(sizes.begin() + dim);
        return v.model.picked(sizes, [&](Sizes index) {
          index.insert(index.begin() + dim, chosen);
          return index;
        });
      });
}

void unfold(Viewed& v, Choices& c) {
  const Index dim = c.between(0, 6), size = c.between(0, 6), step = c.between(0, 4);
  const auto d = static_cast<std::size_t>(dim);
  const bool valid = v.model.sizes.size() < Shape::max_rank && d < v.model.sizes.size() &&
                     size > 0 && step > 0 && size <= v.model.sizes[d];
  apply(
      v, valid, [&] { return v.tensor.unfold(static_cast<int>(dim), size, step); },
      [&] {
        Sizes sizes = v.model.sizes;
        sizes[d] = (sizes[d] - size) / step + 1;
        sizes.push_back(size);
        return v.model.picked(sizes, [&](Sizes index) {
          index[d] = index[d] * step + index.back();
          index.pop_back();
          return index;
        });
      });
}

void broadcast(Viewed& v, Choices& c) {
  Sizes sizes = v.model.sizes;
  for (Index& size : sizes)
    if (size == 1) size = c.between(0, 3);
  if (c.between(0, 1)) sizes.insert(sizes.begin(), c.between(0, 3));
  const std::size_t added = sizes.size() - v.model.sizes.size();
  if (sizes.size() > Shape::max_rank || count(sizes) > 4096) return;
  apply(
      v, true, [&] { return v.tensor.broadcast_to(shape_of(sizes)); },
      [&] {
        return v.model.picked(sizes, [&](Sizes index) {
          index.erase(index.begin(), index.begin() + static_cast<std::ptrdiff_t>(added));
          for (std::size_t d = 0; d < index.size(); ++d)
            if (v.model.sizes[d] == 1) index[d] = 0;
          return index;
        });
      });
}

/// A view, or else a copy of the same numbers, with which it then goes on.
void reshape(Viewed& v, Choices& c) {
  Sizes sizes;
  Index left = v.tensor.numel();
  for (Index rank = c.between(0, 5); rank > 0 && left > 0; --rank) {
    const Index size = c.between(1, 9);
    if (left % size != 0) continue;
    sizes.push_back(size);
    left /= size;
  }
  sizes.push_back(left);
  const Tensor result = v.tensor.reshape(shape_of(sizes));
  const bool shares = may_overlap(result, v.tensor);
  require(shares || v.tensor.numel() == 0 || !v.tensor.is_contiguous(), "reshape: needless copy");
  if (shares) {
    v = {result, {sizes, v.model.places}, v.base};
    return;
  }
  const Tensor copy = v.tensor.clone();
  require(
      result.is_contiguous() &&
          (copy.numel() == 0 || std::equal(copy.data(), copy.data() + copy.numel(), result.data())),
      "reshape: other numbers");
  v = {result, whole(sizes), result.data()};
}

bool are_distinct(const Sizes& places) {
  return std::set<Index>(places.begin(), places.end()).size() == places.size();
}

/// One block of memory and its copy, on which plain loops do what the library does on the block.
struct Block {
  Tensor tensor;
  std::vector<Scalar> copy;

  explicit Block(Index size) : tensor(Shape{size}) {
    for (Index i = 0; i < size; ++i)
      tensor(i) = static_cast<Scalar>(i * 2654435761 % 2001 - 1000) / 64;
    copy.assign(tensor.data(), tensor.data() + size);
  }
  Scalar& at(Index place) { return copy[static_cast<std::size_t>(place)]; }
  void check() const {
    require(std::memcmp(copy.data(), tensor.data(), copy.size() * sizeof(Scalar)) == 0,
            "products: other bits");
  }
  /// A matrix somewhere in the block, on strides that are chosen; rows may overlap.
  Tensor matrix(Index rows, Index columns, Choices& c) const {
    const bool transposed = c.between(0, 1) != 0;
    if (transposed) std::swap(rows, columns);
    const Index step = c.between(1, 3), width = std::max<Index>((columns - 1) * step + 1, 1);
    const Index row_step = c.between(0, 2) ? width + c.between(0, 3) : c.between(1, 4);
    const Index begin = 8 * c.between(0, 63);
    Tensor t = tensor.slice(0, begin, tensor.numel()).unfold(0, width, row_step);
    t = t.slice(0, 0, rows).slice(1, 0, std::min(width, columns * step), step);
    return transposed ? t.transpose() : t;
  }
};

Index some_size(Choices& c) { return c.between(0, 7) == 0 ? c.between(0, 70) : c.between(0, 19); }

void multiply(Choices& c) {
  const Index m = some_size(c), n = some_size(c), k = some_size(c);
  Block block(3 * 70 * 70 + 4096);
  const Tensor a = block.matrix(m, k, c), b = block.matrix(k, n, c);
  Tensor out = block.matrix(m, n, c);
  const Tensor bias = block.matrix(1, n, c).select(0, 0);
  const Scalar scales[] = {0, 1, -1, 2, Scalar{0.5}};  // exact, whichever factor alpha goes with
  const Scalar alpha = scales[c.between(0, 4)], beta = scales[c.between(0, 4)];
  const bool has_bias = c.between(0, 1) != 0;
  const Scalar* base = block.tensor.data();
  const Sizes place_a = places_of(a, base), place_b = places_of(b, base);
  const Sizes place_out = places_of(out, base), place_bias = places_of(bias, base);
  if (!are_distinct(place_out)) return;
  std::vector<Scalar> before = block.copy;
  auto old = [&](const Sizes& places, Index i) {
    return before[static_cast<std::size_t>(places[static_cast<std::size_t>(i)])];
  };
  for (Index i = 0; i < m; ++i)
    for (Index j = 0; j < n; ++j) {
      Scalar sum = beta == 0 ? Scalar{0} : beta * old(place_out, i * n + j);
      for (Index p = 0; p < k; ++p)
        sum = std::fma(alpha * old(place_a, i * k + p), old(place_b, p * n + j), sum);
      block.at(place_out[static_cast<std::size_t>(i * n + j)]) =
          has_bias ? sum + old(place_bias, j) : sum;
    }
  if (has_bias)
    gemm(alpha, a, b, beta, out, bias);
  else
    gemm(alpha, a, b, beta, out);
  block.check();
}

void copy(Choices& c) {
  const Index m = some_size(c), n = some_size(c);
  Block block(3 * 70 * 70 + 4096);
  Tensor to = block.matrix(m, n, c);
  const Tensor from = block.matrix(c.between(0, 1) ? m : 1, c.between(0, 1) ? n : 1, c);
  const Sizes targets = places_of(to, block.tensor.data());
  const Sizes sources = places_of(from.broadcast_to(to.shape()), block.tensor.data());
  if (!are_distinct(targets)) return;
  const std::vector<Scalar> before = block.copy;
  for (std::size_t i = 0; i < targets.size(); ++i)
    block.at(targets[i]) = before[static_cast<std::size_t>(sources[i])];
  to.copy_from(from);
  block.check();
}

}  // namespace

void views(std::string_view bytes) {
  Choices c(bytes);
  Sizes sizes;
  for (Index rank = c.between(0, 4); rank > 0; --rank) sizes.push_back(c.between(0, 6));
  Viewed v = fresh(sizes);
  while (!c.at_end()) {
    constexpr void (*operations[])(Viewed&, Choices&) = {transpose, slice,     select,
                                                         unfold,    broadcast, reshape};
    operations[c.between(0, 5)](v, c);
    v.check();
    if (v.model.places.size() > 4096) return;
  }
}

void products(std::string_view bytes) {
  Choices c(bytes);
  if (c.between(0, 3) == 0)
    copy(c);
  else
    multiply(c);
}

}  // namespace nn::fuzz
