#pragma once

#include <string>

#include "ops/row_error.hpp"

namespace nn { inline namespace NN_PRECISION { namespace detail {

/// f(), whose ShapeError or RowError is passed on with where() in front: "layer 2, ".
template <class Where, class F>
auto with_context(Where where, F&& f) {
  try {
    return f();
  } catch (const ShapeError& error) {
    throw ShapeError(where() + std::string(error.what()));
  } catch (const RowError& error) {
    throw error.within(where());
  }
}

}}}  // namespace nn::NN_PRECISION::detail
