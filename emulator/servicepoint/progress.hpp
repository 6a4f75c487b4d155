#pragma once
// What attempts at a machine have left in it. A later attempt starts from here: the ME keeps what it was told although
// the conversation broke.

#include <string>

#include "servicepoint/authority.hpp"
#include "servicepoint/secrets.hpp"

namespace vme::servicepoint {

struct Progress {
  MachineSecrets secrets;
  TlsIdentity identity;
  std::string hostName;
  std::string fqdn;
  /// By which account admin the set-up was entered, to see that it is refused afterwards.
  std::string setupPassword;
  // Sent, whether or not an answer came.
  bool mebxSent = false;
  bool adminSent = false;
  bool userSent = false;
  bool pskSent = false;
  bool commitSent = false;
  /// After pskSent: the pair of the hello is tried again, since the new one was refused.
  bool useHelloPair = false;
};

}  // namespace vme::servicepoint
