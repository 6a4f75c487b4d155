#pragma once
// Judges all machines of a run by all rules: a result a rule, with evidence.

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "audit/rules.hpp"
#include "report/results.hpp"

namespace vme::audit {

class Auditor {
 public:
  explicit Auditor(Grounds grounds);

  void add(const Case& plan, const Conduct& conduct, const machine::Posture& posture);
  /// In the order of allRules().
  std::vector<report::PracticeResult> finish() const;

 private:
  struct Bearer {
    std::string machine;
    std::string unless;
  };
  struct Tally {
    std::uint64_t passed = 0, failed = 0;
    std::string machine, text;                        // of the first failure
    std::unordered_map<std::string, Bearer> bearers;  // of traits, by mark
  };
  void note(Tally& tally, const Case& plan, Finding finding);

  Grounds grounds_;
  std::vector<Tally> tallies_;
};

}  // namespace vme::audit
