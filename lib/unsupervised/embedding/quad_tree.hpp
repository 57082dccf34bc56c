#pragma once

#include <cstdint>
#include <vector>

#include "nn/core/scalar.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// A list of points (x, y), each with a weight: the number of points that it stands for. The memory
/// is allocated once, because the list is filled in the innermost loop.
class PointMasses {
 public:
  explicit PointMasses(Index capacity)
      : x_(static_cast<std::size_t>(capacity)), y_(x_.size()), weight_(x_.size()) {}

  void clear() { size_ = 0; }
  void add(Scalar x, Scalar y, Scalar weight) {
    x_[size_] = x;
    y_[size_] = y;
    weight_[size_++] = weight;
  }
  Index size() const { return static_cast<Index>(size_); }
  const Scalar* x() const { return x_.data(); }
  const Scalar* y() const { return y_.data(); }
  const Scalar* weight() const { return weight_.data(); }

 private:
  std::vector<Scalar> x_, y_, weight_;
  std::size_t size_ = 0;
};

/// A quadtree on points of the plane, in flat arrays. Points are in the order of a Z curve through
/// the cells (their Morton codes, 16 bits a side). Cells are in depth-first order, a cell before
/// its children.
class QuadTree {
 public:
  /// Of the n points (xy[2 i], xy[2 i + 1]), n >= 1. Reuses the memory of the last call.
  void build(const Scalar* xy, Index n);

  /// Lists masses that stand for all points, as seen from the points begin, ..., end - 1 of the
  /// order. A cell without these points is one mass if its width is less than `angle` times the
  /// distance between its centre of mass and their bounding box. All points of other leaves are
  /// listed one by one, in order. Returns the place of point `begin` in the list, where the others
  /// follow. `out` has room for all points.
  Index summarize(Index begin, Index end, Scalar angle, PointMasses& out) const;

  std::vector<std::int32_t> order;  // the index of each point of the curve
  std::vector<Scalar> x, y;         // its place

 private:
  struct Cell {
    Scalar x, y;        // centre of mass
    Scalar square;      // of the width
    std::int32_t next;  // the cell after this one and its descendants
    std::int32_t begin, end;
    bool leaf;
  };

  void sort(const Scalar* xy, Index n);
  void add_cell(Index begin, Index end, int level);

  Scalar width_ = 0;
  std::vector<std::uint64_t> keys_, buffer_;  // Morton code, then index
  std::vector<Cell> cells_;
};

}}}  // namespace nn::NN_PRECISION::detail
