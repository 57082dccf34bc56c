#pragma once

#include <memory>
#include <span>
#include <string>

#include "nn/core/tensor.hpp"
#include "nn/data/source.hpp"

namespace nn { inline namespace NN_PRECISION {

/// An array in a file that may be larger than memory: it is mapped, and only rows that are asked
/// for are read. Of these formats, not compressed:
///
///     IDX                       unsigned bytes, as read_idx() has it
///     NPY, version 1.0 or 2.0   the elements of read_npy(), in C order, of rank 1 or more
///
/// The file must stay as it is: should it become shorter, reading ends the process (SIGBUS).
/// DataError unless its length is what its header says.
///
/// Thread safety: read() may be called from several threads at once.
class MappedArray {
 public:
  explicit MappedArray(const std::string& path);
  MappedArray(MappedArray&&) noexcept;
  ~MappedArray();

  /// (rows, ...).
  const Shape& shape() const { return shape_; }
  /// out = these rows, in this order. The memory of `out` is used again if its shape is right and
  /// no other tensor shares it. RangeError for a row that does not exist, DataError for a number
  /// that is too large for a Scalar.
  void read(std::span<const Index> rows, Tensor& out) const;

 private:
  struct File;

  std::unique_ptr<const File> file_;
  Shape shape_;
};

/// Examples in two files: x and y of a Dataset, y (n) or (n, d).
///
///     nn::MappedSource train("images.npy", "labels.npy");
class MappedSource : public ExampleSource {
 public:
  /// DataError if the numbers of rows differ, and as MappedArray.
  MappedSource(const std::string& x, const std::string& y);
  Index size() const override { return x_.shape()[0]; }
  void read(std::span<const Index> rows, Index iteration, Dataset& out) override;
  void read_part(std::span<const Index> rows, Index begin, Index end, Index iteration,
                 Dataset& out) override;
  Dataset examples(std::span<const Index> rows) override;

 private:
  MappedArray x_, y_;
};

}}  // namespace nn::NN_PRECISION
