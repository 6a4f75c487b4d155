#pragma once
// A machine's set-up over WS-Man, and what verifies it afterwards (wsman.md 7.2 and 7.6, wsman-classes.md).

#include "servicepoint/setup_context.hpp"
#include "servicepoint/wsman_client.hpp"

namespace vme::servicepoint {

class WsmanSetup {
 public:
  explicit WsmanSetup(SetupContext& context) : context_(context), client_(context.session) {}

  net::Task<Attempt<std::string>> readVersion();
  /// From the UUID to CommitChanges.
  net::Task<Attempt<void>> run();
  /// Operational, under its name, and the set-up password refused.
  net::Task<Attempt<void>> verify();

 private:
  struct Row;

  net::Task<Attempt<void>> invoke(std::string_view className, std::string_view method, std::string_view parameters);
  net::Task<Attempt<void>> checkUuid();
  net::Task<Attempt<void>> extendWindow();
  net::Task<Attempt<void>> checkOtp();
  net::Task<Attempt<void>> getClock();
  net::Task<Attempt<void>> setClock();
  net::Task<Attempt<void>> setNames();
  net::Task<Attempt<void>> setMebxPassword();
  net::Task<Attempt<void>> setAdminPassword();
  net::Task<Attempt<void>> addKey();
  net::Task<Attempt<void>> addCertificate();
  net::Task<Attempt<void>> findCertificate();
  net::Task<Attempt<void>> setTlsCredentials();
  net::Task<Attempt<void>> setTlsOptions();
  net::Task<Attempt<void>> addUsers();
  net::Task<Attempt<void>> addUser(const std::string& user, bool again);
  net::Task<Attempt<void>> setEnabledInterfaces();
  net::Task<Attempt<void>> setTlsPsk();
  net::Task<Attempt<void>> commit();

  SetupContext& context_;
  WsmanClient client_;
  std::string realm_;
  std::string clockRead_;  // the ME's
  std::uint32_t clockReadAt_ = 0;
  std::string certificateId_;  // InstanceID of AMT_PublicKeyCertificate
};

}  // namespace vme::servicepoint
