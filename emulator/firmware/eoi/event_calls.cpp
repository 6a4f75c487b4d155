// The event log (eoi.md 7.3).

#include <algorithm>

#include "firmware/eoi/handlers.hpp"
#include "machine/event_log.hpp"

namespace vme::firmware::eoi {
namespace {

void writeRecord(Output& out, const machine::EventRecord& record) {
  out.open("Records")
      .number("TimeStamp", record.time)
      .number("DeviceAddress", record.deviceAddress)
      .number("EventSensorType", record.sensorType)
      .number("EventType", record.eventType)
      .number("EventOffset", record.offset)
      .number("EventSourceType", record.sourceType)
      .number("EventSeverity", record.severity)
      .number("SensorNumber", record.sensorNumber)
      .number("Entity", record.entity)
      .number("EntityInstance", record.entityInstance)
      .base64("EventData", record.data)
      .close("Records");
}

}  // namespace

AmtStatus readEventLogRecords(Call& call) {
  const auto start = call.in.number<std::uint32_t>("StartIndex");
  std::optional<std::uint32_t> count;
  if (!start || !call.in.optional("RecordCount", count)) return AmtStatus::invalidParameter;
  const auto& log = call.me.nvram().eventLog;
  // Record 1 is the newest; an empty log can be read from there too.
  if (*start == 0 || *start > std::max<std::size_t>(log.size(), 1)) return AmtStatus::invalidIndex;
  const std::size_t left = log.empty() ? 0 : log.size() - (*start - 1);
  const std::size_t returned = std::min<std::size_t>(left, count.value_or(call.me.profile.event.logRecordsMax));
  call.out.number("TotalRecordCount", log.size()).number("RecordsReturned", returned);
  for (std::size_t i = 0; i < returned; ++i) writeRecord(call.out, log[left - 1 - i]);
  return AmtStatus::success;
}

AmtStatus clearEventLog(Call& call) {
  return machine::clearEventLog(call.me);
}

AmtStatus freezeEventLog(Call& call) {
  const auto frozen = call.in.flag("FreezeEventLog");
  return frozen ? machine::freezeEventLog(call.me, *frozen) : AmtStatus::invalidParameter;
}

AmtStatus getEventLogStatus(Call& call) {
  const auto& nvram = call.me.nvram();
  call.out.open("LogStatus")
      .flag("IsFrozen", nvram.eventLogFrozen)
      .number("CurrentNumberOfRecords", nvram.eventLog.size())
      .number("MaxNumberOfRecords", call.me.profile.event.logRecordsMax)
      .close("LogStatus");
  return AmtStatus::success;
}

}  // namespace vme::firmware::eoi
