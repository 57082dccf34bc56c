#include "unsupervised/embedding/quad_tree.hpp"

#include <algorithm>
#include <array>

namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

constexpr int kLevels = 16;
constexpr Index kLeafPoints = 8;  // cells of no more points are not divided

/// Each bit of a 16-bit number followed by a 0.
std::uint64_t spread_bits(std::uint32_t v) {
  v = (v | v << 8) & 0x00ff00ffu;
  v = (v | v << 4) & 0x0f0f0f0fu;
  v = (v | v << 2) & 0x33333333u;
  return (v | v << 1) & 0x55555555u;
}

/// By the upper 32 bits, stable: a radix sort of four passes.
void sort_by_code(std::vector<std::uint64_t>& keys, std::vector<std::uint64_t>& buffer) {
  buffer.resize(keys.size());
  for (int shift = 32; shift < 64; shift += 8) {
    std::array<std::size_t, 257> start{};
    for (std::uint64_t key : keys) ++start[(key >> shift & 255) + 1];
    for (std::size_t digit = 1; digit < 257; ++digit) start[digit] += start[digit - 1];
    for (std::uint64_t key : keys) buffer[start[key >> shift & 255]++] = key;
    keys.swap(buffer);
  }
}

}  // namespace

void QuadTree::sort(const Scalar* xy, Index n) {
  Scalar low[2] = {xy[0], xy[1]}, high[2] = {xy[0], xy[1]};
  for (Index i = 0; i < n; ++i) {
    for (int side = 0; side < 2; ++side) {
      low[side] = std::min(low[side], xy[2 * i + side]);
      high[side] = std::max(high[side], xy[2 * i + side]);
    }
  }
  width_ = std::max(high[0] - low[0], high[1] - low[1]);
  const Scalar scale = width_ > 0 ? Scalar{65535} / width_ : Scalar{0};
  keys_.resize(static_cast<std::size_t>(n));
  for (Index i = 0; i < n; ++i) {
    std::uint64_t code = 0;
    for (int side = 0; side < 2; ++side) {
      const Scalar place = std::min((xy[2 * i + side] - low[side]) * scale, Scalar{65535});
      code |= spread_bits(static_cast<std::uint32_t>(place)) << side;
    }
    keys_[static_cast<std::size_t>(i)] = code << 32 | static_cast<std::uint64_t>(i);
  }
  sort_by_code(keys_, buffer_);
}

void QuadTree::build(const Scalar* xy, Index n) {
  sort(xy, n);
  order.resize(keys_.size());
  x.resize(keys_.size());
  y.resize(keys_.size());
  for (std::size_t at = 0; at < keys_.size(); ++at) {
    const auto i = static_cast<std::int32_t>(keys_[at] & 0xffffffffu);
    order[at] = i;
    x[at] = xy[Index{2} * i];
    y[at] = xy[Index{2} * i + 1];
  }
  cells_.clear();
  add_cell(0, n, 0);
}

/// The points begin, ..., end - 1 share the first 2 `level` bits of their codes.
void QuadTree::add_cell(Index begin, Index end, int level) {
  const std::size_t own = cells_.size();
  const Scalar width = width_ / static_cast<Scalar>(1 << level);
  const bool leaf = end - begin <= kLeafPoints || level == kLevels;
  double sum_x = 0, sum_y = 0;
  for (Index at = begin; at < end; ++at) {
    sum_x += x[static_cast<std::size_t>(at)];
    sum_y += y[static_cast<std::size_t>(at)];
  }
  const auto count = static_cast<double>(end - begin);
  cells_.push_back({static_cast<Scalar>(sum_x / count), static_cast<Scalar>(sum_y / count),
                    width * width, 0, static_cast<std::int32_t>(begin),
                    static_cast<std::int32_t>(end), leaf});
  if (!leaf) {
    const int shift = 64 - 2 * (level + 1);
    for (Index first = begin; first < end;) {
      const std::uint64_t child = keys_[static_cast<std::size_t>(first)] >> shift;
      const std::uint64_t* keys = keys_.data();
      const Index stop =
          std::partition_point(keys + first, keys + end,
                               [=](std::uint64_t key) { return key >> shift == child; }) -
          keys;
      add_cell(first, stop, level + 1);
      first = stop;
    }
  }
  cells_[own].next = static_cast<std::int32_t>(cells_.size());
}

Index QuadTree::summarize(Index begin, Index end, Scalar angle, PointMasses& out) const {
  const auto first = static_cast<std::size_t>(begin), last = static_cast<std::size_t>(end);
  const auto [left, right] = std::minmax_element(&x[first], &x[first] + (last - first));
  const auto [bottom, top] = std::minmax_element(&y[first], &y[first] + (last - first));
  const Scalar low_x = *left, high_x = *right, low_y = *bottom, high_y = *top;
  const Scalar angle_square = angle * angle;
  Index place = 0;
  out.clear();
  const std::size_t count = cells_.size();
  for (std::size_t at = 0; at < count;) {
    const Cell& cell = cells_[at];
    const Scalar dx = std::max({low_x - cell.x, cell.x - high_x, Scalar{0}});
    const Scalar dy = std::max({low_y - cell.y, cell.y - high_y, Scalar{0}});
    const bool apart = cell.end <= begin || end <= cell.begin;
    if (apart && cell.square < angle_square * (dx * dx + dy * dy)) {
      out.add(cell.x, cell.y, static_cast<Scalar>(cell.end - cell.begin));
    } else if (cell.leaf) {
      if (cell.begin <= begin && begin < cell.end) place = out.size() + (begin - cell.begin);
      for (auto p = static_cast<std::size_t>(cell.begin); p < static_cast<std::size_t>(cell.end);
           ++p)
        out.add(x[p], y[p], 1);
    } else {
      ++at;
      continue;
    }
    at = static_cast<std::size_t>(cell.next);
  }
  return place;
}

}}}  // namespace nn::NN_PRECISION::detail
