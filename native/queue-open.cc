// Opens netfilter queues: a socket of NETLINK_NETFILTER, bound to the queue with all its settings later.
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <vector>

#include "queue-message.h"
#include "queue.h"

namespace sluice {
namespace {

[[noreturn]] void fail(const std::string& what, int error) {
  throw std::runtime_error(what + ": " + std::strerror(error));
}

/** A packet that arrives while the queue is being set up is not inspected: its verdict follows the fail-open flag. */
void answerFailOpen(int socket, const QueueSettings& settings, const uint8_t* message, size_t length) {
  // The kernel puts the packet header, which begins with the id, first.
  if (length < kMessageHeader + NLA_HDRLEN + 4) return;
  const uint32_t id = big32(message + kMessageHeader + NLA_HDRLEN);
  const uint32_t verdict = settings.flags & NFQA_CFG_F_FAIL_OPEN ? NF_ACCEPT : NF_DROP;
  Message answer(NFQNL_MSG_VERDICT, settings.number, NLM_F_REQUEST);
  answer.add(NFQA_VERDICT_HDR, nfqnl_msg_verdict_hdr{htonl(verdict), htonl(id)});
  const void* bytes = answer.finished();
  send(socket, bytes, answer.length(), 0);
}

enum class Requested : uint8_t { kSettings, kSettingsAndPackets };

/**
 * Sends all settings in one message, with or without the command that binds the queue. @returns errno of the kernel's
 * answer
 */
int configure(int socket, const QueueSettings& settings, Requested requested) {
  Message message(NFQNL_MSG_CONFIG, settings.number, NLM_F_REQUEST | NLM_F_ACK);
  if (requested == Requested::kSettingsAndPackets) {
    nfqnl_msg_config_cmd bind{};
    bind.command = NFQNL_CFG_CMD_BIND;
    bind.pf = htons(AF_UNSPEC);
    message.add(NFQA_CFG_CMD, bind);
  }
  // The kernel's structure is packed.
  struct __attribute__((packed)) {
    uint32_t range;
    uint8_t mode;
  } copy{htonl(settings.copyRange), NFQNL_COPY_PACKET};
  message.add(NFQA_CFG_PARAMS, copy);
  message.add(NFQA_CFG_QUEUE_MAXLEN, htonl(settings.length));
  message.add(NFQA_CFG_FLAGS, htonl(settings.flags));
  message.add(NFQA_CFG_MASK, htonl(NFQA_CFG_F_FAIL_OPEN | NFQA_CFG_F_GSO | NFQA_CFG_F_CONNTRACK));
  const void* bytes = message.finished();
  if (send(socket, bytes, message.length(), 0) < 0) return errno;
  std::vector<uint64_t> storage((66 << 10) / 8);
  auto* answer = reinterpret_cast<uint8_t*>(storage.data());
  for (;;) {
    const ssize_t length = recv(socket, answer, storage.size() * 8, 0);
    if (length < 0) {
      if (errno == EINTR || errno == ENOBUFS) continue;
      return errno;
    }
    const auto* header = reinterpret_cast<const nlmsghdr*>(answer);
    if (header->nlmsg_type == NLMSG_ERROR) return -reinterpret_cast<const nlmsgerr*>(NLMSG_DATA(header))->error;
    if (header->nlmsg_type == typeOf(NFQNL_MSG_PACKET))
      answerFailOpen(socket, settings, answer, static_cast<size_t>(length));
  }
}

void configureOrFail(int socket, const QueueSettings& settings, Requested requested) {
  const int error = configure(socket, settings, requested);
  // The queue is not in use, and the settings are valid.
  if (error == ENODEV && requested == Requested::kSettings) return;
  const std::string name = "queue " + std::to_string(settings.number);
  if (error == EPERM) fail(name + ": another program has it, or CAP_NET_ADMIN is missing", error);
  if (error != 0) fail(name, error);
}

void setBuffer(int socket, uint32_t bytes) {
  const int size = static_cast<int>(bytes);
  if (setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  // Verdicts with the whole of a large packet.
  const int sending = 1 << 20;
  if (setsockopt(socket, SOL_SOCKET, SO_SNDBUFFORCE, &sending, sizeof sending) != 0)
    setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &sending, sizeof sending);
  // The program must not hang if the kernel does not answer.
  const timeval timeout{2, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
}

}  // namespace

int openSocket(const QueueSettings& settings) {
  const int socket = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
  if (socket < 0) fail("a netfilter socket cannot be opened", errno);
  try {
    setBuffer(socket, settings.receiveBuffer);
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    if (bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("a netfilter socket", errno);
    configureOrFail(socket, settings, Requested::kSettings);
    // Any socket that asks for timestamps makes the kernel timestamp packets, also those of the queue.
    const int on = 1;
    if (settings.timestamps) setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  } catch (...) {
    close(socket);
    throw;
  }
  return socket;
}

void bindQueue(int socket, const QueueSettings& settings) {
  configureOrFail(socket, settings, Requested::kSettingsAndPackets);
}

}  // namespace sluice
