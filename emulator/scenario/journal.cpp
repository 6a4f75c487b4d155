#include "scenario/journal.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/json.hpp>

#include "base/iso_time.hpp"
#include "base/json_text.hpp"
#include "runtime/happening_name.hpp"
#include "scenario/machine_names.hpp"
#include "wire/soap_status.hpp"

namespace vme::scenario {
namespace {

namespace json = boost::json;

void addExchange(json::object& line, const runtime::Exchange& exchange) {
  line["operation"] = exchange.operation;
  line["request"] = exchange.request.method + " " + std::string(exchange.request.path());
  if (exchange.response) {
    line["status"] = exchange.response->status;
    if (const auto status = wire::soapStatus(exchange.response->body)) line["amt_status"] = *status;
    line["bytes"] = exchange.response->body.size();
  } else {
    line["status"] = nullptr;
  }
  line["peer"] = boost::asio::ip::address_v4(exchange.peerIpv4).to_string();
  line["port"] = exchange.port;
  line["tls"] = exchange.tls;
  line["setup"] = exchange.setup;
  line["logged_in"] = exchange.loggedIn;
  if (exchange.fromHost) line["from_host"] = true;
}

}  // namespace

Journal::Journal(const JournalSpec& spec, const Roster& roster)
    : roster_(roster),
      only_(machinesNamed("journal", spec.machines, roster.scenario())),
      file_(spec.file, "name another folder with --report") {}

bool Journal::wants(runtime::Happening::Kind kind) const {
  return kind != runtime::Happening::Kind::request;  // the exchange tells more of it
}

void Journal::happened(const runtime::Happening& happening) {
  if (!only_.empty() && !only_.contains(happening.machine)) return;
  const std::chrono::duration<double, std::milli> since = happening.at - start_;
  json::object line{{"me_time", isoTime(happening.meTime.ms)},
                    {"machine", roster_.nameOf(happening.machine)},
                    {"kind", jsonText(runtime::nameOf(happening.kind))}};
  if (happening.reason != Reason::none) line["reason"] = jsonText(wordOf(happening.reason));
  if (!happening.text.empty()) line["text"] = happening.text;
  if (happening.exchange) addExchange(line, *happening.exchange);
  // Boost.JSON would write 0.288 as 2.88E-1; people read this file.
  file_.append(fmt::format("{{\"ms\":{:.3f},{}\n", since.count(), jsonLine(line).substr(1)));
}

}  // namespace vme::scenario
