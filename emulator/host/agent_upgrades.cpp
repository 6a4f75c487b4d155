// The steps of a task sequence that mend what is too old.

#include <fmt/format.h>

#include <algorithm>

#include "host/agent_run.hpp"

namespace vme::host {
namespace {

using wire::agent::DriverLevel;
using wire::agent::PackageFacts;
using wire::agent::PackageKind;
using wire::agent::parseVersion;
using wire::amthi::Command;

}  // namespace

Attempt<void> AgentRun::checkDriver() const {
  const auto driver = pc_.facts().driver;
  if (driver == Driver::absent) return stop(Reason::heciDriverMissing, "the PC has no HECI driver");
  if (driver == Driver::old && policy_.minimumDriver == DriverLevel::current) {
    return stop(Reason::heciDriverOld, "the policy asks for the current HECI driver");
  }
  return {};
}

const PackageFacts* AgentRun::bestPackage(PackageKind kind) const {
  const PackageFacts* best = nullptr;
  const auto chipset = pc_.facts().chipset;
  for (const auto& package : policy_.packages) {
    if (package.kind != kind || !parseVersion(package.version)) continue;
    if (kind == PackageKind::firmware && package.chipset != chipset) continue;
    if (!best || *parseVersion(package.version) > *parseVersion(best->version)) best = &package;
  }
  return best;
}

net::Task<Attempt<void>> AgentRun::upgradeDriver() {
  auto fits = checkDriver();
  if (fits) co_return fits;
  const auto* package = bestPackage(PackageKind::driver);
  if (!package) {
    fits.error().text += "; there is no package with one";
    co_return fits;
  }
  const auto content = co_await server_.package(*package);
  if (!content) co_return std::unexpected(content.error());
  pc_.installDriver();
  co_return Attempt<void>();
}

net::Task<Attempt<void>> AgentRun::readVersions() {
  auto driver = checkDriver();
  if (!driver) co_return driver;
  const auto data = co_await me_.read(Command::getCodeVersions);
  if (!data) co_return std::unexpected(data.error());
  auto versions = wire::amthi::parseCodeVersions(*data);
  if (!versions) co_return stop(Reason::heciFailed, "GetCodeVersions: " + versions.error().message());
  versions_ = *std::move(versions);
  result_.version = versions_.of("AMT");
  version_ = parseVersion(result_.version);
  if (version_) co_return Attempt<void>();
  co_return stop(Reason::heciFailed, fmt::format("the AMT version reads '{}'", result_.version));
}

std::optional<wire::agent::Version> AgentRun::neededFirmware() const {
  const auto minimum = minimumFor(policy_.minimumFirmware, *version_);
  if (minimum && *version_ >= *minimum) return std::nullopt;
  return minimum.value_or(*version_);
}

net::Task<Attempt<void>> AgentRun::upgradeFirmware() {
  auto read = co_await readVersions();
  if (!read) co_return read;
  const auto needed = neededFirmware();
  if (!needed) co_return Attempt<void>();
  const auto* package = bestPackage(PackageKind::firmware);
  if (!package || *parseVersion(package->version) < *needed) {
    co_return stop(Reason::firmwareTooOld, fmt::format("AMT {}, and no package for chipset {} brings {}",
                                                       version_->text(), pc_.facts().chipset, needed->text()));
  }
  const auto content = co_await server_.package(*package);
  if (!content) co_return std::unexpected(content.error());
  const auto image = decodeFirmwareImage(*content);
  if (!image) {
    co_return stop(Reason::updateRefused, fmt::format("{}: {}", package->name, image.error().message()));
  }
  if (!pc_.facts().tools.firmwareUpdater) {
    co_return stop(Reason::firmwareTooOld, fmt::format("AMT {}, and the PC has no firmware updater", version_->text()));
  }
  me_.close();
  auto flashed = co_await pc_.flash(*image);
  // One that ended half-way can be done again.
  updateBroke_ = flashed.reason == Reason::updateFailed;
  if (flashed.reason != Reason::none) {
    co_return std::unexpected(Stop{flashed.reason, std::move(flashed.text), updateBroke_});
  }
  rebootDue_ = true;
  co_return Attempt<void>();
}

net::Task<Attempt<void>> AgentRun::reboot() {
  if (!rebootDue_) co_return Attempt<void>();
  me_.close();
  co_await pc_.reboot();
  rebootDue_ = false;
  co_return Attempt<void>();
}

net::Task<Attempt<void>> AgentRun::makeSeed() {
  auto driver = checkDriver();
  if (!driver) co_return driver;
  // Without the tool a seed that is missing is found so by the next step.
  if (!pc_.facts().tools.rngSeedCreator) co_return Attempt<void>();
  const auto made = co_await createRngSeed(pc_, me_, options_.rng);
  if (!made) co_return std::unexpected(made.error());
  co_return Attempt<void>();
}

}  // namespace vme::host
