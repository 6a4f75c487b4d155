#include "servicepoint/agents/policy.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "wire/sha256.hpp"

namespace vme::servicepoint {

Package makePackage(wire::agent::PackageFacts facts, Bytes content) {
  facts.bytes = content.size();
  facts.sha256 = toHex(wire::sha256(content));
  return {std::move(facts), std::move(content)};
}

const Collection* collectionFor(const PolicyOptions& options, const Uuid& uuid) {
  const auto found = std::ranges::find_if(options.collections, [&](const Collection& collection) {
    return collection.hasPolicy && collection.holds(uuid);
  });
  return found == options.collections.end() ? nullptr : &*found;
}

bool isForAgent(const PolicyOptions& options, const Uuid& uuid) {
  const auto* collection = collectionFor(options, uuid);
  return collection &&
         std::ranges::find(collection->sequence, wire::agent::TaskStep::provision) != collection->sequence.end();
}

wire::agent::Policy policyOf(const PolicyOptions& options, const Collection& collection) {
  wire::agent::Policy policy;
  policy.collection = collection.name;
  policy.sequence = collection.sequence;
  policy.minimumFirmware = options.minimumFirmware;
  policy.minimumDriver = options.minimumDriver;
  for (const auto& package : options.packages) policy.packages.push_back(package.facts);
  policy.retryS = options.retry.count();
  policy.otpLifetimeS = options.otpLifetime.count();
  return policy;
}

std::string agentToken(std::string_view siteSecret, const Uuid& uuid) {
  return toHex(wire::hmacSha256(asBytes(siteSecret), asBytes(uuid.text())));
}

bool isAgentToken(std::string_view siteSecret, const Uuid& uuid, std::string_view shown) {
  const auto token = agentToken(siteSecret, uuid);
  return shown.size() == token.size() && CRYPTO_memcmp(shown.data(), token.data(), token.size()) == 0;
}

}  // namespace vme::servicepoint
