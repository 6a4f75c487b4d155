#pragma once
// The embedded certificate authority: issues one TLS server certificate a machine.

#include <boost/asio/ip/address_v4.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/uuid.hpp"
#include "net/crl.hpp"
#include "net/pki.hpp"
#include "servicepoint/careless.hpp"

namespace vme::servicepoint {

/// What is written into an ME: a private key (PKCS#1, DER) and the certificate for it.
struct TlsIdentity {
  std::shared_ptr<const net::PrivateKey> key;
  Bytes certificate;
  Bytes serial;
};

class Authority {
 public:
  struct Options {
    bool sha1 = false;        // signs as in the period
    bool uniqueKeys = false;  // no key for two machines
    std::size_t keysAhead = 0;
    Habits careless;
  };
  /// Makes its own key; the machines' keys come from net::keyPool as far as that reaches.
  explicit Authority(Options options);

  TlsIdentity issue(const Uuid& uuid, const std::string& fqdn, boost::asio::ip::address_v4 address);
  const Bytes& certificate() const { return certificate_; }
  /// Empty when the certificate is one of ours for that name; else what is wrong with it.
  std::string judge(const Bytes& leaf, const std::string& fqdn) const;

  /// From any thread.
  void revoke(const Bytes& serial);
  std::vector<Bytes> revoked() const;
  Bytes crl() const;

 private:
  std::shared_ptr<const net::PrivateKey> keyFor(const Uuid& uuid);
  net::CertificateRequest requestFor(const std::string& fqdn, boost::asio::ip::address_v4 address) const;

  Options options_;
  net::PrivateKey key_;
  Bytes certificate_;
  std::vector<std::shared_ptr<const net::PrivateKey>> machineKeys_;
  std::size_t issued_ = 0;
  std::optional<TlsIdentity> shared_;  // that all machines get
  mutable std::mutex mutex_;
  std::vector<net::Revoked> revoked_;
};

}  // namespace vme::servicepoint
