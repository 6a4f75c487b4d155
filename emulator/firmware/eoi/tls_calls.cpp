// TLS: options, credentials, trusted names, capacities.

#include "firmware/eoi/handlers.hpp"
#include "machine/stores.hpp"

namespace vme::firmware::eoi {
namespace {

using machine::TlsOptions;

std::optional<TlsOptions> readOptions(const Parameters& in) {
  const auto enabled = in.flag("Enabled");
  std::optional<bool> mutual, nonSecure;
  if (!enabled || !in.optional("MutualAuthentication", mutual) ||
      !in.optional("AcceptNonSecureConnections", nonSecure)) {
    return std::nullopt;
  }
  return TlsOptions{*enabled, mutual.value_or(false), nonSecure.value_or(false)};
}

void writeOptions(Output& out, std::string_view element, const TlsOptions& options,
                  const std::vector<std::string>& trustedCn) {
  out.open(element).flag("Enabled", options.enabled).flag("MutualAuthentication", options.mutualAuthentication);
  for (const auto& name : trustedCn) out.text("TrustedCN", name);
  out.flag("AcceptNonSecureConnections", options.acceptNonSecure).close(element);
}

std::vector<std::string> textsOf(const Parameters& in, std::string_view name) {
  std::vector<std::string> texts;
  for (const auto& element : in.all(name)) texts.emplace_back(element.text());
  return texts;
}

/// What setTlsKeyAndCertificate stored so far; taken out again when a later part is refused.
struct Stored {
  std::vector<std::uint32_t> keys, certificates;

  void takeOut(Me& me) const {
    for (const auto handle : certificates) machine::removeCertificate(me, handle);
    for (const auto handle : keys) machine::removeKey(me, handle);
  }
};

std::uint32_t handleOf(const Me& me, ByteView der) {
  for (const auto& certificate : me.nvram().certificates) {
    if (std::ranges::equal(*certificate.der, der)) return certificate.handle;
  }
  return 0;
}

AmtStatus storeChain(Me& me, const Bytes& key, const std::vector<Bytes>& chain, Stored& stored) {
  std::uint32_t handle = 0;
  auto status = machine::addKey(me, key, handle);
  if (status == AmtStatus::success) stored.keys.push_back(handle);
  if (status != AmtStatus::success && status != AmtStatus::duplicate) return status;
  for (const auto& certificate : chain) {
    status = machine::addCertificate(me, certificate, false, handle);
    if (status == AmtStatus::success) stored.certificates.push_back(handle);
    if (status != AmtStatus::success && status != AmtStatus::duplicate) return status;
  }
  return machine::setTlsCertificate(me, handleOf(me, chain.front()));
}

}  // namespace

AmtStatus setTlsOptions(Call& call) {
  const auto network = readOptions(call.in.within("NetworkInterfaceTlsOptions"));
  if (!network) return AmtStatus::invalidParameter;
  auto local = machine::tlsConfigured(call.me).local;
  if (call.in.has("LocalInterfaceTlsOptions")) {
    const auto given = readOptions(call.in.within("LocalInterfaceTlsOptions"));
    if (!given) return AmtStatus::invalidParameter;
    local = *given;
  }
  if (auto names = textsOf(call.in, "TrustedCN"); !names.empty()) {
    const auto status = machine::setTrustedCn(call.me, std::move(names));
    if (status != AmtStatus::success) return status;
  }
  return machine::setTlsOptions(call.me, *network, local);
}

AmtStatus getTlsOptions(Call& call) {
  const auto& tls = machine::tlsConfigured(call.me);
  writeOptions(call.out, "NetworkInterfaceTlsOptions", tls.network, tls.trustedCn);
  writeOptions(call.out, "LocalInterfaceTlsOptions", tls.local, {});
  return AmtStatus::success;
}

AmtStatus setTlsCredentials(Call& call) {
  // Without a handle the association is taken away.
  std::optional<std::uint32_t> handle;
  if (!call.in.optional("CertificateHandle", handle)) return AmtStatus::invalidParameter;
  return machine::setTlsCertificate(call.me, handle.value_or(0));
}

AmtStatus getTlsCredentials(Call& call) {
  const auto handle = machine::tlsConfigured(call.me).certificate;
  if (handle != 0) call.out.number("CertificateHandle", handle);
  return AmtStatus::success;
}

AmtStatus setTlsKeyAndCertificate(Call& call) {
  const auto key = call.in.base64("Key");
  std::vector<Bytes> chain;
  for (const auto& element : call.in.all("CertificateChain")) {
    for (const auto& leaf : element.leaves().empty() ? std::vector{element} : element.leaves()) {
      auto der = fromBase64(leaf.text());
      if (!der) return AmtStatus::invalidParameter;
      chain.push_back(std::move(*der));
    }
  }
  if (!key || chain.empty()) return AmtStatus::invalidParameter;
  Stored stored;
  const auto status = storeChain(call.me, *key, chain, stored);
  if (status != AmtStatus::success) stored.takeOut(call.me);
  return status;
}

AmtStatus setTrustedFqdnCn(Call& call) {
  return machine::setTrustedCn(call.me, textsOf(call.in, "FqdnSuffix"));
}

AmtStatus getPkiCapabilities(Call& call) {
  const auto& tls = call.me.profile.tls;
  call.out.open("PkiCaps")
      .number("CrlStoreSize", tls.crlStoreBytes)
      .number("RootCertMaxSize", tls.rootMaxBytes)
      .number("RootCertMaxInstances", tls.rootMaxCount)
      .number("FqdnSuffixMaxEntries", tls.trustedCnMax)
      .number("FqdnSuffixMaxEntryLength", tls.trustedCnBytes)
      .number("CertChainMaxSize", tls.chainMaxBytes);
  for (const auto bits : tls.rsaBits) call.out.number("SupportedKeyLengths", bits);
  call.out.close("PkiCaps");
  return AmtStatus::success;
}

}  // namespace vme::firmware::eoi
