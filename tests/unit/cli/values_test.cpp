// Values as they are typed: what is taken, and errors that name option, text and form.

#include <functional>

#include "base/error.hpp"
#include "cli/common.hpp"

namespace vme::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string errorOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Values, WholeNumbers) {
  EXPECT_EQ(number("--machines", "17", 1, 100), 17U);
  for (const auto* text : {"", "0", "101", "1.5", "-1", "7x", " 7", "99999999999999999999"}) {
    EXPECT_THAT(errorOf([&] { number("--machines", text, 1, 100); }), StartsWith("--machines: \""));
  }
}

TEST(Values, Decimals) {
  EXPECT_EQ(decimal("--time-scale", "0.5", 0, 10), 0.5);
  for (const auto* text : {"", "nan", "inf", "11", "-1", "1,5"}) {
    EXPECT_THAT(errorOf([&] { decimal("--time-scale", text, 0, 10); }), StartsWith("--time-scale: \""));
  }
}

TEST(Values, Endpoints) {
  EXPECT_EQ(endpoint("--hello-to", "127.0.0.1", 9971), Endpoint(boost::asio::ip::make_address("127.0.0.1"), 9971));
  EXPECT_EQ(endpoint("--hello-to", "127.0.0.1:80", 9971).port(), 80);
  EXPECT_EQ(endpoint("--hello-to", "localhost:80", 9971).address().to_string(), "127.0.0.1");
  EXPECT_THAT(errorOf([] { endpoint("--hello-to", "127.0.0.1:port", 9971); }), StartsWith("--hello-to: "));
  EXPECT_THAT(errorOf([] { endpoint("--hello-to", "no such host", 9971); }), HasSubstr("HOST[:PORT]"));
  EXPECT_THAT(errorOf([] { address("--address", "127.0.0"); }), StartsWith("--address: \"127.0.0\""));
}

TEST(Values, Pairs) {
  EXPECT_EQ(pairOf("--set", "a.b=c=d", '=', "KEY=VALUE"), std::pair(std::string("a.b"), std::string("c=d")));
  for (const auto* text : {"", "=", "a=", "=b", "ab"}) {
    EXPECT_THAT(errorOf([&] { pairOf("--set", text, '=', "KEY=VALUE"); }), HasSubstr("KEY=VALUE"));
  }
  EXPECT_EQ(pskPair("--psk", "0000-037M:NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ").pidText(), "0000037M");
  EXPECT_THAT(errorOf([] { pskPair("--psk", "0000-037X:NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ"); }),
              StartsWith("--psk: "));
  EXPECT_THAT(errorOf([] { uuid("--uuid", "44454c4c"); }), StartsWith("--uuid: "));
}

TEST(Values, Files) {
  EXPECT_THAT(errorOf([] { readFile("--psk-file", "/nonexistent"); }), StartsWith("--psk-file: cannot read"));
  EXPECT_THAT(errorOf([] { readFile("--psk-file", "/"); }), StartsWith("--psk-file: cannot read"));
  EXPECT_THAT(errorOf([] { rootFile("--root", "name"); }), HasSubstr("NAME=FILE.pem"));
}

TEST(Values, ExposureFollowsTheAddress) {
  EXPECT_EQ(exposureOf(address("--address", "127.16.0.1")), net::Exposure::loopbackOnly);
  EXPECT_EQ(exposureOf(address("--address", "10.0.0.1")), net::Exposure::anywhere);
}

TEST(Values, Times) {
  EXPECT_EQ(isoTime(1249948800123), "2009-08-11T00:00:00.123Z");
}

}  // namespace
}  // namespace vme::cli
