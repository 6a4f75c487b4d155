#pragma once
// A machine's set-up over EOI, and what verifies it afterwards. The order is that of a set-up server of the time
// (eoi.md 4, provisioning.md 6.2).

#include "servicepoint/eoi_client.hpp"
#include "servicepoint/setup_context.hpp"

namespace vme::servicepoint {

class EoiSetup {
 public:
  explicit EoiSetup(SetupContext& context) : context_(context), client_(context.session) {}

  net::Task<Attempt<std::string>> readVersion();
  /// From OTP to CommitChanges.
  net::Task<Attempt<void>> run();
  /// Operational, under its name, and the set-up password refused.
  net::Task<Attempt<void>> verify();

 private:
  struct Row;

  net::Task<Attempt<void>> extendWindow();
  net::Task<Attempt<void>> checkOtp();
  net::Task<Attempt<void>> getClock();
  net::Task<Attempt<void>> setClock();
  net::Task<Attempt<void>> setHostName();
  net::Task<Attempt<void>> setDomainName();
  net::Task<Attempt<void>> setMebxPassword();
  net::Task<Attempt<void>> getDigestRealm();
  net::Task<Attempt<void>> setAdminPassword();
  net::Task<Attempt<void>> setRngKey();
  net::Task<Attempt<void>> setKeyAndCertificate();
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
  net::Task<Attempt<bool>> isOperational();

  SetupContext& context_;
  EoiClient client_;
  std::string realm_;
  std::string clockRead_;  // the ME's
  std::uint32_t clockReadAt_ = 0;
  std::string certificateHandle_;
};

}  // namespace vme::servicepoint
