#pragma once

#include "nn/core/error.hpp"

namespace nn { inline namespace NN_PRECISION { namespace mpi {

/// Thrown by all ranks at once, so that rank 0 can tell of it for all. Private to lib/.
class SharedError : public ArgumentError {
 public:
  using ArgumentError::ArgumentError;
};

}}}  // namespace nn::NN_PRECISION::mpi
