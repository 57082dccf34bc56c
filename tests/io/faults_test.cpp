// What others do to a process: no memory, no rights, an end at any moment.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "io/packed.hpp"
#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/core/rng.hpp"
#include "nn/data/idx.hpp"
#include "nn/data/table.hpp"
#include "nn/data/usps.hpp"
#include "nn/io/file.hpp"
#include "nn/io/safetensors.hpp"
#include "support/sanitizers.hpp"

namespace {

/// Runs it in a process of its own; its exit status, or -1 if a signal ended it.
int status_of(const std::function<int()>& call) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(call());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

enum Outcome { data_error, no_error, other_error, no_limit };

Outcome outcome_of(const std::function<void()>& call) {
  try {
    call();
    return no_error;
  } catch (const nn::DataError&) {
    return data_error;
  } catch (...) {
    return other_error;
  }
}

/// What comes of it in a process that may not have more memory than this.
int outcome_within(rlim_t bytes, const std::function<void()>& call) {
  return status_of([&] {
    const rlimit limit{bytes, bytes};
    return ::setrlimit(RLIMIT_AS, &limit) == 0 ? outcome_of(call) : no_limit;
  });
}

constexpr rlim_t quarter_gibibyte = rlim_t{1} << 28;

TEST(LittleMemory, IsAnErrorThatNamesTheFile) {
  if (NN_TEST_SANITIZED) GTEST_SKIP() << "a sanitizer needs more address space";
  TemporaryFolder folder;
  const std::string header("\0\0\x08\1\3\x93\x87\0",
                           8);  // 60 million bytes, four times that or more
  auto idx = folder.file("idx", header + std::string(60'000'000, '\1'));  // as numbers
  nn::TensorFile file;
  file.tensors.emplace_back("w", nn::Tensor::zeros({150'000'000 / sizeof(nn::Scalar)}));
  write_safetensors(folder.path("f"), file);
  file = {};
  EXPECT_EQ(outcome_within(quarter_gibibyte, [&] { nn::read_idx(idx); }), data_error);
  EXPECT_EQ(outcome_within(quarter_gibibyte, [&] { nn::read_safetensors(folder.path("f")); }),
            data_error);
}

TEST(HostileSizes, AreErrorsInLittleMemory) {
  if (NN_TEST_SANITIZED) GTEST_SKIP() << "a sanitizer needs more address space";
  TemporaryFolder folder;
  auto idx = folder.file("idx", std::string("\0\0\x08\3", 4) + std::string(12, '\xff') + "data");
  auto zero = folder.file("zero", std::string("\0\0\x08\3\0\0\0\0", 8) + std::string(8, '\xff'));
  auto bomb = folder.file("bomb", gzip_member(packed_zeros(1'200'000), ""));  // 310 MB
  auto header = [&](const char* name, std::uint64_t length, const std::string& json) {
    return folder.file(name, little_endian(length, 8) + json);
  };
  auto long_header = header("long", ~0ull, "{}");
  const std::string huge_tensor =
      R"({"a":{"dtype":"F32","shape":[1099511627776,4],"data_offsets":[0,17592186044416]}})";
  auto huge = header("huge", huge_tensor.size(), huge_tensor);
  auto deep = header("deep", 1 << 20, std::string(1 << 20, '{'));
  auto lines = folder.file("lines", std::string(10'000'000, '\n') + "1");
  std::string cells;
  for (int i = 0; i < 4'000'000; ++i) cells += "a\n";
  auto rows = folder.file("rows", cells);
  const std::pair<const char*, std::function<void()>> cases[] = {
      {"idx", [&] { nn::read_idx(idx); }},
      {"idx, no rows", [&] { nn::read_idx(zero); }},
      {"idx, packed", [&] { nn::read_idx(bomb); }},
      {"usps, packed", [&] { nn::read_usps(bomb); }},
      {"csv, packed", [&] { nn::read_table(bomb); }},
      {"safetensors, long header", [&] { nn::read_safetensors(long_header); }},
      {"safetensors, huge tensor", [&] { nn::read_safetensors(huge); }},
      {"safetensors, deep header", [&] { nn::read_safetensors(deep); }},
      {"usps, lines", [&] { nn::read_usps(lines); }},
      {"csv, rows", [&] { nn::read_table(rows); }},
      {"a device without end", [&] { nn::read_file("/dev/zero"); }}};
  for (const auto& [name, read] : cases)
    EXPECT_EQ(outcome_within(quarter_gibibyte, read), data_error) << name;
}

TEST(KilledWrites, LeaveTheOldFileOrTheNewOne) {
  TemporaryFolder folder;
  const std::string first(300'000, 'a'), second(500'000, 'b');
  auto path = folder.path("results.csv");
  nn::write_file(path, first);
  nn::Rng rng(1);
  int changed = 0;
  // On a busy machine nothing may be written for a while: wait longer and longer.
  for (nn::Index round = 0; round < 50 || (changed == 0 && round < 400); ++round) {
    const pid_t child = ::fork();
    if (child == 0)
      for (;;) nn::write_file(path, second), nn::write_file(path, first);
    ::usleep(static_cast<useconds_t>(rng.below(10'000 + 1000 * round)));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const std::string found = folder.bytes("results.csv");
    ASSERT_TRUE(found == first || found == second) << "round " << round << ": torn";
    changed += found == second;
  }
  EXPECT_GT(changed, 0);  // or nothing was written in the time
  nn::write_file(path, "whole");
  EXPECT_EQ(folder.bytes("results.csv"), "whole");
}

TEST(KilledWrites, WhatTheyLeaveDoesNotStopTheNextWrite) {
  TemporaryFolder folder;
  // As a process of this very number could have left them.
  for (int i = 0; i < 500; ++i)
    folder.file(".nn-" + std::to_string(::getpid()) + "-" + std::to_string(i) + ".tmp", "torn");
  nn::write_file(folder.path("a"), "whole");
  EXPECT_EQ(folder.bytes("a"), "whole");
  EXPECT_EQ(folder.count(), 501);
}

/// As one who is not root, to whom every file and folder is open.
int outcome_as_nobody(const std::function<void()>& call) {
  return status_of([&] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) return no_limit;
    return outcome_of(call);
  });
}

TEST(NoRights, AreErrorsAndChangeNothing) {
  TemporaryFolder folder;
  auto read_only = folder.file("read_only", "old"), secret = folder.file("secret", "old");
  std::filesystem::create_directory(folder.path("closed"));
  auto inside = folder.file("closed/a", "old");
  ::chmod(folder.path("").c_str(), 0755);
  ::chmod(read_only.c_str(), 0444);
  ::chmod(secret.c_str(), 0000);
  ::chmod(inside.c_str(), 0666);
  ::chmod(folder.path("closed").c_str(), 0555);
  EXPECT_EQ(outcome_as_nobody([&] { nn::write_file(read_only, "new"); }), data_error);
  EXPECT_EQ(outcome_as_nobody([&] { nn::read_file(secret); }), data_error);
  EXPECT_EQ(outcome_as_nobody([&] { nn::write_file(inside, "new"); }), data_error);
  EXPECT_EQ(outcome_as_nobody([&] { nn::write_file(folder.path("closed/b"), "new"); }), data_error);
  EXPECT_EQ(outcome_as_nobody([&] { nn::read_file(read_only); }), no_error);
  ::chmod(folder.path("closed").c_str(), 0755);
  EXPECT_EQ(folder.bytes("read_only"), "old");
  EXPECT_EQ(folder.bytes("closed/a"), "old");
  EXPECT_FALSE(std::filesystem::exists(folder.path("closed/b")));
}

}  // namespace
