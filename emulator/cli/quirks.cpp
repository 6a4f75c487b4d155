#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "base/error.hpp"
#include "base/reasons.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/terminal.hpp"

namespace vme::cli {
namespace {

struct QuirksOptions {
  std::string id;
  bool reasons = false;
  bool json = false;
};

boost::json::string_view jsonText(std::string_view text) {
  return {text.data(), text.size()};
}

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

Exit showQuirks(const QuirksOptions& options) {
  if (!options.id.empty() || !options.reasons) {
    throw ConfigError("vme quirks",
                      "the list of firmware bugs is not available in this version. `vme quirks --reasons` "
                      "lists the reasons that results name");
  }
  return listReasons(options.json);
}

}  // namespace

void addQuirks(Cli& cli) {
  auto options = std::make_shared<QuirksOptions>();
  auto* app = cli.add(cli.root(),
                      {"quirks",
                       "--reasons: why machines refuse and fail, as results name it",
                       kLookUp,
                       {"vme quirks --reasons", "vme quirks --reasons --json"}},
                      [options] { return showQuirks(*options); });
  app->add_option("ID", options->id, "a firmware bug: not available in this version")->group("");
  app->add_flag("--reasons", options->reasons, "the words that results give as reasons, with their meaning");
  app->add_flag("--json", options->json, "as JSON");
}

}  // namespace vme::cli
