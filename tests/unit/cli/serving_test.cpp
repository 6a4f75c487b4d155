// What a health check is told: a listener that answers, one that nobody serves, none at all.

#include "cli/serving.hpp"

#include <boost/asio/io_context.hpp>
#include <thread>

namespace vme::cli {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using Grade = Finding::Grade;

class Serving : public ::testing::Test {
 protected:
  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_{context_, {asio::ip::address_v4::loopback(), 0}};
};

TEST_F(Serving, AnEndOrAResetIsAnAnswer) {
  for (const bool reset : {false, true}) {
    std::thread server([&] {
      auto socket = acceptor_.accept();
      if (reset) socket.set_option(asio::socket_base::linger(true, 0));
    });
    const auto all = servingFindings({acceptor_.local_endpoint()}, 10s);
    server.join();
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].grade, Grade::good) << all[0].seen;
  }
}

TEST_F(Serving, AListenerThatNobodyServesIsBad) {
  const auto all = servingFindings({acceptor_.local_endpoint()}, 50ms);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].grade, Grade::bad);
  EXPECT_EQ(all[0].seen, "listens, but stays silent for 50 ms");
  EXPECT_NE(all[0].mend, "");
}

TEST_F(Serving, OneOfSeveralIsEnough) {
  const auto nobody = acceptor_.local_endpoint();
  acceptor_.close();
  auto all = servingFindings({nobody}, 10s);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].grade, Grade::bad);
  EXPECT_EQ(all[0].seen, "nobody listens");

  asio::ip::tcp::acceptor other(context_, {asio::ip::address_v4::loopback(), 0});
  std::thread server([&] { other.accept().close(); });
  all = servingFindings({nobody, other.local_endpoint()}, 10s);
  server.join();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].grade, Grade::limited);
  EXPECT_EQ(all[1].grade, Grade::good);
}

}  // namespace
}  // namespace vme::cli
