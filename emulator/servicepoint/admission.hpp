#pragma once
// What a hello alone decides: approval, and whether the service point holds what the machine's set-up needs.

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/reasons.hpp"
#include "servicepoint/service_point.hpp"
#include "wire/certificate.hpp"
#include "wire/hello.hpp"

namespace vme::servicepoint {

/// PSK pairs by PID.
class PskStore {
 public:
  explicit PskStore(const std::vector<wire::PskPair>& pairs);
  void add(const wire::PskPair& pair) { pairs_[std::string(pair.pidText())] = pair; }
  const wire::PskPair* find(const std::string& pid) const;

 private:
  std::unordered_map<std::string, wire::PskPair> pairs_;
};

struct Admission {
  Reason reason = Reason::none;  // none: go on
  std::string text;
};

Admission judgeApproval(const Uuid& uuid, const Approval& approval);
/// `root`: SHA-1 of the provisioning chain's root, where there is a chain.
Admission judgeHello(const wire::Hello& hello, const Approval& approval, const PskStore& pairs,
                     const std::optional<wire::Sha1>& root);

}  // namespace vme::servicepoint
