#pragma once

#include <clocale>
#include <locale>
#include <string>

/// While it lives, C++ streams write 1.234.567,5 and so do C functions, where a German locale is
/// installed.
class CommaLocale {
 public:
  CommaLocale() : cpp_before_(std::locale()), c_before_(std::setlocale(LC_ALL, nullptr)) {
    std::locale::global(std::locale(std::locale::classic(), new Comma));
    std::setlocale(LC_ALL, "de_DE.UTF-8");
  }
  ~CommaLocale() {
    std::locale::global(cpp_before_);
    std::setlocale(LC_ALL, c_before_.c_str());
  }
  CommaLocale(const CommaLocale&) = delete;

 private:
  struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };

  std::locale cpp_before_;
  std::string c_before_;
};
