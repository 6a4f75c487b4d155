#pragma once
// TLS as an engine without a socket (OpenSSL over memory BIOs), and a Channel that drives it over another Channel. No
// OpenSSL type is visible here.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
  /// In DER.
  Bytes leaf() const;

 private:
  std::unique_ptr<Impl> impl_;
};

/// Judges the peer's chain: nothing accepts; a number is the fatal alert to refuse with. Called once, during the
/// handshake. An empty chain is judged too.
using PeerJudge = std::function<std::optional<std::uint8_t>(const std::shared_ptr<const wire::ChainFacts>&,
                                                            const std::vector<Bytes>& chain)>;

/// Hears each secret of the session as a line of a TLS key log, before anything that it protects is read or sent.
using TlsSecretSink = std::function<void(std::string_view line)>;
/// What a server does with what it has just read, in place of its answer: a fault that somebody asked for.
enum class TlsStep : std::uint8_t { clientHello, certificate, finished };
struct TlsStop {
  enum class How : std::uint8_t {
    reset,
    close,
    stall,  // says nothing for that long, and goes on; 0: reads on without a word until the peer leaves
    alert,
  };
  How how = How::reset;
  TlsStep at = TlsStep::clientHello;
  std::uint8_t alert = 0;
  std::chrono::milliseconds lasts{0};
};

/// Wire numbers of the lowest and highest version, 0x0301 for TLS 1.0; 0: as `versions` says.
struct TlsRange {
  unsigned lowest = 0, highest = 0;
  auto operator<=>(const TlsRange&) const = default;
};

struct TlsServerOptions {
  TlsVersions versions = TlsVersions::modern;
  std::vector<unsigned> suites;  // period: IANA numbers, preferred first; those that OpenSSL lacks are skipped
  std::shared_ptr<const TlsCredential> credential;  // or PSK:
  std::string pskIdentity;  // sent as hint; accepted with and without the dash after its fourth character
  std::string pskKey;
  PeerJudge judge;  // set: a CertificateRequest (rsa_sign only, no CA names) goes out, and a client
                    // without a certificate is refused
  TlsSecretSink secrets;
  TlsRange range;
  bool onlySuites = false;  // `suites` hold for modern versions too, TLS 1.3 excepted
  std::optional<TlsStop> stop;
  /// In place of the alert by which the judge refuses; filled by then.
  std::shared_ptr<std::optional<TlsStop>> onRefusal;
  /// Sees what leaves before it does, in the handshake.
  std::function<void(Bytes&)> rewrite;
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
  std::optional<std::uint8_t> alertReceived() const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Names of period suites that this OpenSSL lacks (`RC4-SHA` ...), for `vme doctor`.
std::vector<std::string> missingPeriodSuites();

}  // namespace vme::net
