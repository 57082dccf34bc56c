#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "io/file_size_limit.hpp"
#include "io/temporary_folder.hpp"
#include "nn/core/error.hpp"
#include "nn/io/csv.hpp"
#include "nn/io/file.hpp"
#include "nn/io/safetensors.hpp"

namespace {

TEST(WriteFile, WritesAndReplaces) {
  TemporaryFolder folder;
  std::string zero("a\0b\n", 4);
  nn::write_file(folder.path("a"), zero);
  EXPECT_EQ(folder.bytes("a"), zero);
  nn::write_file(folder.path("a"), "");
  EXPECT_EQ(folder.bytes("a"), "");
  EXPECT_EQ(folder.count(), 1);
}

TEST(AppendToFile, MakesAFileAndAddsToIt) {
  TemporaryFolder folder;
  nn::append_to_file(folder.path("a"), "one\n");
  nn::append_to_file(folder.path("a"), std::string("t\0o", 3));
  nn::append_to_file(folder.path("a"), "");
  EXPECT_EQ(folder.bytes("a"), std::string("one\nt\0o", 7));
  const std::string missing = folder.path("none/a");
  EXPECT_EQ(message_of<nn::DataError>([&] { nn::append_to_file(missing, "x"); }).find(missing), 0u);
  EXPECT_THROW(nn::append_to_file(std::string("a\0b", 3), "x"), nn::DataError);
}

TEST(WriteFile, WritesInTheCurrentFolder) {
  TemporaryFolder folder;
  auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path(""));
  nn::write_file("plain-name", "text");
  std::filesystem::current_path(before);
  EXPECT_EQ(folder.bytes("plain-name"), "text");
}

TEST(WriteFile, KeepsTheModeOfTheFileItReplaces) {
  TemporaryFolder folder;
  auto path = folder.file("secret", "old");
  ::chmod(path.c_str(), 0600);
  nn::write_file(path, "new");
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(folder.bytes("secret"), "new");
  ::chmod(path.c_str(), 0666);  // more than the process would give a new file
  nn::write_file(path, "newer");
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0666u);
}

TEST(WriteFile, FollowsALink) {
  TemporaryFolder folder;
  folder.file("target", "old");
  std::filesystem::create_symlink("target", folder.path("link"));
  nn::write_file(folder.path("link"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("link")));
  EXPECT_EQ(folder.bytes("target"), "new");
}

TEST(WriteFile, FollowsALinkToAFileThatIsNotThereYet) {
  TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("sub"));
  std::filesystem::create_symlink("sub/second", folder.path("first"));
  std::filesystem::create_symlink("../target", folder.path("sub/second"));
  nn::write_file(folder.path("first"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("first")));
  EXPECT_EQ(folder.bytes("target"), "new");
}

TEST(WriteFile, LinksInACircleStayAsTheyAre) {
  TemporaryFolder folder;
  std::filesystem::create_symlink("b", folder.path("a"));
  std::filesystem::create_symlink("a", folder.path("b"));
  EXPECT_THROW(nn::write_file(folder.path("a"), "new"), nn::DataError);
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("a")));
}

TEST(WriteFile, APipeWithoutAReaderIsAnError) {
  TemporaryFolder folder;
  const std::string path = folder.path("pipe");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
  std::thread leaving([&] {
    char byte;
    while (::read(reader, &byte, 1) != 1) std::this_thread::yield();
    ::close(reader);
  });
  const auto message =
      message_of<nn::DataError>([&] { nn::write_file(path, std::string(1 << 20, 'x')); });
  leaving.join();
  EXPECT_EQ(message.find(path + ": cannot be written"), 0u) << message;
}

TEST(WriteFile, DoesNotReplaceAReadOnlyFile) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write to every file";
  TemporaryFolder folder;
  auto path = folder.file("a", "old");
  ::chmod(path.c_str(), 0400);
  EXPECT_THROW(nn::write_file(path, "new"), nn::DataError);
  EXPECT_EQ(folder.bytes("a"), "old");
}

TEST(WriteFile, AFullDiskIsAnError) {
  auto message = message_of<nn::DataError>([] { nn::write_file("/dev/full", "text"); });
  EXPECT_EQ(message.find("/dev/full: cannot be written"), 0u) << message;
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));  // not replaced by a file
  EXPECT_THROW(nn::write_csv("/dev/full", {"a"}, {nn::CsvRow{1}}), nn::DataError);
}

TEST(WriteFile, AMissingFolderIsAnError) {
  TemporaryFolder folder;
  auto path = folder.path("missing/a.csv");
  auto message = message_of<nn::DataError>([&] { nn::write_file(path, "text"); });
  EXPECT_EQ(message.find(path + ": cannot be written"), 0u) << message;
  EXPECT_THROW(nn::write_file(folder.path(""), "text"), nn::DataError);
  EXPECT_THROW(nn::write_file("", "text"), nn::DataError);
  EXPECT_EQ(folder.count(), 0);
}

TEST(WriteFile, APathWithANulByteIsAnError) {
  TemporaryFolder folder;
  const auto path = folder.file("a", "old") + std::string("\0b", 2);
  const auto message = message_of<nn::DataError>([&] { nn::write_file(path, "new"); });
  EXPECT_NE(message.find("NUL"), std::string::npos) << message;
  EXPECT_THROW(nn::write_file(std::string("\0a", 2), "new"), nn::DataError);
  EXPECT_THROW(nn::write_file(folder.path("c") + std::string("\0", 1), "new"), nn::DataError);
  EXPECT_THROW(nn::write_csv(path, {"a"}, {nn::CsvRow{1}}), nn::DataError);
  EXPECT_THROW(nn::write_safetensors(path, {}), nn::DataError);
  EXPECT_EQ(folder.bytes("a"), "old");
  EXPECT_EQ(folder.count(), 1);
}

TEST(WriteFile, AFailureLeavesTheEarlierFile) {
  TemporaryFolder folder;
  auto path = folder.file("good", "good");
  std::string message;
  {
    FileSizeLimit limit(4096);
    message = message_of<nn::DataError>([&] { nn::write_file(path, std::string(5000, 'x')); });
  }
  EXPECT_EQ(message.find(path + ": cannot be written"), 0u) << message;
  EXPECT_EQ(folder.bytes("good"), "good");
  EXPECT_EQ(folder.count(), 1);
  nn::write_file(path, std::string(5000, 'x'));
  EXPECT_EQ(folder.bytes("good").size(), 5000u);
}

TEST(WriteFile, LeavesSignalHandlingAsItWas) {
  TemporaryFolder folder;
  sigset_t before, after, pending;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &before);
  {
    FileSizeLimit limit(10);
    EXPECT_THROW(nn::write_file(folder.path("a"), std::string(100, 'x')), nn::DataError);
  }
  ::pthread_sigmask(SIG_BLOCK, nullptr, &after);
  ::sigpending(&pending);
  EXPECT_EQ(::sigismember(&after, SIGXFSZ), ::sigismember(&before, SIGXFSZ));
  EXPECT_EQ(::sigismember(&pending, SIGXFSZ), 0);
}

}  // namespace
