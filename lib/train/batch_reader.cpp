#include "train/batch_reader.hpp"

#include <string>
#include <system_error>
#include <utility>

#include "core/serial_loops.hpp"
#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

BatchReader::BatchReader(const Optim& optim, ExampleSource& source, const BatchOrder& order,
                         Index iteration, Index end, bool ahead)
    : optim_(optim),
      source_(source),
      order_(order),
      iteration_(iteration),
      end_(end),
      ahead_(ahead) {
  if (ahead_) start_thread();
}

BatchReader::~BatchReader() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

const ReadBatch& BatchReader::next() {
  current_ = (current_ + 1) % batches_.size();
  ReadBatch& batch = batches_[current_];
  if (std::exchange(is_ahead_, false)) {
    wait();
  } else {
    choose(batch);
    read(batch);
  }
  if (ahead_ && !batch.ends_epoch && iteration_ < end_) {
    ReadBatch& following = batches_[(current_ + 1) % batches_.size()];
    choose(following);
    hand_over(&following);
    is_ahead_ = true;
  }
  return batch;
}

void BatchReader::choose(ReadBatch& batch) {
  const std::span<const Index> rows = order_.next();
  batch.rows.assign(rows.begin(), rows.end());
  batch.iteration = iteration_++;
  batch.ends_epoch = order_.at_epoch_end();
}

/// A process of a team may have no row of a small batch.
void BatchReader::read(ReadBatch& batch) {
  const Index rows = std::ssize(batch.rows);
  const Team::Share own = optim_.own_rows(rows);
  if (own.begin == 0 && own.end == rows)
    source_.read(batch.rows, batch.iteration, batch.data);
  else if (own.begin == own.end)
    batch.data = {};
  else
    source_.read_part(batch.rows, own.begin, own.end, batch.iteration, batch.data);
  if (own.begin < own.end && batch.data.size() != own.end - own.begin)
    throw ShapeError("SGD: the source gave " + std::to_string(batch.data.size()) +
                     " examples for " + std::to_string(own.end - own.begin));
}

/// Without a thread, batches are read when they are asked for.
void BatchReader::start_thread() {
  try {
    thread_ = std::thread([this] { work(); });
  } catch (const std::system_error&) {
    ahead_ = false;
  }
}

void BatchReader::work() {
  run_loops_alone();
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return asked_ || stop_; });
    if (stop_) return;
    lock.unlock();
    std::exception_ptr error;
    try {
      read(*asked_);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    error_ = error;
    asked_ = nullptr;
    changed_.notify_all();
  }
}

void BatchReader::hand_over(ReadBatch* batch) {
  {
    std::lock_guard lock(mutex_);
    asked_ = batch;
  }
  changed_.notify_all();
}

void BatchReader::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !asked_; });
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

}}}  // namespace nn::NN_PRECISION::detail
