#include "servicepoint/steps.hpp"

#include <array>
#include <utility>

namespace vme::servicepoint {
namespace {

// In the order of StepId.
constexpr std::array<std::string_view, 29> kWords{"connect",
                                                  "handshake",
                                                  "get-core-version",
                                                  "check-uuid",
                                                  "extend-window",
                                                  "check-otp",
                                                  "get-clock",
                                                  "set-clock",
                                                  "set-host-name",
                                                  "set-domain-name",
                                                  "set-mebx-password",
                                                  "get-digest-realm",
                                                  "set-admin-password",
                                                  "set-rng-key",
                                                  "add-key",
                                                  "add-certificate",
                                                  "set-tls-credentials",
                                                  "set-tls-options",
                                                  "add-acl-entry",
                                                  "set-enabled-interfaces",
                                                  "set-tls-psk",
                                                  "commit-changes",
                                                  "reconnect",
                                                  "verify",
                                                  "check-way-back",
                                                  "partial-unprovision",
                                                  "set-crl",
                                                  "get-capabilities",
                                                  "remote-control"};
static_assert(kWords.size() == std::to_underlying(StepId::remoteControl) + 1U);

}  // namespace

std::string_view wordOf(StepId step) {
  return kWords.at(std::to_underlying(step));
}

void StepLog::add(StepId step, std::chrono::steady_clock::time_point started) {
  steps_.push_back({std::string(wordOf(step)), started, std::chrono::steady_clock::now() - started});
}

}  // namespace vme::servicepoint
