// The table of trusted root hashes.

#include <algorithm>

#include "firmware/eoi/handlers.hpp"
#include "machine/trust.hpp"
#include "profile/check.hpp"

namespace vme::firmware::eoi {
namespace {

/// EOI names no algorithm: the length of the hash tells it.
std::optional<wire::HashAlgorithm> algorithmOf(std::size_t length) {
  for (const auto algorithm : {wire::HashAlgorithm::sha1, wire::HashAlgorithm::sha256, wire::HashAlgorithm::sha384}) {
    if (wire::hashLength(static_cast<std::uint8_t>(algorithm)) == length) return algorithm;
  }
  return std::nullopt;
}

}  // namespace

AmtStatus enumerateCertificateHashEntries(Call& call) {
  for (const auto& root : machine::roots(call.me)) call.out.number("Handles", root.handle);
  return AmtStatus::success;
}

AmtStatus getCertificateHashEntry(Call& call) {
  const auto handle = call.in.number<std::uint32_t>("Handle");
  if (!handle) return AmtStatus::invalidParameter;
  const auto roots = machine::roots(call.me);
  const auto root = std::ranges::find(roots, *handle, &machine::RootEntry::handle);
  if (root == roots.end()) {
    return profile::hasQuirk(call.me.profile, "hash_handle") ? AmtStatus::invalidHandle : AmtStatus::notFound;
  }
  call.out.text("Name", root->name)
      .flag("IsDefault", root->factory)
      .flag("IsActive", root->active)
      .number("HashAlgorithm", static_cast<std::uint64_t>(root->hash.algorithm))
      .base64("CertificateHash", root->hash.hash);
  return AmtStatus::success;
}

AmtStatus addCertificateHashEntry(Call& call) {
  const auto name = call.in.text("Name");
  auto hash = call.in.base64("CertificateHash");
  const auto algorithm = hash ? algorithmOf(hash->size()) : std::nullopt;
  if (!name || !algorithm) return AmtStatus::invalidParameter;
  std::uint32_t handle = 0;
  const auto status = machine::addRoot(call.me, *name, {*algorithm, std::move(*hash)}, handle);
  call.out.number("Handle", handle);
  return status;
}

AmtStatus deleteCertificateHashEntry(Call& call) {
  const auto handle = call.in.number<std::uint32_t>("Handle");
  return handle ? machine::removeRoot(call.me, *handle) : AmtStatus::invalidParameter;
}

AmtStatus setCertificateHashEntryState(Call& call) {
  const auto handle = call.in.number<std::uint32_t>("Handle");
  const auto enabled = call.in.flag("Enabled");
  if (!handle || !enabled) return AmtStatus::invalidParameter;
  return machine::setRootActive(call.me, *handle, *enabled);
}

}  // namespace vme::firmware::eoi
