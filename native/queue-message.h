// Messages of netfilter queues (nfnetlink_queue): a netlink header, a netfilter header, then attributes.
#pragma once

// Before the kernel's headers, which otherwise redefine the address types.
#include <arpa/inet.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>
#include <new>

namespace sluice {

/** Bytes before the first attribute. */
constexpr size_t kMessageHeader = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(nfgenmsg));

inline uint16_t typeOf(uint8_t message) { return static_cast<uint16_t>((NFNL_SUBSYS_QUEUE << 8) | message); }

/** A netlink message that grows attribute by attribute. */
class Message {
 public:
  Message(uint8_t type, uint16_t queue, uint16_t flags) {
    auto* header = new (bytes_) nlmsghdr{};
    header->nlmsg_type = typeOf(type);
    header->nlmsg_flags = flags;
    auto* family = new (bytes_ + NLMSG_HDRLEN) nfgenmsg{};
    family->nfgen_family = AF_UNSPEC;
    family->version = NFNETLINK_V0;
    family->res_id = htons(queue);
    length_ = kMessageHeader;
  }

  template <class T>
  void add(uint16_t type, const T& value) {
    nlattr header{static_cast<uint16_t>(NLA_HDRLEN + sizeof value), type};
    std::memcpy(bytes_ + length_, &header, sizeof header);
    std::memcpy(bytes_ + length_ + NLA_HDRLEN, &value, sizeof value);
    length_ += NLA_ALIGN(NLA_HDRLEN + sizeof value);
  }

  const void* finished() {
    reinterpret_cast<nlmsghdr*>(bytes_)->nlmsg_len = static_cast<uint32_t>(length_);
    return bytes_;
  }

  size_t length() const { return length_; }

 private:
  alignas(8) uint8_t bytes_[128] = {};
  size_t length_;
};

inline uint32_t big32(const uint8_t* at) {
  uint32_t value;
  std::memcpy(&value, at, 4);
  return ntohl(value);
}

inline uint64_t big64(const uint8_t* at) { return (static_cast<uint64_t>(big32(at)) << 32) | big32(at + 4); }

/** Calls `take(type, value, size)` for each attribute. @returns false if one exceeds the end */
template <class Take>
bool eachAttribute(const uint8_t* at, const uint8_t* end, Take take) {
  while (at + NLA_HDRLEN <= end) {
    nlattr header;
    std::memcpy(&header, at, sizeof header);
    if (header.nla_len < NLA_HDRLEN || header.nla_len > static_cast<size_t>(end - at)) return false;
    take(header.nla_type & NLA_TYPE_MASK, at + NLA_HDRLEN, static_cast<size_t>(header.nla_len - NLA_HDRLEN));
    const size_t whole = NLA_ALIGN(header.nla_len);
    if (whole >= static_cast<size_t>(end - at)) return true;
    at += whole;
  }
  return true;
}

}  // namespace sluice
