#include "cli/blocking.hpp"

#include "base/error.hpp"
#include "cli/common.hpp"
#include "cli/log.hpp"
#include "net/pki.hpp"
#include "net/replace_file.hpp"

namespace vme::cli {
namespace {

using Rule = servicepoint::Approval::Rule;

std::filesystem::file_time_type changeOf(const std::string& file) {
  std::error_code error;
  const auto changed = std::filesystem::last_write_time(file, error);
  return error ? std::filesystem::file_time_type::min() : changed;
}

}  // namespace

Blocking::Blocking(std::string approve, std::string crl, servicepoint::Approval approval)
    : approve_(std::move(approve)), crl_(std::move(crl)), approval_(std::move(approval)) {
  if (approve_ == "all") approve_.clear();
  if (!approve_.empty()) changed_ = changeOf(approve_);
}

void Blocking::readApproval(servicepoint::ServicePoint& server) {
  const auto changed = changeOf(approve_);
  if (changed == changed_) return;
  changed_ = changed;
  try {
    auto now = servicepoint::readApproval(approve_, readFile("--approve", approve_));
    std::vector<Uuid> blocked;
    for (const auto& [uuid, rule] : now.machines) {
      const auto before = approval_.machines.find(uuid);
      const bool isNew = before == approval_.machines.end() || before->second != Rule::block;
      if (rule == Rule::block && isNew) blocked.push_back(uuid);
    }
    if (!blocked.empty()) server.setRule(blocked, Rule::block);
    approval_ = std::move(now);
  } catch (const ConfigError& error) {
    warn(std::string(error.what()) + "; what it said before still holds");
  }
}

void Blocking::look(servicepoint::ServicePoint& server) {
  if (!approve_.empty()) readApproval(server);
  if (crl_.empty()) return;
  const auto revoked = server.revokedSerials().size();
  if (written_ == revoked) return;
  written_ = revoked;
  net::replaceFile(crl_, net::toPem(net::kCrlLabel, server.crl()), 0644);
}

}  // namespace vme::cli
