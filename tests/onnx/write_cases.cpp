// Writes networks as ONNX files, with inputs and what the library predicts for them, for
// run_cases.js: NAME.onnx and, for each batch, NAME.BATCH.input and .output (floats); and the list
// of them, cases.json.

#include <iostream>
#include <string>

#include "nn/io/file.hpp"
#include "nn/onnx/onnx.hpp"
#include "onnx/cases.hpp"

namespace {

std::string json(const nn::Shape& shape) {
  std::string text;
  for (nn::Index size : shape) text += (text.empty() ? "[" : ", ") + std::to_string(size);
  return text + "]";
}

void write_floats(const std::string& path, const nn::Tensor& values) {
  const nn::Tensor all = values.contiguous();
  nn::write_file(path, {reinterpret_cast<const char*>(all.data()),
                        static_cast<std::size_t>(all.numel()) * sizeof(float)});
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const std::string folder = arguments[1];
  std::string list = "[";
  for (const nn::test::ModuleCase& tested : nn::test::onnx_cases()) {
    const auto net = nn::test::drawn(tested);
    const std::string path = folder + "/" + tested.name;
    nn::write_onnx(path + ".onnx", *net, tested.example);
    for (nn::Index batch : {1, 7}) {
      const nn::Tensor x = tested.input(batch), z = net->predict(x);
      const std::string run = path + "." + std::to_string(batch);
      write_floats(run + ".input", x);
      write_floats(run + ".output", z);
      list += (list.size() > 1 ? ",\n " : "") + std::string("{\"name\": \"") + tested.name +
              "\", \"batch\": " + std::to_string(batch) + ", \"input\": " + json(x.shape()) +
              ", \"output\": " + json(z.shape()) + "}";
    }
  }
  nn::write_file(folder + "/cases.json", list + "]\n");
}
