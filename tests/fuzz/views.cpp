// Views of tensors beside a model that lists where each element lies.
#include <algorithm>
#include <functional>
#include <numeric>

#include "nn/core/error.hpp"
#include "nn/core/tensor.hpp"
#include "places.hpp"
#include "targets.hpp"

namespace nn::fuzz {
namespace {

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

/// A tensor, what it is to be, and the first element of its memory.
struct Viewed {
  Tensor tensor;
  Model model;
  const Scalar* base;

  void check() const {
    require(tensor.shape() == shape_of(model.sizes), "views: another shape");
    if (tensor.numel() > 0)
      require(places_of(tensor, base) == model.places, "views: other elements");
    require(tensor.has_internal_overlap() == !are_distinct(model.places), "views: overlap");
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

}  // namespace nn::fuzz
