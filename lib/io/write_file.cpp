#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>

#include "io/descriptor.hpp"
#include "io/file_errors.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

namespace fs = std::filesystem;
using detail::Descriptor;

[[noreturn]] void fail(const std::string& path, const std::error_code& error) {
  detail::fail_file(path, "cannot be written", error);
}
[[noreturn]] void fail(const std::string& path) {
  detail::fail_file(path, "cannot be written", errno);
}

/// The file that a path stands for, with links followed. It need not exist.
fs::path resolve(const std::string& path) {
  fs::path file = detail::system_path(path);
  std::error_code error;
  for (int links = 0; links < 40; ++links) {
    const fs::path target = fs::read_symlink(file, error);
    if (error) return file;
    file = file.parent_path() / target;
  }
  detail::fail_file(path, "cannot be written", ELOOP);
}

/// A new file in the folder of the one that it replaces in the end. It is removed if that fails.
class Replacement {
 public:
  /// `path` is for errors.
  Replacement(const std::string& path, const fs::path& target)
      : path_(path), target_(target), file_(create()) {}
  ~Replacement() {
    if (done_) return;
    if (file_.is_open()) file_.close();  // Windows removes no open file
    std::error_code ignored;
    fs::remove(name_, ignored);
  }
  Replacement(const Replacement&) = delete;

  /// Does nothing if the file system has no such permissions.
  void set_permissions(fs::perms permissions) {
    std::error_code ignored;
    fs::permissions(name_, permissions, ignored);
  }
  void commit(std::string_view bytes) {
    if (!file_.write(bytes) || !file_.synchronise() || !file_.close()) fail(path_);
    std::error_code error;
    fs::rename(name_, target_, error);
    if (error) fail(path_, error);
    done_ = true;
  }

 private:
  Descriptor create() {
    static std::atomic<unsigned> count{0};
    for (;;) {
      const auto unique = std::to_string(::getpid()) + "-" + std::to_string(count++);
      name_ = target_.parent_path() / (".nn-" + unique + ".tmp");
      Descriptor file(name_, Descriptor::For::a_new_file);
      if (file.is_open()) return file;
      if (errno != EEXIST) fail(path_);
    }
  }

  const std::string& path_;
  fs::path target_, name_;
  Descriptor file_;
  bool done_ = false;
};

void write_to(const std::string& path, Descriptor::For purpose, std::string_view bytes) {
  Descriptor file(detail::system_path(path), purpose);
  if (!file.is_open() || !file.write(bytes) || !file.close()) fail(path);
}

}  // namespace

void write_file(const std::string& path, std::string_view bytes) {
  if (path.empty()) detail::fail_file("(empty path)", "cannot be written", ENOENT);
  std::error_code error;
  const fs::path place = detail::system_path(path);
  const auto status = fs::status(place, error);
  if (!fs::status_known(status)) fail(path, error);
  const bool exists = fs::exists(status);
  if (exists && !fs::is_regular_file(status))
    return write_to(path, Descriptor::For::overwriting, bytes);
  if (exists && !Descriptor(place, Descriptor::For::overwriting).is_open())
    fail(path);  // a rename would succeed
  Replacement replacement(path, resolve(path));
  if (exists) replacement.set_permissions(status.permissions() & fs::perms{0777});
  replacement.commit(bytes);
}

void append_to_file(const std::string& path, std::string_view bytes) {
  write_to(path, Descriptor::For::appending, bytes);
}

}}  // namespace nn::NN_PRECISION
