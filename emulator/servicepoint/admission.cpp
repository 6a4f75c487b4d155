#include "servicepoint/admission.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vme::servicepoint {
namespace {

Admission judgeRoots(const std::vector<wire::RootHash>& hashes, const std::optional<wire::Sha1>& root) {
  if (!root) return {Reason::noMatchingRoot, "the service point holds no provisioning certificate"};
  const bool matches = std::ranges::any_of(hashes, [&](const wire::RootHash& entry) {
    return entry.algorithm == wire::HashAlgorithm::sha1 && std::ranges::equal(entry.hash, *root);
  });
  if (matches) return {};
  return {Reason::noMatchingRoot, fmt::format("none of {} hashes is the root's, {}", hashes.size(), toHex(*root))};
}

}  // namespace

PskStore::PskStore(const std::vector<wire::PskPair>& pairs) {
  for (const auto& pair : pairs) add(pair);
}

const wire::PskPair* PskStore::find(const std::string& pid) const {
  const auto found = pairs_.find(pid);
  return found == pairs_.end() ? nullptr : &found->second;
}

Admission judgeApproval(const Uuid& uuid, const Approval& approval) {
  const auto row = approval.machines.find(uuid);
  const auto rule = row == approval.machines.end() ? approval.otherwise : row->second;
  const auto* origin = row == approval.machines.end() ? "the rule for all others" : "the machine's row";
  if (rule == Approval::Rule::refuse) return {Reason::notApproved, fmt::format("refused by {}", origin)};
  if (rule == Approval::Rule::block) return {Reason::blocked, fmt::format("blocked by {}", origin)};
  return {};
}

Admission judgeHello(const wire::Hello& hello, const Approval& approval, const PskStore& pairs,
                     const std::optional<wire::Sha1>& root) {
  auto approved = judgeApproval(hello.uuid, approval);
  if (approved.reason != Reason::none) return approved;
  if (const auto* pid = std::get_if<std::string>(&hello.credentials)) {
    if (pairs.find(*pid)) return {};
    return {Reason::unknownPid, fmt::format("no pair for PID {}", wire::displayPid(*pid))};
  }
  return judgeRoots(std::get<std::vector<wire::RootHash>>(hello.credentials), root);
}

}  // namespace vme::servicepoint
