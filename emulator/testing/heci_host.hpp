#pragma once
// A host with one HECI file open on a machine, driven by bytes: does with a Session what the runtime does, and throws
// std::logic_error when the ME breaks what the runtime relies on.

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "firmware/heci/session.hpp"
#include "testing/machine_builder.hpp"

namespace vme::testing {

class HeciHost {
 public:
  /// Connects to the client, which the machine must have.
  HeciHost(BuiltMachine& machine, const Uuid& client);

  /// One message, cut to what the client takes. Connects anew after the ME has dropped the connection.
  void send(ByteView message);
  /// Something happens at one of the ME's ports that the host opened: it accepts, refuses, takes, answers, closes.
  void portEvent(std::uint8_t choice);
  /// Time passes, and what is due is done.
  void pass(MeDuration time);

  /// One record after the other: a count and as many bytes for a message; 0 and a byte for a port event; 255 and a byte
  /// for as many seconds.
  void play(ByteView script);

 private:
  struct Port {
    bool open = false;
    std::size_t untaken = 0;  // bytes that the ME's server has still to take
  };

  void connect();
  void carryOut(const firmware::heci::Reaction& reaction);
  void checkAnswer(ByteView request, const firmware::heci::Reaction& reaction) const;
  void checkLifecycle(machine::State before) const;
  Port& port(std::uint32_t channel);

  BuiltMachine& machine_;
  Uuid client_;
  std::optional<firmware::heci::Session> session_;
  std::map<std::uint32_t, Port> ports_;
};

}  // namespace vme::testing
