// Receives packets from a netfilter queue: the kernel writes its messages directly into the caller's memory.
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <time.h>

#include <cerrno>

#include "queue-message.h"
#include "queue.h"

namespace sluice {
namespace {

/** Attributes before the payload, and its own header. */
constexpr size_t kOverhead = 1024;

/** Conntrack information: see CONNTRACK_ in engine/packet/conntrack.ts. */
struct Connection {
  uint32_t info, id, mark, status;
};
static_assert(sizeof(Connection) <= kMessageHeader);

uint32_t valueOf(const uint8_t* value, size_t size) { return size >= 4 ? big32(value) : 0; }

void readConnection(const uint8_t* attributes, size_t size, Connection& connection) {
  eachAttribute(attributes, attributes + size, [&](uint16_t type, const uint8_t* value, size_t length) {
    if (type == CTA_ID) connection.id = valueOf(value, length);
    if (type == CTA_MARK) connection.mark = valueOf(value, length);
    if (type == CTA_STATUS) connection.status = valueOf(value, length);
  });
}

/** Parses the messages of one call, which arrived at about the same time. */
class Reader {
 public:
  void now() { clock_gettime(CLOCK_REALTIME, &now_); }

  /** @param base offset of `message` in the caller's bytes  @returns false if it is not a complete packet message */
  bool read(uint8_t* message, size_t length, uint32_t base, Received& packet) {
    packet = {};
    packet.seconds = static_cast<uint32_t>(now_.tv_sec);
    packet.nanoseconds = static_cast<uint32_t>(now_.tv_nsec);
    packet_ = &packet;
    message_ = message;
    base_ = base;
    hasId_ = hasConnection_ = false;
    connection_ = {};
    const bool whole =
        eachAttribute(message + kMessageHeader, message + length,
                      [this](uint16_t type, const uint8_t* value, size_t size) { take(type, value, size); });
    if (packet.wireLength == 0) packet.wireLength = packet.length;
    if (hasConnection_) keepConnection();
    return whole && hasId_;
  }

 private:
  void take(uint16_t type, const uint8_t* value, size_t size) {
    Received& packet = *packet_;
    switch (type) {
      case NFQA_PACKET_HDR:
        if (size < 7) break;
        packet.id = big32(value);
        packet.hook = value[6];
        hasId_ = true;
        break;
      case NFQA_MARK:
        packet.mark = valueOf(value, size);
        break;
      case NFQA_TIMESTAMP:
        if (size < 16) break;
        packet.seconds = static_cast<uint32_t>(big64(value));
        packet.nanoseconds = static_cast<uint32_t>(big64(value + 8) * 1000);
        break;
      case NFQA_IFINDEX_INDEV:
        packet.in = valueOf(value, size);
        break;
      case NFQA_IFINDEX_OUTDEV:
        packet.out = valueOf(value, size);
        break;
      case NFQA_CAP_LEN:
        packet.wireLength = valueOf(value, size);
        break;
      case NFQA_SKB_INFO:
        packet.flags = valueOf(value, size);
        break;
      case NFQA_CT:
        readConnection(value, size, connection_);
        hasConnection_ = true;
        break;
      case NFQA_CT_INFO:
        connection_.info = valueOf(value, size);
        break;
      case NFQA_PAYLOAD:
        packet.data = base_ + static_cast<uint32_t>(value - message_);
        packet.length = static_cast<uint32_t>(size);
        break;
      default:
        break;
    }
  }

  /** The message header has been read: the record is stored in its place, next to the packet. */
  void keepConnection() {
    std::memcpy(message_, &connection_, sizeof connection_);
    packet_->conntrack = base_;
  }

  timespec now_{};
  Received* packet_ = nullptr;
  uint8_t* message_ = nullptr;
  uint32_t base_ = 0;
  bool hasId_ = false;
  bool hasConnection_ = false;
  Connection connection_{};
};

}  // namespace

uint32_t receive(int socket, const ReceiveBuffer& buffer, uint32_t largest, Span<uint32_t> packets,
                 Span<uint32_t> tally) {
  const size_t limit = packets.length / kReceivedInts;
  auto* out = reinterpret_cast<Received*>(packets.data);
  uint32_t count = 0;
  uint32_t at = buffer.from;
  Reader reader;
  while (count < limit && buffer.to - at >= largest + kOverhead) {
    const ssize_t length = recv(socket, buffer.bytes + at, buffer.to - at, MSG_DONTWAIT | MSG_TRUNC);
    if (length < 0) {
      if (errno == EINTR) continue;
      if (errno != ENOBUFS) break;
      tally.data[kOverruns]++;
      continue;
    }
    uint8_t* message = buffer.bytes + at;
    const auto* header = reinterpret_cast<const nlmsghdr*>(message);
    const size_t size = static_cast<size_t>(length);
    if (size > buffer.to - at || size < NLMSG_HDRLEN || header->nlmsg_len > size) {
      tally.data[kStrange]++;
    } else if (header->nlmsg_type == NLMSG_ERROR) {
      tally.data[kRefused]++;
    } else {
      if (count % 16 == 0) reader.now();
      if (header->nlmsg_type == typeOf(NFQNL_MSG_PACKET) && reader.read(message, size, at, out[count])) {
        count++;
        at += static_cast<uint32_t>((size + 7) & ~size_t{7});
        if (at > buffer.to) at = buffer.to;
      } else {
        tally.data[kStrange]++;
      }
    }
  }
  tally.data[kBytes] = at - buffer.from;
  return count;
}

}  // namespace sluice
