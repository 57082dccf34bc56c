#pragma once

#include <string>

#include "io/packed.hpp"

/// As NumPy writes it: the elements begin at a multiple of 64 bytes.
inline std::string npy(const std::string& dictionary, int version = 1) {
  const std::size_t start = version == 1 ? 10 : 12;
  std::string text = dictionary;
  while ((start + text.size() + 1) % 64 != 0) text += ' ';
  text += '\n';
  return "\x93NUMPY" + std::string{static_cast<char>(version), 0} +
         little_endian(text.size(), version == 1 ? 2 : 4) + text;
}

inline std::string npy_of(const std::string& descr, const std::string& shape, int version = 1) {
  return npy("{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }",
             version);
}
