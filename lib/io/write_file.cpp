#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>

#include "io/descriptor.hpp"
#include "io/file_errors.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// The file that a path stands for, with links followed. It need not exist.
std::string resolve(const std::string& path) {
  std::filesystem::path file = path;
  std::error_code error;
  for (int links = 0; links < 40; ++links) {
    const std::filesystem::path target = std::filesystem::read_symlink(file, error);
    if (error) return file.string();
    file = file.parent_path() / target;
  }
  detail::fail_file(path, "cannot be written", ELOOP);
}

/// A new file in the folder of `target` that replaces it in the end. It is removed if that fails.
class Replacement {
 public:
  explicit Replacement(const std::string& target) : target_(target), file_(create()) {}
  ~Replacement() {
    if (done_) return;
    if (file_.is_open()) file_.close();  // Windows removes no open file
    std::error_code ignored;
    std::filesystem::remove(name_, ignored);
  }
  Replacement(const Replacement&) = delete;

  /// Does nothing if the file system has no such permissions.
  void set_permissions(std::filesystem::perms permissions) {
    std::error_code ignored;
    std::filesystem::permissions(name_, permissions, ignored);
  }
  void commit(std::string_view bytes) {
    if (!file_.write(bytes) || !file_.synchronise() || !file_.close())
      detail::fail_file(target_, "cannot be written", errno);
    std::error_code error;
    std::filesystem::rename(name_, target_, error);
    if (error) detail::fail_file(target_, "cannot be written", error);
    done_ = true;
  }

 private:
  detail::Descriptor create() {
    static std::atomic<unsigned> count{0};
    const std::filesystem::path folder = std::filesystem::path(target_).parent_path();
    for (;;) {
      name_ =
          (folder / (".nn-" + std::to_string(::getpid()) + "-" + std::to_string(count++) + ".tmp"))
              .string();
      detail::Descriptor file(name_, detail::Descriptor::For::a_new_file);
      if (file.is_open()) return file;
      if (errno != EEXIST) detail::fail_file(target_, "cannot be written", errno);
    }
  }

  std::string target_, name_;
  detail::Descriptor file_;
  bool done_ = false;
};

void write_to(const std::string& path, detail::Descriptor::For purpose, std::string_view bytes) {
  detail::Descriptor file(path, purpose);
  if (!file.is_open() || !file.write(bytes) || !file.close())
    detail::fail_file(path, "cannot be written", errno);
}

}  // namespace

void write_file(const std::string& path, std::string_view bytes) {
  using detail::Descriptor;
  if (path.empty()) detail::fail_file("(empty path)", "cannot be written", ENOENT);
  std::error_code error;
  const auto status = std::filesystem::status(detail::checked_path(path), error);
  if (!std::filesystem::status_known(status)) detail::fail_file(path, "cannot be written", error);
  const bool exists = std::filesystem::exists(status);
  if (exists && !std::filesystem::is_regular_file(status))
    return write_to(path, Descriptor::For::overwriting, bytes);
  if (exists && !Descriptor(path, Descriptor::For::overwriting).is_open())
    detail::fail_file(path, "cannot be written", errno);  // a rename would succeed
  Replacement replacement(resolve(path));
  if (exists) replacement.set_permissions(status.permissions() & std::filesystem::perms{0777});
  replacement.commit(bytes);
}

void append_to_file(const std::string& path, std::string_view bytes) {
  write_to(path, detail::Descriptor::For::appending, bytes);
}

}}  // namespace nn::NN_PRECISION
