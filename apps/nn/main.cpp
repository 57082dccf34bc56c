// nn: networks without writing C++. "nn train" makes a model of a table or of images; the other
// commands use it.

#include <iostream>

#include "command.hpp"
#include "common/flags.hpp"
#include "common/program.hpp"
#include "common/ranks.hpp"
#include "nn/core/version.hpp"

namespace {

constexpr char kHelp[] =
    R"(usage: nn COMMAND ...

  nn train data.csv --target species --model "Linear(64) ReLU" --out DIR
                                          a model of a table, or of images
  nn predict MODEL new.csv                what it predicts for new rows
  nn evaluate MODEL test.csv              how well it does
  nn info FILE                            what a file holds
  nn export MODEL --onnx out.onnx         for other programs
  nn convert MODEL OUT                    its weights as files, or new weights for it

"nn COMMAND --help" tells more.
)";

/// As one would type it.
std::string command_line(int argc, const char* const* argv) {
  std::string line = "nn";
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    const bool plain =
        word.find_first_not_of(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=,:") == word.npos &&
        !word.empty();
    for (std::size_t at = 0; (at = word.find('\'', at)) != word.npos; at += 4)
      word.replace(at, 1, "'\\''");
    line += plain ? " " + word : " '" + word + "'";
  }
  return line;
}

int run(int argc, const char* const* argv) {
  using namespace apps::command;
  const std::string command = argc > 1 ? argv[1] : "";
  if (command == "--version") {
    std::cout << "nn " << nn::version() << '\n';
    return 0;
  }
  if (command == "--help" || command == "-h") {
    std::cout << kHelp;
    return 0;
  }
  if (command == "train") return train(argc - 1, argv + 1, command_line(argc, argv));
  if (apps::ranks::size() > 1 && !command.empty())
    throw apps::UsageError("nn: " + command + " is no work for several ranks, only train is");
  if (command == "predict") return predict(argc - 1, argv + 1);
  if (command == "evaluate") return evaluate(argc - 1, argv + 1);
  if (command == "info") return info(argc - 1, argv + 1);
  if (command == "export") return export_model(argc - 1, argv + 1);
  if (command == "convert") return convert(argc - 1, argv + 1);
  throw apps::UsageError(command.empty() ? "nn: no command (see nn --help)"
                                         : "nn: no command \"" + command + "\" (see nn --help)");
}

}  // namespace

int main(int argc, char** argv) {
  return apps::run_program("nn", argc, argv, [&] { return run(argc, argv); });
}
