#include "net/pki.hpp"

#include <fmt/format.h>

#include <boost/json/object.hpp>

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/common.hpp"

namespace vme::cli {
namespace {

struct PkiOptions {
  std::string folder;
  std::string host = net::ProvisioningPkiOptions{}.host;
  std::string bits = "2048";
  bool noOid = false, organizationalUnit = false, sha1 = false, oneKey = false, json = false;
  bool expired = false, revoked = false, ca = false;
};

Exit makePki(const PkiOptions& options) {
  require(!options.folder.empty(), "vme pki make", "no DIR given. name the folder to make");
  const auto pki =
      net::makeProvisioningPki({.host = options.host,
                                .keyBits = static_cast<unsigned>(number("--bits", options.bits, 1024, 8192)),
                                .oid = !options.noOid,
                                .organizationalUnit = options.organizationalUnit,
                                .sha1 = options.sha1,
                                .oneKey = options.oneKey,
                                .expired = options.expired,
                                .revoked = options.revoked,
                                .ca = options.ca,
                                .freshKeys = true});
  net::writePki(options.folder, pki);
  const auto root = toHex(wire::sha1(pki.chain.back()));
  if (options.json) {
    printJson(boost::json::object{{"folder", options.folder}, {"host", options.host}, {"root_sha1", root}});
    return Exit::held;
  }
  fmt::print("{}/: root.pem root.key intermediate.pem leaf.pem leaf.key chain.pem{}\n", options.folder,
             options.revoked ? " crl.pem" : "");
  fmt::print("leaf for {}, root's SHA-1 {}\n", options.host, root);
  fmt::print("vme servicepoint --pki {0}    vme serve --profile amt-3.2.2 --root test={0}/root.pem\n", options.folder);
  return Exit::held;
}

}  // namespace

void addPki(Cli& cli) {
  auto* pki = cli.add(cli.root(),
                      {"pki",
                       "make: a test root, intermediate and provisioning certificate",
                       kPrepare,
                       {"vme pki make test-pki", "vme pki make test-pki --host sp.corp.example"}},
                      nullptr);
  auto options = std::make_shared<PkiOptions>();
  auto* app =
      cli.add(pki,
              {"make",
               "writes root.pem, intermediate.pem, leaf.pem, leaf.key, root.key and chain.pem (leaf first) to DIR",
               "",
               {"vme pki make test-pki --host sp.corp.example", "vme pki make bad-pki --no-oid --bits 4096"}},
              [options] { return makePki(*options); });
  addOption(app, "DIR", options->folder, "DIR", "the folder; nothing in it is overwritten");
  addOption(app, "--host", options->host, "NAME",
            "common name of the leaf; MEs compare its domain with their DNS suffix; "
            "default " +
                options->host);
  addOption(app, "--bits", options->bits, "1024|2048|4096", "of the RSA keys; default 2048");
  addFlag(app, "--no-oid", options->noOid, "the leaf lacks the provisioning OID");
  addFlag(app, "--ou", options->organizationalUnit, "the leaf has the OU of a client setup certificate");
  addFlag(app, "--expired", options->expired, "the leaf's time ended a day ago");
  addFlag(app, "--revoked", options->revoked, "crl.pem revokes the leaf");
  addFlag(app, "--ca", options->ca, "the leaf is a CA's certificate too");
  addFlag(app, "--sha1", options->sha1, "signed with SHA-1, as in the period; default SHA-256");
  addFlag(app, "--one-key", options->oneKey, "root and leaf share a 2048-bit key, as MeshCentral needs it");
  addFlag(app, "--json", options->json, "folder, host and the root's SHA-1 as JSON");
}

}  // namespace vme::cli
