#pragma once
// The Web UI as far as scanners and a first look need it (eoi.md 6A): log-on page, system status, and the error pages
// that carry every refusal.

#include <string>
#include <string_view>

#include "machine/me.hpp"
#include "wire/http.hpp"

namespace vme::firmware {

/// Pages served without authentication.
bool isPublicPage(std::string_view path);
/// False during set-up, and where the Web UI is switched off: every page is the 404 page then.
bool isWebUiOn(const machine::Me& me);
/// The page at the path, or the 404 page. `set-up` machines and those with the Web UI off have none but the 404 page.
wire::http::Response page(const machine::Me& me, std::string_view path);
/// The 404 page; `content` is HTML. Closes the connection.
wire::http::Response notFound(const machine::Me& me, std::string_view content);
/// A page that says no more than the status. Closes the connection.
wire::http::Response errorPage(const machine::Me& me, unsigned status);
/// The body of a 401.
std::string logOnFailedPage();
/// `Intel(R) Active Management Technology 3.2.2`, the Server header of every answer.
std::string serverName(const machine::Me& me);

}  // namespace vme::firmware
