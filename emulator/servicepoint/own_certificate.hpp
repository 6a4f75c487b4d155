#pragma once
// The service point's own provisioning certificate: whether it is fit to be shown (field-failures.md, prov-cert-*,
// root-not-in-chain, ca-key-too-long).

#include <optional>
#include <string>

#include "net/tls.hpp"
#include "servicepoint/admission.hpp"
#include "servicepoint/service_point.hpp"

namespace vme::servicepoint {

class OwnCertificate {
 public:
  /// ConfigError when it cannot be used at all.
  explicit OwnCertificate(const Options& options);

  /// Null: there is none.
  const std::shared_ptr<const net::TlsCredential>& credential() const { return credential_; }
  /// SHA-1 of the chain's root.
  const std::optional<wire::Sha1>& root() const { return root_; }
  /// Whether it may be used at that time, in seconds since 1970; also when there is none.
  Admission judge(std::int64_t now) const;

 private:
  std::shared_ptr<const net::TlsCredential> credential_;
  std::optional<wire::Sha1> root_;
  wire::ChainFacts facts_;
  std::string lasting_;  // unfit at any time
};

}  // namespace vme::servicepoint
