// The calling thread in the kernel: CPUs, id, name, time.
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstring>

#include "arguments.h"
#include "parts.h"

namespace sluice {

static void setAffinity(const Napi::CallbackInfo& info) {
  if (!info[0].IsArray()) throwError(info.Env(), "cpus is not an array");
  const auto cpus = info[0].As<Napi::Array>();
  cpu_set_t set;
  CPU_ZERO(&set);
  for (uint32_t i = 0; i < cpus.Length(); i++) {
    const Napi::Value cpu = cpus[i];
    const double number = cpu.IsNumber() ? cpu.As<Napi::Number>().DoubleValue() : -1;
    if (!(number >= 0 && number < CPU_SETSIZE)) throwError(info.Env(), "cpus holds something that is no CPU number");
    CPU_SET(static_cast<int>(number), &set);
  }
  if (sched_setaffinity(0, sizeof set, &set) != 0) {
    throwError(info.Env(), std::string("cannot set the CPU affinity: ") + std::strerror(errno));
  }
}

static Napi::Value threadId(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(syscall(SYS_gettid)));
}

static void setThreadName(const Napi::CallbackInfo& info) {
  pthread_setname_np(pthread_self(), textAt(info, 0, "name").substr(0, 15).c_str());
}

static Napi::Value threadCpuSeconds(const Napi::CallbackInfo& info) {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return Napi::Number::New(info.Env(), static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9);
}

void defineThread(Napi::Env env, Napi::Object exports) {
  exports.Set("setAffinity", Napi::Function::New(env, setAffinity, "setAffinity"));
  exports.Set("threadId", Napi::Function::New(env, threadId, "threadId"));
  exports.Set("setThreadName", Napi::Function::New(env, setThreadName, "setThreadName"));
  exports.Set("threadCpuSeconds", Napi::Function::New(env, threadCpuSeconds, "threadCpuSeconds"));
}

}  // namespace sluice
