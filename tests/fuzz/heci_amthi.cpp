// Any UUID as a firmware client to connect to, and any bytes as a host's messages to AMTHI, on a machine of any build.

#include "testing/heci_host.hpp"

using namespace vme;

static std::unique_ptr<testing::BuiltMachine> build(const std::string& profile) {
  testing::MachineBuilder builder(profile);
  builder.with([](profile::Profile& p) {
    p.heci.extraCommands = {AmthiCommand::setHostFqdn, AmthiCommand::getFqdn, AmthiCommand::stopConfiguration};
  });
  return builder.timing(0.5).build();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kUuid = 16;
  if (size < 1 + kUuid) return 0;
  static std::vector<std::unique_ptr<testing::BuiltMachine>> machines;
  if (machines.empty()) {
    for (const auto& name : testing::profileNames()) machines.push_back(build(name));
  }
  auto& machine = *machines[data[0] % machines.size()];
  machine.renew();
  Uuid client;
  std::copy_n(data + 1, kUuid, client.wire.begin());
  if (firmware::heci::Session::connect(machine.me(), client, {})) testing::HeciHost(machine, client).play({});
  testing::HeciHost(machine, wire::heci::kAmthi).play({data + 1 + kUuid, size - 1 - kUuid});
  return 0;
}
