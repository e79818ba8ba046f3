#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/config/declarations.hpp"
#include "lang/diagnostics/diagnostic.hpp"

namespace nmx {

/// The attributes of a body by their first name, in the order of the text. The same leaf twice is an error.
std::vector<Setting> settings_of(const ast::Body& body, Diagnostics& diagnostics);
/// The text of a literal string, or nothing.
std::optional<std::string> constant_text(const ast::Expression& expression);
/// Errors that this expression must be written as a constant.
void require_constant(const ast::Expression& expression, std::string_view what, Diagnostics& diagnostics);

/// Takes the body of a block of the language apart: what is asked for is allowed, the rest is an error of `finish`.
class BodyReader {
 public:
  BodyReader(const ast::Block& block, Diagnostics& diagnostics);

  /// Null pointer where the attribute is absent.
  const ast::Expression* take(std::string_view name);
  /// As `take`; absence is an error.
  const ast::Expression* need(std::string_view name);
  std::optional<std::string> text(std::string_view name);
  bool flag(std::string_view name, bool otherwise);
  /// All settings of this name, dotted ones too.
  const Setting* setting(std::string_view name);
  /// Nested blocks of this type.
  std::vector<const ast::Block*> blocks(std::string_view type);
  /// Names that were asked for are the ones that exist; anything else gets an error.
  void finish();

  Diagnostics& diagnostics() { return diagnostics_; }

 private:
  const ast::Block& block_;
  Diagnostics& diagnostics_;
  std::vector<Setting> settings_;
  std::vector<std::string> known_;
  std::vector<std::string> known_blocks_;
};

/// Errors about labels: `count` of them, and what they are for. Returns whether there are as many.
bool expect_labels(const ast::Block& block, std::size_t count, std::string_view example, Diagnostics& diagnostics);
/// The label's text where it is one plain name or a quoted text without `${…}`; else an error and nothing.
std::optional<std::string> plain_label(const ast::Label& label, Diagnostics& diagnostics);

}  // namespace nmx
