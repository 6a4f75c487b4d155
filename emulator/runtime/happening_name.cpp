#include "runtime/happening_name.hpp"

#include <array>
#include <utility>

namespace vme::runtime {
namespace {

using Kind = Happening::Kind;

struct KindName {
  Kind kind;
  std::string_view name;
};
constexpr std::array kNames{
    KindName{Kind::helloSent, "hello-sent"},
    KindName{Kind::helloFailed, "hello-failed"},
    KindName{Kind::connected, "connected"},
    KindName{Kind::handshakeDone, "handshake-done"},
    KindName{Kind::handshakeRefused, "handshake-refused"},
    KindName{Kind::request, "request"},
    KindName{Kind::loggedIn, "logged-in"},
    KindName{Kind::requestRefused, "request-refused"},
    KindName{Kind::stateChanged, "state-changed"},
    KindName{Kind::updated, "updated"},
    KindName{Kind::agentBegan, "agent-began"},
    KindName{Kind::agentEnded, "agent-ended"},
    KindName{Kind::note, "note"},
    KindName{Kind::exchange, "exchange"},
    KindName{Kind::disconnected, "disconnected"},
    KindName{Kind::faultFired, "fault-fired"},
};

consteval bool inOrder() {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (std::to_underlying(kNames[i].kind) != i) return false;
  }
  return true;
}
static_assert(inOrder(), "each kind has its row, in order");

}  // namespace

std::string_view nameOf(Kind kind) {
  return kNames.at(std::to_underlying(kind)).name;
}

}  // namespace vme::runtime
