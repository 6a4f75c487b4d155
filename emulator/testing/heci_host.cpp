#include "testing/heci_host.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string>

#include "machine/lifecycle.hpp"
#include "machine/setup.hpp"
#include "wire/amthi.hpp"

namespace vme::testing {
namespace {

using namespace firmware::heci;

void require(bool held, const char* what) {
  if (!held) throw std::logic_error(what);
}

template <typename... F>
struct Overloaded : F... {
  using F::operator()...;
};

}  // namespace

HeciHost::HeciHost(BuiltMachine& machine, const Uuid& client) : machine_(machine), client_(client) {
  connect();
}

void HeciHost::connect() {
  const auto me = machine_.me();
  auto session = Session::connect(me, client_, {});
  require(session.has_value(), "the machine has not this client");
  session_.emplace(std::move(*session));
}

HeciHost::Port& HeciHost::port(std::uint32_t channel) {
  const auto found = ports_.find(channel);
  if (found == ports_.end()) throw std::logic_error("the ME names a port that is not open");
  return found->second;
}

void HeciHost::carryOut(const Reaction& reaction) {
  for (const auto& action : reaction.actions) {
    require(session_.has_value(), "the ME says more after it dropped the connection");
    std::visit(Overloaded{[&](const Send& send) {
                            require(send.message.size() <= session_->properties().maxMessage, "a message is too long");
                          },
                          [&](const Drop&) {
                            require(ports_.empty(), "the ME leaves ports open");
                            session_.reset();
                          },
                          [&](const OpenPort& open) {
                            require(ports_.emplace(open.channel, Port{}).second, "a port is opened twice");
                          },
                          [&](const PortData& data) {
                            require(port(data.channel).open, "data comes before the port is open");
                            port(data.channel).untaken += data.bytes.size();
                          },
                          [&](const ClosePort& close) {
                            port(close.channel);
                            ports_.erase(close.channel);
                          }},
               action);
  }
}

void HeciHost::checkAnswer(ByteView request, const Reaction& reaction) const {
  if (session_->client() != Client::amthi) return;
  require(reaction.actions.size() <= 1, "AMTHI answers once");
  if (reaction.actions.empty()) return;
  const auto& answer = std::get<Send>(reaction.actions[0]).message;
  if (answer.empty()) return;
  const auto header = wire::amthi::readHeader(request);
  require(header.has_value(), "AMTHI answers less than a header");
  const auto parsed = wire::amthi::parseResponse(AmthiCommand{header->command}, answer);
  if (!parsed) throw std::logic_error(parsed.error().message());
}

void HeciHost::checkLifecycle(machine::State before) const {
  const auto now = machine_.hot.state;
  bool allowed = now == before;
  for (std::size_t event = 0; event < machine::kLifecycleEvents; ++event) {
    allowed |= machine::next(before, static_cast<machine::LifecycleEvent>(event)) == now;
  }
  require(allowed, "the machine changed its state as the lifecycle forbids");
}

void HeciHost::send(ByteView message) {
  if (!session_) connect();
  message = message.first(std::min<std::size_t>(message.size(), session_->properties().maxMessage));
  const auto before = machine_.hot.state;
  auto me = machine_.me();
  machine::Effects effects;
  const auto reaction = session_->onMessage(me, message, effects);
  checkAnswer(message, reaction);
  checkLifecycle(before);
  carryOut(reaction);
}

void HeciHost::portEvent(std::uint8_t choice) {
  if (ports_.empty()) return;
  const auto at = std::next(ports_.begin(), static_cast<std::ptrdiff_t>(choice / 8U % ports_.size()));
  const auto channel = at->first;
  auto& port = at->second;
  if (!port.open) {
    port.open = choice % 2 == 0;
    if (!port.open) ports_.erase(channel);
    return carryOut(choice % 2 == 0 ? session_->onPortOpened(channel) : session_->onPortRefused(channel));
  }
  switch (choice % 8U) {
    case 0:
      ports_.erase(channel);
      return carryOut(session_->onPortClosed(channel));
    case 1:
    case 2:
    case 3: {
      const auto taken = port.untaken / (choice % 8U);
      port.untaken -= taken;
      return carryOut(session_->onPortTaken(channel, taken));
    }
    default: {
      constexpr std::size_t kMost = 10'000;
      const auto room = std::min(session_->portRoom(channel), kMost) / (choice % 8U - 3U);
      return carryOut(session_->onPortData(channel, Bytes(room, choice)));
    }
  }
}

void HeciHost::pass(MeDuration time) {
  machine_.pass(time);
  if (machine_.hot.wakeAt > machine_.now) return;
  const auto before = machine_.hot.state;
  auto me = machine_.me();
  machine::Effects effects;
  machine::onDeadline(me, effects);
  checkLifecycle(before);
  require(machine_.hot.wakeAt > machine_.now, "a deadline passes and stays due");
}

void HeciHost::play(ByteView script) {
  constexpr std::uint8_t kPortEvent = 0, kTime = 255;
  while (script.size() >= 2) {
    const auto kind = script[0];
    if (kind == kPortEvent) {
      portEvent(script[1]);
      script = script.subspan(2);
    } else if (kind == kTime) {
      pass(MeDuration::seconds(script[1] * 60));
      script = script.subspan(2);
    } else {
      const auto size = std::min<std::size_t>(kind, script.size() - 1);
      send(script.subspan(1, size));
      script = script.subspan(1 + size);
    }
  }
}

}  // namespace vme::testing
