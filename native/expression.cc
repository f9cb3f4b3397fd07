#include "expression.h"

#include <stdexcept>

namespace sluice {

constexpr size_t kJitStackStart = 32 * 1024;
constexpr size_t kJitStackLimit = 1024 * 1024;
constexpr uint32_t kPairs = 32;

SharedTable<Expression>& expressions() {
  static auto& table = *new SharedTable<Expression>;
  return table;
}

static uint32_t optionOf(char letter) {
  switch (letter) {
    case 'i': return PCRE2_CASELESS;
    case 'm': return PCRE2_MULTILINE;
    case 's': return PCRE2_DOTALL;
    case 'x': return PCRE2_EXTENDED;
    case 'A': return PCRE2_ANCHORED;
    case 'E': return PCRE2_DOLLAR_ENDONLY;
    case 'G': return PCRE2_UNGREEDY;
    // Traffic is not guaranteed to be UTF-8.
    case 'u': return PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
    default: throw std::runtime_error(std::string("unknown option of an expression: ") + letter);
  }
}

static std::string messageOf(int error) {
  PCRE2_UCHAR text[256];
  pcre2_get_error_message(error, text, sizeof text);
  return reinterpret_cast<const char*>(text);
}

static void readGroups(Expression& expression) {
  uint32_t count = 0, entrySize = 0;
  PCRE2_SPTR entry = nullptr;
  pcre2_pattern_info(expression.code, PCRE2_INFO_CAPTURECOUNT, &expression.groups);
  pcre2_pattern_info(expression.code, PCRE2_INFO_NAMECOUNT, &count);
  pcre2_pattern_info(expression.code, PCRE2_INFO_NAMEENTRYSIZE, &entrySize);
  pcre2_pattern_info(expression.code, PCRE2_INFO_NAMETABLE, &entry);
  for (uint32_t i = 0; i < count; i++, entry += entrySize) {
    const uint32_t number = static_cast<uint32_t>(entry[0]) << 8 | entry[1];
    expression.names.emplace(reinterpret_cast<const char*>(entry + 2), number);
  }
}

std::shared_ptr<const Expression> compileExpression(const std::string& pattern, const std::string& options,
                                                    uint32_t matchLimit, uint32_t depthLimit) {
  uint32_t bits = 0;
  for (const char letter : options) bits |= optionOf(letter);
  int error = 0;
  size_t offset = 0;
  auto expression = std::make_shared<Expression>();
  expression->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), bits, &error, &offset, nullptr);
  if (!expression->code) throw std::runtime_error(messageOf(error) + " at offset " + std::to_string(offset));
  // Without JIT (hardened kernels) matching is interpreted: slower, otherwise the same.
  pcre2_jit_compile(expression->code, PCRE2_JIT_COMPLETE);
  expression->matchLimit = matchLimit;
  expression->depthLimit = depthLimit;
  readGroups(*expression);
  return expression;
}

ExpressionMatcher::ExpressionMatcher()
    : view_(expressions()),
      context_(pcre2_match_context_create(nullptr)),
      stack_(pcre2_jit_stack_create(kJitStackStart, kJitStackLimit, nullptr)),
      data_(pcre2_match_data_create(kPairs, nullptr)) {
  pcre2_jit_stack_assign(context_, nullptr, stack_);
}

ExpressionMatcher::~ExpressionMatcher() {
  pcre2_match_data_free(data_);
  pcre2_match_context_free(context_);
  pcre2_jit_stack_free(stack_);
}

const Expression& ExpressionMatcher::expressionOf(uint32_t number) {
  bool isNew;
  view_.refresh();
  const auto* found = view_.find(number, isNew);
  if (!found) throw std::runtime_error("there is no expression " + std::to_string(number));
  const Expression& expression = **found;
  if (isNew && pcre2_get_ovector_count(data_) <= expression.groups) {
    pcre2_match_data_free(data_);
    data_ = pcre2_match_data_create(expression.groups + 1, nullptr);
  }
  return expression;
}

static uint32_t limitOr(uint32_t limit, uint32_t otherwise) { return limit ? limit : otherwise; }

static uint32_t configured(uint32_t what) {
  uint32_t value = 0;
  pcre2_config(what, &value);
  return value;
}

int ExpressionMatcher::match(uint32_t number, const uint8_t* data, size_t length, size_t start) {
  static const uint32_t defaultMatchLimit = configured(PCRE2_CONFIG_MATCHLIMIT);
  static const uint32_t defaultDepthLimit = configured(PCRE2_CONFIG_DEPTHLIMIT);
  const Expression& expression = expressionOf(number);
  pcre2_set_match_limit(context_, limitOr(expression.matchLimit, defaultMatchLimit));
  pcre2_set_depth_limit(context_, limitOr(expression.depthLimit, defaultDepthLimit));
  const int result = pcre2_match(expression.code, data, length, start, 0, data_, context_);
  switch (result) {
    case PCRE2_ERROR_NOMATCH: return 0;
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_JIT_STACKLIMIT: return -1;
    default: return result > 0 ? result : -2;
  }
}

}  // namespace sluice
