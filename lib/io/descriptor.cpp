#include "io/descriptor.hpp"

#include <fcntl.h>
#ifdef __linux__
#include <signal.h>
#endif
#ifdef _WIN32
#include <io.h>
#include <sys/stat.h>
#else
#include <unistd.h>
#endif

#include <algorithm>
#include <cerrno>
#include <ctime>

// POSIX; Windows has the same calls by names of its own, without fsync().
namespace nn { inline namespace NN_PRECISION { namespace detail {
namespace {

int flags_of(Descriptor::For purpose) {
  switch (purpose) {
    case Descriptor::For::reading:
      return O_RDONLY;
    case Descriptor::For::overwriting:
      return O_WRONLY;
    case Descriptor::For::appending:
      return O_WRONLY | O_APPEND | O_CREAT;
    default:
      return O_WRONLY | O_CREAT | O_EXCL;
  }
}

int open_file(const std::filesystem::path& path, int flags) {
#ifdef _WIN32
  return ::_wopen(path.c_str(), flags | _O_BINARY | _O_NOINHERIT, _S_IREAD | _S_IWRITE);
#else
  return ::open(path.c_str(), flags | O_CLOEXEC, 0666);
#endif
}

/// Linux sends SIGXFSZ beyond the file-size limit (ulimit -f), and SIGPIPE for a pipe without a
/// reader. Both end a process by default. While this object lives, the calling thread gets an
/// error from write() instead. The program's signal handling stays as it is.
class WithoutSignals {
 public:
#ifdef __linux__
  WithoutSignals() {
    ::sigemptyset(&signals_);
    ::sigaddset(&signals_, SIGXFSZ);
    ::sigaddset(&signals_, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }
  ~WithoutSignals() {
    for (int signal : {SIGXFSZ, SIGPIPE})  // the caller keeps what it had blocked
      if (::sigismember(&before_, signal)) ::sigdelset(&signals_, signal);
    const int error = errno;
    timespec at_once{};
    while (::sigtimedwait(&signals_, nullptr, &at_once) >= 0 || errno == EINTR) continue;
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = error;
  }
  WithoutSignals(const WithoutSignals&) = delete;

 private:
  sigset_t signals_, before_;
#else
  WithoutSignals() {}
#endif
};

/// Of one call: Windows takes an unsigned int.
constexpr std::size_t kMostBytes = std::size_t{1} << 30;

unsigned piece_of(std::size_t bytes) { return static_cast<unsigned>(std::min(bytes, kMostBytes)); }

}  // namespace

Descriptor::Descriptor(const std::filesystem::path& path, For purpose)
    : number_(open_file(path, flags_of(purpose))) {}

std::ptrdiff_t Descriptor::read(char* bytes, std::size_t count) const {
  for (;;)
    if (const auto got = ::read(number_, bytes, piece_of(count)); got >= 0 || errno != EINTR)
      return got;
}

bool Descriptor::write(std::string_view bytes) const {
  const WithoutSignals guard;
  while (!bytes.empty()) {
    const auto written = ::write(number_, bytes.data(), piece_of(bytes.size()));
    if (written >= 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    if (written < 0 && errno != EINTR) return false;
  }
  return true;
}

bool Descriptor::synchronise() const {
#ifdef _WIN32
  return ::_commit(number_) == 0;
#else
  return ::fsync(number_) == 0;
#endif
}

bool Descriptor::close() { return ::close(std::exchange(number_, -1)) == 0; }

}}}  // namespace nn::NN_PRECISION::detail
