// The report as one page for people, its sections in the order in which one asks.

#include <fmt/format.h>

#include "report/escape.hpp"
#include "report/html_parts.hpp"
#include "report/html_style.hpp"

namespace vme::report {

std::string milliseconds(double ms) {
  if (ms >= 60'000) return fmt::format("{:.1f} min", ms / 60'000);
  if (ms >= 1000) return fmt::format("{:.2f} s", ms / 1000);
  return fmt::format("{:.{}f} ms", ms, ms < 10 ? 1 : 0);
}

std::string section(std::string_view title, const std::string& body) {
  return body.empty() ? "" : fmt::format("<section><h2>{}</h2>{}</section>\n", title, body);
}

std::string numberCell(std::uint64_t value, std::string_view name, std::string_view look) {
  return fmt::format("<td class=\"n {}\" data-{}=\"{}\">{}</td>", value == 0 ? "soft" : look, name, value, value);
}

std::string toHtml(const Results& results) {
  return fmt::format(
             "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{}: {}</title>\n"
             "<style>{}</style></head><body><main>\n",
             escaped(results.scenario), wordOf(results.verdict), kStyle) +
         verdictPart(results) + section("From the field", fieldPart(results)) +
         section("Expectations", expectationPart(results)) + section("States over time", timelinePart(results)) +
         section("Arrival against completion", throughputPart(results)) +
         section("Refused and failed, by cause", failurePart(results)) + section("Best practice", auditPart(results)) +
         section("Faults", faultPart(results)) + section("By profile", tablePart(results.profiles, false)) +
         section("By group", tablePart(results.groups, true)) + section("Time of each step", stepPart(results.steps)) +
         section("Time to provision, by profile", profileStepPart(results.profiles)) +
         section("Can the numbers be trusted", healthPart(results.health)) +
         section("Environment", environmentPart(results)) + "</main></body></html>\n";
}

}  // namespace vme::report
