// Exceptions for a C++ library without them: the first one ends the program, with its message on
// the standard error.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <typeinfo>

extern "C" void* __cxa_allocate_exception(std::size_t bytes) { return std::malloc(bytes); }

/// All of the library's and of the program's derive from std::exception.
extern "C" [[noreturn]] void __cxa_throw(void* thrown, std::type_info*, void (*)(void*)) {
  std::fprintf(stderr, "%s\n", static_cast<std::exception*>(thrown)->what());
  std::abort();
}
