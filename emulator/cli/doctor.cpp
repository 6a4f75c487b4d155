#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/findings.hpp"
#include "cli/terminal.hpp"

namespace vme::cli {
namespace {

const char* wordOf(Finding::Grade grade) {
  static constexpr std::array<const char*, 3> kWords{"good", "limited", "bad"};
  return kWords.at(std::to_underlying(grade));
}

void printFindings(const std::vector<Finding>& all) {
  for (const auto& finding : all) {
    const auto paint = finding.grade == Finding::Grade::good ? Paint::good : Paint::bad;
    const auto word = painted(stdout, paint, fmt::format("{:8}", wordOf(finding.grade)));
    fmt::print("{}{:22}{}\n", word, finding.check, finding.seen);
    if (!finding.mend.empty()) fmt::print("{:8}{:22}mend: {}\n", "", "", finding.mend);
  }
}

void printFindingsJson(const std::vector<Finding>& all, bool fit) {
  boost::json::array array;
  for (const auto& finding : all) {
    array.push_back(boost::json::object{
        {"check", finding.check}, {"grade", wordOf(finding.grade)}, {"seen", finding.seen}, {"mend", finding.mend}});
  }
  printJson(boost::json::object{{"fit", fit}, {"findings", std::move(array)}});
}

Exit diagnose(bool json) {
  const auto all = findings();
  const bool fit = std::ranges::none_of(all, [](const Finding& f) { return f.grade == Finding::Grade::bad; });
  if (json) {
    printFindingsJson(all, fit);
  } else {
    printFindings(all);
    fmt::print("{}\n", fit ? "fit to run fleets" : "not fit: mend what is bad");
  }
  return fit ? Exit::held : Exit::environment;
}

}  // namespace

void addDoctor(Cli& cli) {
  auto json = std::make_shared<bool>(false);
  auto* app = cli.add(cli.root(),
                      {"doctor",
                       "is this machine fit: ports, addresses, descriptors, TLS, memory",
                       kPrepare,
                       {"vme doctor", "vme doctor --json"}},
                      [json] { return diagnose(*json); });
  app->add_flag("--json", *json, "as JSON");
}

}  // namespace vme::cli
