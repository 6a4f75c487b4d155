#pragma once
// What a fault does, as values. The runtime carries them out; which points an action may stand at is the business of
// whoever reads rules from a file.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/me_time.hpp"
#include "base/uuid.hpp"

namespace vme::fault {

/// A step of a TLS handshake, by the client's message that the ME has just read.
enum class Step : std::uint8_t { clientHello, certificate, finished };

/// Nothing but the rule's own delay.
struct Delay {};

/// How the connection breaks, at once or at a step of the handshake.
struct Break {
  enum class How : std::uint8_t {
    reset,
    close,
    stall,  // nothing is read or said for `lasts`; nothing: for ever
    alert,
  };
  How how = How::reset;
  Step at = Step::clientHello;
  MeDuration lasts;
  std::uint8_t alert = 40;
};

/// The wire is slow or lossy. 0: as it is.
struct Slow {
  MeDuration latency, jitter;   // before each piece that arrives or leaves
  double loss = 0;              // share of the pieces that are lost once
  MeDuration stall;             // until such a piece comes again
  std::uint64_t readRate = 0;   // bytes a second
  std::uint64_t writeRate = 0;  // bytes a second
  std::uint32_t piece = 0;      // most bytes written at once
};

/// The connection ends once so many bytes have passed.
struct Cut {
  enum class How : std::uint8_t {
    reset,  // counted both ways
    close,  // counted outwards: what is written is cut short
  };
  How how = How::reset;
  std::uint64_t bytes = 0;
};

struct CloseAfter {
  unsigned requests = 1;
};
/// Of requests that come before the last one is answered.
struct DropPipelined {};

// Hellos.

struct Suppress {};
struct Duplicate {
  unsigned copies = 1;  // besides the first
  MeDuration every;
};
/// The hello leaves after the machine's next one.
struct Overtaken {};
struct Malformed {
  enum class Kind : std::uint8_t { tooShort, trailing, version, count, split, neverClose };
  Kind kind = Kind::tooShort;
};
/// The hello leaves from another address, at which nobody answers.
struct HelloFrom {
  std::uint32_t address = 0;
};
/// From then on the machine is found at another address only. 0: one beyond the fleet's own.
struct Move {
  std::uint32_t address = 0;
};
/// In hellos and in answers.
struct WrongUuid {
  Uuid uuid;
};

// TLS.

struct BadCertificate {
  enum class Mode : std::uint8_t { garbled, wrongKey, dates };
  Mode mode = Mode::garbled;
  std::int64_t notBefore = 0, notAfter = 0;  // seconds since 1970
};
/// What comes in place of the alert that the ME would send.
struct Refusal {
  enum class How : std::uint8_t { alert, reset, stall };
  How how = How::alert;
  std::uint8_t alert = 40;
  MeDuration lasts;  // stall; nothing: for ever
};
struct TlsLimits {
  unsigned lowest = 0, highest = 0;  // 0x0301 is TLS 1.0; 0: no limit
  std::vector<unsigned> suites;      // empty: as they are
  unsigned keyBits = 0;
  std::uint64_t chainBytes = 0;
  Refusal onExcess;
};

// Calls.

/// The call is answered with that AMT status and does nothing.
struct Status {
  std::uint32_t status = 1;
};
struct SoapFault {
  std::string fault;  // WS-Man: the subcode; EOI: the fault string
};
struct HttpStatus {
  unsigned status = 500;
};
/// The call is answered as ever and changes nothing.
struct Pretend {};

// Answers; the call has taken effect.

struct Corrupt {
  enum class Kind : std::uint8_t { unclosed, garbage, empty };
  Kind kind = Kind::unclosed;
};
/// Content-Length is wrong by so much.
struct WrongLength {
  std::int64_t by = 0;
};

// The machine.

/// The ME restarts: its ports are closed for that time, by the fleet's clock, and what is not on flash is gone.
struct Reboot {
  MeDuration down;
};
/// The one-time password becomes another one.
struct WrongOtp {
  std::string otp;
};

using Action = std::variant<Delay, Break, Slow, Cut, CloseAfter, DropPipelined, Suppress, Duplicate, Overtaken,
                            Malformed, HelloFrom, Move, WrongUuid, BadCertificate, Refusal, TlsLimits, Status,
                            SoapFault, HttpStatus, Pretend, Corrupt, WrongLength, Reboot, WrongOtp>;

}  // namespace vme::fault
