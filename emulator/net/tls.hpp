#pragma once
// TLS as an engine without a socket (OpenSSL over memory BIOs), and a Channel that drives it over another Channel. No
// OpenSSL type is visible here.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/channel.hpp"
#include "wire/certificate.hpp"

namespace vme::net {

enum class TlsVersions : std::uint8_t {
  period,  // TLS 1.0 only, security level 0
  modern,  // TLS 1.2 and 1.3 (PSK: 1.2 at most)
  any,     // TLS 1.0 to 1.3, for a client that takes what it meets
};

/// A private key and its certificate chain (leaf first) in DER. Shared by all sessions that use it; decoded once.
class TlsCredential {
 public:
  /// PKCS#1 or PKCS#8 key. The error says which part cannot be decoded or that they do not fit.
  static Result<std::shared_ptr<const TlsCredential>> make(ByteView key, const std::vector<ByteView>& chain);
  struct Impl;
  explicit TlsCredential(std::unique_ptr<Impl> impl);
  ~TlsCredential();
  const Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// Judges the peer's chain: nothing accepts; a number is the fatal alert to refuse with. Called once, during the
/// handshake. An empty chain is judged too.
using PeerJudge = std::function<std::optional<std::uint8_t>(const std::shared_ptr<const wire::ChainFacts>&,
                                                            const std::vector<Bytes>& chain)>;

struct TlsServerOptions {
  TlsVersions versions = TlsVersions::modern;
  std::vector<unsigned> suites;  // period: IANA numbers, preferred first; those that OpenSSL lacks are skipped
  std::shared_ptr<const TlsCredential> credential;  // or PSK:
  std::string pskIdentity;  // sent as hint; accepted with and without the dash after its fourth character
  std::string pskKey;
  PeerJudge judge;  // set: a CertificateRequest (rsa_sign only, no CA names) goes out, and a client
                    // without a certificate is refused
};

struct TlsClientOptions {
  TlsVersions versions = TlsVersions::any;
  std::shared_ptr<const TlsCredential> credential;  // shown when asked for; the whole chain with its root
  std::string pskIdentity;
  std::string pskKey;
  PeerJudge judge;  // not set: every server certificate is accepted
};

/// How a handshake ended badly.
struct TlsFailure {
  enum class Kind : std::uint8_t {
    alertReceived,  // the peer's fatal alert
    alertSent,      // ours
    closed,         // the peer closed or reset in mid-handshake
    timedOut,
    cancelled,
  };
  Kind kind = Kind::closed;
  std::uint8_t alert = 0;
  bool unknownPskIdentity = false;  // server: the client's identity was not ours
  bool badMac = false;              // a Finished could not be decrypted: with PSK, a wrong key
  std::string text;
};

/// TLS over another channel.
class TlsChannel final : public Channel {
 public:
  TlsChannel(std::unique_ptr<Channel> under, const TlsServerOptions& options);
  TlsChannel(std::unique_ptr<Channel> under, const TlsClientOptions& options);
  ~TlsChannel() override;

  Task<std::expected<void, TlsFailure>> handshake();
  /// After the handshake: `TLSv1.2`, `AES128-SHA`.
  std::string version() const;
  std::string suite() const;
  /// Client: the server's leaf in DER; empty with PSK.
  Bytes peerCertificate() const;

  Task<Result<std::size_t>> read(std::span<std::uint8_t> into) override;
  Task<Result<void>> write(ByteView bytes) override;
  Task<void> close() override;
  void reset() override;
  void setDeadline(std::chrono::steady_clock::time_point deadline) override;
  asio::any_io_executor executor() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Names of period suites that this OpenSSL lacks (`RC4-SHA` ...), for `vme doctor`.
std::vector<std::string> missingPeriodSuites();

}  // namespace vme::net
