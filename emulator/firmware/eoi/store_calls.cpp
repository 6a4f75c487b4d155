// The certificate store (CertStore of 2.5 and later) and the revocation lists.

#include "firmware/eoi/handlers.hpp"
#include "machine/stores.hpp"

namespace vme::firmware::eoi {

AmtStatus certStoreAddCertificate(Call& call) {
  auto der = call.in.base64("CertificateBlob");
  std::optional<bool> trustedRoot;
  if (!der || !call.in.optional("TrustedRoot", trustedRoot)) return AmtStatus::invalidParameter;
  std::uint32_t handle = 0;
  const auto status = machine::addCertificate(call.me, std::move(*der), trustedRoot.value_or(false), handle);
  call.out.number("CertHandle", handle);
  return status;
}

AmtStatus certStoreAddKey(Call& call) {
  auto der = call.in.base64("KeyBlob");
  if (!der) return AmtStatus::invalidParameter;
  std::uint32_t handle = 0;
  const auto status = machine::addKey(call.me, std::move(*der), handle);
  call.out.number("Handle", handle);
  return status;
}

AmtStatus certStoreEnumerateCertificates(Call& call) {
  for (const auto& certificate : call.me.nvram().certificates) call.out.number("Handles", certificate.handle);
  return AmtStatus::success;
}

AmtStatus certStoreGetCertificate(Call& call) {
  const auto handle = call.in.number<std::uint32_t>("Handle");
  if (!handle) return AmtStatus::invalidParameter;
  const auto* certificate = machine::findCertificate(call.me, *handle);
  if (!certificate) return AmtStatus::notFound;
  call.out.base64("CertificateBlob", *certificate->der).flag("TrustedRoot", certificate->trustedRoot);
  return AmtStatus::success;
}

AmtStatus certStoreRemoveCertificate(Call& call) {
  const auto handle = call.in.number<std::uint32_t>("Handle");
  return handle ? machine::removeCertificate(call.me, *handle) : AmtStatus::invalidParameter;
}

AmtStatus setCrl(Call& call) {
  std::vector<machine::StoredCrl> crls;
  for (const auto& element : call.in.all("Crl")) {
    machine::StoredCrl crl;
    for (const auto& url : element.all("Url")) crl.urls.emplace_back(url.text());
    auto der = element.base64("CrlBlob");
    if (!der) return AmtStatus::invalidParameter;
    crl.der = std::move(*der);
    crls.push_back(std::move(crl));
  }
  return machine::setCrls(call.me, std::move(crls));
}

AmtStatus getCrl(Call& call) {
  for (const auto& crl : call.me.nvram().crls) {
    call.out.open("Crl");
    for (const auto& url : crl.urls) call.out.text("Url", url);
    call.out.base64("CrlBlob", crl.der).close("Crl");
  }
  return AmtStatus::success;
}

}  // namespace vme::firmware::eoi
