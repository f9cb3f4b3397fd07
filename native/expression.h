// Regular expressions by PCRE2: compiled once for the process, matched by each thread with its own workspace.
#pragma once

#include <pcre2.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "shared_table.h"

namespace sluice {

/** Immutable once created, so threads share it without locks. */
struct Expression {
  pcre2_code* code = nullptr;
  uint32_t matchLimit = 0;
  uint32_t depthLimit = 0;
  /** Number of the highest capturing group, and numbers of the named ones. */
  uint32_t groups = 0;
  std::map<std::string, uint32_t> names;

  Expression() = default;
  Expression(const Expression&) = delete;
  Expression& operator=(const Expression&) = delete;
  ~Expression() { pcre2_code_free(code); }
};

/** Shared by the process, never destroyed. */
SharedTable<Expression>& expressions();

/**
 * `pattern` is UTF-8 with option u, plain bytes otherwise; a limit of 0 is PCRE2's default.
 * @throws std::runtime_error with PCRE2's message and the offset.
 */
std::shared_ptr<const Expression> compileExpression(const std::string& pattern, const std::string& options,
                                                    uint32_t matchLimit, uint32_t depthLimit);

/** Match state of one thread. */
class ExpressionMatcher {
 public:
  ExpressionMatcher();
  ExpressionMatcher(const ExpressionMatcher&) = delete;
  ExpressionMatcher& operator=(const ExpressionMatcher&) = delete;
  ~ExpressionMatcher();

  /** @returns pairs in `offsets()`, 0 for no match, -1 if a limit was reached, -2 for another error. */
  int match(uint32_t expression, const uint8_t* data, size_t length, size_t start);
  const size_t* offsets() const { return pcre2_get_ovector_pointer(data_); }

 private:
  const Expression& expressionOf(uint32_t number);

  TableView<Expression> view_;
  pcre2_match_context* context_;
  pcre2_jit_stack* stack_;
  pcre2_match_data* data_;
};

}  // namespace sluice
