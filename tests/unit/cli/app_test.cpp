// The command tree: help that fits, completions that know every option, refusals with their exit status.

#include "cli/app.hpp"

#include <algorithm>
#include <sstream>

#include "cli/command_tree.hpp"
#include "cli/completion.hpp"
#include "cli/help.hpp"

namespace vme::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

struct Answer {
  Exit exit;
  std::string out, err;
};
Answer answerTo(std::vector<std::string> arguments) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  Cli cli;
  const auto exit = cli.run(std::move(arguments));
  return {exit, ::testing::internal::GetCapturedStdout(), ::testing::internal::GetCapturedStderr()};
}

TEST(Help, OverviewFitsOneScreen) {
  const auto answer = answerTo({"--help"});
  EXPECT_EQ(answer.exit, Exit::held);
  const auto lines = linesOf(answer.out);
  EXPECT_LT(lines.size(), 24U);
  for (const auto& line : lines) EXPECT_LE(line.size(), 80U) << line;
}

TEST(Help, EveryCommandEndsWithTwoExamplesOfItself) {
  const Cli cli;
  for (const auto& node : completionNodes(cli.root())) {
    if (node.path.empty()) continue;
    std::vector<std::string> words;
    std::istringstream stream(node.path);
    for (std::string word; stream >> word;) words.push_back(word);
    words.emplace_back("--help");
    const auto lines = linesOf(answerTo(words).out);
    ASSERT_GE(lines.size(), 5U) << node.path;
    EXPECT_EQ(lines[lines.size() - 3], "Examples:") << node.path;
    EXPECT_THAT(lines[lines.size() - 2], HasSubstr("vme " + node.path));
    EXPECT_THAT(lines[lines.size() - 1], HasSubstr("vme " + node.path));
    for (const auto& line : lines) EXPECT_LE(line.size(), 80U) << line;
  }
}

TEST(Help, WrapsAtSpacesAndIndents) {
  EXPECT_EQ(wrapped("one two three", 2, 9), "one two\n  three");
  EXPECT_EQ(wrapped("", 2, 9), "");
  EXPECT_EQ(wrapped("averylongword b", 0, 5), "averylongword\nb");
}

TEST(Refusal, NamesTheNearestCommandAndOption) {
  auto answer = answerTo({"serv"});
  EXPECT_EQ(answer.exit, Exit::usage);
  EXPECT_EQ(answer.err, "vme: unknown command \"serv\". did you mean \"serve\"?\n");
  answer = answerTo({"run", "x.yaml", "--machnes=3"});
  EXPECT_EQ(answer.exit, Exit::usage);
  EXPECT_EQ(answer.err, "vme run: unknown option \"--machnes\". did you mean \"--machines\"?\n");
  EXPECT_THAT(answerTo({"version", "--zzzzzzzzzzzz"}).err, HasSubstr("see `vme version --help`"));
  EXPECT_THAT(answerTo({"version", "surplus"}).err, HasSubstr("unknown argument \"surplus\""));
}

TEST(Refusal, SaysWhatThisVersionHasNot) {
  const std::vector<std::vector<std::string>> all{
      {"run", "x.yaml", "--processes", "2"},
  };
  for (const auto& arguments : all) {
    const auto answer = answerTo(arguments);
    EXPECT_EQ(answer.exit, Exit::usage) << arguments[0];
    EXPECT_EQ(answer.out, "") << arguments[0];
    EXPECT_THAT(answer.err, HasSubstr("not available in this version")) << arguments[0];
  }
}

TEST(Refusal, OfALogLevelAndOfAMissingValue) {
  EXPECT_EQ(answerTo({"version", "--log-level", "inof"}).err,
            "--log-level: no level \"inof\". did you mean \"info\"?\n");
  EXPECT_EQ(answerTo({"serve", "--profile"}).exit, Exit::usage);
  EXPECT_EQ(answerTo({}).exit, Exit::usage);
  EXPECT_EQ(answerTo({"pki"}).exit, Exit::usage);
}

TEST(Completion, NamesEveryVisibleOptionInEveryShell) {
  const Cli cli;
  const auto bash = bashCompletion(cli);
  const auto fish = fishCompletion(cli);
  for (const auto& node : completionNodes(cli.root())) {
    EXPECT_THAT(bash, HasSubstr("\"" + node.path + "\")"));
    for (const auto& option : node.options) {
      EXPECT_THAT(bash, HasSubstr(option.names.back()));
      EXPECT_THAT(fish, HasSubstr("-l " + option.names.back().substr(2)));
    }
  }
  EXPECT_THAT(bash, Not(HasSubstr("--processes")));
  EXPECT_TRUE(zshCompletion(cli).starts_with("#compdef vme\n"));
}

TEST(Completion, KnowsChoicesAndPaths) {
  const Cli cli;
  const auto nodes = completionNodes(cli.root());
  const auto serve = std::ranges::find(nodes, "serve", &CompletionNode::path);
  ASSERT_NE(serve, nodes.end());
  const auto tls = std::ranges::find_if(serve->options, [](const auto& o) { return o.names.back() == "--tls"; });
  ASSERT_NE(tls, serve->options.end());
  EXPECT_THAT(tls->choices, ::testing::ElementsAre("period", "modern"));
  const auto run = std::ranges::find(nodes, "run", &CompletionNode::path);
  ASSERT_THAT(run->positionals, SizeIs(1));
  EXPECT_TRUE(run->positionals[0].takesPath);
}

}  // namespace
}  // namespace vme::cli
