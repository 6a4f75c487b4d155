// Any bytes as a host's messages to MKHI (even first byte) or the watchdog, which waits for an operating system.

#include "testing/heci_host.hpp"

using namespace vme;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  testing::MachineBuilder builder("amt-5.2");
  const auto machine = builder.with([](profile::Profile& profile) { profile.heci.osWatchdog = true; }).build();
  const auto& client = data[0] % 2 == 0 ? wire::heci::kMkhi : wire::heci::kWatchdog;
  testing::HeciHost(*machine, client).play({data + 1, size - 1});
  return 0;
}
