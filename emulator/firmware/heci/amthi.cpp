#include "firmware/heci/amthi.hpp"

#include <algorithm>

namespace vme::firmware::heci {
namespace {

using wire::amthi::Header;

const AmthiRow* rowOf(const Me& me, std::uint32_t command) {
  if (!me.profile.heci.has(AmthiCommand{command})) return nullptr;
  for (const auto rows : {amthiSetupRows(), amthiInfoRows(), amthiModernRows()}) {
    const auto row = std::ranges::find(rows, AmthiCommand{command}, &AmthiRow::command);
    if (row != rows.end()) return &*row;
  }
  return nullptr;
}

/// No source shows what firmware answers to a command it has not (heci.md 4.5).
void answerUnknown(const Me& me, const Header& header, Reaction& reaction) {
  switch (me.profile.heci.unknownCommand) {
    case profile::UnknownCommand::status:
      reaction.actions.emplace_back(
          Send{wire::amthi::response(header.command, AmtStatus{me.profile.heci.unknownStatus})});
      break;
    case profile::UnknownCommand::empty:
      reaction.actions.emplace_back(Send{});
      break;
    case profile::UnknownCommand::silent:
      break;
  }
}

AmthiAnswer answer(Me& me, const AmthiRow& row, const Header& header, ByteView data, Effects& effects) {
  const bool fits = header.length == data.size() && data.size() >= row.least && data.size() <= row.most;
  if (!fits) return AmtStatus::invalidMessageLength;
  // In recovery the host can tell what there is to update, and nothing else.
  if (me.hot.recovering && row.command != AmthiCommand::getCodeVersions) return AmtStatus::notReady;
  return row.handle({me, data, effects});
}

}  // namespace

Reaction onAmthi(Me& me, ByteView message, Effects& effects) {
  Reaction reaction;
  const auto header = wire::amthi::readHeader(message);
  if (!header) return reaction;
  const auto drawNumber = static_cast<std::uint64_t>(me.now.ms);
  reaction.latency = machine::latency(me, me.profile.heci.answerMs, false, drawNumber);
  if (header->major != 1 || header->minor != 1 || header->reserved != 0) {
    reaction.actions.emplace_back(Send{wire::amthi::response(header->command, AmtStatus::unsupportedVersion)});
    return reaction;
  }
  const auto* row = rowOf(me, header->command);
  if (!row) {
    answerUnknown(me, *header, reaction);
    return reaction;
  }
  const auto data = message.subspan(wire::amthi::kHeaderSize);
  auto answered = answer(me, *row, *header, data, effects);
  const bool ok = answered.status == AmtStatus::success;
  reaction.latency = machine::latency(me, me.profile.heci.answerMs, ok && answered.stores, drawNumber);
  reaction.actions.emplace_back(
      Send{wire::amthi::response(header->command, answered.status, ok ? ByteView(answered.data) : ByteView())});
  return reaction;
}

}  // namespace vme::firmware::heci
