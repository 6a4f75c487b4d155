#include "firmware/web_ui.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "firmware/civil_time.hpp"
#include "firmware/http_date.hpp"
#include "machine/clock.hpp"
#include "machine/network.hpp"
#include "wire/xml.hpp"

namespace vme::firmware {
namespace {

using machine::Me;
using wire::http::Response;

constexpr std::string_view kProduct = "Intel(R) Active Management Technology";

constexpr std::string_view kStyles =
    "body{font-family:Arial,sans-serif;font-size:10pt;margin:0}\n"
    ".header{width:100%;border-bottom:2px solid #0071c5}\n"
    ".top1{font-size:14pt;padding:8px}\n"
    ".top2{text-align:right;padding:8px}\n"
    ".navbar{vertical-align:top;width:180px;padding:8px;background:#eef3f8}\n"
    ".nav1,.nav2{display:block;padding:2px 0}\n"
    ".nav2{padding-left:12px}\n"
    ".maincell{vertical-align:top;padding:8px}\n"
    ".r0{padding:2px 16px 2px 0}\n"
    ".r1{padding:2px 16px 2px 0;font-weight:bold}\n"
    ".warn{color:#b00000}\n";

// One white pixel as GIF89a: screen 1x1, two colours, one image block, LZW code size 2.
constexpr std::array<unsigned char, 35> kLogo{0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 0x01, 0x00, 0x01, 0x00, 0x80, 0x00,
                                              0x00, 0xFF, 0xFF, 0xFF, 0x00, 0x71, 0xC5, 0x2C, 0x00, 0x00, 0x00, 0x00,
                                              0x01, 0x00, 0x01, 0x00, 0x00, 0x02, 0x02, 0x44, 0x01, 0x00, 0x3B};

struct Link {
  std::string_view level;
  std::string_view page;
  std::string_view text;
};
// Names and order of the navigation bar: eoi.md 6A.
constexpr std::array kLinks{
    Link{"nav1", "index.htm", "System Status"},
    Link{"nav1", "hw-sys.htm", "Hardware Information"},
    Link{"nav2", "hw-sys.htm", "System"},
    Link{"nav2", "hw-proc.htm", "Processor"},
    Link{"nav2", "hw-mem.htm", "Memory"},
    Link{"nav2", "hw-disk.htm", "Disk"},
    Link{"nav1", "events.htm", "Event Log"},
    Link{"nav1", "remote.htm", "Remote Control"},
    Link{"nav1", "power.htm", "Power Policies"},
    Link{"nav1", "ip.htm", "Network Settings"},
    Link{"nav1", "fqdn.htm", "System Name Settings"},
    Link{"nav1", "acl.htm", "User Accounts"},
};

std::string escaped(std::string_view text) {
  std::string out;
  wire::XmlWriter(out).text(text);
  return out;
}

/// The frame that every page has, error pages included.
std::string frame(std::string_view title, std::string_view navigation, std::string_view content,
                  std::string_view footer) {
  return fmt::format(
      "<html><head><title>{0}</title><link href=styles.css rel=stylesheet></head><body>"
      "<table class=header><tr><td class=top1>{0}<td class=top2><img src=logo.gif alt=Intel></table>"
      "<table><tr>{1}<td class=maincell><h1>{2}</h1>{3}</table>{4}</body></html>",
      kProduct, navigation, title, content, footer);
}

std::string plainPage(std::string_view title, std::string_view content) {
  return frame(title, "", content, "");
}

std::string systemPage(const Me& me, std::string_view title, std::string_view content) {
  std::string navigation = "<td class=navbar>";
  for (const auto& link : kLinks) {
    navigation += fmt::format("<a class={} href={}>{}</a>", link.level, link.page, link.text);
  }
  const auto& identity = me.profile.identity;
  const auto footer = fmt::format("<p>firmware version: {}-build {}</p>", identity.version, identity.build);
  return frame(title, navigation, content, footer);
}

std::string rowOf(std::string_view name, std::string_view value) {
  return fmt::format("<tr><td class=r0>{}<td class=r1>{}", name, escaped(value));
}

std::string_view powerWord(const Me& me) {
  constexpr std::uint8_t kSuspended = 3;
  if (me.hot.powerState == 0) return "On";
  return me.hot.powerState <= kSuspended ? "Standby" : "Off";
}

std::string indexPage(const Me& me) {
  const auto address = machine::ipv4(me).address;
  const auto time = civilTime(machine::clockSeconds(me));
  std::string rows = "<table>" + rowOf("Power", powerWord(me));
  rows += rowOf("IP address", fmt::format("{}.{}.{}.{}", address >> 24U, address >> 16U & 0xFFU, address >> 8U & 0xFFU,
                                          address & 0xFFU));
  rows += rowOf("System ID", me.identity.uuid.text());
  rows += rowOf("Date", fmt::format("{}/{}/{}", time.month, time.day, time.year));
  rows += rowOf("Time", fmt::format("{:02}:{:02}", time.hour, time.minute));
  return systemPage(me, "System Status", rows + "</table>");
}

std::string hardwarePage(const Me& me) {
  std::string rows = "<h2>Platform</h2><table>" + rowOf("Computer model", me.profile.identity.chipset);
  rows += rowOf("Serial number", me.identity.serialText());
  rows += rowOf("System ID", me.identity.uuid.text());
  return systemPage(me, "System Information", rows + "</table>");
}

std::string logOnPage(const Me&) {
  return plainPage("Log On",
                   "<p>Log on to see and manage this computer.</p>"
                   "<form method=GET action=index.htm><input type=submit value=\"Log On...\"></form>");
}

std::string invalidPage(const Me&) {
  return plainPage("Invalid Request", "<p class=warn>The request could not be carried out.</p>");
}

std::string styles(const Me&) {
  return std::string(kStyles);
}

std::string logo(const Me&) {
  return {kLogo.begin(), kLogo.end()};
}

struct Page {
  std::string_view path;
  bool isPublic;
  std::string_view contentType;
  std::string (*body)(const Me&);
};
constexpr std::array kPages{
    Page{"/logon.htm", true, "text/html", logOnPage},  Page{"/invalid.htm", true, "text/html", invalidPage},
    Page{"/styles.css", true, "text/css", styles},     Page{"/logo.gif", true, "image/gif", logo},
    Page{"/index.htm", false, "text/html", indexPage}, Page{"/hw-sys.htm", false, "text/html", hardwarePage},
};

Response answer(const Me& me, unsigned status, std::string_view contentType, std::string body) {
  Response response;
  response.status = status;
  response.headers = {{"Content-Type", std::string(contentType)},
                      {"Date", httpDate(machine::clockSeconds(me))},
                      {"Cache-Control", "no-cache"},
                      {"Server", serverName(me)}};
  response.body = std::move(body);
  return response;
}

Response toLogOn(const Me& me) {
  Response response;
  response.status = 303;
  response.headers = {{"Location", "/logon.htm"}, {"Server", serverName(me)}};
  return response;
}

}  // namespace

bool isPublicPage(std::string_view path) {
  return path == "/" || std::ranges::any_of(kPages, [&](const Page& row) { return row.isPublic && row.path == path; });
}

bool isWebUiOn(const Me& me) {
  return me.hot.state == machine::State::operational && me.profile.api.webui && me.nvram().interfaces.webUi;
}

Response page(const Me& me, std::string_view path) {
  if (!isWebUiOn(me)) {
    return notFound(me, fmt::format("<p>Web browser access to {} is disabled on this computer.</p>", kProduct));
  }
  if (path == "/") return toLogOn(me);
  const auto* const found = std::ranges::find(kPages, path, &Page::path);
  if (found == kPages.end()) return notFound(me, "<p>The page does not exist on this computer.</p>");
  return answer(me, 200, found->contentType, found->body(me));
}

Response notFound(const Me& me, std::string_view content) {
  auto response = answer(me, 404, "text/html", plainPage("Page Not Found", content));
  response.close = true;
  return response;
}

Response errorPage(const Me& me, unsigned status) {
  auto response = answer(me, status, "text/html", plainPage(wire::http::reasonPhrase(status), ""));
  response.close = true;
  return response;
}

std::string logOnFailedPage() {
  return plainPage("Log on failed. Incorrect user name or password, or user account temporarily locked.",
                   "<form method=GET action=index.htm><input type=submit value=\"Try again\"></form>");
}

std::string serverName(const Me& me) {
  // Three numbers up to 9.x, whatever the build adds (eoi.md 6.2).
  const std::string_view version = me.profile.identity.version;
  std::size_t end = version.find('.');
  for (int dots = 1; dots < 3 && end != std::string_view::npos; ++dots) end = version.find('.', end + 1);
  return fmt::format("{} {}", kProduct, version.substr(0, end));
}

}  // namespace vme::firmware
