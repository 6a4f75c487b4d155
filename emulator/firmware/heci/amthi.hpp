#pragma once
// The AMTHI client: requests of the host to AMT, one answer each (heci.md 4). For firmware/heci only.

#include <cstdint>
#include <span>

#include "firmware/heci/session.hpp"
#include "wire/amthi.hpp"

namespace vme::firmware::heci {

using wire::AmtStatus;

/// A message in; an answer out, or nothing for what is no message.
Reaction onAmthi(Me& me, ByteView message, Effects& effects);

struct AmthiCall {
  Me& me;
  ByteView data;  // of the request
  Effects& effects;
};
struct AmthiAnswer {
  AmtStatus status = AmtStatus::success;
  Bytes data;  // sent with success alone
  bool stores = false;

  AmthiAnswer(AmtStatus s, bool isStored = false) : status(s), stores(isStored) {}
  AmthiAnswer(Bytes d) : data(std::move(d)) {}
};
using AmthiHandler = AmthiAnswer (*)(const AmthiCall& call);

struct AmthiRow {
  AmthiCommand command;
  std::size_t least, most;  // bytes of data in a request
  AmthiHandler handle;
};
std::span<const AmthiRow> amthiSetupRows();   // what reads or changes how the machine is set up
std::span<const AmthiRow> amthiInfoRows();    // what the machine is and how it is
std::span<const AmthiRow> amthiModernRows();  // what firmware has from 6.0 on

}  // namespace vme::firmware::heci
