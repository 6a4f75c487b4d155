#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

#include "audit/judgements.hpp"
#include "wire/http_digest.hpp"

namespace vme::audit {
namespace {

constexpr std::string_view kFactoryPassword = "admin";
// What documents, samples and forums use.
constexpr std::array<std::string_view, 8> kWellKnown{"P@ssw0rd",  "P@ssword1", "Passw0rd!", "Password1!",
                                                     "Admin@123", "Admin!98",  "Intel@123", "Vpro@123"};

bool isPassword(const machine::Posture& posture, std::string_view password) {
  return wire::digestHash(posture.adminUser, posture.digestRealm, password) == posture.adminHa1;
}

}  // namespace

Finding judgeDefaultPassword(const Subject& subject, const Grounds&) {
  if (!isSetUp(subject)) return notSeen();
  if (!subject.posture.isAdminOwn) return failing("the account admin is as it was before the set-up");
  return found(!isPassword(subject.posture, kFactoryPassword), "the account admin was given the factory's password");
}

Finding judgeAdminPassword(const Subject& subject, const Grounds& grounds) {
  if (!isSetUp(subject) || !subject.posture.isAdminOwn) return notSeen();
  const auto fits = [&](std::string_view password) { return isPassword(subject.posture, password); };
  if (std::ranges::any_of(kWellKnown, fits)) return failing("the admin password is one that guides and samples use");
  return found(std::ranges::none_of(grounds.knownPasswords, fits), "the admin password is one that the scenario names");
}

Trait adminTrait(const Subject& subject) {
  if (!isSetUp(subject) || !subject.posture.isAdminOwn) return {};
  const auto& posture = subject.posture;
  return {.mark = posture.digestRealm + '\n' + posture.adminUser + '\n' + toHex(posture.adminHa1), .unless = {}};
}

Finding judgeMebxPassword(const Subject& subject, const Grounds&) {
  if (!subject.conduct.byPki || !subject.conduct.commitSent) return notSeen();
  return found(!subject.posture.isMebxDefault, "a commit was sent while the MEBx password was the factory's");
}

Trait mebxTrait(const Subject& subject) {
  if (!subject.conduct.mebxSet) return {};
  return {.mark = std::to_string(subject.conduct.mebxMark), .unless = {}};
}

Finding judgeRealms(const Subject& subject, const Grounds&) {
  if (!isSetUp(subject) || subject.posture.acl.empty()) return notSeen();
  for (const auto& entry : subject.posture.acl) {
    const auto who = entry.user.empty() ? std::string("a Kerberos entry") : fmt::format("user {}", entry.user);
    if (entry.realms.has(wire::Realm::ptAdministration)) return failing(who + " has the administration realm");
    const auto realms = static_cast<unsigned>(std::popcount(entry.realms.bits));
    if (realms > kRealmsMost) return failing(fmt::format("{} has {} realms", who, realms));
  }
  return passed();
}

Finding judgeAccounts(const Subject& subject, const Grounds&) {
  if (!isSetUp(subject) || subject.posture.acl.empty()) return notSeen();
  const auto count = subject.posture.acl.size();
  return found(count <= kAccountsMost, fmt::format("{} accounts beside admin, more than {}", count, kAccountsMost));
}

Finding judgeRedirection(const Subject& subject, const Grounds&) {
  if (!isSetUp(subject)) return notSeen();
  const bool needed = std::ranges::any_of(
      subject.posture.acl, [](const machine::AclEntry& entry) { return entry.realms.has(wire::Realm::redirection); });
  return found(needed || !subject.posture.interfaces.redirectionListener,
               "the redirection port is open, and no user has the realm for it");
}

}  // namespace vme::audit
