#include <gtest/gtest.h>

#include "wire/amt_status.hpp"
#include "wire/http.hpp"
#include "wire/realms.hpp"
#include "wire/xml.hpp"

namespace vme::wire {
namespace {

TEST(HttpResponse, keepsTheFirmwaresHeaderOrder) {
  http::Response eoi;
  eoi.headers = {{"Content-Type", "text/xml; charset=UTF-8"}, {"Date", "D"}, {"Server", "S"}};
  eoi.body = "x";
  eoi.chunked = true;
  EXPECT_EQ(http::serialize(eoi),
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml; charset=UTF-8\r\nDate: D\r\nTransfer-Encoding: chunked\r\n"
            "Server: S\r\n\r\n0001\r\nx\r\n0\r\n\r\n");
  http::Response wsman;
  wsman.status = 400;
  wsman.headers = {{"Date", "D"}, {"Server", "S"}, {"Content-Type", "T"}};
  wsman.close = true;
  EXPECT_EQ(http::serialize(wsman),
            "HTTP/1.1 400 Bad Request\r\nDate: D\r\nServer: S\r\nContent-Type: T\r\nContent-Length: 0\r\n"
            "Connection: close\r\n\r\n");
}

TEST(HttpResponse, chunksAsAmtDoes) {
  http::Response response;
  response.chunked = true;
  response.body = std::string(544 + 762 + 60, 'b');
  const auto bytes = http::serialize(response);
  EXPECT_NE(bytes.find("\r\n\r\n0220\r\n"), std::string::npos);
  EXPECT_NE(bytes.find("b\r\n02FA\r\nb"), std::string::npos);
  EXPECT_NE(bytes.find("b\r\n003C\r\nb"), std::string::npos);
  EXPECT_TRUE(bytes.ends_with("b\r\n0\r\n\r\n"));
}

TEST(HttpRequest, headersAreFoundInAnyCaseAndThePathHasNoQuery) {
  http::Request request;
  request.target = "/index.htm?x=1";
  request.headers = {{"content-TYPE", "a"}};
  EXPECT_EQ(request.header("Content-Type"), "a");
  EXPECT_EQ(request.header("Host"), "");
  EXPECT_EQ(request.path(), "/index.htm");
}

Result<void> parse(std::string_view text, const XmlLimits& limits = {}) {
  pugi::xml_document document;
  return parseXml(text, document, limits);
}

TEST(Xml, refusesWhatPugixmlWouldPassOver) {
  EXPECT_FALSE(parse("<!DOCTYPE a><a/>"));
  EXPECT_FALSE(parse("<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"));
  EXPECT_FALSE(parse("<a><!ENTITY b \"c\"></a>"));
  EXPECT_FALSE(parse("<?php x?><a/>"));
  EXPECT_FALSE(parse("<a><?pi x?></a>"));
  EXPECT_FALSE(parse(std::string_view("\xFF\xFE<\0a\0", 6)));
  EXPECT_FALSE(parse(std::string_view("<a>\0</a>", 8)));
  EXPECT_FALSE(parse(""));
  EXPECT_FALSE(parse("<a>"));
  EXPECT_FALSE(parse("<a></b>"));
  EXPECT_FALSE(parse("<a"));
  EXPECT_TRUE(parse("<a><![CDATA[<!DOCTYPE x>]]><!-- <!DOCTYPE y> --></a>"));
  EXPECT_TRUE(parse("\r\n <?xml version=\"1.0\"?><a b=\"1>2\"/>"));
}

TEST(Xml, hasLimits) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  for (int i = 0; i < 100; ++i) deep += "</a>";
  EXPECT_FALSE(parse(deep));
  EXPECT_TRUE(parse(deep, {.depth = 100}));
  EXPECT_FALSE(parse("<a><b/><b/><b/></a>", {.elements = 3}));
  EXPECT_FALSE(parse("<abcdef/>", {.bytes = 5}));
}

TEST(Xml, everyTruncationIsAnErrorAndNoneCrashes) {
  constexpr std::string_view kWhole =
      "<?xml version=\"1.0\"?><s:E xmlns:s=\"u\"><s:B><x a='1'>t&amp;</x><!-- c --><![CDATA[d]]></s:B></s:E>";
  for (std::size_t size = 0; size < kWhole.size(); ++size) EXPECT_FALSE(parse(kWhole.substr(0, size))) << size;
  EXPECT_TRUE(parse(kWhole));
}

TEST(Xml, namesAndNamespacesAreFound) {
  pugi::xml_document document;
  ASSERT_TRUE(parseXml("<s:E xmlns:s=\"u\" xmlns=\"d\"><s:B/><c> t <e xmlns=\"i\"/></c></s:E>", document));
  const auto root = firstElement(document);
  EXPECT_EQ(localName(root), "E");
  EXPECT_EQ(namespaceOf(root), "u");
  const auto c = childNamed(root, "c");
  EXPECT_EQ(namespaceOf(c), "d");
  EXPECT_EQ(textOf(c), "t");
  EXPECT_EQ(namespaceOf(childNamed(c, "e")), "i");
  EXPECT_FALSE(childNamed(root, "nothing"));
  EXPECT_EQ(localName(nextElement(firstElement(root))), "c");
}

TEST(XmlOut, escapesAndNeverSelfCloses) {
  std::string out;
  XmlWriter writer(out);
  writer.open("a", "B")
      .element("a", "C", std::string_view("<&>\"x"))
      .element("", "D", std::string_view())
      .close("a", "B");
  writer.element("a", "N", std::uint64_t{42});
  EXPECT_EQ(out, "<a:B><a:C>&lt;&amp;&gt;&quot;x</a:C><D></D></a:B><a:N>42</a:N>");
}

TEST(Numbers, statusesAndRealmsHaveNames) {
  EXPECT_EQ(nameOf(AmtStatus::success), "SUCCESS");
  EXPECT_EQ(nameOf(AmtStatus::dataMissing), "DATA_MISSING");
  EXPECT_EQ(static_cast<unsigned>(AmtStatus::dataMissing), 2057U);
  EXPECT_EQ(nameOf(static_cast<AmtStatus>(9999)), "UNKNOWN");
  EXPECT_EQ(realmFrom("5"), Realm::remoteControl);
  EXPECT_EQ(realmFrom("RemoteControlRealm"), Realm::remoteControl);
  EXPECT_FALSE(realmFrom("0"));
  EXPECT_FALSE(realmFrom("25"));
  EXPECT_FALSE(realmFrom("x"));
  for (const auto& info : allRealms()) EXPECT_EQ(realmFrom(info.name), info.realm);
}

}  // namespace
}  // namespace vme::wire
