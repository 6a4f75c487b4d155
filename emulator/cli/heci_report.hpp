#pragma once
// What `vme heci` asks an ME, and how it tells the answers.

#include <boost/json/value.hpp>
#include <string>

#include "net/heci.hpp"

namespace vme::cli {

struct HeciReport {
  std::string text;
  boost::json::value json;
  std::string error;  // in place of both
};

net::Task<HeciReport> versionsOf(net::HeciDevice& device);
net::Task<HeciReport> stateOf(net::HeciDevice& device);
net::Task<HeciReport> hashesOf(net::HeciDevice& device);
net::Task<HeciReport> setOtp(net::HeciDevice& device, std::string otp);
/// `client`: a name, or a UUID.
net::Task<HeciReport> sendRaw(net::HeciDevice& device, const std::string& hex, const std::string& client);

}  // namespace vme::cli
