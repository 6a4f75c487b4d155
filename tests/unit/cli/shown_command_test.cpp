#include "cli/shown_command.hpp"

#include <gmock/gmock.h>

#include "base/error.hpp"
#include "cli/capture_options.hpp"

namespace vme::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ShownCommand, KeepsWhatIsNoSecret) {
  EXPECT_THAT(shownCommand({"run", "a b.yaml", "--set", "clock.speed=60", "--psk-out", "pairs.txt", "--psk-out=x"}),
              ElementsAre("run", "a b.yaml", "--set", "clock.speed=60", "--psk-out", "pairs.txt", "--psk-out=x"));
}

TEST(ShownCommand, RemovesSecrets) {
  EXPECT_THAT(shownCommand({"--set", "groups.a.setup_password=S3cret", "--set=service_point.admin_password=S3=cret",
                            "--otp", "S3cret", "--psk=S3cret", "--provisioned", "admin:S3cret"}),
              ElementsAre("--set", "groups.a.setup_password=(removed)", "--set=(removed)", "--otp", "(removed)",
                          "--psk=(removed)", "--provisioned", "(removed)"));
}

TEST(CaptureOptions, WinOverTheScenarios) {
  const scenario::CaptureSpec ofFile{.file = "run.pcapng", .machines = {"a/1"}};
  EXPECT_EQ(captureSpec({}, ofFile)->file, "run.pcapng");
  const auto spec = captureSpec({.file = "/x.pcapng", .limit = "1MiB", .machines = {"b"}}, ofFile);
  EXPECT_EQ(spec->file, "/x.pcapng");
  EXPECT_EQ(spec->limit, 1U << 20U);
  EXPECT_THAT(spec->machines, ElementsAre("b"));
  EXPECT_FALSE(captureSpec({}, {}));
}

TEST(CaptureOptions, AreRefusedWithoutACapture) {
  const auto errorOf = [](const CaptureOptions& options) {
    try {
      captureSpec(options, {});
    } catch (const ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("none");
  };
  EXPECT_THAT(errorOf({.machines = {"a"}}), HasSubstr("--capture-machines: there is no capture"));
  EXPECT_THAT(errorOf({.limit = "1MiB"}), HasSubstr("--capture-limit: there is no capture"));
  EXPECT_THAT(errorOf({.file = "x", .limit = "1KiB"}), HasSubstr("--capture-limit: is too little"));
}

}  // namespace
}  // namespace vme::cli
