// AMT_MessageLog. The log is read newest first; an IterationIdentifier is the number of the next record, from 1.

#include "machine/event_log.hpp"

#include <algorithm>
#include <charconv>

#include "firmware/wsman/call.hpp"
#include "firmware/wsman/catalogue/providers.hpp"

namespace vme::firmware::wsman {
namespace {

constexpr std::uint32_t kNoRecord = 2;    // PositionToFirstRecord: none exists; the others: invalid record pointed
constexpr std::uint32_t kLogIsEmpty = 3;  // GetRecords
constexpr std::size_t kRecordsAtOnce = 390;

/// 21 bytes (wsman-classes.md 7.1).
Bytes encoded(const machine::EventRecord& record) {
  Bytes out;
  appendLe32(out, record.time);
  out.insert(out.end(), {record.deviceAddress, record.sensorType, record.eventType, record.offset, record.sourceType,
                         record.severity, record.sensorNumber, record.entity, record.entityInstance});
  out.insert(out.end(), record.data.begin(), record.data.end());
  return out;
}

/// `number` counts from 1, newest first.
const machine::EventRecord& recordAt(const machine::Me& me, std::size_t number) {
  const auto& log = me.nvram().eventLog;
  return log.at(log.size() - number);
}

/// The record that the identifier points at; 0 when there is none.
std::size_t pointedAt(const MethodCall& call) {
  const auto number = call.in.number("IterationIdentifier");
  return number && *number <= call.me.nvram().eventLog.size() ? static_cast<std::size_t>(*number) : 0;
}

std::int64_t signedNumber(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

namespace values::events {

void count(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.nvram().eventLog.size());
}

void frozen(const machine::Me& me, std::uint32_t, Values& out) {
  out.add(me.nvram().eventLogFrozen);
}

void percentFull(const machine::Me& me, std::uint32_t, Values& out) {
  const std::size_t capacity = std::max(me.profile.event.logRecordsMax, 1U);
  out.add(me.nvram().eventLog.size() * 100 / capacity);
}

}  // namespace values::events

namespace methods {

std::uint32_t clearLog(MethodCall& call) {
  return dmtfStatus(machine::clearEventLog(call.me));
}

std::uint32_t freezeLog(MethodCall& call) {
  return dmtfStatus(machine::freezeEventLog(call.me, call.in.boolean("Freeze").value_or(false)));
}

std::uint32_t positionToFirstRecord(MethodCall& call) {
  if (call.me.nvram().eventLog.empty()) return kNoRecord;
  call.out("IterationIdentifier").add("1");
  return 0;
}

std::uint32_t positionAtRecord(MethodCall& call) {
  const auto size = static_cast<std::int64_t>(call.me.nvram().eventLog.size());
  if (size == 0) return kNoRecord;
  const auto asked = signedNumber(call.in.text("RecordNumber").value_or("0"));
  const bool absolute = call.in.boolean("MoveAbsolute").value_or(true);
  const auto base = absolute ? 0 : static_cast<std::int64_t>(pointedAt(call));
  // Clamped first, so that no sum overflows.
  const auto at = base + std::clamp<std::int64_t>(asked, -size, size);
  if (at < 1 || at > size) return kNoRecord;
  call.out("IterationIdentifier").add(at);
  call.out("RecordNumber").add(at);
  return 0;
}

std::uint32_t getRecord(MethodCall& call) {
  const auto at = pointedAt(call);
  if (at == 0) return kNoRecord;
  const bool moves = call.in.boolean("PositionToNext").value_or(false);
  call.out("IterationIdentifier").add(moves ? at + 1 : at);
  call.out("RecordNumber").add(at);
  for (const auto byte : encoded(recordAt(call.me, at))) call.out("RecordData").add(byte);
  return 0;
}

std::uint32_t getRecords(MethodCall& call) {
  const auto size = call.me.nvram().eventLog.size();
  if (size == 0) {
    call.out("NoMoreRecords").add(true);
    return kLogIsEmpty;
  }
  const auto from = pointedAt(call);
  if (from == 0) return kNoRecord;
  const std::size_t asked = std::clamp<std::size_t>(call.in.uint32("MaxReadRecords"), 1, kRecordsAtOnce);
  const auto end = std::min(size, from + asked - 1);
  for (auto at = from; at <= end; ++at) call.out("RecordArray").addBase64(encoded(recordAt(call.me, at)));
  call.out("IterationIdentifier").add(end + 1);
  call.out("NoMoreRecords").add(end == size);
  return 0;
}

std::uint32_t cancelIteration(MethodCall&) {
  return 0;
}

}  // namespace methods
}  // namespace vme::firmware::wsman
