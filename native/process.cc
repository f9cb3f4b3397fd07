// The process in the system: its user and capabilities, and notifications to the service manager.
#include <grp.h>
#include <linux/capability.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <stdexcept>

#include "arguments.h"
#include "parts.h"

namespace sluice {
namespace {

constexpr uint32_t kKept = (1u << CAP_NET_ADMIN) | (1u << CAP_NET_RAW) | (1u << CAP_IPC_LOCK) | (1u << CAP_SYS_NICE);

void check(int result, const char* what) {
  if (result != 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
}

/**
 * Restricts the calling thread, and threads it starts from now on, to those of its current capabilities that a sensor
 * needs.
 */
void keepSensorCapabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct now[2] = {};
  check(static_cast<int>(syscall(SYS_capget, &header, now)), "capabilities cannot be read");
  const uint32_t kept = now[0].permitted & kKept;
  __user_cap_data_struct next[2] = {};
  next[0].permitted = next[0].effective = kept;
  check(static_cast<int>(syscall(SYS_capset, &header, next)), "capabilities cannot be set");
}

void dropPrivileges(const Napi::CallbackInfo& info) {
  const uint32_t user = numberAt(info, 0, "user");
  const uint32_t group = numberAt(info, 1, "group");
  const bool isSensor = info[2].ToBoolean();
  guarded(info, [&] {
    if (isSensor) check(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "capabilities cannot be kept");
    if (geteuid() == 0) check(setgroups(0, nullptr), "groups cannot be left");
    check(setgid(group), "the group cannot be changed");
    check(setuid(user), "the user cannot be changed");
    if (isSensor) keepSensorCapabilities();
    check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "new privileges cannot be refused");
  });
}

/** Notifies the service manager (the socket of NOTIFY_SOCKET). */
Napi::Value notifyService(const Napi::CallbackInfo& info) {
  const std::string path = textAt(info, 0, "socket");
  const std::string text = textAt(info, 1, "text");
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof to.sun_path) throwError(info.Env(), "socket is no path of a socket");
  std::memcpy(to.sun_path, path.data(), path.size());
  // An abstract name is written with @ and begins with a zero byte.
  if (path[0] == '@') to.sun_path[0] = 0;
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return Napi::Boolean::New(info.Env(), false);
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  const ssize_t sent = sendto(socket, text.data(), text.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&to), size);
  close(socket);
  return Napi::Boolean::New(info.Env(), sent >= 0);
}

/** Returns unused memory cached by malloc to the system. */
void trimMemory(const Napi::CallbackInfo&) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace

void defineProcess(Napi::Env env, Napi::Object exports) {
  exports.Set("dropPrivileges", Napi::Function::New(env, dropPrivileges, "dropPrivileges"));
  exports.Set("trimMemory", Napi::Function::New(env, trimMemory, "trimMemory"));
  exports.Set("notifyService", Napi::Function::New(env, notifyService, "notifyService"));
}

}  // namespace sluice
