#include "scenario/environment.hpp"

#include <openssl/crypto.h>
#include <sys/utsname.h>

#include <thread>

#include "net/descriptor_limit.hpp"

namespace vme::scenario {

report::Environment environmentOfRun() {
  report::Environment environment;
  environment.version = VME_VERSION;
#if defined(__clang__)
  environment.compiler = "clang " __clang_version__;
#else
  environment.compiler = "g++ " __VERSION__;
#endif
  environment.openssl = OpenSSL_version(OPENSSL_VERSION);
  utsname system{};
  if (uname(&system) == 0) {
    environment.kernel = std::string(system.sysname) + " " + system.release + " " + system.machine;
  }
  environment.cores = std::max(1U, std::thread::hardware_concurrency());
  environment.descriptorsLimit = net::descriptorLimit();
  return environment;
}

}  // namespace vme::scenario
