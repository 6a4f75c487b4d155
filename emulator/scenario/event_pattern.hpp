#pragma once
// What an expectation can look for among the happenings of a machine, and the words for it: `handshake`, `operational`,
// `psk-refused`, `CommitChanges`.

#include <optional>
#include <string>
#include <vector>

#include "base/reasons.hpp"
#include "runtime/fleet.hpp"

namespace vme::profile {
class YamlCursor;
}

namespace vme::scenario {

struct EventPattern {
  enum class Kind : std::uint8_t { happening, state, reason, operation, loginFailure };
  Kind kind = Kind::happening;
  runtime::Happening::Kind happening{};
  Reason reason = Reason::none;
  std::string word;                // as written; the state's name
  std::string operation;           // its name
  std::optional<unsigned> status;  // operation: only where it is answered with that AMT status

  bool matches(const runtime::Happening& seen) const;
  /// Whether a happening of that kind may match.
  bool concerns(runtime::Happening::Kind kind) const;
};

/// A word that begins with a capital letter is an operation, as EOI or WS-Man names it (`CommitChanges`,
/// `Put AMT_GeneralSettings`, `AMT_SetupAndConfigurationService.CommitChanges`), and may end in an AMT status (`SetCRL
/// 0x17`); others are events, states and reasons.
EventPattern readEventPattern(const profile::YamlCursor& value);
EventPattern readOperation(const profile::YamlCursor& value);
EventPattern readState(const profile::YamlCursor& value);
EventPattern readReasonPattern(const profile::YamlCursor& value);
EventPattern loginFailure();

/// All words for happenings.
std::vector<std::string> eventWords();
/// `factory`, `in-setup`, `operational`.
std::vector<std::string> stateWords();

}  // namespace vme::scenario
