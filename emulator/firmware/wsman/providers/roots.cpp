// AMT_ProvisioningCertificateHash: an instance for each row of the root hash table.

#include <algorithm>

#include "firmware/wsman/call.hpp"
#include "firmware/wsman/catalogue/providers.hpp"
#include "machine/trust.hpp"

namespace vme::firmware::wsman {
namespace {

constexpr std::string_view kName = "Intel(r) AMT: Provisioning Certificate Hash ";

const machine::RootEntry& rowOf(const machine::Me& me, std::uint32_t handle) {
  // The handle comes from lists::rootHashes in the same call.
  return *std::ranges::find(machine::roots(me), handle, &machine::RootEntry::handle);
}

}  // namespace

namespace lists {

std::vector<std::uint32_t> rootHashes(const machine::Me& me) {
  std::vector<std::uint32_t> handles;
  for (const auto& row : machine::roots(me)) handles.push_back(row.handle);
  return handles;
}

}  // namespace lists

namespace values::roots {

void description(const machine::Me& me, std::uint32_t handle, Values& out) {
  out.add(rowOf(me, handle).name);
}

void elementName(const machine::Me&, std::uint32_t, Values& out) {
  out.add(kName.substr(0, kName.size() - 1));
}

void enabled(const machine::Me& me, std::uint32_t handle, Values& out) {
  out.add(rowOf(me, handle).active);
}

void hash(const machine::Me& me, std::uint32_t handle, Values& out) {
  out.addBase64(rowOf(me, handle).hash.hash);
}

void hashType(const machine::Me& me, std::uint32_t handle, Values& out) {
  out.add(static_cast<unsigned>(rowOf(me, handle).hash.algorithm));
}

void instanceId(const machine::Me&, std::uint32_t handle, Values& out) {
  out.add(std::string(kName) + std::to_string(handle));
}

void isFactory(const machine::Me& me, std::uint32_t handle, Values& out) {
  out.add(rowOf(me, handle).factory);
}

}  // namespace values::roots

namespace edits {

std::optional<Fault> putRootHash(Edit& edit) {
  const auto enabled = edit.in.boolean("Enabled");
  if (!enabled || *enabled == rowOf(edit.me, edit.item).active) return std::nullopt;
  return faultOf(machine::setRootActive(edit.me, edit.item, *enabled));
}

std::optional<Fault> createRootHash(Edit& edit) {
  const auto algorithm = static_cast<wire::HashAlgorithm>(edit.in.uint32("HashType"));
  wire::RootHash hash{algorithm, edit.in.bytes("HashData").value_or(Bytes())};
  const auto status = machine::addRoot(edit.me, edit.in.text("Description").value_or(""), hash, edit.created);
  if (status == wire::AmtStatus::duplicate) return Fault{FaultId::alreadyExists};
  return faultOf(status);
}

std::optional<Fault> deleteRootHash(Edit& edit) {
  return faultOf(machine::removeRoot(edit.me, edit.item));
}

}  // namespace edits
}  // namespace vme::firmware::wsman
