#include "wire/apf.hpp"

#include <algorithm>
#include <utility>

namespace vme::wire::apf {
namespace {

enum Type : std::uint8_t {
  kDisconnect = 1,
  kServiceRequest = 5,
  kServiceAccept = 6,
  kUserauthRequest = 50,
  kUserauthFailure = 51,
  kUserauthSuccess = 52,
  kGlobalRequest = 80,
  kRequestSuccess = 81,
  kRequestFailure = 82,
  kChannelOpen = 90,
  kOpenConfirmation = 91,
  kOpenFailure = 92,
  kWindowAdjust = 93,
  kChannelData = 94,
  kChannelClose = 97,
  kProtocolVersion = 192,
};
constexpr std::uint32_t kReserved = 0xFFFFFFFF;
constexpr std::size_t kVersionReserved = 64;

class Writer {
 public:
  explicit Writer(Type type) : out_{type} {}

  Writer& u8(std::uint8_t value) {
    out_.push_back(value);
    return *this;
  }
  Writer& u32(std::uint32_t value) {
    appendBe32(out_, value);
    return *this;
  }
  Writer& bytes(ByteView run) {
    out_.insert(out_.end(), run.begin(), run.end());
    return *this;
  }
  Writer& text(std::string_view value) { return u32(static_cast<std::uint32_t>(value.size())).bytes(asBytes(value)); }
  Bytes take() { return std::move(out_); }

 private:
  Bytes out_;
};

/// Reads on; once bytes are missing, everything is empty and ok() is false.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}

  ByteView bytes(std::size_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const auto run = rest_.first(size);
    rest_ = rest_.subspan(size);
    return run;
  }
  std::uint8_t u8() {
    const auto run = bytes(1);
    return run.empty() ? std::uint8_t{0} : run[0];
  }
  std::uint32_t u32() {
    const auto run = bytes(4);
    return run.empty() ? 0 : readBe32(run, 0);
  }
  ByteView run() { return bytes(u32()); }
  std::string text() { return std::string(asText(run())); }

  bool ok() const { return ok_; }
  std::size_t left() const { return rest_.size(); }
  void skipRest() { rest_ = {}; }

 private:
  ByteView rest_;
  bool ok_ = true;
};

bool isForward(std::string_view name) {
  return name == kTcpipForward || name == kCancelTcpipForward;
}

struct Encoder {
  Bytes operator()(const ProtocolVersion& m) const {
    return Writer(kProtocolVersion)
        .u32(m.major)
        .u32(m.minor)
        .u32(m.trigger)
        .bytes(m.uuid.wire)
        .bytes(Bytes(kVersionReserved))
        .take();
  }
  Bytes operator()(const ServiceRequest& m) const { return Writer(kServiceRequest).text(m.name).take(); }
  Bytes operator()(const ServiceAccept& m) const { return Writer(kServiceAccept).text(m.name).take(); }
  Bytes operator()(const UserauthRequest& m) const {
    Writer out(kUserauthRequest);
    out.text(m.user).text(m.service).text(m.password ? "password" : "none");
    if (m.password) out.u8(0).text(*m.password);
    return out.take();
  }
  Bytes operator()(const UserauthFailure& m) const { return Writer(kUserauthFailure).text(m.methods).u8(0).take(); }
  Bytes operator()(const UserauthSuccess&) const { return Writer(kUserauthSuccess).take(); }
  Bytes operator()(const GlobalRequest& m) const {
    Writer out(kGlobalRequest);
    out.text(m.name).u8(m.wantReply ? 1 : 0);
    if (isForward(m.name)) out.text(m.address).u32(m.port);
    return out.take();
  }
  Bytes operator()(const RequestSuccess& m) const {
    Writer out(kRequestSuccess);
    if (m.port) out.u32(*m.port);
    return out.take();
  }
  Bytes operator()(const RequestFailure&) const { return Writer(kRequestFailure).take(); }
  Bytes operator()(const ChannelOpen& m) const {
    return Writer(kChannelOpen)
        .text(m.kind)
        .u32(m.sender)
        .u32(m.window)
        .u32(kReserved)
        .text(m.address)
        .u32(m.port)
        .text(m.originator)
        .u32(m.originatorPort)
        .take();
  }
  Bytes operator()(const OpenConfirmation& m) const {
    return Writer(kOpenConfirmation).u32(m.recipient).u32(m.sender).u32(m.window).u32(kReserved).take();
  }
  Bytes operator()(const OpenFailure& m) const {
    return Writer(kOpenFailure).u32(m.recipient).u32(std::to_underlying(m.reason)).u32(0).u32(0).take();
  }
  Bytes operator()(const WindowAdjust& m) const { return Writer(kWindowAdjust).u32(m.recipient).u32(m.bytes).take(); }
  Bytes operator()(const ChannelData& m) const {
    return Writer(kChannelData).u32(m.recipient).u32(static_cast<std::uint32_t>(m.bytes.size())).bytes(m.bytes).take();
  }
  Bytes operator()(const ChannelClose& m) const { return Writer(kChannelClose).u32(m.recipient).take(); }
  Bytes operator()(const Disconnect& m) const {
    return Writer(kDisconnect).u32(std::to_underlying(m.reason)).u8(0).u8(0).take();
  }
};

ProtocolVersion readVersion(Reader& in) {
  ProtocolVersion version{.major = in.u32(), .minor = in.u32(), .trigger = in.u32()};
  std::ranges::copy(in.bytes(version.uuid.wire.size()), version.uuid.wire.begin());
  in.bytes(kVersionReserved);
  return version;
}

UserauthRequest readUserauth(Reader& in) {
  UserauthRequest request{.user = in.text(), .service = in.text()};
  const auto method = in.text();
  if (method == "password") {
    in.u8();
    request.password = in.text();
  } else if (method != "none") {
    in.skipRest();  // a method that nobody offers is as none
  }
  return request;
}

GlobalRequest readGlobal(Reader& in) {
  GlobalRequest request{.name = in.text(), .wantReply = in.u8() != 0};
  if (isForward(request.name)) {
    request.address = in.text();
    request.port = in.u32();
  } else {
    in.skipRest();
  }
  return request;
}

ChannelOpen readOpen(Reader& in) {
  ChannelOpen open{.kind = in.text(), .sender = in.u32(), .window = in.u32()};
  in.u32();
  if (open.kind != kForwarded && open.kind != kDirect) {
    in.skipRest();
    return open;
  }
  open.address = in.text();
  open.port = in.u32();
  open.originator = in.text();
  open.originatorPort = in.u32();
  return open;
}

OpenConfirmation readConfirmation(Reader& in) {
  const OpenConfirmation confirmation{.recipient = in.u32(), .sender = in.u32(), .window = in.u32()};
  in.u32();
  return confirmation;
}

OpenFailure readFailure(Reader& in) {
  const OpenFailure failure{.recipient = in.u32(), .reason = OpenFailureReason{in.u32()}};
  in.bytes(8);
  return failure;
}

ChannelData readData(Reader& in) {
  ChannelData data{.recipient = in.u32()};
  const auto run = in.run();
  data.bytes.assign(run.begin(), run.end());
  return data;
}

Disconnect readDisconnect(Reader& in) {
  const Disconnect disconnect{DisconnectReason{in.u32()}};
  in.bytes(2);
  return disconnect;
}

std::optional<Message> read(Reader& in) {
  switch (in.u8()) {
    case kDisconnect:
      return readDisconnect(in);
    case kServiceRequest:
      return ServiceRequest{in.text()};
    case kServiceAccept:
      return ServiceAccept{in.text()};
    case kUserauthRequest:
      return readUserauth(in);
    case kUserauthFailure: {
      UserauthFailure failure{in.text()};
      in.u8();
      return failure;
    }
    case kUserauthSuccess:
      return UserauthSuccess{};
    case kGlobalRequest:
      return readGlobal(in);
    case kRequestSuccess:
      return in.left() == 0 ? RequestSuccess{} : RequestSuccess{in.u32()};
    case kRequestFailure:
      return RequestFailure{};
    case kChannelOpen:
      return readOpen(in);
    case kOpenConfirmation:
      return readConfirmation(in);
    case kOpenFailure:
      return readFailure(in);
    case kWindowAdjust: {
      const auto recipient = in.u32();
      return WindowAdjust{recipient, in.u32()};
    }
    case kChannelData:
      return readData(in);
    case kChannelClose:
      return ChannelClose{in.u32()};
    case kProtocolVersion:
      return readVersion(in);
    default:
      return std::nullopt;
  }
}

}  // namespace

Bytes encode(const Message& message) {
  return std::visit(Encoder{}, message);
}

Result<Message> parse(ByteView message) {
  if (message.empty()) return fail("offset 0", "an APF message is empty");
  Reader in(message);
  auto read = apf::read(in);
  if (!read) return fail("offset 0", "there is no APF message of type " + std::to_string(message[0]));
  if (!in.ok()) return fail("offset " + std::to_string(message.size()), "bytes of an APF message are missing");
  if (in.left() != 0) {
    return fail("offset " + std::to_string(message.size() - in.left()), "bytes follow an APF message");
  }
  return std::move(*read);
}

}  // namespace vme::wire::apf
