#pragma once
// The embedded certificate authority: issues one TLS server certificate a machine.

#include <boost/asio/ip/address_v4.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/uuid.hpp"
#include "net/pki.hpp"

namespace vme::servicepoint {

/// What is written into an ME: a private key (PKCS#1, DER) and the certificate for it.
struct TlsIdentity {
  std::shared_ptr<const net::PrivateKey> key;
  Bytes certificate;
};

class Authority {
 public:
  /// `sha1`: signs as in the period. Makes its own key; the machines' keys come from net::keyPool.
  explicit Authority(bool sha1);

  TlsIdentity issue(const Uuid& uuid, const std::string& fqdn, boost::asio::ip::address_v4 address) const;
  const Bytes& certificate() const { return certificate_; }
  /// Empty when the certificate is one of ours for that name; else what is wrong with it.
  std::string judge(const Bytes& leaf, const std::string& fqdn) const;

 private:
  bool sha1_;
  net::PrivateKey key_;
  Bytes certificate_;
  std::vector<std::shared_ptr<const net::PrivateKey>> machineKeys_;
};

}  // namespace vme::servicepoint
