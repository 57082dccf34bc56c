#include <signal.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include "io/descriptor.hpp"
#include "io/file_errors.hpp"
#include "nn/io/file.hpp"

namespace nn { inline namespace NN_PRECISION {
namespace {

/// The system sends SIGXFSZ beyond the file-size limit (ulimit -f), and SIGPIPE for a pipe without
/// a reader. Both end a process by default. While this object lives, the calling thread gets an
/// error from write() instead. The program's signal handling stays as it is.
class WithoutSignals {
 public:
  WithoutSignals() {
    ::sigemptyset(&signals_);
    ::sigaddset(&signals_, SIGXFSZ);
    ::sigaddset(&signals_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  ~WithoutSignals() {
    for (int signal : {SIGXFSZ, SIGPIPE})  // the caller keeps what it had blocked
      if (::sigismember(&before_, signal)) ::sigdelset(&signals_, signal);
    timespec at_once{};
    while (::sigtimedwait(&signals_, nullptr, &at_once) >= 0 || errno == EINTR) continue;
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutSignals(const WithoutSignals&) = delete;

 private:
  sigset_t signals_, before_;
};

void write_all(const detail::Descriptor& file, std::string_view bytes, const std::string& path) {
  WithoutSignals guard;
  while (!bytes.empty()) {
    auto written = ::write(file.number(), bytes.data(), bytes.size());
    if (written >= 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    if (written < 0 && errno != EINTR) detail::fail_file(path, "cannot be written", errno);
  }
}

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
    if (!done_) ::unlink(name_.c_str());
  }
  Replacement(const Replacement&) = delete;

  /// Does nothing if the file system has no such permissions.
  void set_mode(mode_t mode) { (void)::fchmod(file_.number(), mode); }
  void commit(std::string_view bytes) {
    write_all(file_, bytes, target_);
    if (::fsync(file_.number()) != 0 || !file_.close() ||
        std::rename(name_.c_str(), target_.c_str()) != 0)
      detail::fail_file(target_, "cannot be written", errno);
    done_ = true;
  }

 private:
  detail::Descriptor create() {
    static std::atomic<unsigned> count{0};
    std::string folder = target_.substr(0, target_.rfind('/') + 1);  // npos + 1 = 0: none
    for (;;) {
      name_ = folder + ".nn-" + std::to_string(::getpid()) + "-" + std::to_string(count++) + ".tmp";
      detail::Descriptor file(::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
      if (file.is_open()) return file;
      if (errno != EEXIST) detail::fail_file(target_, "cannot be written", errno);
    }
  }

  std::string target_, name_;
  detail::Descriptor file_;
  bool done_ = false;
};

void write_to(const std::string& path, int flags, std::string_view bytes) {
  detail::Descriptor file(::open(detail::system_path(path), O_WRONLY | O_CLOEXEC | flags, 0666));
  if (!file.is_open()) detail::fail_file(path, "cannot be written", errno);
  write_all(file, bytes, path);
  if (!file.close()) detail::fail_file(path, "cannot be written", errno);
}

}  // namespace

void write_file(const std::string& path, std::string_view bytes) {
  if (path.empty()) detail::fail_file("(empty path)", "cannot be written", ENOENT);
  struct stat info {};
  const bool exists = ::stat(detail::system_path(path), &info) == 0;
  if (!exists && errno != ENOENT) detail::fail_file(path, "cannot be written", errno);
  if (exists && !S_ISREG(info.st_mode)) return write_to(path, 0, bytes);
  if (exists && ::access(path.c_str(), W_OK) != 0)
    detail::fail_file(path, "cannot be written", errno);  // a rename would succeed
  Replacement replacement(resolve(path));
  if (exists) replacement.set_mode(info.st_mode & 0777);
  replacement.commit(bytes);
}

void append_to_file(const std::string& path, std::string_view bytes) {
  write_to(path, O_APPEND | O_CREAT, bytes);
}

}}  // namespace nn::NN_PRECISION
