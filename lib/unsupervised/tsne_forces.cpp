#include "unsupervised/tsne_forces.hpp"

#include <cstring>
#include <string_view>

#include "nn/ops/isa.hpp"

#define NN_FORCE_NAMESPACE portable
#define NN_FORCE_TARGET
#include "unsupervised/tsne_forces.inl"
#undef NN_FORCE_NAMESPACE
#undef NN_FORCE_TARGET

#ifdef __x86_64__
#define NN_FORCE_NAMESPACE avx2
#define NN_FORCE_TARGET __attribute__((target("avx2")))
#include "unsupervised/tsne_forces.inl"
#undef NN_FORCE_NAMESPACE
#undef NN_FORCE_TARGET
#endif

namespace nn::inline NN_PRECISION::detail {

const ForceTable& portable_force_table() {
  static constexpr ForceTable table{portable::repel, portable::attract};
  return table;
}

const ForceTable& force_table() {
#ifdef __x86_64__
  static constexpr ForceTable avx2_table{avx2::repel, avx2::attract};
  static const bool vectors = std::string_view(isa()) != "scalar";
  if (vectors) return avx2_table;
#endif
  return portable_force_table();
}

}  // namespace nn::inline NN_PRECISION::detail
