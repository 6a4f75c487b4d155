#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "base/json_text.hpp"
#include "base/reasons.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/terminal.hpp"
#include "scenario/quirk_catalogue.hpp"

namespace vme::cli {
namespace {

struct QuirksOptions {
  std::string id;
  bool reasons = false;
  bool json = false;
};

Exit listReasons(bool json) {
  if (json) {
    boost::json::array all;
    for (const auto& info : allReasons()) {
      all.push_back(boost::json::object{{"reason", jsonText(info.word)}, {"meaning", jsonText(info.meaning)}});
    }
    printJson(all);
    return Exit::held;
  }
  std::vector<std::vector<std::string>> rows{{"reason", "meaning"}};
  for (const auto& info : allReasons()) rows.push_back({std::string(info.word), std::string(info.meaning)});
  fmt::print("{}", table(rows));
  return Exit::held;
}

boost::json::object jsonOf(const scenario::QuirkInfo& info) {
  boost::json::object parameters;
  for (const auto& [name, doc] : info.parameters) parameters[name] = doc;
  return {{"id", info.id},          {"title", info.title},   {"wire", info.wire},
          {"server", info.server},  {"source", info.source}, {"parameters", std::move(parameters)},
          {"example", info.example}};
}

Exit listQuirks(bool json) {
  boost::json::array objects;
  std::vector<std::vector<std::string>> rows{{"quirk", "what it is"}};
  for (const auto& info : scenario::quirkCatalogue()) {
    objects.push_back(jsonOf(info));
    rows.push_back({info.id, info.title});
  }
  if (json) {
    printJson(objects);
  } else {
    fmt::print("{}", table(rows));
  }
  return Exit::held;
}

Exit showQuirk(const scenario::QuirkInfo& info, bool json) {
  if (json) {
    printJson(jsonOf(info));
    return Exit::held;
  }
  fmt::print("{}: {}\n\n{}\n", info.id, info.title, info.wire);
  if (!info.parameters.empty()) fmt::print("\nparameters\n");
  for (const auto& [name, doc] : info.parameters) fmt::print("  {:22}{}\n", name, doc);
  fmt::print("  {:22}{}\n", "p, machines", "the share or number of the group's machines that have it");
  fmt::print("\na correct server\n  {}\n\nmet as\n  {}\n\nin a group of a scenario\n  quirks:\n    {}\n", info.server,
             info.source, info.example);
  return Exit::held;
}

Exit showQuirks(const QuirksOptions& options) {
  if (options.reasons && !options.id.empty()) {
    throw ConfigError("vme quirks", "--reasons and a quirk are two questions. ask one of them");
  }
  if (options.reasons) return listReasons(options.json);
  if (options.id.empty()) return listQuirks(options.json);
  return showQuirk(scenario::findQuirk(options.id, "vme quirks"), options.json);
}

}  // namespace

void addQuirks(Cli& cli) {
  auto options = std::make_shared<QuirksOptions>();
  auto* app = cli.add(cli.root(),
                      {"quirks",
                       "firmware bugs that a scenario can give to machines; one in full",
                       kLookUp,
                       {"vme quirks hello_bad", "vme quirks --reasons --json"}},
                      [options] { return showQuirks(*options); });
  addOption(app, "ID", options->id, "QUIRK", "a quirk; without one all of them");
  addFlag(app, "--reasons", options->reasons,
          "the words that results give as reasons of refusals and failures instead, with their meaning");
  addFlag(app, "--json", options->json, "as JSON");
}

}  // namespace vme::cli
