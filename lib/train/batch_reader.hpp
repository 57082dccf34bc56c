#pragma once

#include <array>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "nn/data/batches.hpp"
#include "nn/data/source.hpp"
#include "nn/train/optim.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// A batch, and what it was read as.
struct ReadBatch {
  Dataset data;             // the rows of this process (Optim::own_rows)
  std::vector<Index> rows;  // of the whole batch
  Index iteration = 0;
  bool ends_epoch = false;
};

/// Reads batches in an order. With `ahead`, the next batch of the epoch is read on a thread of the
/// reader's own while the last one is in use. It never reads across the end of an epoch: what
/// happens there, such as a callback that draws from the same generator, stays in order. Private to
/// lib/.
class BatchReader {
 public:
  /// The first batch is number `iteration` of the training; none is read from number `end` on.
  BatchReader(const Optim& optim, ExampleSource& source, const BatchOrder& order, Index iteration,
              Index end, bool ahead);
  ~BatchReader();
  BatchReader(const BatchReader&) = delete;

  /// The next batch. It stays until the next call.
  const ReadBatch& next();

 private:
  void choose(ReadBatch& batch);
  void read(ReadBatch& batch);
  void start_thread();
  void work();
  void hand_over(ReadBatch* batch);
  void wait();

  const Optim& optim_;
  ExampleSource& source_;
  BatchOrder order_;
  Index iteration_, end_;
  // One in use; one that the network may hold until its next forward(); one being read.
  std::array<ReadBatch, 3> batches_;
  std::size_t current_ = 0;
  bool ahead_;
  bool is_ahead_ = false;  // the next batch has been handed over
  std::mutex mutex_;
  std::condition_variable changed_;
  ReadBatch* asked_ = nullptr;  // what the thread is to read
  bool stop_ = false;
  std::exception_ptr error_;
  std::thread thread_;
};

}}}  // namespace nn::NN_PRECISION::detail
