// Sends verdicts to a netfilter queue, many with one system call.
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "queue-message.h"
#include "queue.h"

namespace sluice {
namespace {

/** Verdict messages to be sent to the kernel in one system call. */
class VerdictSender {
 public:
  VerdictSender(int socket, uint16_t queue, Span<uint8_t> bytes) : socket_(socket), queue_(queue), bytes_(bytes) {}

  /**
   * Verdicts after a refused one are not sent: "all up to here" would apply to that one, too.
   * @returns number of verdicts at the end of the list that the kernel did not accept
   */
  uint32_t sendAll(const Verdict* verdicts, uint32_t count) {
    heads_.reserve(kMaxBatch);
    for (uint32_t i = 0; i < count; i++) {
      add(verdicts[i]);
      if ((heads_.size() == kMaxBatch || total_ > kMaxBatchBytes) && !flush()) return count - accepted_;
    }
    flush();
    return count - accepted_;
  }

 private:
  static constexpr size_t kMaxBatch = 256;
  static constexpr size_t kMaxBatchBytes = 128 << 10;

  void add(const Verdict& v) {
    const bool upTo = (v.flags & kUpToHere) != 0;
    heads_.emplace_back(upTo ? NFQNL_MSG_VERDICT_BATCH : NFQNL_MSG_VERDICT, queue_, NLM_F_REQUEST);
    Message& message = heads_.back();
    message.add(NFQA_VERDICT_HDR, nfqnl_msg_verdict_hdr{htonl(v.verdict), htonl(v.id)});
    if (v.flags & kSetMark) message.add(NFQA_MARK, htonl(v.mark));
    payloads_.push_back((v.flags & kWithPayload) && !upTo ? &v : nullptr);
    total_ += message.length() + (payloads_.back() ? v.length + NLA_HDRLEN + NLA_ALIGNTO : 0);
  }

  /** If the kernel lacks memory for many at once, it may accept fewer. @returns false if some were refused */
  bool flush() {
    attributes_.assign(heads_.size(), nlattr{});
    size_t from = 0;
    for (size_t limit = heads_.size(); from < heads_.size() && limit > 0;) {
      const size_t to = std::min(from + limit, heads_.size());
      if (sendSome(from, to)) from = to;
      else limit = (to - from) / 2;
    }
    const bool all = from == heads_.size();
    accepted_ += static_cast<uint32_t>(from);
    heads_.clear();
    payloads_.clear();
    total_ = 0;
    return all;
  }

  bool sendSome(size_t from, size_t to) {
    buffers_.clear();
    for (size_t i = from; i < to; i++) addBuffers(i);
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    msghdr message{};
    message.msg_name = &kernel;
    message.msg_namelen = sizeof kernel;
    message.msg_iov = buffers_.data();
    message.msg_iovlen = buffers_.size();
    ssize_t sent;
    do sent = sendmsg(socket_, &message, 0);
    while (sent < 0 && errno == EINTR);
    return sent >= 0;
  }

  void addBuffers(size_t i) {
    static const uint8_t padding[NLA_ALIGNTO] = {};
    Message& head = heads_[i];
    const Verdict* v = payloads_[i];
    // A length written for an earlier attempt is rewritten.
    auto* bytes = const_cast<void*>(head.finished());
    buffers_.push_back({bytes, head.length()});
    if (!v) return;
    attributes_[i] = {static_cast<uint16_t>(NLA_HDRLEN + v->length), NFQA_PAYLOAD};
    buffers_.push_back({&attributes_[i], NLA_HDRLEN});
    buffers_.push_back({bytes_.data + v->data, v->length});
    const size_t missing = NLA_ALIGN(v->length) - v->length;
    if (missing) buffers_.push_back({const_cast<uint8_t*>(padding), missing});
    reinterpret_cast<nlmsghdr*>(bytes)->nlmsg_len += static_cast<uint32_t>(NLA_HDRLEN + v->length + missing);
  }

  const int socket_;
  const uint16_t queue_;
  const Span<uint8_t> bytes_;
  std::vector<Message> heads_;
  std::vector<const Verdict*> payloads_;
  std::vector<nlattr> attributes_;
  std::vector<iovec> buffers_;
  size_t total_ = 0;
  uint32_t accepted_ = 0;
};

}  // namespace

uint32_t sendVerdicts(int socket, uint16_t queue, Span<uint8_t> bytes, const Verdict* verdicts, uint32_t count) {
  return VerdictSender(socket, queue, bytes).sendAll(verdicts, count);
}

}  // namespace sluice
