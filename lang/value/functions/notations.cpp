#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "lang/value/functions/families.hpp"
#include "lang/value/functions/nix_text.hpp"
#include "lang/value/functions/yaml_reader.hpp"
#include "lang/value/functions/yaml_text.hpp"

namespace nmx {
namespace {

/// Rows of cells as RFC 4180 has them: quotes may hold separators, line breaks and doubled quotes.
class Csv {
 public:
  explicit Csv(std::string_view text) : text_(text) {}

  std::variant<std::vector<std::vector<std::string>>, std::string> rows() {
    std::vector<std::vector<std::string>> rows;
    while (at_ < text_.size()) {
      std::vector<std::string> row;
      do {
        auto cell = quoted() ? quoted_cell() : plain_cell();
        if (!cell) return fmt::format("a quote in line {} is not closed, or text stands beside it", line_);
        row.push_back(*std::move(cell));
      } while (accept(','));
      accept('\r');
      if (at_ < text_.size() && !accept('\n')) return fmt::format("text beside a quote in line {}", line_);
      ++line_;
      const bool blank = row.size() == 1 && row.front().empty();
      if (!blank) rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  bool quoted() const { return at_ < text_.size() && text_[at_] == '"'; }
  bool accept(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::optional<std::string> plain_cell() {
    const std::size_t end = std::min(text_.find_first_of(",\n", at_), text_.size());
    std::string cell(text_.substr(at_, end - at_));
    at_ = end;
    if (cell.ends_with('\r')) cell.pop_back();
    if (cell.find('"') != std::string::npos) return std::nullopt;
    return cell;
  }
  std::optional<std::string> quoted_cell() {
    std::string cell;
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '\n') ++line_;
      if (c != '"') {
        cell += c;
      } else if (!accept('"')) {
        return cell;
      } else {
        cell += '"';
      }
    }
    return std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

Outcome csvdecode(Arguments arguments, const CallContext&) {
  auto read = Csv(text_of(arguments[0])).rows();
  if (auto* problem = std::get_if<std::string>(&read)) return bad_argument(0, std::move(*problem));
  const auto& rows = std::get<0>(read);
  if (rows.empty()) return bad_argument(0, "there is no line with the names of the columns");
  const std::vector<std::string>& names = rows.front();
  for (const std::string& name : names) {
    if (std::count(names.begin(), names.end(), name) > 1)
      return bad_argument(0, fmt::format("two columns are named `{}`", name));
  }
  List records;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].size() != names.size()) {
      return bad_argument(0, fmt::format("record {} has {} cells, the first line {}", i, rows[i].size(), names.size()));
    }
    Object record;
    for (std::size_t j = 0; j < names.size(); ++j) record.set(names[j], rows[i][j]);
    records.emplace_back(std::move(record));
  }
  return Value(std::move(records));
}

Outcome yamlencode(Arguments arguments, const CallContext&) {
  auto text = to_yaml(revealed(arguments[0]));
  if (!text) return bad_argument(0, text.error().message);
  return Value(*std::move(text));
}

Outcome yamldecode(Arguments arguments, const CallContext&) {
  auto value = from_yaml(text_of(arguments[0]));
  if (!value) return bad_argument(0, value.error().message);
  return *std::move(value);
}

Outcome nixencode(Arguments arguments, const CallContext&) {
  auto text = to_nix(revealed(arguments[0]));
  if (!text) return bad_argument(0, text.error().message, text.error().help);
  return Value(*std::move(text));
}

}  // namespace

std::vector<Function> notation_functions() {
  const Parameter value = {.name = "value", .type = types::any, .nullable = true};
  // clang-format off
  return {
      {.name = "csvdecode", .parameters = {{"text", types::string}}, .result = Type::list_of(Type::map_of(types::string)),
       .doc = "The records of a table whose first line names the columns.\ncsvdecode(\"a,b\\n1,2\\n\")  # [{ a = \"1\", b = \"2\" }]", .body = csvdecode},
      {.name = "yamlencode", .parameters = {value}, .result = types::string,
       .doc = "The value as YAML.\nyamlencode({ a = [1, \"x\"] })  # \"\\\"a\\\":\\n- 1\\n- \\\"x\\\"\\n\"", .body = yamlencode},
      {.name = "yamldecode", .parameters = {{"text", types::string}}, .result = types::any,
       .doc = "The value that one YAML document writes.\nyamldecode(\"a: [1, x]\")  # { a = [1, \"x\"] }", .body = yamldecode},
      {.name = "nixencode", .parameters = {value}, .result = types::string,
       .doc = "The value as a Nix expression.\nnixencode({ a = [1, true] })  # \"{ a = [ 1 true ]; }\"", .body = nixencode},
  };
  // clang-format on
}

}  // namespace nmx
