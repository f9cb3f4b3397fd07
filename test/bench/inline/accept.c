// Accepts every packet of queue 0: what the kernel's queue can do at most. Argument: packets for each verdict (1: one
// by one), and `gso` to take large packets as they are.
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_queue.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int sock;
static char message[256];
static size_t length;

static void begin(uint8_t type) {
  memset(message, 0, sizeof message);
  struct nlmsghdr *header = (struct nlmsghdr *)message;
  header->nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | type;
  header->nlmsg_flags = NLM_F_REQUEST;
  length = NLMSG_HDRLEN + sizeof(struct nfgenmsg);
}

static void add(uint16_t type, const void *value, size_t size) {
  struct nlattr *attribute = (struct nlattr *)(message + length);
  attribute->nla_type = type;
  attribute->nla_len = NLA_HDRLEN + size;
  memcpy(message + length + NLA_HDRLEN, value, size);
  length += NLA_ALIGN(NLA_HDRLEN + size);
}

static void finish(void) {
  ((struct nlmsghdr *)message)->nlmsg_len = length;
  if (send(sock, message, length, 0) < 0) perror("send");
}

int main(int count, char **words) {
  int each = count > 1 ? atoi(words[1]) : 1;
  int gso = count > 2 && !strcmp(words[2], "gso");
  sock = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
  struct sockaddr_nl me = {.nl_family = AF_NETLINK};
  int buffer = 32 << 20;
  setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
  if (bind(sock, (struct sockaddr *)&me, sizeof me)) return perror("bind"), 1;
  begin(NFQNL_MSG_CONFIG);
  struct nfqnl_msg_config_cmd command = {.command = NFQNL_CFG_CMD_BIND};
  add(NFQA_CFG_CMD, &command, sizeof command);
  struct nfqnl_msg_config_params parameters = {htonl(65531), NFQNL_COPY_PACKET};
  add(NFQA_CFG_PARAMS, &parameters, 5);
  uint32_t value = htonl(4096);
  add(NFQA_CFG_QUEUE_MAXLEN, &value, 4);
  value = htonl(gso ? NFQA_CFG_F_GSO : 0);
  add(NFQA_CFG_FLAGS, &value, 4);
  value = htonl(NFQA_CFG_F_GSO);
  add(NFQA_CFG_MASK, &value, 4);
  finish();
  static char packet[1 << 17];
  int waiting = 0;
  uint32_t id = 0;
  for (;;) {
    ssize_t size = recv(sock, packet, sizeof packet, waiting ? MSG_DONTWAIT : 0);
    if (size > 0) {
      struct nlmsghdr *header = (struct nlmsghdr *)packet;
      if (header->nlmsg_type != (NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET)) continue;
      // The packet header is the first attribute.
      memcpy(&id, packet + NLMSG_HDRLEN + sizeof(struct nfgenmsg) + NLA_HDRLEN, 4);
      waiting++;
    }
    if (waiting == 0 || (size > 0 && waiting < each)) continue;
    begin(each > 1 ? NFQNL_MSG_VERDICT_BATCH : NFQNL_MSG_VERDICT);
    struct nfqnl_msg_verdict_hdr verdict = {htonl(NF_ACCEPT), id};
    add(NFQA_VERDICT_HDR, &verdict, sizeof verdict);
    finish();
    waiting = 0;
  }
}
