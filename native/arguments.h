// Reads and checks the arguments of a call. An invalid one causes a JavaScript error naming it, never a crash.
#pragma once

#include <napi.h>

#include <cstdint>
#include <exception>
#include <string>

namespace sluice {

/** The memory of a typed array; the caller's reference keeps it alive during the call. */
template <class T>
struct Span {
  T* data;
  size_t length;
};

[[noreturn]] inline void throwError(Napi::Env env, const std::string& message) {
  throw Napi::Error::New(env, message);
}

inline uint32_t numberAt(const Napi::CallbackInfo& info, size_t index, const char* name) {
  double value = 0;
  if (index >= info.Length() || napi_get_value_double(info.Env(), info[index], &value) != napi_ok ||
      !(value >= 0 && value <= UINT32_MAX)) {
    throwError(info.Env(), std::string(name) + " is not an unsigned 32-bit number");
  }
  return static_cast<uint32_t>(value);
}

/** Elements of a typed array of exactly this type. */
template <class T>
Span<T> spanOf(Napi::Env env, napi_value value, napi_typedarray_type wanted, const char* name) {
  bool isTyped = false;
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  if (napi_is_typedarray(env, value, &isTyped) != napi_ok || !isTyped ||
      napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr) != napi_ok || type != wanted) {
    throwError(env, std::string(name) + " is not a typed array of the right type");
  }
  // An empty array may have a null pointer, which libraries refuse.
  static T none[1] = {};
  return {data ? static_cast<T*>(data) : none, length};
}

inline Span<uint8_t> bytesAt(const Napi::CallbackInfo& info, size_t index, const char* name) {
  return spanOf<uint8_t>(info.Env(), info[index], napi_uint8_array, name);
}

inline Span<uint32_t> uint32sAt(const Napi::CallbackInfo& info, size_t index, const char* name) {
  return spanOf<uint32_t>(info.Env(), info[index], napi_uint32_array, name);
}

inline std::string textAt(const Napi::CallbackInfo& info, size_t index, const char* name) {
  if (!info[index].IsString()) throwError(info.Env(), std::string(name) + " is not a string");
  return info[index].As<Napi::String>().Utf8Value();
}

/** A number or boolean in the settings object, the last argument. */
inline uint32_t settingAt(const Napi::CallbackInfo& info, const char* name) {
  const Napi::Value value = info[info.Length() - 1].As<Napi::Object>().Get(name);
  if (value.IsBoolean()) return value.As<Napi::Boolean>().Value();
  if (!value.IsNumber()) throwError(info.Env(), std::string("settings.") + name + " is missing");
  return value.As<Napi::Number>().Uint32Value();
}

/** Runs `work`; C++ exceptions become JavaScript errors. */
template <class Work>
auto guarded(const Napi::CallbackInfo& info, Work work) {
  try {
    return work();
  } catch (const Napi::Error&) {
    throw;
  } catch (const std::exception& error) {
    throwError(info.Env(), error.what());
  }
}

}  // namespace sluice
