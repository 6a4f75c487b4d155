// AMT_TLSSettingData and AMT_TLSCredentialContext: the configuration that CommitChanges puts into effect.

#include "firmware/wsman/call.hpp"
#include "firmware/wsman/catalogue/providers.hpp"
#include "firmware/wsman/providers/handles.hpp"
#include "machine/stores.hpp"

namespace vme::firmware::wsman {
namespace {

// The instances of AMT_TLSSettingData in the catalogue's order: 802.3 first, LMS second.
constexpr std::uint32_t kNetwork = 0;

const machine::TlsOptions& optionsOf(const machine::Me& me, std::uint32_t item) {
  const auto& tls = machine::tlsConfigured(me);
  return item == kNetwork ? tls.network : tls.local;
}

/// The certificate that a Put or Create binds; 0 when the references are not what the class wants.
std::uint32_t certificateIn(const Edit& edit) {
  const auto credential = edit.in.reference("ElementInContext");
  const auto endpoints = edit.in.reference("ElementProvidingContext");
  if (!credential || credential->className != "AMT_PublicKeyCertificate") return 0;
  if (!endpoints || endpoints->className != "AMT_TLSProtocolEndpointCollection") return 0;
  // Known clients write the name without the space that the instance has (wsman-classes.md).
  const auto name = endpoints->selector("ElementName");
  const bool known = name.empty() || name == "TLSProtocolEndpoint Instances Collection" ||
                     name == "TLSProtocolEndpointInstances Collection";
  return known ? handleIn(credential->selector("InstanceID"), kCertificateName).value_or(0) : 0;
}

std::optional<Fault> bind(Edit& edit) {
  const auto certificate = certificateIn(edit);
  if (certificate == 0) return Fault{FaultId::invalidRepresentation};
  return faultOf(machine::setTlsCertificate(edit.me, certificate));
}

}  // namespace

namespace values::tls {

void enabled(const machine::Me& me, std::uint32_t item, Values& out) {
  out.add(optionsOf(me, item).enabled);
}

void mutualAuthentication(const machine::Me& me, std::uint32_t item, Values& out) {
  out.add(optionsOf(me, item).mutualAuthentication);
}

/// The local interface is always open in clear beside TLS (wsman-classes.md, second instance).
void acceptNonSecure(const machine::Me& me, std::uint32_t item, Values& out) {
  out.add(item != kNetwork || optionsOf(me, item).acceptNonSecure);
}

void trustedCn(const machine::Me& me, std::uint32_t item, Values& out) {
  if (item != kNetwork) return;
  for (const auto& suffix : machine::tlsConfigured(me).trustedCn) out.add(suffix);
}

void credential(const machine::Me& me, std::uint32_t, Values& out) {
  const auto handle = machine::tlsConfigured(me).certificate;
  out.add(Reference{"AMT_PublicKeyCertificate", {{"InstanceID", nameWithHandle(kCertificateName, handle), {}}}});
}

}  // namespace values::tls

namespace lists {

std::vector<std::uint32_t> tlsContexts(const machine::Me& me) {
  return machine::tlsConfigured(me).certificate != 0 ? std::vector<std::uint32_t>{0} : std::vector<std::uint32_t>{};
}

}  // namespace lists

namespace edits {

std::optional<Fault> putTlsSettings(Edit& edit) {
  auto wanted = optionsOf(edit.me, edit.item);
  wanted.enabled = edit.in.boolean("Enabled").value_or(wanted.enabled);
  wanted.mutualAuthentication = edit.in.boolean("MutualAuthentication").value_or(wanted.mutualAuthentication);
  if (edit.item == kNetwork) {
    wanted.acceptNonSecure = edit.in.boolean("AcceptNonSecureConnections").value_or(wanted.acceptNonSecure);
  }
  const auto configured = machine::tlsConfigured(edit.me);
  const auto texts = edit.in.texts("TrustedCN");
  const std::vector<std::string> names(texts.begin(), texts.end());
  if (edit.item == kNetwork && !names.empty() && names != configured.trustedCn) {
    if (auto fault = faultOf(machine::setTrustedCn(edit.me, names))) return fault;
  }
  const auto& network = edit.item == kNetwork ? wanted : configured.network;
  const auto& local = edit.item == kNetwork ? configured.local : wanted;
  return faultOf(machine::setTlsOptions(edit.me, network, local));
}

std::optional<Fault> putTlsContext(Edit& edit) {
  return bind(edit);
}

std::optional<Fault> createTlsContext(Edit& edit) {
  if (machine::tlsConfigured(edit.me).certificate != 0) return Fault{FaultId::alreadyExists};
  return bind(edit);
}

std::optional<Fault> deleteTlsContext(Edit& edit) {
  return faultOf(machine::setTlsCertificate(edit.me, 0));
}

}  // namespace edits
}  // namespace vme::firmware::wsman
