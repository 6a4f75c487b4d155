#include "net/pki_files.hpp"

#include <array>
#include <fstream>
#include <iterator>

#include "net/pki.hpp"
#include "net/replace_file.hpp"
#include "wire/certificate.hpp"

namespace vme::net {
namespace {

std::string readText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw ConfigError(path.string(), "the file cannot be read. make the folder with `vme pki make`");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::string toPem(std::string_view label, ByteView der) {
  const auto encoded = toBase64(der);
  std::string pem = "-----BEGIN " + std::string(label) + "-----\n";
  for (std::size_t at = 0; at < encoded.size(); at += 64) pem += encoded.substr(at, 64) + "\n";
  return pem + "-----END " + std::string(label) + "-----\n";
}

std::vector<Bytes> fromPem(const std::string& place, std::string_view text, std::string_view label) {
  const auto begin = "-----BEGIN " + std::string(label) + "-----";
  const auto end = "-----END " + std::string(label) + "-----";
  std::vector<Bytes> blocks;
  for (auto at = text.find(begin); at != std::string_view::npos; at = text.find(begin, at)) {
    at += begin.size();
    const auto stop = text.find(end, at);
    const auto number = std::to_string(blocks.size() + 1);
    if (stop == std::string_view::npos)
      throw ConfigError(place, "block " + number + " is not closed. restore the file");
    auto der = fromBase64(text.substr(at, stop - at));
    if (!der || der->empty()) throw ConfigError(place, "block " + number + " is no base64. restore the file");
    blocks.push_back(std::move(*der));
    at = stop;
  }
  return blocks;
}

void writePki(const std::filesystem::path& folder, const ProvisioningPki& pki) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw EnvironmentError(folder.string(), "the folder cannot be made: " + error.message());
  std::string chain;
  for (const auto& certificate : pki.chain) chain += toPem(kCertificateLabel, certificate);
  struct File {
    const char* name;
    std::string text;
    mode_t mode;
  };
  const std::array files{File{"root.pem", toPem(kCertificateLabel, pki.chain.back()), 0644},
                         File{"intermediate.pem", toPem(kCertificateLabel, pki.chain.at(1)), 0644},
                         File{"leaf.pem", toPem(kCertificateLabel, pki.chain.front()), 0644},
                         File{"chain.pem", chain, 0644},
                         File{"leaf.key", toPem(kKeyLabel, pki.leafKey), 0600},
                         File{"root.key", toPem(kKeyLabel, pki.rootKey), 0600}};
  for (const auto& file : files) {
    if (!std::filesystem::exists(folder / file.name)) continue;
    throw ConfigError((folder / file.name).string(), "the file is there already. choose another folder, or remove it");
  }
  std::string crls;
  for (const auto& crl : pki.crls) crls += toPem(kCrlLabel, crl);
  if (!crls.empty()) replaceFile(folder / "crl.pem", crls, 0644);
  for (const auto& file : files) replaceFile(folder / file.name, file.text, file.mode);
}

ProvisioningPki readPki(const std::filesystem::path& folder) {
  const auto keyPath = folder / "leaf.key";
  const auto keyText = readText(keyPath);
  auto keys = fromPem(keyPath.string(), keyText, kKeyLabel);
  if (keys.empty()) keys = fromPem(keyPath.string(), keyText, "PRIVATE KEY");
  if (keys.size() != 1) throw ConfigError(keyPath.string(), "there is not one private key in it. restore the file");
  if (const auto facts = wire::privateKeyFacts(keys.front()); !facts) {
    throw ConfigError(keyPath.string(), facts.error().text + ". restore the file");
  }
  const auto chainPath = folder / "chain.pem";
  ProvisioningPki pki;
  pki.leafKey = std::move(keys.front());
  pki.chain = fromPem(chainPath.string(), readText(chainPath), kCertificateLabel);
  if (pki.chain.empty()) throw ConfigError(chainPath.string(), "there is no certificate in it. restore the file");
  const auto crlPath = folder / "crl.pem";
  if (std::filesystem::exists(crlPath)) pki.crls = fromPem(crlPath.string(), readText(crlPath), kCrlLabel);
  const std::vector<ByteView> views(pki.chain.begin(), pki.chain.end());
  if (const auto credential = TlsCredential::make(pki.leafKey, views); !credential) {
    throw ConfigError(chainPath.string(), credential.error().message() + ". put leaf first, root last");
  }
  return pki;
}

}  // namespace vme::net
