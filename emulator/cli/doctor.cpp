#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/findings.hpp"
#include "cli/serving.hpp"
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

struct DoctorOptions {
  std::vector<std::string> serving;
  bool json = false;
};

/// Short enough for a health check, which is asked again and again.
constexpr std::chrono::seconds kPatience{3};

std::vector<Finding> findingsOf(const DoctorOptions& options) {
  if (options.serving.empty()) return findings();
  std::vector<Endpoint> endpoints;
  for (const auto& text : options.serving) {
    pairOf("--serving", text, ':', "ADDRESS:PORT");
    endpoints.push_back(endpoint("--serving", text, 0));
  }
  return servingFindings(endpoints, kPatience);
}

Exit diagnose(const DoctorOptions& options) {
  const auto all = findingsOf(options);
  const bool fit = std::ranges::none_of(all, [](const Finding& f) { return f.grade == Finding::Grade::bad; });
  if (options.json) {
    printFindingsJson(all, fit);
  } else {
    printFindings(all);
    const auto* good = options.serving.empty() ? "fit to run fleets" : "it answers";
    fmt::print("{}\n", fit ? good : "not fit: mend what is bad");
  }
  return fit ? Exit::held : Exit::environment;
}

}  // namespace

void addDoctor(Cli& cli) {
  auto options = std::make_shared<DoctorOptions>();
  auto* app = cli.add(cli.root(),
                      {"doctor",
                       "is this machine fit: ports, addresses, descriptors, TLS, memory",
                       kPrepare,
                       {"vme doctor", "vme doctor --serving 127.16.0.1:16992 --json"}},
                      [options] { return diagnose(*options); });
  addOption(app, "--serving", options->serving, "ADDRESS:PORT",
            "asks instead whether the vme that listens there answers, for health checks; repeatable, at least one "
            "must");
  addFlag(app, "--json", options->json, "as JSON");
}

}  // namespace vme::cli
