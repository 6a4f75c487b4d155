#pragma once
// Whom the ME believes during PKI set-up: the root hash table and the judgement on a client's chain
// (provisioning.md 3.3 to 3.5).

#include <span>
#include <string_view>

#include "base/reasons.hpp"
#include "machine/me.hpp"
#include "wire/amt_status.hpp"
#include "wire/certificate.hpp"

namespace vme::machine {

using wire::AmtStatus;

/// The rows that a build comes with. ConfigError for a hash that is no hex.
std::vector<RootEntry> factoryRoots(const profile::Profile& profile);
std::span<const RootEntry> roots(const Me& me);
/// maxLimitReached when the custom slots are full, duplicate, invalidParameter (name over 32 characters, hash length).
AmtStatus addRoot(Me& me, std::string_view name, const wire::RootHash& hash, std::uint32_t& handle);
/// notPermitted for a factory row, notFound for an unknown handle.
AmtStatus removeRoot(Me& me, std::uint32_t handle);
AmtStatus setRootActive(Me& me, std::uint32_t handle, bool active);

/// The PKI DNS suffix that somebody entered; empty: none.
const std::string& pkiSuffix(const Me& me);
/// The DNS suffix that a set-up server's certificate must lie in: the PKI suffix, else DHCP's. Empty: none.
const std::string& provisioningSuffix(const Me& me);
/// Reason::none when the chain may set this machine up; else the first check that failed, in the order of
/// provisioning.md 3.3.
Reason judgeChain(const Me& me, const wire::ChainFacts& chain);

/// The domain rule alone (provisioning.md 3.4): whether a certificate name lies in the DNS suffix. `suffix` not empty.
bool nameMatches(profile::CnMatch rule, bool wildcards, std::string_view name, std::string_view suffix);

}  // namespace vme::machine
