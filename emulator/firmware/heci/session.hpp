#pragma once
// The ME's side of HECI: one Session a connection between an open file of the host and a firmware client. A message in,
// what the ME does out; the runtime carries it out and keeps the Session.

#include <cstdint>
#include <expected>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "machine/me.hpp"
#include "wire/heci.hpp"

namespace vme::firmware::heci {

using machine::Effects;
using machine::Me;

enum class Client : std::uint8_t { amthi, watchdog, lme, lms, mkhi };

// What the ME does on a message.

/// To the host. Empty: the zero-length message.
struct Send {
  Bytes message;
};
/// The ME drops the connection; the host's file says ENODEV from now on. Every port is closed by a ClosePort before.
struct Drop {};
/// LME: the host opens a connection to `port` of the ME (16992, 16993) through HECI. The runtime answers with
/// onPortOpened or onPortRefused.
struct OpenPort {
  std::uint32_t channel = 0;
  std::uint16_t port = 0;
};
struct PortData {
  std::uint32_t channel = 0;
  Bytes bytes;
};
struct ClosePort {
  std::uint32_t channel = 0;
};
using Action = std::variant<Send, Drop, OpenPort, PortData, ClosePort>;

struct Reaction {
  std::vector<Action> actions;  // in this order
  MeDuration latency;           // before all of them
};

class Session {
 public:
  /// `open`: the clients that other files of the machine are connected to now. unknownClient, busy, noDevice.
  static std::expected<Session, wire::heci::Error> connect(const Me& me, const Uuid& client,
                                                           std::span<const Client> open);
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  Client client() const;
  wire::heci::Properties properties() const;

  /// What the ME says first, by itself (LME).
  Reaction onConnected(Me& me);
  /// A message of at most properties().maxMessage bytes.
  Reaction onMessage(Me& me, ByteView message, Effects& effects);

  // LME: what became of the channels, by the numbers of OpenPort.
  Reaction onPortOpened(std::uint32_t channel);
  Reaction onPortRefused(std::uint32_t channel);
  /// How many bytes the host has room for now; the runtime hands over no more than that to onPortData. It grows with
  /// messages of the host.
  std::size_t portRoom(std::uint32_t channel) const;
  Reaction onPortData(std::uint32_t channel, ByteView bytes);
  /// The ME's server has taken that many bytes of a PortData.
  Reaction onPortTaken(std::uint32_t channel, std::size_t bytes);
  Reaction onPortClosed(std::uint32_t channel);

  /// The host's file is closed, or the ME was reset: the runtime closes the ports that are open. Nothing of the ME's
  /// ends with it: a watchdog waits on.
  void onDisconnected(Me& me);

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vme::firmware::heci
