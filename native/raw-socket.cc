// Sends packets with the caller's own headers (IPPROTO_RAW), for active responses.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "arguments.h"
#include "parts.h"

namespace sluice {
namespace {

/** `version` 4 or 6; `mark` is set on every packet; `device`, if not empty, is the outgoing device. */
Napi::Value openRawSocket(const Napi::CallbackInfo& info) {
  const int family = numberAt(info, 0, "version") == 6 ? AF_INET6 : AF_INET;
  const uint32_t mark = numberAt(info, 1, "mark");
  const std::string device = textAt(info, 2, "device");
  const int socket = ::socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW);
  if (socket < 0) throwError(info.Env(), std::string("a raw socket cannot be opened: ") + std::strerror(errno));
  const bool bound = device.empty() || setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, device.data(),
                                                  static_cast<socklen_t>(device.size())) == 0;
  const bool marked = mark == 0 || setsockopt(socket, SOL_SOCKET, SO_MARK, &mark, sizeof mark) == 0;
  if (!bound || !marked) {
    const int error = errno;
    close(socket);
    throwError(info.Env(), (bound ? "packets cannot be marked: " : "device " + device + ": ") + std::strerror(error));
  }
  return Napi::Number::New(info.Env(), socket);
}

/** Sends `bytes[0, length)` to the destination in its IP header. */
Napi::Value sendRaw(const Napi::CallbackInfo& info) {
  const int socket = static_cast<int>(numberAt(info, 0, "socket"));
  const auto bytes = bytesAt(info, 1, "bytes");
  const uint32_t length = numberAt(info, 2, "length");
  if (length > bytes.length || length < 20) throwError(info.Env(), "length is not that of a packet");
  ssize_t sent = -1;
  if (bytes.data[0] >> 4 == 4) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    std::memcpy(&to.sin_addr, bytes.data + 16, 4);
    sent = sendto(socket, bytes.data, length, 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
  } else if (length >= 40) {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    std::memcpy(&to.sin6_addr, bytes.data + 24, 16);
    sent = sendto(socket, bytes.data, length, 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
  }
  return Napi::Boolean::New(info.Env(), sent == static_cast<ssize_t>(length));
}

}  // namespace

void defineRawSocket(Napi::Env env, Napi::Object exports) {
  exports.Set("openRawSocket", Napi::Function::New(env, openRawSocket, "openRawSocket"));
  exports.Set("sendRaw", Napi::Function::New(env, sendRaw, "sendRaw"));
}

}  // namespace sluice
