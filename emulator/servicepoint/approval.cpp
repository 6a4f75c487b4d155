#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "servicepoint/lines.hpp"
#include "servicepoint/service_point.hpp"

namespace vme::servicepoint {
namespace {

struct RuleWord {
  std::string_view word;
  Approval::Rule rule;
};
constexpr std::array kRules{RuleWord{"approve", Approval::Rule::approve}, RuleWord{"refuse", Approval::Rule::refuse},
                            RuleWord{"block", Approval::Rule::block}};

Approval::Rule ruleFrom(const std::string& place, std::string_view word) {
  const auto found = std::ranges::find(kRules, word, &RuleWord::word);
  if (found != kRules.end()) return found->rule;
  throw ConfigError(place, fmt::format("'{}' is no rule. Write approve, refuse or block", word));
}

}  // namespace

Approval readApproval(const std::string& place, std::string_view text) {
  Approval approval;
  bool hasOthers = false;
  for (const auto& line : readLines(place, text)) {
    if (line.words.size() != 2) {
      throw ConfigError(line.place,
                        "a line is a UUID (or *) and a rule. Write UUID approve, UUID refuse or UUID block");
    }
    const auto rule = ruleFrom(line.place, line.words[1]);
    if (line.words[0] == "*") {
      if (hasOthers) throw ConfigError(line.place, "'*' stands here for the second time. Keep one of the two lines");
      hasOthers = true;
      approval.otherwise = rule;
      continue;
    }
    const auto uuid = Uuid::parse(line.words[0]);
    if (!uuid) {
      throw ConfigError(
          line.place, fmt::format("'{}' is no UUID. Write it as 44454c4c-3100-1051-8032-b4c04f4b4d31", line.words[0]));
    }
    if (!approval.machines.emplace(*uuid, rule).second) {
      throw ConfigError(line.place,
                        fmt::format("{} stands here for the second time. Keep one of the two lines", uuid->text()));
    }
  }
  return approval;
}

}  // namespace vme::servicepoint
