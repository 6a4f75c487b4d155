#include "audit/rules.hpp"

#include <algorithm>
#include <array>

#include "audit/judgements.hpp"

namespace vme::audit {
namespace {

// The sources: best practices of the field as the project's docs/audit.md lists them.
constexpr std::array kRules{
    Rule{.id = "default-password-changed",
         .why = "The factory's password of the account admin is known to everybody (Intel's developer articles, OEM "
                "guides).",
         .looksAt = "the account admin of each machine after its set-up",
         .unseen = "no machine was set up",
         .judge = judgeDefaultPassword},
    Rule{.id = "admin-password-own",
         .why = "Who learns one machine's password must not have them all (Intel's implementation guide: a random "
                "password for each).",
         .looksAt = "the admin password hash of each machine against passwords that many know, and against machines "
                    "with the same digest realm",
         .unseen = "no machine has an admin account of its server's",
         .judge = judgeAdminPassword,
         .trait = adminTrait,
         .shared = "realm and admin password"},
    Rule{
        .id = "mebx-password-changed",
        .why = "With the factory's MEBx password anybody at the keyboard reconfigures the machine (Intel's SDK guide).",
        .looksAt = "whether a set-up by certificate was committed while the MEBx password was the factory's",
        .unseen = "no set-up by certificate was committed",
        .judge = judgeMebxPassword},
    Rule{.id = "mebx-password-own",
         .why = "A MEBx password that all machines share is learned once and opens all (Intel's implementation guide).",
         .looksAt = "salted hashes, made in the run, of the passwords that SetMEBxPassword gave",
         .unseen = "no MEBx password was set",
         .trait = mebxTrait,
         .shared = "MEBx password"},
    Rule{.id = "tls-on",
         .why = "Without TLS, passwords and commands can be read and changed on the way (field failure "
                "clear-text-smb-mode).",
         .looksAt = "the TLS options of each machine after its set-up",
         .unseen = "no machine was set up",
         .judge = judgeTls},
    Rule{
        .id = "no-clear-port",
        .why = "A port 16992 that stays open beside TLS lets everybody come in clear (Intel's SDK guide, TLS options).",
        .looksAt = "whether machines with TLS accept connections without",
        .unseen = "no machine has TLS",
        .judge = judgeClearPort},
    Rule{.id = "certificate-own",
         .why = "With one certificate on many machines none can be told from another, or revoked alone (Microsoft's "
                "Configuration Manager library: one web server certificate a machine).",
         .looksAt = "the TLS server certificates of all machines",
         .unseen = "no machine has a certificate",
         .trait = certificateTrait,
         .shared = "TLS certificate"},
    Rule{.id = "key-own",
         .why = "One key in many machines opens the traffic of all to who reads it from one (Microsoft's Configuration "
                "Manager library: a key pair a machine).",
         .looksAt = "the keys of different TLS server certificates",
         .unseen = "no machine has a certificate",
         .trait = keyTrait,
         .shared = "TLS key"},
    Rule{.id = "certificate-valid",
         .why = "Consoles refuse a machine whose certificate is not valid now (Microsoft's Configuration Manager "
                "library).",
         .looksAt = "the dates of each machine's TLS server certificate, by the real clock",
         .unseen = "no machine has a certificate",
         .judge = judgeCertificateDates},
    Rule{.id = "certificate-name",
         .why = "Consoles connect by the machine's full name and refuse a certificate for another (Microsoft's "
                "Configuration Manager library).",
         .looksAt = "the names in each machine's TLS server certificate, its host and domain name",
         .unseen = "no machine has both a certificate and a name",
         .judge = judgeCertificateName},
    Rule{.id = "key-length",
         .why = "Keys below 2048 bits can be broken, and this firmware takes 2048 (Microsoft's Configuration Manager "
                "library; NIST SP 800-57).",
         .looksAt = "the key length of each machine's TLS server certificate",
         .unseen = "no machine has a certificate",
         .judge = judgeKeyLength},
    Rule{.id = "psk-replaced",
         .why =
             "A PSK pair that went through hands on paper or USB key is used once and replaced in the set-up (Intel's "
             "SDK guide, SetTLSPSK).",
         .looksAt = "a SetTLSPSK that succeeded during each set-up by PSK",
         .unseen = "no machine was set up by PSK",
         .judge = judgePsk},
    Rule{.id = "provisioning-certificate-dedicated",
         .why = "A certificate that may set machines up is made for that alone (Microsoft's Manageability blog, best "
                "practices).",
         .looksAt = "the certificate that the server showed: its OID or OU, that it is no CA, and no machine's own",
         .unseen = "no server certificate was shown",
         .judge = judgeDedicated},
    Rule{.id = "provisioning-certificate-valid",
         .why =
             "An expired provisioning certificate is no longer watched by its issuer (Microsoft's vPro Expert Center "
             "articles: the service point unloads it).",
         .looksAt = "the dates of the certificate that the server showed, by the real clock when it did",
         .unseen = "no server certificate was shown",
         .judge = judgeProvisioningDates},
    Rule{.id = "revoked-certificate-refused",
         .why = "A revoked provisioning certificate may be in others' hands (Microsoft's Manageability blog, best "
                "practices).",
         .looksAt = "the certificate that the server showed, against the revocation lists of the scenario",
         .unseen = "the scenario names no revoked certificate, or none was shown",
         .judge = judgeRevokedProvisioning},
    Rule{.id = "blocked-certificate-revoked",
         .why = "A blocked machine that keeps a good certificate is believed by all others (field failure "
                "blocked-client-keeps-certificate).",
         .looksAt = "the certificates of blocked machines in the revocation list of the server's CA",
         .unseen = "no blocked machine holds a certificate, or the server's revocations are not known",
         .judge = judgeBlockedCertificate},
    Rule{.id = "refused-left-alone",
         .why = "A server that connects to a machine it refuses shows it certificate and password (Microsoft's "
                "Configuration Manager library: unknown hellos are discarded).",
         .looksAt = "connections to refused and blocked machines",
         .unseen = "no machine was refused or blocked",
         .judge = judgeRefused},
    Rule{.id = "otp-compared",
         .why = "The one-time password is all that tells the agent's machine from another at its address (Microsoft's "
                "Configuration Manager library).",
         .looksAt = "that the one-time password was read before anything was changed",
         .unseen = "no machine with a one-time password was changed by a set-up with a certificate",
         .judge = judgeOtp},
    Rule{.id = "in-band-preferred",
         .why = "Anybody may send a hello or answer one; an agent proves itself (Microsoft's Manageability blog: use "
                "in-band provisioning).",
         .looksAt = "that the set-up of a machine with an agent begins after the agent's request",
         .unseen = "no machine with an agent was set up",
         .judge = judgeInBand},
    Rule{.id = "uuid-checked",
         .why = "Addresses change hands: what answers may be another machine than the one that said hello (field "
                "failures dhcp-option-81-needed, ip-hijack-by-guest).",
         .looksAt = "that a call showed the UUID before anything was changed, and that machines with another UUID than "
                    "their hello's are left unchanged",
         .unseen = "no machine was changed whose firmware shows its UUID by a call alone",
         .judge = judgeUuid},
    Rule{.id = "least-realms",
         .why = "A user beside admin gets the realms that it needs, never administration (Microsoft's Manageability "
                "blog, best practices).",
         .looksAt = "the realms of all access control entries",
         .unseen = "no machine has users",
         .judge = judgeRealms},
    Rule{.id = "few-accounts",
         .why = "Each account is one more password that leaks, and tables are small (field failure acl-full: groups "
                "instead of users).",
         .looksAt = "the number of access control entries",
         .unseen = "no machine has users",
         .judge = judgeAccounts},
    Rule{.id = "clock-set",
         .why = "Kerberos and certificates fail on a machine whose clock is wrong (Intel's SCS scalability guide).",
         .looksAt = "a SetHighAccuracyTimeSynch that succeeded during each set-up, with the right time",
         .unseen = "no machine was set up",
         .judge = judgeClock},
    Rule{.id = "redirection-as-needed",
         .why = "The redirection port is open only where somebody may use it (Intel's SDK guide; field failure "
                "redirection-disabled).",
         .looksAt = "the redirection listener, and whether a user has the redirection realm",
         .unseen = "no machine was set up",
         .judge = judgeRedirection},
    Rule{.id = "logins-bounded",
         .why = "Fast loops of refused log-ins lock accounts and keep small machines busy (field failure "
                "admin-password-changed).",
         .looksAt = "log-ins refused by one machine in any ten seconds",
         .unseen = "no machine was connected to",
         .judge = judgeLogins},
    Rule{.id = "connections-bounded",
         .why = "An ME serves one or two sessions well (field failure too-many-sessions).",
         .looksAt = "connections open at once to one machine",
         .unseen = "no machine was connected to",
         .judge = judgeConnections},
    Rule{.id = "one-conversation",
         .why = "Two set-ups of one machine at once undo each other (provisioning fault of two servers that answer).",
         .looksAt = "set-up sessions open at once on one machine",
         .unseen = "no machine had a set-up session",
         .judge = judgeConversations},
    Rule{.id = "came-back",
         .why = "An answer to the commit may be lost, or be wrong: the machine itself knows (field failure "
                "reply-lost-at-commit).",
         .looksAt = "a log-in over the machine's own TLS certificate after its set-up",
         .unseen = "no machine was set up to use TLS",
         .judge = judgeCameBack},
    Rule{.id = "settings-read-back",
         .why = "Firmware may answer success and change nothing (field failure dhcp-mode-locked-on).",
         .looksAt = "settings read over the machine's own TLS certificate",
         .unseen = "the server came back to no machine",
         .judge = judgeReadBack},
};

}  // namespace

std::optional<Installed> installedOf(const machine::Posture& posture) {
  if (!posture.certificate) return std::nullopt;
  auto facts = wire::certificateFacts(*posture.certificate);
  auto terms = wire::certificateTerms(*posture.certificate);
  if (!facts || !terms) return std::nullopt;
  return Installed{wire::sha1(*posture.certificate), std::move(*facts), std::move(*terms)};
}

std::span<const Rule> allRules() {
  return kRules;
}

const Rule* findRule(std::string_view id) {
  const auto* const rule = std::ranges::find(kRules, id, &Rule::id);
  return rule == kRules.end() ? nullptr : rule;
}

}  // namespace vme::audit
