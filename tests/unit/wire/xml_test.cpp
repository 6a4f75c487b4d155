#include "wire/xml.hpp"

#include <gtest/gtest.h>

namespace vme::wire {
namespace {

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

TEST(Xml, hasOneRootElementAndNothingBesideIt) {
  for (const auto* text :
       {"<a/><b/>", "<a></a><a></a>", "junk<a/>", "<a/>junk", "<![CDATA[x]]><a/>", "<a/>&amp;", "</a>",
        "<!-- only this -->", "<a/><?xml version=\"1.0\"?>", "<!-- c --><?xml version=\"1.0\"?><a/>"}) {
    EXPECT_FALSE(parse(text)) << text;
  }
  EXPECT_TRUE(parse("<!-- before --> <a/> <!-- after -->\n"));
  EXPECT_TRUE(parse("<?xml\tversion='1.0'?><a/>"));
}

TEST(Xml, isUtf8WithoutReferencesToNothing) {
  for (const auto* text :
       {"<a>\x80</a>", "<a>\xC3</a>", "<a>\xC0\xAF</a>", "<a>\xE0\x80\xAF</a>", "<a>\xED\xA0\x80</a>",
        "<a>\xF5\x80\x80\x80</a>", "<a>\xF4\x90\x80\x80</a>", "<a>\xE2\x82", "<a>x&#0;y</a>", "<a b='&#x00;'/>",
        "<a>&#4294967296;</a>", "<a>&#xD800;</a>", "<a>&#x110000;</a>", "<a>&#99999999999999999999999;</a>"}) {
    EXPECT_FALSE(parse(text)) << text;
  }
  pugi::xml_document document;
  ASSERT_TRUE(parseXml("\xEF\xBB\xBF<a>\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80&#228;&#x20AC;&#;&none;</a>", document));
  EXPECT_EQ(textOf(firstElement(document)), "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\xC3\xA4\xE2\x82\xAC&#;&none;");
}

TEST(Xml, theErrorSaysWhatAndWhere) {
  const auto errorOf = [](std::string_view text) { return parse(text).error().message(); };
  EXPECT_EQ(errorOf("<a><!DOCTYPE b></a>"), "XML, offset 3: a document type or entity declaration is refused");
  EXPECT_EQ(errorOf("<a>\xFF</a>"), "XML, offset 3: the bytes are no UTF-8");
  EXPECT_EQ(errorOf(std::string_view("\xFF\xFE<\0", 4)),
            "XML, offset 0: the encoding is UTF-16, and only UTF-8 is read");
  EXPECT_EQ(errorOf("<a><b"), "XML, offset 3: the markup is not closed");
}

TEST(Xml, hasLimits) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  for (int i = 0; i < 100; ++i) deep += "</a>";
  EXPECT_FALSE(parse(deep));
  EXPECT_TRUE(parse(deep, {.depth = 100}));
  EXPECT_FALSE(parse("<a><b/></a>", {.depth = 1})) << "an empty element is a level too";
  EXPECT_TRUE(parse("<a><b/></a>", {.depth = 2}));
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

TEST(XmlOut, whatIsWrittenIsReadAgain) {
  std::string every;
  for (char c = '!'; c < 0x7F; ++c) every += c;
  std::string out;
  XmlWriter(out).element("", "a", every);
  pugi::xml_document document;
  ASSERT_TRUE(parseXml(out, document)) << out;
  EXPECT_EQ(textOf(firstElement(document)), every);
}

}  // namespace
}  // namespace vme::wire
