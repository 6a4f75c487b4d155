#pragma once
// Shard::Connection, for the source files of the shard.

#include "runtime/shard.hpp"

namespace vme::runtime {

struct Shard::Connection {
  std::unique_ptr<net::Channel> channel;
  std::uint32_t local = 0;
  machine::Identity identity;
  bool loggedIn = false;
  bool fromHost = false;
  std::optional<Handshake> handshake;
  Disorder disorder;
  std::list<Connection*>::iterator place;  // in byProgress_
  std::shared_ptr<net::CaptureFlow> flow;  // none: not captured
};

}  // namespace vme::runtime
