#include "tests/lang/syntax/program_writer.hpp"

#include <array>

namespace nmx::test {
namespace {

constexpr std::size_t deepest = 4;

}  // namespace

std::string ProgramWriter::program() {
  comments_ = 0;
  std::string all;
  for (std::size_t i = 0, count = 1 + below(5); i < count; ++i) {
    if (once_in(4)) all += line_end();
    if (once_in(6)) {
      all += "function " + name() + "(" + (once_in(2) ? "" : "a, b") + ") = " + expression(1) + line_end();
    } else {
      all += block(0) + line_end();
    }
  }
  return all;
}

std::string ProgramWriter::gap() { return once_in(4) ? std::string(1 + below(3), ' ') : once_in(9) ? "\t" : ""; }

std::string ProgramWriter::line_end() {
  std::string all = gap();
  if (once_in(5)) {
    ++comments_;
    all += "# note " + std::to_string(comments_) + (once_in(3) ? "  " : "");
  }
  all += "\n";
  if (once_in(4)) all += std::string(1 + below(3), '\n');
  return all;
}

std::string ProgramWriter::loose_gap() { return once_in(7) ? line_end() + gap() : gap(); }

std::string ProgramWriter::name() {
  constexpr std::array<const char*, 12> names{"a",    "b2",   "c-d", "e_f", "media", "size",
                                              "when", "kind", "if",  "for", "in",    "default"};
  const auto at = below(names.size());
  // Words that mean something in an expression are names only as keys.
  return at >= 8 && at <= 10 ? "g" : names[at];
}

std::string ProgramWriter::text(std::size_t depth) {
  constexpr std::array<const char*, 8> pieces{"plain", " ", "\\n", "\\\"", "é", "\\u{1F600}", "\\$", "#"};
  std::string all = "\"";
  for (std::size_t i = 0, count = below(4); i < count; ++i) {
    if (depth < deepest && once_in(4)) {
      all += "${" + gap() + expression(deepest - 1) + gap() + "}";
    } else {
      all += pieces[below(pieces.size())];
    }
  }
  return all + "\"";
}

std::string ProgramWriter::key(std::size_t depth) {
  std::string all;
  for (std::size_t i = 0, count = once_in(4) ? 2 + below(2) : 1; i < count; ++i) {
    if (i > 0) all += ".";
    all += once_in(5) ? text(i == 0 ? deepest : depth) : name();
  }
  return all;
}

std::string ProgramWriter::literal() {
  constexpr std::array<const char*, 12> literals{"0",    "42",   "1_000", "0.5",    "512MiB", "90s",
                                                 "true", "null", "false", "1.5GiB", "7d",     "9223372036854775807"};
  return literals[below(literals.size())];
}

std::string ProgramWriter::expression(std::size_t depth) {
  if (depth >= deepest) return once_in(3) ? literal() : name();
  constexpr std::array<const char*, 14> operators{
      "+", "-", "*", "/", "%", "==", "!=", "<=", "<", ">=", ">", "&&", "||", "??"};
  switch (below(12)) {
    case 0: return literal();
    case 1: return text(depth);
    case 2: return list(depth);
    case 3: return object(depth);
    case 4: return comprehension(depth);
    case 5: return "(" + loose_gap() + expression(depth + 1) + loose_gap() + ")";
    case 6: return (once_in(2) ? "!" : "-") + postfix(depth + 1);
    case 7:
      return "(" + expression(depth + 1) + ")" + gap() + "?" + gap() + expression(depth + 1) + gap() + " : " + gap() +
             expression(depth + 1);
    case 8:
    case 9: {
      // Spaces beside the operator: `a-b` is one name.
      const auto* op = operators[below(operators.size())];
      return postfix(depth + 1) + " " + op + " " + gap() + (once_in(8) ? "\n" : "") + postfix(depth + 1);
    }
    default: return postfix(depth);
  }
}

std::string ProgramWriter::postfix(std::size_t depth) {
  auto all = once_in(4) ? "(" + expression(depth + 1) + ")" : name();
  for (std::size_t i = 0, count = below(3); i < count; ++i) {
    switch (below(5)) {
      case 0: all += "." + name(); break;
      case 1: all += "?." + name(); break;
      case 2: all += "[" + gap() + expression(depth + 1) + gap() + "]"; break;
      case 3: all += "[*]." + name(); break;
      default: {
        if (all.find_first_of("([.") != all.npos) break;  // only a name is called
        all += "(" + loose_gap();
        for (std::size_t at = 0, arguments = below(3); at < arguments; ++at) {
          all += (at == 0 ? "" : "," + loose_gap()) + std::string(once_in(5) ? "..." : "") + expression(depth + 1);
        }
        all += ")";
      }
    }
  }
  return all;
}

std::string ProgramWriter::list(std::size_t depth) {
  std::string all = "[" + loose_gap();
  for (std::size_t i = 0, count = below(4); i < count; ++i) {
    all += std::string(once_in(6) ? "..." : "") + postfix(depth + 1);
    if (once_in(6)) all += " if " + postfix(depth + 1);
    all += loose_gap();
    if (i + 1 < count || once_in(4)) all += "," + loose_gap();
  }
  return all + "]";
}

std::string ProgramWriter::object(std::size_t depth) {
  std::string all = "{" + loose_gap();
  for (std::size_t i = 0, count = below(4); i < count; ++i) {
    all += once_in(6) ? "..." + postfix(depth + 1) : key(depth + 1) + gap() + " = " + gap() + expression(depth + 1);
    if (once_in(8)) all += " if " + postfix(depth + 1);
    if (i + 1 < count) all += once_in(2) ? "," + loose_gap() : line_end() + gap();
  }
  return all + gap() + (once_in(4) ? "\n" : "") + "}";
}

std::string ProgramWriter::comprehension(std::size_t depth) {
  const bool makes_object = once_in(2);
  std::string all = makes_object ? "{" : "[";
  all += loose_gap();
  for (std::size_t i = 0, count = 1 + below(2); i < count; ++i) {
    all += (i == 0 ? "" : " ") + std::string("for ") + (once_in(2) ? "k, v" : "v") + " in " + postfix(depth + 1);
  }
  all += " : " + gap();
  if (makes_object) all += postfix(depth + 1) + " => ";
  all += expression(depth + 1);
  if (once_in(3)) all += " if " + postfix(depth + 1);
  return all + gap() + (makes_object ? "}" : "]");
}

std::string ProgramWriter::attribute(std::size_t depth) {
  auto all = name();
  if (once_in(6)) all += "." + key(deepest);
  all += gap() + "=" + gap();
  if (once_in(8)) {
    all += "\"\"\"\n    first\n      second ${" + name() + "}\n    \"\"\"";
  } else {
    all += expression(depth);
  }
  if (once_in(8)) all += " if " + postfix(2);
  return all;
}

std::string ProgramWriter::block(std::size_t depth) {
  auto all = name();
  for (std::size_t i = 0, count = below(3); i < count; ++i) {
    all += " " + gap() + (once_in(3) ? text(once_in(3) ? deepest - 1 : deepest) : name());
    if (once_in(12)) all += "." + name();
  }
  return all + " {" + body(depth + 1) + "}";
}

std::string ProgramWriter::body(std::size_t depth) {
  const auto count = below(5);
  if (count == 0) return once_in(2) ? "" : line_end();
  // On one line, or a line each.
  if (once_in(4)) {
    std::string all = gap();
    for (std::size_t i = 0; i < count; ++i) all += (i == 0 ? "" : ", ") + name() + " = " + literal();
    return all + gap();
  }
  std::string all = line_end();
  for (std::size_t i = 0; i < count; ++i) {
    all += gap() + (depth < 3 && once_in(4) ? block(depth) : attribute(1)) + line_end();
  }
  return all;
}

}  // namespace nmx::test
