// Any bytes as a host's messages to MKHI (even first byte) or the watchdog, which waits for an operating system.

#include "testing/heci_host.hpp"

using namespace vme;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const auto machine =
      testing::MachineBuilder("amt-5.2").with([](auto& profile) { profile.heci.osWatchdog = true; }).build();
  machine->renew();
  const auto& client = data[0] % 2 == 0 ? wire::heci::kMkhi : wire::heci::kWatchdog;
  testing::HeciHost(*machine, client).play({data + 1, size - 1});
  return 0;
}
