// Sends lines to a Unix datagram socket, one per datagram, without blocking.
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "arguments.h"
#include "parts.h"

namespace sluice {
namespace {

/** Longest line: the kernel's accounting adds to it. */
constexpr int kSendBuffer = 4 << 20;

Napi::Value openDatagramSocket(const Napi::CallbackInfo& info) {
  if (info.Length() != 0) throwError(info.Env(), "there are no arguments");
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) throwError(info.Env(), std::string("a datagram socket cannot be opened: ") + std::strerror(errno));
  if (setsockopt(socket, SOL_SOCKET, SO_SNDBUFFORCE, &kSendBuffer, sizeof kSendBuffer) != 0)
    setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
  return Napi::Number::New(info.Env(), socket);
}

/**
 * Sends the lines in `bytes[from…]`. `out`: the errno that stopped it, number of lines that were too long. @returns
 * offset of the rest
 */
Napi::Value sendLines(const Napi::CallbackInfo& info) {
  const int socket = static_cast<int>(numberAt(info, 0, "socket"));
  const std::string path = textAt(info, 1, "path");
  const auto bytes = bytesAt(info, 2, "bytes");
  size_t at = numberAt(info, 3, "from");
  const auto out = uint32sAt(info, 4, "out");
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof to.sun_path) throwError(info.Env(), "path is none of a socket");
  if (at > bytes.length || out.length < 2) throwError(info.Env(), "from or out is out of range");
  std::memcpy(to.sun_path, path.data(), path.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  out.data[0] = 0;
  while (at < bytes.length) {
    const void* newline = std::memchr(bytes.data + at, '\n', bytes.length - at);
    const size_t end = newline ? static_cast<const uint8_t*>(newline) - bytes.data + 1 : bytes.length;
    ssize_t sent;
    do sent = sendto(socket, bytes.data + at, end - at, MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&to), size);
    while (sent < 0 && errno == EINTR);
    if (sent < 0 && errno == EMSGSIZE) {
      out.data[1]++;
    } else if (sent < 0) {
      out.data[0] = static_cast<uint32_t>(errno);
      break;
    }
    at = end;
  }
  return Napi::Number::New(info.Env(), static_cast<double>(at));
}

}  // namespace

void defineDatagram(Napi::Env env, Napi::Object exports) {
  exports.Set("openDatagramSocket", Napi::Function::New(env, openDatagramSocket, "openDatagramSocket"));
  exports.Set("sendLines", Napi::Function::New(env, sendLines, "sendLines"));
}

}  // namespace sluice
