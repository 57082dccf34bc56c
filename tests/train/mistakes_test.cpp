// The likeliest mistakes: the message says what was seen and what probably mends it.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "io/temporary_folder.hpp"
#include "nn/nn.hpp"

namespace nn::test { namespace {

struct Mistake {
  const char* name;
  std::function<void()> make;
  std::vector<std::string> words;  // of the message
};

void step(Module&& net, const Loss& loss, const Tensor& x, const Tensor& y, double size = 0.1) {
  Optim(net, loss, size).step(x, y);
}

Tensor noise(const Shape& shape) { return Rng(1).randn(shape); }

std::vector<Mistake> mistakes_of_shape() {
  const Tensor labels = tensor({0, 1, 2, 1}), pairs = one_hot(tensor({0, 1, 1, 0}), 2);
  return {
      {"class indices for values",
       [=] {
         step(Linear(5, 3), MSELoss(), noise({4, 5}), labels);
       },
       {"(4)", "(4, 3)", "one_hot", "SoftmaxCrossEntropyLoss"}},
      {"one-hot rows for one output",
       [=] {
         step(Linear(5, 1), BCEWithLogitsLoss(), noise({4, 5}), pairs);
       },
       {"(4, 2)", "(4, 1)", "0 or 1"}},
      {"logits for probabilities",
       [=] {
         step(Linear(5, 3), CrossEntropyLoss(), noise({4, 5}), labels);
       },
       {"[0, 1]", "SoftmaxCrossEntropyLoss"}},
      {"one logit for a probability",
       [=] {
         step(Linear(5, 1), BCELoss(), noise({4, 5}), tensor({0, 1, 1, 0}));
       },
       {"[0, 1]", "BCEWithLogitsLoss"}},
      {"labels from 1",
       [=] {
         step(Linear(5, 3), SoftmaxCrossEntropyLoss(), noise({4, 5}), labels + 1);
       },
       {"label 3", "row 2", "3"}},
      {"targets of another length",
       [=] {
         step(Linear(5, 3), SoftmaxCrossEntropyLoss(), noise({7, 5}), labels);
       },
       {"(4)", "(7, 3)"}},
      {"another number of features",
       [] {
         step(Linear(4, 1), MSELoss(), noise({2, 5}), noise({2, 1}));
       },
       {"Linear(4, 1)", "(batch, 4)", "(2, 5)"}},
      {"images to a Linear",
       [] {
         step(Linear(16, 1), MSELoss(), noise({2, 4, 4}), noise({2, 1}));
       },
       {"(2, 4, 4)", "Flatten"}},
      {"sequences to a Linear",
       [] {
         step(Linear(6, 1), MSELoss(), noise({2, 4, 6}), noise({2, 4, 1}));
       },
       {"(2, 4, 6)", "Conv1D"}},
      {"images without a channel",
       [] {
         Conv2D({.kernel = 3, .chan_in = 1, .chan_out = 2}).forward(noise({2, 8, 8}));
       },
       {"(2, 8, 8)", "Reshape"}},
      {"channels first",
       [] {
         Conv2D({.kernel = 3, .chan_in = 3, .chan_out = 2}).forward(noise({2, 3, 8, 8}));
       },
       {"(2, 3, 8, 8)", "channels come last"}},
      {"one row to BatchNorm",
       [] {
         BatchNorm(5).forward(noise({1, 5}));
       },
       {"BatchNorm", "1"}},
  };
}

std::vector<Mistake> mistakes_of_use(const TemporaryFolder& folder) {
  const std::string numbers = folder.path("numbers.safetensors");
  Sequential net{Linear(2, 1)};
  save_parameters(numbers, net);
  const std::string none = folder.path("none.csv"),
                    table = folder.file("t.csv", "height,species\n1,a\n2,b\n");
  return {
      {"a step that is too large",
       [] {
         Rng rng(0);
         Linear linear(3, 1);
         const MSELoss loss;
         Optim optim(linear, loss, 1e6);
         SGD(optim, {noise({20, 3}), noise({20, 1})}, {.epochs = 200}, rng).check();
       },
       {"iteration", "not finite", "smaller step"}},
      {"data that are not finite",
       [] {
         Rng rng(0);
         Linear linear(3, 1);
         const MSELoss loss;
         Optim optim(linear, loss, 0.1);
         const Dataset data{noise({4, 3}) * Scalar(NAN), noise({4, 1})};
         SGD(optim, data, {.epochs = 1}, rng).check();
       },
       {"the batch's x is not finite"}},
      {"backward before forward",
       [] {
         TanH().backward_delta(noise({2, 2}), noise({2, 2}));
       },
       {"TanH", "forward"}},
      {"a layer that is not there",
       [] {
         const Sequential two{ReLU(), ReLU()};
         two[2].describe();
       },
       {"2", "from 0"}},
      {"parameters taken for a model", [=] { load_model(numbers); }, {numbers, "load_parameters"}},
      {"a text with a typo", [] { parse_network("Linaer(3)", Shape{2}); }, {"Linaer", "Linear"}},
      {"a column that is not there",
       [=] { read_table(table).text("specis"); },
       {"specis", "species"}},
      {"numbers where text is", [=] { read_table(table).numbers("species"); }, {"species", "'a'"}},
      {"a file that is not there", [=] { read_table(none); }, {"none.csv", "No such file"}},
  };
}

std::string message_of_any(const std::function<void()>& make) {
  try {
    make();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "no error";
}

TEST(Mistakes, AreNamedTogetherWithWhatMendsThem) {
  const TemporaryFolder folder;
  std::vector<Mistake> all = mistakes_of_shape();
  for (Mistake& mistake : mistakes_of_use(folder)) all.push_back(std::move(mistake));
  for (const Mistake& mistake : all) {
    const std::string message = message_of_any(mistake.make);
    for (const std::string& word : mistake.words)
      EXPECT_NE(message.find(word), message.npos) << mistake.name << ": " << message;
  }
}

TEST(Mistakes, PixelsAreToldByDiagnose) {
  Rng rng(0);
  Sequential net{Flatten(), Linear(16, 2)};
  const Dataset images{
      map(rng.rand({50, 4, 4}), [](Scalar v) { return 255 * v; }),
      map(rng.rand({50}), [](Scalar v) { return v < Scalar(0.5) ? Scalar(0) : Scalar(1); })};
  const std::vector<std::string> warnings = diagnose(net, SoftmaxCrossEntropyLoss(), images);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("scale"), std::string::npos) << warnings[0];
}

}}  // namespace nn::test
