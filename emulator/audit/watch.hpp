#pragma once
// Listens to a fleet while it runs and keeps what a server does to each machine.

#include <vector>

#include "audit/conduct.hpp"

namespace vme::audit {

class Watch final : public runtime::Observer {
 public:
  Watch(std::uint32_t machines, std::uint64_t salt) : conducts_(machines), salt_(salt) {}

  bool wants(runtime::Happening::Kind kind) const override { return isOfInterest(kind); }
  /// Without a lock: all that happens to a machine is told by one thread, and machines share nothing here.
  void happened(const runtime::Happening& happening) override {
    if (happening.machine < conducts_.size()) add(conducts_[happening.machine], happening, salt_);
  }

  /// Once the fleet has stopped.
  const Conduct& of(std::uint32_t machine) const { return conducts_[machine]; }

 private:
  std::vector<Conduct> conducts_;
  std::uint64_t salt_;
};

}  // namespace vme::audit
