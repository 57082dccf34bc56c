#include <cstdlib>
#include <string>

#include "nn/core/error.hpp"
#include "table_test.hpp"

namespace nn { inline namespace NN_PRECISION { namespace kernels { namespace {

TEST(ChooseTable, NamesTheValueAndWhatIsAvailable) {
  EXPECT_STREQ(choose_table("scalar").name, "scalar");
  for (const char* wrong : {"", "avx", "AVX2", "sse2"}) {
    try {
      choose_table(wrong);
      FAIL() << wrong << " was accepted";
    } catch (const ArgumentError& e) {
      const std::string message = e.what();
      EXPECT_NE(message.find("'" + std::string(wrong) + "'"), std::string::npos) << message;
      EXPECT_NE(message.find("scalar"), std::string::npos) << message;
    }
  }
}

TEST(ChooseTable, GivesWhatTheCpuHasAndRefusesTheRest) {
  for (const NamedTable& t : all_tables()) {
    const std::string name = t.name;
    if (name != "avx2" && name != "avx512") continue;
    if (t.table)
      EXPECT_EQ(&choose_table(t.name), t.table);
    else
      EXPECT_THROW(choose_table(t.name), ArgumentError) << name;
  }
  EXPECT_EQ(active().name, choose_table(std::getenv("NN_ISA")).name);
}

}  // namespace
}}}  // namespace nn::NN_PRECISION::kernels
