#include "cli/interrupt.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>

#include "cli/app.hpp"

namespace vme::cli {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM};
std::atomic<bool> stopAsked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "the handler may only touch lock-free values");

void onSignal(int) {
  if (stopAsked.exchange(true)) _exit(static_cast<int>(Exit::interrupted));
}

void handleWith(void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  for (const auto number : kSignals) sigaction(number, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt() {
  stopAsked = false;
  handleWith(onSignal);
}

Interrupt::~Interrupt() {
  handleWith(SIG_DFL);
}

const std::atomic<bool>& Interrupt::asked() const {
  return stopAsked;
}

}  // namespace vme::cli
