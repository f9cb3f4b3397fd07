// Regular expressions for JavaScript.
#include <algorithm>
#include <stdexcept>

#include "arguments.h"
#include "expression.h"
#include "parts.h"

namespace sluice {

/** The pattern as expected by PCRE2: UTF-8 in UTF mode, one byte for each character otherwise. */
static std::string patternAt(const Napi::CallbackInfo& info, size_t index, bool utf) {
  if (utf) return textAt(info, index, "pattern");
  if (!info[index].IsString()) throwError(info.Env(), "pattern is not a string");
  std::string bytes;
  for (const char16_t unit : info[index].As<Napi::String>().Utf16Value()) {
    if (unit > 0xff)
      throwError(info.Env(), "the expression contains characters larger than one byte; it needs the option u");
    bytes += static_cast<char>(unit);
  }
  return bytes;
}

static Napi::Value jsCompileExpression(const Napi::CallbackInfo& info) {
  const std::string options = textAt(info, 1, "options");
  const std::string pattern = patternAt(info, 0, options.find('u') != std::string::npos);
  const uint32_t matchLimit = numberAt(info, 2, "matchLimit");
  const uint32_t depthLimit = numberAt(info, 3, "recursionLimit");
  return guarded(info, [&] {
    return Napi::Number::New(info.Env(), expressions().add(compileExpression(pattern, options, matchLimit, depthLimit)));
  });
}

static Napi::Value jsExpressionGroups(const Napi::CallbackInfo& info) {
  const uint32_t number = numberAt(info, 0, "expression");
  const auto expression = expressions().get(number);
  if (!expression) throwError(info.Env(), "there is no expression " + std::to_string(number));
  auto names = Napi::Object::New(info.Env());
  for (const auto& [name, group] : expression->names) names.Set(name, Napi::Number::New(info.Env(), group));
  auto groups = Napi::Object::New(info.Env());
  groups.Set("count", Napi::Number::New(info.Env(), expression->groups));
  groups.Set("names", names);
  return groups;
}

static uint32_t absolute(size_t offset, uint32_t from) {
  return offset == PCRE2_UNSET ? UINT32_MAX : static_cast<uint32_t>(offset + from);
}

static Napi::Value jsMatchExpression(const Napi::CallbackInfo& info) {
  auto& matcher = *static_cast<ExpressionMatcher*>(info.Data());
  const uint32_t number = numberAt(info, 0, "expression");
  const auto bytes = bytesAt(info, 1, "bytes");
  const uint32_t from = numberAt(info, 2, "from");
  const uint32_t start = numberAt(info, 3, "start");
  const uint32_t end = numberAt(info, 4, "end");
  const auto groups = uint32sAt(info, 5, "groups");
  if (from > start || start > end || end > bytes.length)
    throwError(info.Env(), "from, start and end do not lie in bytes in this order");
  return guarded(info, [&] {
    int pairs = matcher.match(number, bytes.data + from, end - from, start - from);
    if (pairs > 0) {
      pairs = std::min(pairs, static_cast<int>(std::min<size_t>(groups.length / 2, INT32_MAX)));
      const size_t* offsets = matcher.offsets();
      for (int i = 0; i < pairs * 2; i++) groups.data[i] = absolute(offsets[i], from);
      // Still a match, even if no group fits.
      pairs = std::max(pairs, 1);
    }
    return Napi::Number::New(info.Env(), pairs);
  });
}

static void jsReleaseExpression(const Napi::CallbackInfo& info) {
  const uint32_t number = numberAt(info, 0, "expression");
  if (!expressions().release(number)) throwError(info.Env(), "there is no expression " + std::to_string(number));
}

static std::string version() {
  char text[64];
  pcre2_config(PCRE2_CONFIG_VERSION, text);
  return text;
}

void defineExpressions(Napi::Env env, Napi::Object exports, Napi::Object versions) {
  auto* matcher = new ExpressionMatcher;
  env.AddCleanupHook([](ExpressionMatcher* ending) { delete ending; }, matcher);
  exports.Set("compileExpression", Napi::Function::New(env, jsCompileExpression, "compileExpression"));
  exports.Set("expressionGroups", Napi::Function::New(env, jsExpressionGroups, "expressionGroups"));
  exports.Set("matchExpression", Napi::Function::New(env, jsMatchExpression, "matchExpression", matcher));
  exports.Set("releaseExpression", Napi::Function::New(env, jsReleaseExpression, "releaseExpression"));
  versions.Set("pcre2", version());
}

}  // namespace sluice
