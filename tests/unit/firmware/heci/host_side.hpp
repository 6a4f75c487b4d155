#pragma once
// A host with one file open on the ME of a machine.

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <variant>

#include "firmware/heci/session.hpp"
#include "machine/network.hpp"
#include "machine/setup.hpp"
#include "testing/machine_builder.hpp"
#include "wire/amthi.hpp"

namespace vme::firmware::heci {

struct Host {
  std::unique_ptr<testing::BuiltMachine> machine;
  Session session;
  Effects effects;

  explicit Host(std::unique_ptr<testing::BuiltMachine> built, const Uuid& client = wire::heci::kAmthi)
      : machine(std::move(built)), session(Session::connect(machine->me(), client, {}).value()) {}

  Reaction react(ByteView message) {
    auto me = machine->me();
    return session.onMessage(me, message, effects);
  }
  /// The one message that comes back.
  Bytes send(ByteView message) {
    const auto reaction = react(message);
    if (reaction.actions.size() != 1) {
      ADD_FAILURE() << reaction.actions.size() << " actions";
      return {};
    }
    return std::get<Send>(reaction.actions[0]).message;
  }
  wire::amthi::Response ask(AmthiCommand command, ByteView data = {}) {
    auto answer = wire::amthi::parseResponse(command, send(wire::amthi::request(command, data)));
    if (answer) return std::move(*answer);
    ADD_FAILURE() << answer.error().message();
    return {};
  }
  std::uint32_t number(AmthiCommand command) { return wire::amthi::readNumber(ask(command).data).value_or(0xDEAD); }
  wire::AmtStatus statusOf(ByteView request) {
    const auto message = send(request);
    const auto header = wire::amthi::readHeader(request);
    const auto answer = wire::amthi::parseResponse(AmthiCommand{header ? header->command : 0}, message);
    return answer ? answer->status : wire::AmtStatus::internalError;
  }
  Effects deadline() {
    auto me = machine->me();
    Effects done;
    machine::onDeadline(me, done);
    return done;
  }
};

}  // namespace vme::firmware::heci
