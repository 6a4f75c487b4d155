#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "audit/rules.hpp"
#include "base/error.hpp"
#include "base/nearest.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/terminal.hpp"
#include "servicepoint/careless.hpp"

namespace vme::cli {
namespace {

struct AuditOptions {
  std::string id;
  bool careless = false;
  bool json = false;
};

boost::json::string_view jsonText(std::string_view text) {
  return {text.data(), text.size()};
}

boost::json::object jsonOf(const audit::Rule& rule) {
  return {{"id", jsonText(rule.id)}, {"why", jsonText(rule.why)}, {"looks_at", jsonText(rule.looksAt)}};
}

Exit listHabits(bool json) {
  boost::json::array all;
  std::vector<std::vector<std::string>> rows{{"habit", "what it does", "what comes of it"}};
  for (const auto& info : servicepoint::allHabits()) {
    all.push_back(boost::json::object{
        {"habit", jsonText(info.word)}, {"omits", jsonText(info.omits)}, {"why", jsonText(info.why)}});
    rows.push_back({std::string(info.word), std::string(info.omits), std::string(info.why)});
  }
  if (json) {
    printJson(all);
  } else {
    fmt::print("{}", table(rows));
  }
  return Exit::held;
}

Exit listRules(bool json) {
  boost::json::array all;
  std::vector<std::vector<std::string>> rows{{"rule", "what is looked at"}};
  for (const auto& rule : audit::allRules()) {
    all.push_back(jsonOf(rule));
    rows.push_back({std::string(rule.id), std::string(rule.looksAt)});
  }
  if (json) {
    printJson(all);
  } else {
    fmt::print("{}", table(rows));
  }
  return Exit::held;
}

Exit showAudit(const AuditOptions& options) {
  if (options.careless) return listHabits(options.json);
  if (options.id.empty()) return listRules(options.json);
  const auto* rule = audit::findRule(options.id);
  if (!rule) {
    std::vector<std::string> ids;
    for (const auto& one : audit::allRules()) ids.emplace_back(one.id);
    auto hint = didYouMean(options.id, ids);
    if (hint.empty()) hint = " `vme audit` lists them";
    throw ConfigError("vme audit", fmt::format("\"{}\" is no rule.{}", options.id, hint));
  }
  if (options.json) {
    printJson(jsonOf(*rule));
  } else {
    fmt::print("{}\n  why         {}\n  looks at    {}\n  not seen    {}\n", rule->id, rule->why, rule->looksAt,
               rule->unseen);
  }
  return Exit::held;
}

}  // namespace

void addAudit(Cli& cli) {
  auto options = std::make_shared<AuditOptions>();
  auto* app = cli.add(cli.root(),
                      {"audit",
                       "the best-practice rules that a run judges its service point by",
                       kLookUp,
                       {"vme audit", "vme audit otp-compared"}},
                      [options] { return showAudit(*options); });
  addOption(app, "ID", options->id, "RULE", "one rule: why it is there, and what it looks at");
  addFlag(app, "--careless", options->careless, "the habits that break the embedded service point on purpose");
  addFlag(app, "--json", options->json, "as JSON");
}

}  // namespace vme::cli
