// Any UUID as a firmware client to connect to, and any bytes as a host's messages to AMTHI, on a machine of any build.

#include "testing/heci_host.hpp"

using namespace vme;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kUuid = 16;
  if (size < 1 + kUuid) return 0;
  static const auto kProfiles = testing::profileNames();
  testing::MachineBuilder builder(kProfiles[data[0] % kProfiles.size()]);
  builder.with([](profile::Profile& profile) {
    profile.heci.extraCommands = {AmthiCommand::setHostFqdn, AmthiCommand::getFqdn, AmthiCommand::stopConfiguration};
  });
  const auto machine = builder.timing(0.5).build();
  Uuid client;
  std::copy_n(data + 1, kUuid, client.wire.begin());
  if (firmware::heci::Session::connect(machine->me(), client, {})) testing::HeciHost(*machine, client).play({});
  testing::HeciHost(*machine, wire::heci::kAmthi).play({data + 1 + kUuid, size - 1 - kUuid});
  return 0;
}
