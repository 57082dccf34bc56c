#pragma once

#include "bench/bench.hpp"

/// Whole training steps: forward, loss, backward and plain gradient descent, in float. Prints
/// samples per second. The networks, by name:
///    mlp      256-128-64-10, tanh, cross-entropy
///    odd      200-90-30-7, the same with sizes that nobody tunes for
///    conv1d   Conv1D of 32 filters of 3, max-pool 2, 4064-100 ReLU, 100-10, cross-entropy
///    autoenc  256-100-10-100-256, tanh, binary cross-entropy of sigmoids
///    lenet    16 x 16 images, Conv2D 3 x 3 (16 filters, padding 1), ReLU, max-pool 2,
///             the same with 32 filters, 512-128 ReLU, 128-10, cross-entropy
///    bnconv   the same convolutions, each normalised by its batch before ReLU, then 512-10
///    lstm     16 steps of 16 numbers, LSTM of 64 cells, its last step, 64-10, cross-entropy
///    augment  no step: the images moved, turned, enlarged and sheared at random (augment_limits)
namespace bench {

struct TrainCase {
  const char* net;
  int batch, inputs, classes;
  int flops_per_sample;  // of one step, without the gradient with respect to the data
  std::string name() const { return std::string(net) + "-b" + std::to_string(batch); }
};
// Read by cases.py too: one case on a line.
constexpr TrainCase kTrainCases[] = {
    {"mlp", 1, 256, 10, 184064},        // 6 (256 * 128 + 128 * 64 + 64 * 10) - 2 * 256 * 128
    {"mlp", 100, 256, 10, 184064},      // the same
    {"mlp", 1000, 256, 10, 184064},     // the same
    {"odd", 100, 200, 7, 89460},        // 6 (200 * 90 + 90 * 30 + 30 * 7) - 2 * 200 * 90
    {"conv1d", 20, 256, 10, 2541936},   // 4 * 254 * 32 * 3 + 6 (4064 * 100 + 100 * 10)
    {"conv1d", 100, 256, 10, 2541936},  // the same
    {"autoenc", 50, 256, 10, 268000},   // 6 * 2 (256 * 100 + 100 * 10) - 2 * 256 * 100
    {"lenet", 64, 256, 10, 2317824},    // 4 * 256 * 16 * 9 + 6 (64 * 32 * 144 + 512 * 128 + 1280)
    {"bnconv", 64, 256, 10, 1947648},   // 4 * 256 * 16 * 9 + 6 (64 * 32 * 144 + 5120)
    {"lstm", 64, 256, 10, 1838848},     // 16 (6 * 256 * 64 + 4 * 256 * 16) + 6 * 640
    {"augment", 64, 256, 10, 4608},     // 256 * 18: a place, and three interpolations
};

/// Of the case augment: pixels, degrees, a share and degrees, each uniform both ways.
constexpr struct { float shift = 1, rotation = 10, scale = 0.1f, shear = 5; } augment_limits;

/// The data of a case: batch rows of `inputs` numbers in [0, 1), and a class for each.
struct Batch {
  explicit Batch(const TrainCase& c) : Batch(c, Numbers(3)) {}

  Array<float> x;
  std::vector<int> labels;

 private:
  Batch(const TrainCase& c, Numbers numbers) : x(c.batch * c.inputs, numbers, 0, 1) {
    for (int i = 0; i < c.batch; ++i)
      labels.push_back(static_cast<int>(numbers.next(0, c.classes)));
  }
};

/// What a peer times: as many steps as one call takes; no call for a network that it cannot have.
struct Training {
  Call call;
  int steps = 1;
};

/// prepare(train_case, batch) is a Training; both arguments live as long as it does.
template <class Prepare>
void measure_trainings(Prepare&& prepare) {
  for (const TrainCase& c : kTrainCases) {
    if (!selected(c.name())) continue;
    const Batch batch(c);
    const Training training = prepare(c, batch);
    if (!training.call) continue;
    const double seconds = time_of(training.call) / training.steps;
    report(c.name(), "samples/s", c.batch / seconds);
  }
}

}  // namespace bench
