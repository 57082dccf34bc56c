#include "nn/modules/predictor.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/core/threads.hpp"
#include "nn/modules/batch_norm.hpp"
#include "nn/modules/dropout.hpp"
#include "nn/modules/flatten.hpp"
#include "nn/modules/init.hpp"
#include "nn/modules/relu.hpp"
#include "nn/modules/residual.hpp"
#include "support/allocations.hpp"
#include "support/compare.hpp"
#include "support/module_cases.hpp"

#ifdef __linux__
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace nn::test { namespace {

using EveryModule = ModuleTest;

TEST_P(EveryModule, PredictsTheSameBits) {
  for (Index batch : {0, 1, 3}) {
    Predictor predict(*module, input(batch).shape());
    EXPECT_EQ(predict.output_shape(), module->output_shape(input(batch).shape()));
    for (double phase : {0.0, 1.0, 2.0}) {
      const Tensor x = input(batch, phase), before = x.clone(), z = module->predict(x);
      EXPECT_TRUE(same_bits(predict(x), z)) << batch;
      EXPECT_TRUE(same_bits(predict(scattered(x)), z)) << batch;
      EXPECT_TRUE(same_bits(x, before));
    }
  }
}

TEST_P(EveryModule, PredictsIntoGivenMemory) {
  const Tensor x = input(3), z = module->predict(x);
  Tensor room = Tensor::full(z.shape(), 7);
  module->predict_into(x, room);
  EXPECT_TRUE(same_bits(room, z));
  if (module->in_place()) {
    Tensor same = x.clone(), over = same.reshape(z.shape());
    module->predict_into(same, over);
    EXPECT_TRUE(same_bits(over, z));
  }
  Tensor wrong(z.shape().inserted(0, 2)), strided = scattered(z);
  EXPECT_THROW(module->predict_into(x, wrong), ShapeError);
  try {
    module->predict_into(x, strided);
    EXPECT_TRUE(same_bits(strided, z)) << "or an error";
  } catch (const ShapeError&) {
  }
}

TEST_P(EveryModule, AllocatesNothingAfterTheFirstCall) {
  if (!counts_allocations()) GTEST_SKIP() << "operator new is not ours here";
  const Tensor x = input(6);
  Predictor predict(*module, x.shape());
  predict(x);
  // What else the thread does does not matter: it has let other tensors' memory go.
  for (Index bytes = 64; bytes <= Index{32} << 20; bytes *= 2)
    Tensor(Shape{bytes / Index{sizeof(Scalar)}});
  const long before = allocations();
  for (int i = 0; i < 3; ++i) predict(x);
  EXPECT_EQ(allocations(), before);
}

INSTANTIATE_TEST_SUITE_P(All, EveryModule, ::testing::ValuesIn(module_cases()),
                         [](const auto& tested) { return tested.param.name; });

Sequential small_net() {
  return Sequential{Linear(4, 6), TanH(), Dropout(0.5), Linear(6, 3), Sigmoid()};
}

#ifdef __linux__
/// The exit status of a child in which the kernel ends the process at any system call but exit.
template <class F>
int without_system_calls(F f) {
  const pid_t child = fork();
  if (child == 0) {
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0) f();
    syscall(SYS_exit, 0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return status;
}

TEST(Predictor, MakesNoSystemCall) {
  if (!counts_allocations()) GTEST_SKIP() << "a sanitizer makes its own";
  ASSERT_NE(without_system_calls([] { getppid(); }), 0) << "the test cannot fail";
  const auto net = parsed(
      "Conv2D(3, 16, padding=1) BatchNorm ReLU MaxPool2D(2) Residual(Conv2D(3, 16, padding=1) "
      "ELU) Flatten Linear(200) TanH Linear(10) Softmax",
      {16, 16, 1});
  const Tensor x = wave({70, 16, 16, 1});
  const int threads_before = num_threads();
  set_num_threads(4);
  Predictor predict(*net, x.shape());
  predict(x);
  EXPECT_EQ(without_system_calls([&] {
              for (int i = 0; i < 3; ++i) predict(x);
            }),
            0);
  set_num_threads(threads_before);
}
#endif

TEST(Predictor, SeesParametersThatChange) {
  Sequential net = small_net();
  const Tensor x = wave({2, 4});
  Predictor predict(net, x.shape());
  const Tensor before = predict(x).clone();
  for (const ParameterPtr& p : net.parameters()) p->value.copy_from(wave(p->value.shape(), 1));
  EXPECT_FALSE(same_bits(predict(x), before));
  EXPECT_TRUE(same_bits(predict(x), net.predict(x)));
  for (const ParameterPtr& p : net.parameters()) p->value = wave(p->value.shape(), 2);
  EXPECT_TRUE(same_bits(predict(x), net.predict(x))) << "new tensors";
}

TEST(Predictor, PlansAnewWhereAPartWasReplaced) {
  Sequential net = small_net();
  const Tensor x = wave({2, 4});
  Predictor predict(net, x.shape());
  auto expect_right = [&](const char* what) {
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(same_bits(predict(x), net.predict(x))) << what;
  };
  expect_right("as it was");
  net.replace(1, Linear(6, 6));
  expect_right("a layer that does not work in place, in the place of one that does");
  net.replace(1, ReLU());
  expect_right("and back");
  net.replace(0, Linear(4, 9)).replace(3, Linear(9, 3));
  expect_right("other shapes within");
  net.replace(3, Linear(9, 5));
  expect_right("another shape of the result");
  EXPECT_EQ(predict.output_shape(), (Shape{2, 5}));
  net.at<Linear>(0) = Linear(4, 2);
  net.at<Linear>(3) = Linear(2, 5);
  expect_right("an assignment");
  net.append(Linear(5, 2));
  expect_right("one more");

  net.replace(0, Linear(3, 2));
  EXPECT_EQ(message_of<ShapeError>([&] { predict(x); }),
            message_of<ShapeError>([&] { net.predict(x); }));
  net.replace(0, Linear(4, 2));
  expect_right("mended");
  Linear taken = std::move(net.at<Linear>(0));
  EXPECT_THROW(predict(x), ArgumentError);
}

TEST(Predictor, RefusesOtherShapesAndGoesOn) {
  Sequential net = small_net();
  EXPECT_TRUE(contains(message_of<ShapeError>([&] { Predictor(net, {2, 5}); }), "layer 0"));
  Predictor predict(net, {2, 4});
  const Tensor z = predict(wave({2, 4})).clone();
  for (const Shape& shape : {Shape{1, 4}, Shape{3, 4}, Shape{8}, Shape{}}) {
    const std::string message = message_of<ShapeError>([&] { predict(Tensor::zeros(shape)); });
    EXPECT_TRUE(contains(message, "(2, 4)") && contains(message, shape.to_string())) << message;
    EXPECT_TRUE(same_bits(predict(wave({2, 4})), z));
  }
}

TEST(Predictor, ACopyOfAResultNeverChanges) {
  Sequential net = small_net();
  Predictor predict(net, {2, 4});
  const Tensor kept = predict(wave({2, 4})), before = kept.clone();
  for (double phase : {1.0, 2.0})
    EXPECT_TRUE(same_bits(predict(wave({2, 4}, phase)), net.predict(wave({2, 4}, phase))));
  EXPECT_TRUE(same_bits(kept, before));
}

TEST(Predictor, TakesItsOwnResult) {
  Sequential chain{Linear(4, 4), TanH()}, single{Linear(4, 4)}, none;
  for (Sequential* net : {&chain, &single, &none}) {
    Predictor predict(*net, {2, 4});
    const Tensor x = wave({2, 4});
    EXPECT_TRUE(same_bits(predict(predict(x)), net->predict(net->predict(x))));
  }
}

/// A layer of a user's, as docs/adding_a_layer.md shows one: it only predicts.
class Double : public Module {
 public:
  Tensor forward(const Tensor& x) override { return predict(x); }
  Tensor predict(const Tensor& x) const override {
    parallel_for(1000, 1, [this](Index begin, Index end) {
      if (begin == 0 && end == 1000) ++whole_loops;
    });
    return x * 2;
  }
  Tensor backward_delta(const Tensor&, const Tensor& delta) override { return delta * 2; }
  Shape output_shape(const Shape& input) const override { return input; }
  std::string kind() const override { return "Double"; }

  mutable int whole_loops = 0;
};

/// A container of a user's: the layers would not tell what it predicts.
class Twice : public Sequential {
 public:
  using Sequential::Sequential;
  Tensor predict(const Tensor& x) const override {
    return Sequential::predict(Sequential::predict(x));
  }
};

/// Says one shape and gives another.
class Liar : public Double {
 public:
  Tensor predict(const Tensor& x) const override { return x.slice(1, 0, 1); }
};

TEST(Predictor, TakesModulesThatOnlyPredict) {
  const Tensor x = wave({2, 4});
  Sequential net{Double(), TanH(), Double(), Linear(4, 4), Residual(Double(), TanH()), Double()};
  Predictor predict(net, x.shape());
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(same_bits(predict(x), net.predict(x)));
  Double alone;
  Predictor predict_alone(alone, x.shape());
  EXPECT_TRUE(same_bits(predict_alone(x), x * 2));
  Twice twice{Linear(4, 4), TanH()};
  Predictor predict_twice(twice, x.shape());
  EXPECT_TRUE(same_bits(predict_twice(x), twice.predict(x)));
  Sequential lying{Liar(), TanH()};
  Predictor predict_lying(lying, x.shape());
  const std::string message = message_of<ShapeError>([&] { predict_lying(x); });
  EXPECT_TRUE(contains(message, "layer 0") && contains(message, "(2, 1)")) << message;
}

TEST(Predictor, RunsOnTheCallingThreadAlone) {
  const int threads_before = num_threads();
  set_num_threads(4);
  Double layer;
  Predictor predict(layer, {2, 4});
  predict(wave({2, 4}));
  EXPECT_EQ(layer.whole_loops, 1);
  set_num_threads(threads_before);
}

TEST(Predictor, ManyThreadsShareANetwork) {
  const Sequential net{Linear(30, 50), TanH(), BatchNorm(50), Linear(50, 20), ReLU()};
  std::vector<std::thread> threads;
  std::array<bool, 4> same{};
  for (std::size_t t = 0; t < same.size(); ++t)
    threads.emplace_back([&net, &same, t] {
      Predictor predict(net, {3, 30});
      bool all = true;
      for (int i = 0; i < 200; ++i) {
        const Tensor x = wave({3, 30}, static_cast<double>(t) + i);
        all = same_bits(predict(x), net.predict(x)) && all;
      }
      same[t] = all;
    });
  for (std::thread& thread : threads) thread.join();
  for (bool all : same) EXPECT_TRUE(all);
}

}  // namespace
}  // namespace nn::test
