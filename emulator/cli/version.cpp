#include <fmt/format.h>
#include <openssl/crypto.h>

#include <boost/json/object.hpp>
#include <boost/version.hpp>

#include "cli/commands.hpp"
#include "cli/common.hpp"

namespace vme::cli {
namespace {

#if defined(__clang__)
constexpr const char* kCompiler = "clang " __clang_version__;
#else
constexpr const char* kCompiler = "g++ " __VERSION__;
#endif

Exit showVersion(bool json) {
  const auto boost = fmt::format("{}.{}.{}", BOOST_VERSION / 100000, BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100);
  const std::string openssl = OpenSSL_version(OPENSSL_VERSION);
  if (json) {
    printJson(
        boost::json::object{{"version", VME_VERSION}, {"compiler", kCompiler}, {"openssl", openssl}, {"boost", boost}});
  } else {
    fmt::print("vme {}\ncompiled by {}\n{}\nBoost {}\n", VME_VERSION, kCompiler, openssl, boost);
  }
  return Exit::held;
}

}  // namespace

void addVersion(Cli& cli) {
  auto json = std::make_shared<bool>(false);
  auto* app = cli.add(cli.root(),
                      {"version", "of vme, and what it is built with", kLookUp, {"vme version", "vme version --json"}},
                      [json] { return showVersion(*json); });
  addFlag(app, "--json", *json, "as JSON");
}

}  // namespace vme::cli
