#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/common.hpp"
#include "cli/packages.hpp"
#include "net/replace_file.hpp"
#include "profile/catalogue.hpp"
#include "scenario/firmware_package.hpp"

namespace vme::cli {
namespace {

constexpr mode_t kReadable = 0644;

struct MakeOptions {
  std::string profile, file;
  std::string size = "1MiB";
};
struct ShowOptions {
  std::string file;
  bool json = false;
};

std::string describe(const host::FirmwareImage& image) {
  return fmt::format("AMT {} build {} for {}, profile {}, payload {} bytes", image.version, image.build, image.chipset,
                     image.profile, image.payloadBytes);
}

Exit makeImage(const MakeOptions& options, const Globals& globals) {
  require(!options.profile.empty(), "vme firmware make", "no --profile given. name one; `vme profiles` lists them");
  require(!options.file.empty(), "vme firmware make", "no FILE given. name the file to write");
  const profile::Catalogue catalogue(globals.profileFolder());
  const auto profile = catalogue.find(options.profile, "--profile");
  const auto size = static_cast<std::uint32_t>(sizeBytes("--size", options.size, host::kMaxPayload));
  const auto image = scenario::firmwareImageOf(*profile, size);
  const auto bytes = encode(image);
  net::replaceFile(options.file, asText(bytes), kReadable);
  if (!globals.quiet) fmt::print("{}: {}\n", options.file, describe(image));
  return Exit::held;
}

Exit showImage(const ShowOptions& options) {
  require(!options.file.empty(), "vme firmware show", "no FILE given. name a firmware image");
  const auto content = readFile("vme firmware show", options.file);
  const auto image = firmwareImage(options.file, asBytes(content));
  if (options.json) {
    printJson(boost::json::object{{"profile", image.profile},
                                  {"version", image.version},
                                  {"build", image.build},
                                  {"chipset", image.chipset},
                                  {"payload_bytes", image.payloadBytes}});
  } else {
    fmt::print("{}: {}\n", options.file, describe(image));
  }
  return Exit::held;
}

}  // namespace

void addFirmware(Cli& cli) {
  auto* parent = cli.add(cli.root(),
                         {"firmware",
                          "make, show: firmware images for software distribution",
                          kPrepare,
                          {"vme firmware make --profile amt-2.2.20 packages/amt-2.2.20.fw",
                           "vme firmware show packages/amt-2.2.20.fw --json"}},
                         nullptr);
  auto make = std::make_shared<MakeOptions>();
  auto* app = cli.add(parent,
                      {"make",
                       "writes the image of a firmware build",
                       "",
                       {"vme firmware make --profile amt-2.2.20 packages/amt-2.2.20.fw",
                        "vme firmware make --profile amt-3.2.2 amt.fw --size 64KiB"}},
                      [&cli, make] { return makeImage(*make, cli.globals()); });
  addOption(app, "FILE", make->file, "FILE", "the image, replaced when it is there");
  addOption(app, "--profile", make->profile, "PROFILE", "the firmware build");
  addOption(app, "--size", make->size, "SIZE", "of the payload; default 1MiB, at most 64MiB");
  auto show = std::make_shared<ShowOptions>();
  app = cli.add(parent,
                {"show",
                 "tells what an image is, and whether it is whole",
                 "",
                 {"vme firmware show packages/amt-2.2.20.fw", "vme firmware show amt.fw --json"}},
                [show] { return showImage(*show); });
  addOption(app, "FILE", show->file, "FILE", "a firmware image");
  addFlag(app, "--json", show->json, "as JSON");
}

}  // namespace vme::cli
