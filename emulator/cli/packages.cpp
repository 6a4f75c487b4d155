#include "cli/packages.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "cli/common.hpp"
#include "scenario/firmware_package.hpp"

namespace vme::cli {
namespace {

namespace fs = std::filesystem;
using wire::agent::PackageKind;

Bytes bytesOf(const std::string& text) {
  const auto view = asBytes(text);
  return {view.begin(), view.end()};
}

servicepoint::Package driverPackage(const fs::path& file, const std::string& text) {
  auto version = text.substr(0, text.find_first_of("\r\n"));
  if (!wire::agent::parseVersion(version)) {
    throw ConfigError(file.string(), fmt::format("the first line is no version. write one such as 3.2.20.1046"));
  }
  return servicepoint::makePackage(
      {.name = file.filename().string(), .kind = PackageKind::driver, .version = std::move(version)}, bytesOf(text));
}

/// Sorted, so that every start serves them in the same order.
std::vector<fs::path> filesIn(const std::string& place, const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, error)) files.push_back(entry.path());
  if (error) {
    throw ConfigError(place, fmt::format("{}: {}. name a folder that can be read", folder.string(), error.message()));
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

host::FirmwareImage firmwareImage(const std::string& file, ByteView content) {
  auto image = host::decodeFirmwareImage(content);
  if (image) return *std::move(image);
  throw ConfigError(file, fmt::format("{}. make it with vme firmware make", image.error().message()));
}

std::vector<servicepoint::Package> readPackages(const std::string& place, const fs::path& folder) {
  std::vector<servicepoint::Package> packages;
  for (const auto& file : filesIn(place, folder)) {
    const auto kind = file.extension();
    if (kind == ".fw") {
      auto content = bytesOf(readFile(place, file));
      const auto image = firmwareImage(file.string(), content);
      packages.push_back(scenario::firmwarePackage(file.filename().string(), image, std::move(content)));
    }
    if (kind == ".driver") packages.push_back(driverPackage(file, readFile(place, file)));
  }
  if (!packages.empty()) return packages;
  throw ConfigError(place, fmt::format("{} holds no package. put NAME.fw or NAME.driver there", folder.string()));
}

}  // namespace vme::cli
