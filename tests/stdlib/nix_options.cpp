#include "tests/stdlib/nix_options.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "lang/value/value_json.hpp"

namespace nmx::test {
namespace {

bool starts(std::string_view text, std::string_view beginning) { return text.substr(0, beginning.size()) == beginning; }

/// `a or b` and `one of "a", "b"` outside of parentheses.
std::vector<std::string_view> alternatives(std::string_view type) {
  std::vector<std::string_view> found;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < type.size(); ++i) {
    if (type[i] == '(') ++depth;
    if (type[i] == ')') --depth;
    if (depth != 0 || !starts(type.substr(i), " or ")) continue;
    found.push_back(type.substr(begin, i - begin));
    begin = i + 4;
  }
  found.push_back(type.substr(begin));
  return found;
}

std::string_view without_parentheses(std::string_view type) {
  if (type.empty() || type.front() != '(') return type;
  const auto end = type.rfind(')');
  return end == std::string_view::npos ? type : type.substr(1, end - 1);
}

bool all_fit(std::string_view type, const Value& value) {
  if (const auto* list = value.list()) {
    return std::all_of(list->begin(), list->end(), [&](const Value& one) { return fits(type, one); });
  }
  const auto* object = value.object();
  return object != nullptr &&
         std::all_of(object->begin(), object->end(), [&](const auto& entry) { return fits(type, entry.second); });
}

bool is_member(std::string_view members, const Value& value) {
  const auto* text = value.string();
  if (text == nullptr || members.find("...") != std::string_view::npos) return true;
  return members.find('"' + *text + '"') != std::string_view::npos;
}

std::string joined(const std::vector<std::string>& path) {
  std::string all;
  for (const auto& part : path) all += (all.empty() ? "" : ".") + part;
  return all;
}

}  // namespace

bool fits(std::string_view type, const Value& value) {
  if (value.is<Nix>() || value.is_hole()) return true;
  if (starts(type, "list of ")) return value.is_list() && all_fit(without_parentheses(type.substr(8)), value);
  if (starts(type, "attribute set of "))
    return value.is_object() && all_fit(without_parentheses(type.substr(17)), value);
  if (starts(type, "one of ") || starts(type, "value \"")) return is_member(type, value);
  const auto either = alternatives(type);
  if (either.size() > 1 && type.find("convertible to it") == std::string_view::npos) {
    return std::any_of(either.begin(), either.end(),
                       [&](std::string_view one) { return fits(without_parentheses(one), value); });
  }
  if (type == "null") return value.is_null();
  if (type == "boolean" || type == "bool") return value.boolean() != nullptr;
  if (type == "string" || starts(type, "strings concatenated") || starts(type, "non-empty string"))
    return value.is_string();
  if (type == "absolute path") return value.is_string() && starts(*value.string(), "/");
  if (type == "signed integer" || starts(type, "16 bit unsigned integer") || starts(type, "positive integer"))
    return value.integer() != nullptr;
  if (type == "package") return false;  // only as Nix code
  return true;
}

bool NixOptions::read(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return false;
  const auto parsed = from_json(std::string(std::istreambuf_iterator<char>(in), {}));
  if (!parsed || parsed->object() == nullptr) return false;
  for (const auto& [name, option] : *parsed->object()) {
    const auto* type = option.object()->at_or_null("type").string();
    types_.emplace(name, type == nullptr ? "" : *type);
  }
  return true;
}

NixOptions::Findings NixOptions::check(const Value& module) const {
  Findings findings;
  Path path;
  if (module.object() != nullptr) walk(*module.object(), Others::refused, path, findings);
  return findings;
}

void NixOptions::walk(const Object& settings, Others others, Path& path, Findings& findings) const {
  for (const auto& [key, value] : settings) {
    path.push_back(key);
    const auto name = listed(path);
    if (!name.empty() && types_.contains(name)) {
      option(name, value, path, findings);
    } else if (!name.empty() && value.is_object()) {
      walk(*value.object(), others, path, findings);
    } else if (others == Others::refused) {
      const Path root(path.begin(), path.begin() + std::min<std::ptrdiff_t>(2, std::ssize(path)));
      if (listed(root).empty()) {
        findings.unknown.push_back(joined(root));
      } else {
        findings.mistakes.push_back(fmt::format("there is no option `{}`", joined(path)));
      }
    }
    path.pop_back();
  }
}

void NixOptions::option(const std::string& name, const Value& value, Path& path, Findings& findings) const {
  const auto& type = types_.at(name);
  if (!fits(type, value)) {
    findings.mistakes.push_back(fmt::format("`{}` takes {}, not {}", joined(path), type, display(value)));
    return;
  }
  const bool is_open = type.find("open submodule") != std::string::npos || type.find("anything") != std::string::npos;
  if (const auto* object = value.object()) {
    if (is_above(name)) walk(*object, is_open ? Others::taken : Others::refused, path, findings);
    return;
  }
  const auto* list = value.list();
  if (list == nullptr || !is_above(name + ".*")) return;
  path.emplace_back("*");
  for (const auto& one : *list) {
    if (one.object() != nullptr) walk(*one.object(), is_open ? Others::taken : Others::refused, path, findings);
  }
  path.pop_back();
}

std::string NixOptions::listed(const Path& path) const {
  std::vector<std::string> candidates{""};
  for (const auto& part : path) {
    std::vector<std::string> next;
    for (const auto& candidate : candidates) {
      for (const auto& one : {part, std::string("<name>")}) {
        auto longer = candidate.empty() ? one : candidate + "." + one;
        if (types_.contains(longer) || is_above(longer)) next.push_back(std::move(longer));
      }
    }
    candidates = std::move(next);
  }
  return candidates.empty() ? "" : candidates.front();
}

bool NixOptions::is_above(const std::string& prefix) const {
  const auto next = types_.lower_bound(prefix + ".");
  return next != types_.end() && starts(next->first, prefix + ".");
}

}  // namespace nmx::test
