// File types by libmagic, which is loaded on first use: optional on the system.
#include <dlfcn.h>

#include "arguments.h"
#include "parts.h"

namespace sluice {
namespace {

/** The libmagic functions in use, see magic(3). */
struct Library {
  void* (*open)(int flags) = nullptr;
  int (*load)(void* cookie, const char* database) = nullptr;
  const char* (*buffer)(void* cookie, const void* bytes, size_t length) = nullptr;
  void (*close)(void* cookie) = nullptr;

  Library() {
    void* handle = dlopen("libmagic.so.1", RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return;
    find(handle, "magic_load", load);
    find(handle, "magic_buffer", buffer);
    find(handle, "magic_close", close);
    if (load != nullptr && buffer != nullptr && close != nullptr) find(handle, "magic_open", open);
  }

  template <class F>
  static void find(void* handle, const char* name, F& function) {
    function = reinterpret_cast<F>(dlsym(handle, name));
  }
};

/** A thread's access to the library: its databases are not thread-safe. */
struct Reader {
  Library library;
  void* cookie = nullptr;

  ~Reader() {
    if (cookie != nullptr) library.close(cookie);
  }

  bool load(const std::string& database) {
    if (library.open == nullptr) return false;
    if (cookie != nullptr) library.close(cookie);
    cookie = library.open(0);
    if (cookie == nullptr) return false;
    if (library.load(cookie, database.empty() ? nullptr : database.c_str()) == 0) return true;
    library.close(cookie);
    cookie = nullptr;
    return false;
  }
};

Napi::Value jsLoadMagic(const Napi::CallbackInfo& info) {
  auto& reader = *static_cast<Reader*>(info.Data());
  return Napi::Boolean::New(info.Env(), reader.load(textAt(info, 0, "database")));
}

Napi::Value jsKindOfFile(const Napi::CallbackInfo& info) {
  auto& reader = *static_cast<Reader*>(info.Data());
  const auto bytes = bytesAt(info, 0, "bytes");
  if (reader.cookie == nullptr) return info.Env().Undefined();
  const char* kind = reader.library.buffer(reader.cookie, bytes.data, bytes.length);
  if (kind == nullptr) return info.Env().Undefined();
  return Napi::String::New(info.Env(), kind);
}

}  // namespace

void defineMagic(Napi::Env env, Napi::Object exports) {
  auto* reader = new Reader;
  env.AddCleanupHook([](Reader* ending) { delete ending; }, reader);
  exports.Set("loadMagic", Napi::Function::New(env, jsLoadMagic, "loadMagic", reader));
  exports.Set("kindOfFile", Napi::Function::New(env, jsKindOfFile, "kindOfFile", reader));
}

}  // namespace sluice
