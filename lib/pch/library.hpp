// Precompiled for the library's sources: what most of them include. Each includes what it needs
// all the same: -Db_pch=false builds without this file.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nn/core/tensor.hpp"
