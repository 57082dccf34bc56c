#pragma once

#include <cstdint>
#include <span>

#include "nn/data/augment.hpp"
#include "nn/data/dataset.hpp"

namespace nn { inline namespace NN_PRECISION {

/// Where a training gets its examples from. SGD asks how many there are, chooses order and batches,
/// and reads them. A source of one's own overrides both functions.
///
/// Thread safety: a source is asked by one thread at a time. With SGDOptions::prefetch that is not
/// the thread that trains.
class ExampleSource {
 public:
  virtual ~ExampleSource() = default;

  /// Always the same number.
  virtual Index size() const = 0;
  /// out = the examples of these numbers, from 0 to size() - 1, in this order. `iteration` is the
  /// batch's number in the training, counted from 0 over all epochs: what is drawn at random should
  /// depend on it and not on earlier calls, so that a training can be resumed. SGD throws
  /// ShapeError if `out` has another number of examples than asked. `out` may hold an
  /// earlier batch, whose memory may be used again if nothing else shares it.
  virtual void read(std::span<const Index> rows, Index iteration, Dataset& out) = 0;
  /// The examples begin, ..., end - 1 of what read() gives: those of one process where several
  /// train together. Unless it is overridden, it reads all and keeps these.
  virtual void read_part(std::span<const Index> rows, Index begin, Index end, Index iteration,
                         Dataset& out);
  /// These examples as they are before anything is drawn at random. Such processes compare some, to
  /// see whether they have the same data. Unless it is overridden, there are none to compare.
  virtual Dataset examples(std::span<const Index> /*rows*/) { return {}; }
};

/// A dataset in memory. Its elements are shared, not copied.
class DatasetSource : public ExampleSource {
 public:
  explicit DatasetSource(const Dataset& data) : data_(data) { data_.size(); }
  Index size() const override { return data_.size(); }
  void read(std::span<const Index> rows, Index, Dataset& out) override { out = take(data_, rows); }
  void read_part(std::span<const Index> rows, Index begin, Index end, Index,
                 Dataset& out) override {
    out = take(data_, rows.subspan(static_cast<std::size_t>(begin),
                                   static_cast<std::size_t>(end - begin)));
  }
  Dataset examples(std::span<const Index> rows) override { return take(data_, rows); }

 private:
  Dataset data_;
};

/// The images of another source, changed at random in each iteration: augment() with the key (seed,
/// iteration). The other source must outlive this one.
///
///     nn::DatasetSource digits(train);
///     nn::AugmentedSource changed(digits, {.shift = 1, .rotation = 10, .image = {16, 16}}, seed);
///     nn::SGD(optim, changed, {.epochs = 10}, rng).check();
class AugmentedSource : public ExampleSource {
 public:
  AugmentedSource(ExampleSource& source, const Augmentation& options, std::uint64_t seed)
      : source_(source), options_(options), seed_(seed) {}
  Index size() const override { return source_.size(); }
  void read(std::span<const Index> rows, Index iteration, Dataset& out) override;
  void read_part(std::span<const Index> rows, Index begin, Index end, Index iteration,
                 Dataset& out) override;
  Dataset examples(std::span<const Index> rows) override { return source_.examples(rows); }

 private:
  ExampleSource& source_;
  Augmentation options_;
  std::uint64_t seed_;
  Dataset batch_;  // as the other source has it
};

}}  // namespace nn::NN_PRECISION
