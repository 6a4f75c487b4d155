// AMT_PublicKeyManagementService with the certificates, keys and CRLs that it stores.

#include "machine/stores.hpp"

#include <algorithm>

#include "firmware/wsman/call.hpp"
#include "firmware/wsman/catalogue/providers.hpp"
#include "firmware/wsman/providers/handles.hpp"
#include "firmware/wsman/providers/rsa_public_key.hpp"
#include "wire/certificate.hpp"

namespace vme::firmware::wsman {
namespace {

using wire::AmtStatus;

/// `CN=Root,O=unknown,C=unknown` -> `C=unknown,O=unknown,CN=Root`, AMT's order (wsman-classes.md).
std::string leastSpecificFirst(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    const auto equals = name.rfind('=');
    if (equals == std::string_view::npos) return out.empty() ? std::string(name) : out;
    const auto comma = name.rfind(',', equals);
    const auto part = comma == std::string_view::npos ? name : name.substr(comma + 1);
    out.append(out.empty() ? "" : ",").append(part);
    name = comma == std::string_view::npos ? std::string_view() : name.substr(0, comma);
  }
  return out;
}

wire::CertificateFacts factsOf(const machine::Me& me, std::uint32_t handle) {
  // What is stored was decoded before.
  return wire::certificateFacts(*machine::findCertificate(me, handle)->der).value_or(wire::CertificateFacts{});
}

template <typename Store>
std::vector<std::uint32_t> handlesOf(const Store& store) {
  std::vector<std::uint32_t> handles;
  for (const auto& item : store) handles.push_back(item.handle);
  return handles;
}

void referToKey(Values& out, std::uint32_t handle) {
  out.add(Reference{"AMT_PublicPrivateKeyPair", {{"InstanceID", nameWithHandle(kKeyName, handle), {}}}});
}

std::uint32_t addCertificateBlob(MethodCall& call, bool trustedRoot) {
  std::uint32_t handle = 0;
  auto der = call.in.bytes("CertificateBlob").value_or(Bytes());
  const auto status = machine::addCertificate(call.me, std::move(der), trustedRoot, handle);
  if (status == AmtStatus::success) {
    call.out("CreatedCertificate")
        .add(Reference{"AMT_PublicKeyCertificate", {{"InstanceID", nameWithHandle(kCertificateName, handle), {}}}});
  }
  return amtStatus(status);
}

}  // namespace

namespace lists {

std::vector<std::uint32_t> storedCertificates(const machine::Me& me) {
  return handlesOf(me.nvram().certificates);
}

std::vector<std::uint32_t> storedKeys(const machine::Me& me) {
  return handlesOf(me.nvram().keys);
}

std::vector<std::uint32_t> storedCrls(const machine::Me& me) {
  std::vector<std::uint32_t> positions(me.nvram().crls.size());
  for (std::uint32_t i = 0; i < positions.size(); ++i) positions[i] = i;
  return positions;
}

}  // namespace lists

namespace values::certificates {

void instanceId(const machine::Me&, std::uint32_t handle, Values& out) {
  out.add(nameWithHandle(kCertificateName, handle));
}

void issuer(const machine::Me& me, std::uint32_t handle, Values& out) {
  out.add(leastSpecificFirst(factsOf(me, handle).issuer));
}

void subject(const machine::Me& me, std::uint32_t handle, Values& out) {
  out.add(leastSpecificFirst(factsOf(me, handle).subject));
}

void trustedRoot(const machine::Me& me, std::uint32_t handle, Values& out) {
  out.add(machine::findCertificate(me, handle)->trustedRoot);
}

void der(const machine::Me& me, std::uint32_t handle, Values& out) {
  out.addBase64(*machine::findCertificate(me, handle)->der);
}

}  // namespace values::certificates

namespace values::keys {

void instanceId(const machine::Me&, std::uint32_t handle, Values& out) {
  out.add(nameWithHandle(kKeyName, handle));
}

/// The public half; the private key never leaves the ME.
void publicKey(const machine::Me& me, std::uint32_t handle, Values& out) {
  out.addBase64(rsaPublicKey(*machine::findKey(me, handle)->der));
}

}  // namespace values::keys

namespace values::crls {

void instanceId(const machine::Me&, std::uint32_t position, Values& out) {
  out.add("Intel(r) AMT CRL: Handle: " + std::to_string(position));
}

void url(const machine::Me& me, std::uint32_t position, Values& out) {
  const auto& urls = me.nvram().crls.at(position).urls;
  if (!urls.empty()) out.add(urls.front());
}

}  // namespace values::crls

namespace needs {

bool keyGeneration(const profile::Profile& profile) {
  return profile.features.keyGeneration;
}

}  // namespace needs

namespace methods {

std::uint32_t addCertificate(MethodCall& call) {
  return addCertificateBlob(call, false);
}

std::uint32_t addTrustedRoot(MethodCall& call) {
  return addCertificateBlob(call, true);
}

std::uint32_t addKey(MethodCall& call) {
  std::uint32_t handle = 0;
  const auto status = machine::addKey(call.me, call.in.bytes("KeyBlob").value_or(Bytes()), handle);
  if (status == AmtStatus::success) referToKey(call.out("CreatedKey"), handle);
  return amtStatus(status);
}

std::uint32_t generateKeyPair(MethodCall& call) {
  std::uint32_t handle = 0;
  const auto status = machine::generateKey(call.me, call.in.uint32("KeyLength"), handle);
  if (status == AmtStatus::success) referToKey(call.out("KeyPair"), handle);
  return amtStatus(status);
}

std::uint32_t resetCrls(MethodCall& call) {
  return amtStatus(machine::setCrls(call.me, {}));
}

}  // namespace methods

namespace edits {

std::optional<Fault> deleteCertificate(Edit& edit) {
  return faultOf(machine::removeCertificate(edit.me, edit.item));
}

std::optional<Fault> deleteKey(Edit& edit) {
  return faultOf(machine::removeKey(edit.me, edit.item));
}

}  // namespace edits
}  // namespace vme::firmware::wsman
