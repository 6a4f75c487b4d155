#include "machine/event_log.hpp"

#include "machine/clock.hpp"

namespace vme::machine {
namespace {

// Platform security violation attempt, out-of-band access password violation (PET sensor type 06h, offset 04h).
constexpr std::uint8_t kSecurityViolation = 0x06;
constexpr std::uint8_t kSensorSpecific = 0x6F;
// The fields of a watchdog's event are not known for AMT; these are ASF's (redirection-alerts-cira.md 5.3).
constexpr std::uint8_t kWatchdog = 0x23;
constexpr std::uint8_t kExpired = 0x01;
// Of the lost clock only the data are known (field-failures.md, protected-clock-lost, nic-tamper-lock).
constexpr std::uint8_t kSystemFirmware = 0x26;
constexpr std::uint8_t kTampered = 0x09;
constexpr std::uint8_t kSeverityCritical = 0x10;
constexpr std::uint8_t kOutOfBandPassword = 0x05;
constexpr std::uint8_t kSeverityNonCritical = 8;
constexpr std::uint8_t kSourceMe = 0x68;
constexpr std::uint8_t kEntityManagement = 0x26;

EventRecord ownRecord(std::uint8_t sensor, std::uint8_t offset, std::uint8_t severity) {
  EventRecord record;
  record.sensorType = sensor;
  record.eventType = kSensorSpecific;
  record.offset = offset;
  record.sourceType = kSourceMe;
  record.severity = severity;
  record.sensorNumber = 0xFF;
  record.entity = kEntityManagement;
  return record;
}

}  // namespace

void logEvent(Me& me, EventRecord record) {
  if (me.nvram().eventLogFrozen) return;
  record.time = clockSeconds(me);
  auto& log = me.change().eventLog;
  log.push_back(record);
  if (log.size() > me.profile.event.logRecordsMax) log.erase(log.begin());
}

void logAuthenticationFailure(Me& me) {
  auto record = ownRecord(kSecurityViolation, kOutOfBandPassword, kSeverityNonCritical);
  record.data = {0x40, 0x05, 0, 0, 0, 0, 0, 0};
  logEvent(me, record);
}

void logWatchdogExpired(Me& me) {
  auto record = ownRecord(kWatchdog, kExpired, kSeverityCritical);
  record.data = {0x40, 0, 0, 0, 0, 0, 0, 0};
  logEvent(me, record);
}

void logClockLost(Me& me) {
  auto record = ownRecord(kSystemFirmware, kTampered, kSeverityNonCritical);
  record.data = {0x40, 0x02, 0, 0, 0, 0, 0, 0};
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
