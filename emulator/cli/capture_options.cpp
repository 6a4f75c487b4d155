#include "cli/capture_options.hpp"

#include "base/error.hpp"
#include "cli/common.hpp"

namespace vme::cli {
namespace {

constexpr std::uint64_t kLeastLimit = 64U << 10U, kMostLimit = 1ULL << 50U;

}  // namespace

void addCaptureOptions(CLI::App* app, CaptureOptions& options) {
  addOption(app, "--capture", options.file, "FILE",
            "what the machines send and receive, as Wireshark opens it, decrypted");
  addNames(app, "--capture-machines", options.machines, "GROUP/INDEX,...", "of these only: GROUP/INDEX or GROUP");
  addOption(app, "--capture-limit", options.limit, "SIZE", "the size at which it takes nothing more; default 1GiB");
}

std::optional<scenario::CaptureSpec> captureSpec(const CaptureOptions& options,
                                                 std::optional<scenario::CaptureSpec> ofFile) {
  auto spec = std::move(ofFile);
  if (!options.file.empty()) {
    if (!spec) spec.emplace();
    spec->file = std::filesystem::absolute(options.file);
  }
  if (!spec) {
    require(options.machines.empty(), "--capture-machines", "there is no capture. add --capture FILE.pcapng");
    require(options.limit.empty(), "--capture-limit", "there is no capture. add --capture FILE.pcapng");
    return spec;
  }
  if (!options.machines.empty()) spec->machines = options.machines;
  if (!options.limit.empty()) {
    spec->limit = sizeBytes("--capture-limit", options.limit, kMostLimit);
    require(spec->limit >= kLeastLimit, "--capture-limit", "is too little for a conversation. give 64KiB or more");
  }
  return spec;
}

}  // namespace vme::cli
