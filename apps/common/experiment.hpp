#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/flags.hpp"
#include "common/progress.hpp"
#include "common/ranks.hpp"
#include "common/texts.hpp"
#include "nn/core/rng.hpp"
#include "nn/io/csv.hpp"
#include "nn/train/sgd.hpp"

namespace apps {

class Experiment;

/// What a setting or a metric is called: `id` is short and stays, for programs that look for it in
/// the CSV files; `text` is for people. One word may serve as both.
struct Name {
  Name(const char* word) : id(word), text(word) {}
  Name(std::string short_id, std::string for_people)
      : id(std::move(short_id)), text(std::move(for_people)) {}

  std::string id, text;
};

/// One run of an experiment: its own random numbers, its rows of the tables. Runs go on side by
/// side; what they record is put in the order of their numbers.
class Run {
 public:
  nn::Index number() const { return number_; }
  /// The first run also writes what the figures show.
  bool first() const { return number_ == 0; }
  /// The run's seed is --seed plus its number.
  std::uint64_t seed() const { return seed_; }
  /// The run's generator for one purpose.
  nn::Rng rng(const std::string& purpose) const { return nn::Rng(seed_).stream(purpose); }

  /// A row of history.csv. Its id names the curve: "setting/metric/split".
  void history(const Name& setting, nn::Index epoch, const Name& metric, const std::string& split,
               double value);
  /// A value of which summary.csv gets mean and standard deviation over the runs, under the id
  /// "setting/metric/split"; `report` is the report's number, where it gives one.
  void result(const Name& setting, const Name& metric, const std::string& split, double value,
              std::optional<double> report = {});
  /// A row of a file of the experiment's own, "<file>.csv" with these columns.
  void row(const std::string& file, const std::vector<std::string>& columns,
           const nn::CsvRow& cells);
  /// For the progress bar.
  void advance(nn::Index steps = 1);

  /// Where a training of this run leaves its checkpoints, by a name of its own; nowhere without
  /// --checkpoint. What the run has recorded goes with them.
  nn::CheckpointOptions checkpoint(const std::string& training);
  /// Under --micro-batch: cuts the batches, and all ranks make each step together while the result
  /// lives.
  [[nodiscard]] std::unique_ptr<nn::Team> join(nn::Optim& optim) const;
  std::string state() const;
  void set_state(std::string_view state);

 private:
  friend class Experiment;
  struct Result {
    std::string id, setting, metric, split;
    double value = 0;
    std::optional<double> report = {};
  };

  Run(Experiment& experiment, nn::Index number, std::uint64_t seed)
      : experiment_(experiment), number_(number), seed_(seed) {}

  Experiment& experiment_;
  nn::Index number_;
  std::uint64_t seed_;
  nn::Index advanced_ = 0;
  std::vector<Result> results_;
  std::map<std::string, std::pair<std::vector<std::string>, std::vector<nn::CsvRow>>> rows_;
};

/// What all experiments share: the common flags, seeds, the CSV files, the progress bar. An
/// experiment adds its flags, then gives main() its body, which calls for_each_run().
///
/// Started by mpirun, each rank has some of the runs, and all ranks then get what was recorded in
/// all runs. What a body finds out for later it returns: what it writes into variables around it
/// stays on its rank.
class Experiment {
 public:
  Experiment(const std::string& name, const std::string& description, nn::Index runs = 10);

  Flags& flags() { return flags_; }
  /// Adds --checkpoint and --resume, for trainings with run.checkpoint().
  void offer_checkpoints();
  /// Adds --micro-batch, for trainings with run.join(). Under it the ranks make all runs together,
  /// one after another.
  void offer_micro_batches();
  /// Runs `body` under the command line's flags; returns the exit status: 0 done, 1 failed, 2 wrong
  /// usage.
  int main(int argc, char** argv, const std::function<void()>& body);

  bool quick() const { return quick_; }
  /// `value`, or under --quick, unless the flag was given, `quick_value`.
  template <class T>
  void quick_default(const std::string& flag, T& value, T quick_value) {
    if (quick_ && !flags_.given(flag)) value = quick_value;
  }
  nn::Index runs() const { return runs_; }
  const std::string& data_folder() const { return data_; }
  /// The data set that is really used: in config.csv and in every row of summary.csv.
  void set_data(const std::string& name) { data_name_ = name; }
  /// A remark for stdout and config.csv.
  void note(const std::string& text);
  /// A fact about this run for config.csv.
  void config(const std::string& key, const std::string& value);

  /// Calls body(run) for runs 0, ..., --runs - 1, on several threads; `steps` advances are expected
  /// of each.
  void for_each_run(nn::Index steps, const std::function<void(Run&)>& body);
  /// The same for each of `jobs` independent parts of a run: body(run, job). If it returns a double
  /// or Tensors, returns what it has returned: [job][run].
  template <class Body>
  auto for_each_job(nn::Index jobs, const Body& body) {
    using Value = std::invoke_result_t<const Body&, Run&, nn::Index>;
    if constexpr (std::is_void_v<Value>) {
      perform_jobs(jobs, [&](Run& run, nn::Index job) {
        body(run, job);
        return std::string();
      });
    } else {
      const std::vector<std::string> texts =
          perform_jobs(jobs, [&](Run& run, nn::Index job) { return pack(body(run, job)); });
      std::vector<std::vector<Value>> values(static_cast<std::size_t>(jobs));
      for (std::size_t i = 0; i < texts.size(); ++i)
        unpack(texts[i], values[i / static_cast<std::size_t>(runs_)].emplace_back());
      return values;
    }
  }
  /// For the progress bar: so many more advances will come.
  void expect(nn::Index steps) { progress_->expect(steps); }
  /// The mean over the runs of the result with this id; NaN if none was recorded.
  double mean(const std::string& id) const;

 private:
  friend class Run;
  struct Row {
    std::string id, setting, metric, split;
    std::vector<double> values;
    std::optional<double> report;
  };

  /// What decides the results, for checkpoints: " --epochs 40 --quick yes ...".
  std::string settings() const;
  void perform(const std::function<void()>& body);
  void compare_ranks() const;
  void prepare_folder() const;
  using Job = std::function<std::string(Run& run, nn::Index job)>;
  std::vector<std::string> perform_jobs(nn::Index jobs, const Job& body);
  void share(std::vector<Run>& runs, std::vector<std::string>& texts) const;
  void collect(const Run& run);
  std::string path(const std::string& file) const { return out_ + "/" + file + ".csv"; }
  void write_config(double seconds) const;
  void write_tables() const;
  void print_table() const;

  std::string name_, out_, data_, data_name_ = "synthetic", checkpoints_;
  nn::Index runs_, seed_ = 0, threads_ = 0, micro_batch_ = 0;
  bool quick_ = false, resume_ = false;
  Flags flags_;
  std::vector<std::pair<std::string, std::string>> facts_;
  std::vector<std::string> notes_;
  std::vector<Row> rows_;
  std::map<std::string, nn::CsvWriter> files_;
  Progress* progress_ = nullptr;
};

/// Throws, naming the setting and where it happened, if a training diverged.
void require_finite(const Name& setting, const nn::TrainingResult& result);

}  // namespace apps
