// Matrix products by oneDNN: its sgemm, and a matmul primitive that is made once for each product.
#include <dnnl.hpp>
#include <unordered_map>

#include "bench/gemm_cases.hpp"

namespace {

bench::Call sgemm(const bench::Product& p) {
  return [p] {
    dnnl_sgemm(p.a_transposed ? 'T' : 'N', p.b_transposed ? 'T' : 'N', p.m, p.n, p.k, 1, p.a,
               p.lda(), p.b, p.ldb(), 0, p.c, p.n);
  };
}

dnnl::memory::desc matrix(int rows, int columns, bool transposed, int stride) {
  using Sizes = dnnl::memory::dims;
  return {{rows, columns},
          dnnl::memory::data_type::f32,
          transposed ? Sizes{1, stride} : Sizes{stride, 1}};
}

bench::Call matmul(const bench::Product& p) {
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  const dnnl::stream stream(engine);
  const auto a = matrix(p.m, p.k, p.a_transposed, p.lda());
  const auto b = matrix(p.k, p.n, p.b_transposed, p.ldb());
  const auto c = matrix(p.m, p.n, false, p.n);
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::matmul::primitive_desc description(engine, a, b, c);
#else
  const dnnl::matmul::primitive_desc description(dnnl::matmul::desc(a, b, c), engine);
#endif
  const dnnl::matmul primitive(description);
  const std::unordered_map<int, dnnl::memory> memory{
      {DNNL_ARG_SRC, dnnl::memory(a, engine, const_cast<float*>(p.a))},
      {DNNL_ARG_WEIGHTS, dnnl::memory(b, engine, const_cast<float*>(p.b))},
      {DNNL_ARG_DST, dnnl::memory(c, engine, p.c)}};
  return [=] { primitive.execute(stream, memory); };
}

}  // namespace

int main() {
  const std::string version = "onednn " + std::to_string(dnnl_version()->major) + "." +
                              std::to_string(dnnl_version()->minor);
  bench::peer = version + " sgemm";
  bench::measure_products(sgemm);
  bench::peer = version + " matmul";
  bench::measure_products(matmul);
}
