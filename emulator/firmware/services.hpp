#pragma once
// The services of an ME, seen from the network: what the runtime asks on each event of a connection. Every function is
// given a machine for one call, decides, and returns values; the runtime does the rest.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "firmware/disturbance.hpp"
#include "machine/me.hpp"
#include "machine/network.hpp"
#include "wire/certificate.hpp"
#include "wire/http.hpp"

namespace vme::firmware {

using machine::Effects;
using machine::Me;

// A connection opens.

/// The port is closed: the client sees a reset.
struct Refuse {
  Reason reason = Reason::setupClosed;
};
/// HTTP in clear.
struct Plain {};
/// TLS, with the ME as server.
struct TlsOffer {
  enum class Kind : std::uint8_t { psk, setupPki, operational };
  Kind kind = Kind::psk;
  machine::TlsMode mode = machine::TlsMode::modern;
  // psk: the hint is the PID; a client identity is the PID, with or without its dash.
  std::string pskIdentity;
  std::string pskKey;
  // setupPki: a self-signed certificate of that many bits, made by the runtime.
  unsigned selfSignedBits = 0;
  // operational: what the server installed; leaf first.
  std::shared_ptr<const Bytes> key;
  std::vector<std::shared_ptr<const Bytes>> chain;
  /// CertificateRequest is sent; a client without a certificate is refused.
  bool wantsClientCertificate = false;
  /// IANA numbers for TLS 1.0, preferred first (mode period).
  std::vector<unsigned> suites;
  MeDuration latency;  // before the ServerHello
};
using OpenDecision = std::variant<Refuse, Plain, TlsOffer>;
/// `local`: from the machine's own host, through HECI.
OpenDecision onOpen(Me& me, std::uint16_t port, bool local = false);

/// The client's chain in a handshake of kind setupPki, or of an operational one with mutual authentication.
/// Reason::none accepts.
Reason onPeer(const Me& me, TlsOffer::Kind kind, const wire::ChainFacts& chain);
/// The TLS alert by which the ME refuses for that reason (README of the reference, row one): 48, 42, 46, 40.
std::uint8_t alertFor(Reason reason);

// A connection lives. The runtime keeps this value with the connection, and calls onOpened once it is ready for
// requests (after the handshake) and onClosed when it is gone.

struct Session {
  std::uint16_t port = machine::kHttpPort;
  bool tls = false;
  bool setup = false;  // of kind psk or setupPki
  bool local = false;  // from the machine's own host, through HECI
  TlsOffer::Kind kind = TlsOffer::Kind::operational;
  std::uint32_t peerIpv4 = 0;
  std::shared_ptr<const wire::ChainFacts> chain;  // setupPki: what was accepted
};
/// False: one connection too many; the runtime closes it at once.
bool onConnected(Me& me);
void onOpened(Me& me, const Session& session);
void onClosed(Me& me, const Session& session, bool wasOpened);

struct Reply {
  wire::http::Response response;
  MeDuration latency;     // before the answer
  bool loggedIn = false;  // the request came with credentials that were accepted
};
/// The ME never answers.
struct Never {};
using Outcome = std::variant<Reply, Never>;

/// A whole request: authentication, then Web UI, EOI or WS-Man. `disturb` null: nothing goes wrong.
Outcome onRequest(Me& me, const Session& session, const wire::http::Request& request, Effects& effects,
                  const Disturb* disturb = nullptr);
/// What an ME answers to bytes that are no request: 400, 413 and the like, and the connection closes.
wire::http::Response refuseBadRequest(const Me& me, Reason reason);

struct HttpLimits {
  std::size_t header = 0;
  std::size_t body = 0;
  MeDuration idle;
};
HttpLimits httpLimits(const profile::Profile& profile);

// Time passes.

/// me.now has reached hot.wakeAt.
void onTimer(Me& me, Effects& effects);

}  // namespace vme::firmware
