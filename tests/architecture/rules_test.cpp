// The rules find what they are there to find.

#include "rules.hpp"

#include <gmock/gmock.h>

namespace vme::architecture {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(IncludeRule, FindsAnIncludeAgainstTheDirection) {
  EXPECT_THAT(includeBreaches("wire/a.cpp", "wire", "#include \"base/bytes.hpp\"\n#include \"machine/me.hpp\"\n"),
              ElementsAre("wire/a.cpp:2: wire must not include machine"));
  EXPECT_THAT(includeBreaches("servicepoint/a.cpp", "servicepoint", "#include \"firmware/services.hpp\"\n"),
              ElementsAre(HasSubstr("must not include firmware")));
  EXPECT_THAT(includeBreaches("base/a.hpp", "base", "  #  include <net/tls.hpp>"),
              ElementsAre(HasSubstr("must not include net")));
  EXPECT_THAT(includeBreaches("net/a.cpp", "net", "#include \"testing/clock.hpp\"\n"),
              ElementsAre(HasSubstr("must not include testing")));
}

TEST(IncludeRule, AcceptsItsOwnFolderThoseBelowAndLibraries) {
  EXPECT_THAT(includeBreaches("machine/a.cpp", "machine",
                              "#include \"machine/me.hpp\"\n#include \"wire/hello.hpp\"\n#include <boost/asio.hpp>\n"),
              IsEmpty());
  EXPECT_THAT(includeBreaches("testing/a.cpp", "testing", "#include \"runtime/fleet.hpp\"\n"), IsEmpty());
}

TEST(IncludeRule, RefusesAFolderWithoutARule) {
  EXPECT_THAT(includeBreaches("misc/a.cpp", "misc", ""), ElementsAre(HasSubstr("folder misc is in no rule")));
}

TEST(PurityRule, FindsIoClocksThreadsAndRandomness) {
  for (const auto* line :
       {"#include <sys/socket.h>", "#include <netinet/in.h>", "#include <boost/asio/ip/tcp.hpp>",
        "#include <boost/beast/http.hpp>", "#include <openssl/ssl.h>", "#include <fstream>", "#include <filesystem>",
        "#include <thread>", "#include <mutex>", "auto t = std::chrono::steady_clock::now();", "std::random_device r;",
        "if (getenv(\"HOME\")) return;", "auto t = time(nullptr);", "int x = rand();"}) {
    EXPECT_THAT(purityBreaches("machine/a.cpp", "machine", line), ElementsAre(HasSubstr("machine/a.cpp:1: "))) << line;
  }
}

TEST(PurityRule, LeavesCommentsOtherFoldersAndTheReaderOfProfilesAlone) {
  EXPECT_THAT(purityBreaches("machine/a.cpp", "machine", "// never calls steady_clock::now\nint brand(int);\n"),
              IsEmpty());
  EXPECT_THAT(purityBreaches("net/a.cpp", "net", "#include <sys/socket.h>\n"), IsEmpty());
  EXPECT_THAT(purityBreaches("profile/catalogue.cpp", "profile", "#include <fstream>\n"), IsEmpty());
  EXPECT_THAT(purityBreaches("profile/a.cpp", "profile", "#include <fstream>\n"), ElementsAre(HasSubstr("profile")));
  EXPECT_THAT(purityBreaches("profile/catalogue.cpp", "profile", "#include <fstream>\n#include <thread>\n"),
              ElementsAre(HasSubstr("profile/catalogue.cpp:2: ")));
}

TEST(ScenarioRule, WantsTwoCommentLines) {
  EXPECT_THAT(scenarioBreaches("a.yaml", "# What it shows, in a line.\n# vme run scenarios/a.yaml\nname: a\n"),
              IsEmpty());
  EXPECT_THAT(scenarioBreaches("a.yaml", "name: a\nseed: 1\n").size(), 2U);
  EXPECT_THAT(scenarioBreaches("a.yaml", "# What it shows, in a line.\nname: a\n"), ElementsAre(HasSubstr("a.yaml:2")));
  EXPECT_THAT(scenarioBreaches("a.yaml", "# What it shows, in a line."), ElementsAre(HasSubstr("a.yaml:1")));
}

}  // namespace
}  // namespace vme::architecture
