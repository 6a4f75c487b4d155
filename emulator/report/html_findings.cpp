// What went wrong and what was judged: failures with their examples, faults, the audit, health, environment.

#include <fmt/format.h>

#include <algorithm>

#include "base/reasons.hpp"
#include "report/escape.hpp"
#include "report/html_parts.hpp"

namespace vme::report {
namespace {

std::string bodyOf(std::string_view title, const std::string& body) {
  return body.empty() ? "" : fmt::format("<pre><b>{}</b>{}</pre>", title, escaped(body));
}

std::string utteranceRow(const Utterance& one) {
  const auto status = one.status == 0 ? std::string() : fmt::format("{}", one.status);
  const std::string_view arrow = one.direction == "in" ? "→ ME" : one.direction == "out" ? "ME →" : "ME";
  std::string bodies;
  if (!one.request.empty() || !one.response.empty()) {
    bodies = "<details><summary>bodies</summary>" + bodyOf("asked ", one.request) + bodyOf("answered ", one.response) +
             "</details>";
  }
  return fmt::format(
      "<tr><td class=\"n\">{}</td><td class=\"soft\">{}</td><td>{}</td><td class=\"n {}\">{}</td><td>{}{}</td></tr>\n",
      milliseconds(one.ms), arrow, escaped(one.what), one.status >= 400 ? "bad" : "", status, escaped(one.text),
      bodies);
}

std::string conversation(const FailureResult& failure) {
  if (failure.conversation.empty()) return {};
  std::string rows;
  for (const auto& one : failure.conversation) rows += utteranceRow(one);
  return fmt::format(
      "<details open=\"\"><summary>The last {} things that happened to {}</summary><table "
      "class=\"talk\"><thead><tr><th "
      "class=\"n\">at</th><th></th><th>what</th><th class=\"n\">HTTP</th><th></th></tr></thead><tbody>\n{}</tbody>"
      "</table></details>",
      failure.conversation.size(), escaped(failure.machine), rows);
}

std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_-./=:,@%+") == std::string::npos;
  if (plain) return word;
  std::string out = "'";
  for (const auto c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string factRow(std::string_view name, const std::string& value) {
  return value.empty() ? "" : fmt::format("<tr><td class=\"soft\">{}</td><td>{}</td></tr>", name, value);
}

}  // namespace

std::string fieldPart(const Results& results) {
  if (!results.field) return {};
  const auto& field = *results.field;
  const auto list = [](const std::vector<std::string>& all) {
    return escaped(fmt::format("{}", fmt::join(all, ", ")));
  };
  return "<table id=\"field\"><tbody>" + factRow("reproduces", list(field.ids)) +
         factRow("in provisioning", list(field.provisioning)) + factRow("what is seen", escaped(field.symptom)) +
         factRow("a correct server", escaped(field.correct)) + factRow("a naive one", escaped(field.naive)) +
         factRow("why", escaped(field.why)) + "</tbody></table>";
}

std::string failurePart(const Results& results) {
  std::string out;
  for (const auto& failure : results.failures) {
    const auto reason = reasonFromWord(failure.reason);
    const auto at = failure.at.empty() ? std::string() : fmt::format(" at <b>{}</b>", escaped(failure.at));
    out += fmt::format(
        "<article id=\"failure-{0}\" data-reason=\"{0}\" data-count=\"{1}\"><h3><span class=\"count\">{1}</span> "
        "{0}</h3>"
        "<p>{2}</p><p><span class=\"soft\">First:</span> <code>{3}</code> {4}{5}{6}{7}</p>{8}</article>\n",
        escaped(failure.reason), failure.count, reason ? escaped(meaningOf(*reason)) : "", escaped(failure.machine),
        escaped(failure.address), at, failure.trace.empty() ? "" : ": ", escaped(failure.trace), conversation(failure));
  }
  return out;
}

std::string faultPart(const Results& results) {
  if (results.faults.empty()) return {};
  std::string rows;
  for (const auto& fault : results.faults) {
    rows += fmt::format("<tr data-fault=\"{0}\"><td><code>{0}</code></td>{1}{2}</tr>\n", escaped(fault.id),
                        numberCell(fault.asked, "asked"), numberCell(fault.fired, "fired"));
  }
  return "<table id=\"faults\"><thead><tr><th>fault or quirk</th><th class=\"n\">machines it was drawn for</th><th "
         "class=\"n\">times it acted</th></tr></thead><tbody>\n" +
         rows + "</tbody></table>";
}

std::string auditPart(const Results& results) {
  using enum PracticeResult::Result;
  if (results.bestPractice.empty()) return {};
  std::string rows;
  for (const auto& rule : results.bestPractice) {
    const std::string_view look = rule.result == pass ? "good" : rule.result == fail ? "bad" : "soft";
    const std::string_view mark = rule.result == pass ? "✓ pass" : rule.result == fail ? "✗ fail" : "– not seen";
    rows += fmt::format(
        "<tr data-rule=\"{0}\" data-result=\"{1}\"><td class=\"{2} mark\">{3}</td><td>{0}</td><td>{4}"
        "</td><td>{5}</td></tr>\n",
        escaped(rule.id), wordOf(rule.result), look, mark, escaped(rule.why), escaped(rule.evidence));
  }
  return "<table id=\"audit\"><thead><tr><th></th><th>rule</th><th>why</th><th>evidence</th></tr></thead><tbody>\n" +
         rows + "</tbody></table>";
}

std::string healthPart(const Health& health) {
  return "<table><tbody>" + factRow("limited by", escaped(health.limitedBy)) +
         factRow("fleet",
                 fmt::format("{:.0f} % of a core, {:.2f} CPU s", health.fleetCpuShare * 100, health.fleetCpuSeconds)) +
         factRow("service point", fmt::format("{:.0f} % of a core, {:.2f} CPU s", health.servicePointCpuShare * 100,
                                              health.servicePointCpuSeconds)) +
         factRow("worst delay of an event loop", milliseconds(health.loopLagMs)) +
         factRow("late timers", fmt::format("{}", health.lateTimers)) +
         factRow("descriptors", fmt::format("{} of {}", health.descriptorsUsed, health.descriptorsLimit)) +
         "</tbody></table>";
}

std::string environmentPart(const Results& results) {
  const auto& environment = results.environment;
  std::string again = "vme";
  for (const auto& word : environment.command) again += " " + quoted(word);
  const bool hasSeed =
      std::ranges::any_of(environment.command, [](const std::string& word) { return word.starts_with("--seed"); });
  if (!hasSeed) again += fmt::format(" --seed {}", results.seed);
  std::string merged;
  for (const auto& file : results.mergedFrom) merged += (merged.empty() ? "" : ", ") + escaped(file);
  auto out = "<table id=\"environment\"><tbody>" + factRow("seed", fmt::format("{}", results.seed)) +
             factRow("vme", escaped(environment.version)) + factRow("built with", escaped(environment.compiler)) +
             factRow("OpenSSL", escaped(environment.openssl)) + factRow("TLS", escaped(results.tls)) +
             factRow("kernel", escaped(environment.kernel)) +
             factRow("cores", environment.cores == 0 ? "" : fmt::format("{}", environment.cores)) +
             factRow("capture", escaped(results.capture)) + factRow("journal", escaped(results.journal)) +
             factRow("not as the firmware was", escaped(notFaithful(results))) + factRow("put together from", merged) +
             "</tbody></table>";
  if (environment.command.empty() || !merged.empty()) return out;
  return out + "<p>To run it again, with the same machines, arrivals and faults:</p><pre id=\"again\">" +
         escaped(again) + "</pre>";
}

}  // namespace vme::report
