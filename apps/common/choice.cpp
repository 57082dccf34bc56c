#include "common/choice.hpp"

#include <algorithm>
#include <numeric>

namespace apps {

std::vector<std::size_t> choose(Experiment& experiment, const nn::Dataset& train,
                                const Choice& choice, const Validation& validate) {
  const nn::Index held_out = std::min(choice.held_out, train.size() / 4);
  const nn::Split parts = nn::train_test_split(
      train, {.test_size = static_cast<double>(held_out) / static_cast<double>(train.size())});
  const nn::Index runs = std::min(experiment.runs(), choice.seeds);
  const auto trainings = runs * static_cast<nn::Index>(choice.candidates);
  for (const nn::Index epochs : choice.epochs)
    experiment.expect(trainings * epochs * parts.train.size());

  const auto scores = experiment.for_each_job(
      static_cast<nn::Index>(choice.epochs.size() * choice.candidates),
      [&](Run& run, nn::Index job) {
        if (run.number() >= runs) return 0.0;
        const auto j = static_cast<std::size_t>(job);
        return validate(run, j / choice.candidates, j % choice.candidates, parts);
      });
  std::vector<double> sums;
  for (const std::vector<double>& of_runs : scores)
    sums.push_back(std::accumulate(of_runs.begin(), of_runs.end(), 0.0));
  std::vector<std::size_t> chosen;
  const auto count = static_cast<std::ptrdiff_t>(choice.candidates);
  for (auto begin = sums.begin(); begin != sums.end(); begin += count)
    chosen.push_back(static_cast<std::size_t>(std::max_element(begin, begin + count) - begin));
  return chosen;
}

}  // namespace apps
