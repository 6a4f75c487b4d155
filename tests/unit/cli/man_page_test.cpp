// The manual page: everything that the command tree shows, as troff takes it.

#include "cli/man_page.hpp"

#include "cli/command_tree.hpp"

namespace vme::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '-' ? std::string("\\-") : std::string(1, c);
  return out;
}

TEST(ManPage, HasEveryCommandAndOption) {
  const Cli cli;
  const auto page = manPage(cli, "@OPTIONS@\n@COMMANDS@\n");
  for (const auto& node : completionNodes(cli.root())) {
    if (node.commands.empty()) {
      EXPECT_THAT(page, HasSubstr("\n.SS \\fBvme " + escaped(node.path) + "\\fR"));
    }
    for (const auto& option : node.options) {
      if (option.names.back() == "--help") continue;
      EXPECT_THAT(page, HasSubstr("\\fB" + escaped(option.names.back()) + "\\fR")) << node.path;
      EXPECT_THAT(page, HasSubstr(escaped(option.description))) << node.path;
    }
  }
  EXPECT_THAT(page, Not(HasSubstr("--processes"))) << "what this version has not";
}

TEST(ManPage, FillsEveryMarkAndLeavesTheRest) {
  EXPECT_EQ(manPage(Cli(), ".TH VME 1 @VERSION@ @VERSION@\n.SH NAME\n"),
            ".TH VME 1 " VME_VERSION " " VME_VERSION "\n.SH NAME\n");
}

TEST(ManPage, NoLineOfTheTreeIsTakenForARequest) {
  Cli cli;
  auto* app = cli.add(cli.root(), {"odd", ".starts with a dot", "Odd", {"vme odd 'a\\b'", "vme odd"}}, nullptr);
  bool mark = false;
  addFlag(app, "--mark", mark, "'starts with a quote");
  const auto page = manPage(cli, "@COMMANDS@\n");
  EXPECT_THAT(page, HasSubstr("\n\\&.starts with a dot.\n"));
  EXPECT_THAT(page, HasSubstr("\n\\&'starts with a quote\n"));
  EXPECT_THAT(page, HasSubstr("\nvme odd 'a\\eb'\n"));
}

}  // namespace
}  // namespace vme::cli
