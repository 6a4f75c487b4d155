#include "audit/auditor.hpp"

#include <fmt/format.h>

namespace vme::audit {
namespace {

using Result = Finding::Result;

/// What a machine has in common with an earlier one, or nothing.
template <typename Bearers>
Finding judgeTrait(Bearers& bearers, const Rule& rule, Trait trait, const std::string& machine) {
  if (trait.mark.empty()) return {};
  const auto [found, isNew] = bearers.try_emplace(std::move(trait.mark), machine, trait.unless);
  const bool same = !trait.unless.empty() && found->second.unless == trait.unless;
  if (isNew || same) return {Result::pass, {}};
  return {Result::fail, fmt::format("has the {} of {}", rule.shared, found->second.machine)};
}

std::string counted(std::uint64_t machines) {
  return machines == 1 ? "1 machine" : fmt::format("{} machines", machines);
}

}  // namespace

Auditor::Auditor(Grounds grounds) : grounds_(std::move(grounds)), tallies_(allRules().size()) {}

void Auditor::note(Tally& tally, const Case& plan, Finding finding) {
  if (finding.result == Result::pass) ++tally.passed;
  if (finding.result != Result::fail || ++tally.failed > 1) return;
  tally.machine = plan.name;
  tally.text = std::move(finding.text);
}

void Auditor::add(const Case& plan, const Conduct& conduct, const machine::Posture& posture) {
  const auto installed = installedOf(posture);
  const Subject subject{plan, conduct, posture, installed};
  for (std::size_t i = 0; i < tallies_.size(); ++i) {
    const auto& rule = allRules()[i];
    Finding finding;
    if (rule.judge) finding = rule.judge(subject, grounds_);
    if (rule.trait && finding.result != Result::fail) {
      auto shared = judgeTrait(tallies_[i].bearers, rule, rule.trait(subject), plan.name);
      if (shared.result != Result::notSeen) finding = std::move(shared);
    }
    note(tallies_[i], plan, std::move(finding));
  }
}

std::vector<report::PracticeResult> Auditor::finish() const {
  using Outcome = report::PracticeResult::Result;
  std::vector<report::PracticeResult> results;
  for (std::size_t i = 0; i < tallies_.size(); ++i) {
    const auto& rule = allRules()[i];
    const auto& tally = tallies_[i];
    report::PracticeResult result{.id = std::string(rule.id), .why = std::string(rule.why)};
    if (tally.failed > 0) {
      result.result = Outcome::fail;
      result.evidence = fmt::format("{} of {}: {}: {}", tally.failed, counted(tally.passed + tally.failed),
                                    tally.machine, tally.text);
    } else if (tally.passed > 0) {
      result.result = Outcome::pass;
      result.evidence = counted(tally.passed);
    } else {
      result.evidence = std::string(rule.unseen);
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace vme::audit
