#include "machine/event_log.hpp"

#include "machine/clock.hpp"

namespace vme::machine {
namespace {

// Platform security violation attempt, out-of-band access password violation (PET sensor type 06h, offset 04h).
constexpr std::uint8_t kSecurityViolation = 0x06;
constexpr std::uint8_t kSensorSpecific = 0x6F;
constexpr std::uint8_t kOutOfBandPassword = 0x05;
constexpr std::uint8_t kSeverityNonCritical = 8;
constexpr std::uint8_t kSourceMe = 0x68;
constexpr std::uint8_t kEntityManagement = 0x26;

}  // namespace

void logEvent(Me& me, EventRecord record) {
  if (me.nvram().eventLogFrozen) return;
  record.time = clockSeconds(me);
  auto& log = me.change().eventLog;
  log.push_back(record);
  if (log.size() > me.profile.event.logRecordsMax) log.erase(log.begin());
}

void logAuthenticationFailure(Me& me) {
  EventRecord record;
  record.sensorType = kSecurityViolation;
  record.eventType = kSensorSpecific;
  record.offset = kOutOfBandPassword;
  record.sourceType = kSourceMe;
  record.severity = kSeverityNonCritical;
  record.sensorNumber = 0xFF;
  record.entity = kEntityManagement;
  record.data = {0x40, 0x05, 0, 0, 0, 0, 0, 0};
  logEvent(me, record);
}

wire::AmtStatus clearEventLog(Me& me) {
  if (me.nvram().eventLogFrozen) return wire::AmtStatus::eventlogFrozen;
  if (!me.nvram().eventLog.empty()) me.change().eventLog.clear();
  return wire::AmtStatus::success;
}

wire::AmtStatus freezeEventLog(Me& me, bool frozen) {
  if (me.nvram().eventLogFrozen != frozen) me.change().eventLogFrozen = frozen;
  return wire::AmtStatus::success;
}

}  // namespace vme::machine
