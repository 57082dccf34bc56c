#include "common/experiment.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <limits>

#include "common/program.hpp"
#include "common/text_table.hpp"
#include "nn/core/error.hpp"
#include "nn/core/number.hpp"
#include "nn/core/threads.hpp"
#include "nn/core/version.hpp"
#include "nn/ops/isa.hpp"

namespace apps {
namespace {

struct Spread {
  double mean, sd;
};

/// Mean and standard deviation (n - 1) of the values, taken from the first one on, so that equal
/// values have exactly that mean; the deviation of one value is NaN.
Spread spread(const std::vector<double>& values) {
  double sum = 0, squares = 0;
  auto n = static_cast<double>(values.size());
  for (double v : values) sum += v - values[0];
  double mean = values[0] + sum / n;
  for (double v : values) squares += (v - mean) * (v - mean);
  return {mean, std::sqrt(squares / (n - 1))};
}

std::string joined(const Name& setting, const Name& metric, const std::string& split) {
  return setting.id + "/" + metric.id + "/" + split;
}

}  // namespace

void Run::history(const Name& setting, nn::Index epoch, const Name& metric,
                  const std::string& split, double value) {
  row("history", {"id", "run", "setting", "epoch", "metric", "split", "value"},
      {joined(setting, metric, split), number_, setting.text, epoch, metric.text, split, value});
}

void Run::result(const Name& setting, const Name& metric, const std::string& split, double value,
                 std::optional<double> report) {
  results_.push_back(
      {joined(setting, metric, split), setting.text, metric.text, split, value, report});
}

void Run::row(const std::string& file, const std::vector<std::string>& columns,
              const nn::CsvRow& cells) {
  auto& [header, rows] = rows_[file];
  header = columns;
  rows.push_back(cells);
}

void Run::advance(nn::Index steps) {
  advanced_ += steps;
  experiment_.progress_->advance(steps);
}

std::unique_ptr<nn::Team> Run::join(nn::Optim& optim) const {
  optim.set_micro_batch(experiment_.micro_batch_);
  return ranks::team(optim);
}

nn::CheckpointOptions Run::checkpoint(const std::string& training) {
  if (experiment_.checkpoints_.empty()) return {};
  return {.folder = experiment_.checkpoints_ + "/" + training + "/seed-" + std::to_string(seed_),
          .resume = experiment_.resume_,
          .states = {{"run", *this}}};
}

Experiment::Experiment(const std::string& name, const std::string& description, nn::Index runs)
    : name_(name), out_("results/" + name), runs_(runs), flags_(name, description) {
  if (const char* folder = std::getenv("NN_DATA")) data_ = folder;
  flags_.text("out", out_, "folder for the CSV files");
  flags_.text("data", data_,
              "folder with the files of USPS and Fashion-MNIST, plain or .gz; else NN_DATA");
  flags_.count("seed", seed_, "seed of the first run", 0);
  flags_.count("runs", runs_, "runs, with seeds one apart");
  flags_.count("threads", threads_, "threads; 0: one for each CPU", 0);
  flags_.on_off("quick", quick_, "a short version of everything");
}

void Experiment::offer_checkpoints() {
  flags_.text("checkpoint", checkpoints_, "folder for checkpoints of the trainings; else none");
  flags_.on_off("resume", resume_, "go on from the checkpoints of an experiment that was killed");
}

void Experiment::offer_micro_batches() {
  flags_.count("micro-batch", micro_batch_,
               "rows of the micro-batches that a batch is cut into; 0: it is not. Ranks then make "
               "each step together",
               0);
}

std::string Experiment::settings() const {
  std::string text;
  for (const auto& [key, value] : flags_.values())
    if (key != "out" && key != "data" && key != "runs" && key != "threads" && key != "checkpoint" &&
        key != "resume" && key != "micro-batch")  // which SGD compares
      text += " --" + key + " " + value;
  return text + " on " + data_name_;
}

int Experiment::main(int argc, char** argv, const std::function<void()>& body) {
  return run_program(name_, argc, argv, [&] {
    if (flags_.parse(argc, argv))
      perform(body);
    else
      std::cout << flags_.help();
    return 0;
  });
}

void Experiment::perform(const std::function<void()>& body) {
  if (resume_ && checkpoints_.empty())
    throw UsageError(name_ + ": --resume needs --checkpoint (see --help)");
  if (quick_ && !flags_.given("runs")) runs_ = std::min<nn::Index>(runs_, 2);
  if (threads_ > 256) throw UsageError(name_ + ": --threads: at most 256 (see --help)");
  if (threads_ > 0) nn::set_num_threads(static_cast<int>(threads_));
  compare_ranks();
  prepare_folder();
  auto start = std::chrono::steady_clock::now();
  {
    Progress progress(name_, "steps");
    progress_ = &progress;
    body();
  }
  if (!ranks::leads()) return;
  write_tables();
  write_config(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  print_table();
}

/// Ranks with other flags would wait for each other, or take each other's runs for their own.
void Experiment::compare_ranks() const {
  const std::vector<std::string> all =
      ranks::gather(" --micro-batch " + std::to_string(micro_batch_) + " --runs " +
                    std::to_string(runs_) + settings());
  for (const std::string& other : all)
    if (other != all[0])
      throw nn::ArgumentError("ranks were given other flags:" + all[0] + ", but" + other);
}

/// Before the work: a folder that cannot be written to is found out now.
void Experiment::prepare_folder() const {
  if (!ranks::leads()) return;
  std::error_code error;
  std::filesystem::create_directories(out_, error);
  if (error) throw nn::DataError(out_ + ": cannot make this folder: " + error.message());
  write_config(0);
}

void Experiment::note(const std::string& text) { notes_.push_back(text); }

void Experiment::config(const std::string& key, const std::string& value) {
  facts_.emplace_back(key, value);
}

void Experiment::for_each_run(nn::Index steps, const std::function<void(Run&)>& body) {
  expect(steps * runs_);
  for_each_job(1, [&](Run& run, nn::Index) { body(run); });
}

/// Runs are dealt out to the ranks in turn. The threads of a rank take one after another, longest
/// first if the experiment lists them so: parts may differ in length. Of a single run they share
/// the loops. Ranks that make each step together all have all runs, on one thread, which speaks
/// with the others.
std::vector<std::string> Experiment::perform_jobs(nn::Index jobs, const Job& body) {
  std::vector<Run> runs;
  for (nn::Index i = 0; i < jobs * runs_; ++i)
    runs.push_back(Run(*this, i % runs_, static_cast<std::uint64_t>(seed_ + i % runs_)));
  std::vector<std::string> texts(runs.size());
  const bool together = micro_batch_ > 0 && ranks::size() > 1;
  const nn::Index step = together ? 1 : ranks::size();
  std::atomic<nn::Index> next = together ? 0 : ranks::rank();
  const int threads = together || runs.size() == 1 ? 1 : nn::num_threads();
  nn::parallel_for(threads, 1, [&](nn::Index, nn::Index) {
    for (nn::Index i; (i = next.fetch_add(step)) < std::ssize(runs);)
      texts[static_cast<std::size_t>(i)] = body(runs[static_cast<std::size_t>(i)], i / runs_);
  });
  if (!together) share(runs, texts);
  for (const Run& run : runs) collect(run);
  return texts;
}

/// All ranks get what each has made of its runs.
void Experiment::share(std::vector<Run>& runs, std::vector<std::string>& texts) const {
  if (ranks::size() == 1) return;
  const auto own = static_cast<std::size_t>(ranks::rank()),
             step = static_cast<std::size_t>(ranks::size());
  TextWriter out;
  for (std::size_t i = own; i < runs.size(); i += step) {
    out.text(runs[i].state());
    out.text(texts[i]);
  }
  const std::vector<std::string> all = ranks::gather(out.all());
  for (std::size_t rank = 0; rank < step; ++rank) {
    if (rank == own) continue;
    TextReader in(all[rank]);
    for (std::size_t i = rank; i < runs.size(); i += step) {
      runs[i].set_state(in.text());
      texts[i] = in.text();
    }
    in.expect_end();
  }
}

void Experiment::collect(const Run& run) {
  for (const Run::Result& r : run.results_) {
    auto row = std::find_if(rows_.begin(), rows_.end(),
                            [&](const Row& other) { return other.id == r.id; });
    if (row == rows_.end())
      row = rows_.insert(rows_.end(), {r.id, r.setting, r.metric, r.split, {}, r.report});
    row->values.push_back(r.value);
  }
  for (const auto& [file, table] : run.rows_) {
    auto writer = files_.try_emplace(file, path(file), table.first).first;
    for (const nn::CsvRow& row : table.second) writer->second.row(row);
  }
}

double Experiment::mean(const std::string& id) const {
  for (const Row& row : rows_)
    if (row.id == id) return spread(row.values).mean;
  return std::numeric_limits<double>::quiet_NaN();
}

void Experiment::write_config(double seconds) const {
  std::vector<nn::CsvRow> rows{{"experiment", name_},
                               {"version", nn::version()},
                               {"data_set", data_name_},
                               {"isa", nn::isa()},
                               {"library_threads", nn::num_threads()},
                               {"ranks", ranks::size()},
                               {"compiler", __VERSION__}};
  for (const auto& [key, value] : flags_.values()) rows.push_back({"flag_" + key, value});
  for (const auto& [key, value] : facts_) rows.push_back({key, value});
  for (const std::string& note : notes_) rows.push_back({"note", note});
  rows.push_back({"seconds", seconds});
  nn::write_csv(path("config"), {"key", "value"}, rows);
}

void Experiment::write_tables() const {
  nn::CsvWriter summary(path("summary"), {"id", "setting", "metric", "split", "data", "runs",
                                          "mean", "sd", "report"});
  for (const Row& row : rows_) {
    auto [mean, sd] = spread(row.values);
    summary.row({row.id, row.setting, row.metric, row.split, data_name_, row.values.size(), mean,
                 row.values.size() > 1 ? nn::CsvCell(sd) : nn::CsvCell(""),
                 row.report ? nn::CsvCell(*row.report) : nn::CsvCell("")});
  }
  for (const auto& [file, writer] : files_) writer.write();
  summary.write();
}

void Experiment::print_table() const {
  TextTable table({"setting", "metric", "split", "mean", "sd", "report"});
  for (const Row& row : rows_) {
    auto [mean, sd] = spread(row.values);
    table.row({row.setting, row.metric, row.split, short_number(mean),
               row.values.size() > 1 ? short_number(sd) : "",
               row.report ? short_number(*row.report) : ""});
  }
  std::cout << name_ << ": data " << data_name_ << ", " << runs_ << (runs_ == 1 ? " run" : " runs")
            << ", files in " << out_ << '\n'
            << table.text();
  for (const std::string& note : notes_) std::cout << note << '\n';
}

void require_finite(const Name& setting, const nn::TrainingResult& result) {
  if (result.diverged)
    throw std::runtime_error(setting.text + ": the training diverged (" + result.where +
                             "): try a smaller step");
}

}  // namespace apps
