#pragma once
// The HECI device of one machine, for programs of its PC in this process: what is open on it, and how messages reach
// firmware/heci and come back. Everything happens on the machine's shard.

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "firmware/heci/session.hpp"
#include "net/heci.hpp"

namespace vme::runtime {

class Shard;

class MachineHeci final : public net::HeciDevice {
 public:
  MachineHeci(Shard& shard, std::uint32_t local) : shard_(shard), local_(local) {}

  net::Task<net::Heci<std::unique_ptr<net::HeciFile>>> open() override;
  net::asio::any_io_executor executor() override;
  /// The ME is reset: every connection ends.
  void reset();

 private:
  class File;
  struct Link;
  class PortChannel;

  machine::Identity identity() const;
  std::vector<firmware::heci::Client> connected() const;
  /// The next link whose message the ME may take up.
  void pump();

  Shard& shard_;
  std::uint32_t local_;
  std::vector<std::shared_ptr<Link>> links_;  // connected ones
  bool amthiIsBusy_ = false;                  // one command at a time, whoever gave it
};

}  // namespace vme::runtime
