#include "page.hpp"

#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <string>

#include "target.hpp"

// NOLINTNEXTLINE(readability-redundant-declaration): POSIX leaves it to the program, glibc does not
extern char** environ;

namespace apps {
namespace {

/// The exit status; -1 if there is no such program.
int run(std::array<std::string, 3> words) {
  std::array<char*, 4> argv{words[0].data(), words[1].data(), words[2].data(), nullptr};
  pid_t child = 0;
  if (::posix_spawnp(&child, argv[0], nullptr, nullptr, argv.data(), environ) != 0) return -1;
  int status = 0;
  if (::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

}  // namespace

void write_page(const std::string& folder) {
  constexpr int no_matplotlib = 3;
  int status = -1;
  for (const char* python : {"python3", "/usr/bin/python3"})
    if (status == -1 || status == no_matplotlib || status == 127)
      status = run({python, NN_PAGE_SCRIPT, folder});
  if (status != 0)
    remark("no report.html: it takes a Python with matplotlib (Debian: python3-matplotlib)");
}

}  // namespace apps
