#include "testing/machine_builder.hpp"

#include <algorithm>
#include <stdexcept>

#include "fleet/plan.hpp"
#include "machine/setup.hpp"
#include "profile/catalogue.hpp"
#include "wire/amt_status.hpp"

namespace vme::testing {
namespace {

const profile::Catalogue& catalogue() {
  static const profile::Catalogue kCatalogue;
  return kCatalogue;
}

std::vector<machine::RootEntry> factoryRoots(const profile::Profile& profile) {
  std::vector<machine::RootEntry> roots;
  for (const auto& entry : profile.prov.hashes) {
    const auto hash = fromHex(entry.sha1);
    if (!hash) throw std::logic_error("the profile's hash is no hex: " + entry.name);
    const auto handle = static_cast<std::uint32_t>(roots.size() + 1);
    roots.push_back({handle, entry.name, {wire::HashAlgorithm::sha1, *hash}, true, entry.active});
  }
  return roots;
}

void expectSuccess(wire::AmtStatus status, const char* what) {
  if (status == wire::AmtStatus::success) return;
  throw std::logic_error(std::string(what) + ": " + std::string(wire::nameOf(status)));
}

void openPkiWindow(machine::Me& me, machine::Effects& effects) {
  me.hot.rngSeeded = true;
  machine::powerOn(me, effects);
  if (me.hot.state == machine::State::inSetup) return;
  const auto status = machine::startConfiguration(me, effects);
  if (!machine::isStartAccepted(status)) expectSuccess(status, "startConfiguration");
}

}  // namespace

std::vector<std::string> profileNames() {
  return catalogue().names();
}

MachineBuilder::MachineBuilder(std::string_view profile) : machine_(std::make_unique<BuiltMachine>()) {
  machine_->profile = *catalogue().find(profile);
  machine_->environment.roots = factoryRoots(machine_->profile);
  machine_->environment.dhcpSuffix = "vme.test";
  machine_->now = MeTime{1'249'948'800'000};
  machine_->identity = fleet::identityOf(1, 0, 0x7F100000);
}

MachineBuilder& MachineBuilder::seed(std::uint64_t seed, std::uint64_t index) {
  machine_->seed = seed;
  machine_->index = index;
  machine_->identity = fleet::identityOf(seed, index, machine_->identity.ipv4);
  return *this;
}

MachineBuilder& MachineBuilder::address(std::uint32_t ipv4) {
  machine_->identity.ipv4 = ipv4;
  return *this;
}

MachineBuilder& MachineBuilder::at(MeTime now) {
  machine_->now = now;
  return *this;
}

MachineBuilder& MachineBuilder::timing(double scale) {
  machine_->environment.timingScale = scale;
  return *this;
}

MachineBuilder& MachineBuilder::dhcpSuffix(std::string suffix) {
  machine_->environment.dhcpSuffix = std::move(suffix);
  return *this;
}

MachineBuilder& MachineBuilder::otp(std::string otp) {
  machine_->environment.otp = std::move(otp);
  return *this;
}

MachineBuilder& MachineBuilder::setupPassword(std::string password) {
  machine_->environment.setupPassword = std::move(password);
  return *this;
}

MachineBuilder& MachineBuilder::root(std::string name, const wire::Sha1& sha1) {
  auto& roots = machine_->environment.roots;
  const auto handle = static_cast<std::uint32_t>(roots.size() + 1);
  roots.push_back({handle, std::move(name), {wire::HashAlgorithm::sha1, Bytes(sha1.begin(), sha1.end())}, false, true});
  return *this;
}

MachineBuilder& MachineBuilder::hostName(std::string host, std::string domain) {
  host_ = std::move(host);
  domain_ = std::move(domain);
  return *this;
}

MachineBuilder& MachineBuilder::with(const std::function<void(profile::Profile&)>& change) {
  change(machine_->profile);
  return *this;
}

MachineBuilder& MachineBuilder::inSetupByPsk() {
  way_ = Way::psk;
  return *this;
}

MachineBuilder& MachineBuilder::inSetupByPki() {
  way_ = Way::pki;
  return *this;
}

MachineBuilder& MachineBuilder::operational(std::string password) {
  way_ = Way::operational;
  password_ = std::move(password);
  return *this;
}

std::unique_ptr<BuiltMachine> MachineBuilder::build() {
  auto me = machine_->me();
  machine::Effects effects;
  switch (way_) {
    case Way::factory:
      break;
    case Way::psk:
      expectSuccess(machine::enterPskPair(me, nullptr, effects), "enterPskPair");
      break;
    case Way::pki:
      openPkiWindow(me, effects);
      break;
    case Way::operational:
      expectSuccess(machine::setUpManually(me, password_, effects), "setUpManually");
      break;
  }
  if (!host_.empty() || !domain_.empty()) {
    me.change().hostName = host_;
    me.change().domainName = domain_;
  }
  return std::move(machine_);
}

}  // namespace vme::testing
