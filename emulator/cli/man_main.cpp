// Build step: `vme_man docs/vme.1.in` prints the manual page.

#include <fmt/format.h>

#include "base/error.hpp"
#include "cli/common.hpp"
#include "cli/man_page.hpp"

int main(int argc, char** argv) {
  using namespace vme;
  try {
    if (argc != 2) throw ConfigError("vme_man", "wants one file. name docs/vme.1.in");
    fmt::print("{}", cli::manPage(cli::Cli(), cli::readFile("vme_man", argv[1])));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return static_cast<int>(cli::Exit::usage);
  }
  return 0;
}
