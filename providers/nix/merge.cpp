#include "providers/nix/merge.hpp"

#include <fmt/core.h>

#include <charconv>
#include <map>

#include "lang/value/functions/nix_text.hpp"
#include "lang/value/overloaded.hpp"

namespace nmx::nix {
namespace {

/// As NixOS numbers them: the lower one wins.
constexpr int plain_priority = 100;

int priority_of(const Value& value) {
  const auto* nix = std::get_if<Nix>(&value.held);
  if (nix == nullptr) return plain_priority;
  const std::string_view text = nix->text;
  if (text.rfind("lib.mkForce ", 0) == 0) return 50;
  if (text.rfind("lib.mkDefault ", 0) == 0) return 1000;
  constexpr std::string_view override_ = "lib.mkOverride ";
  if (text.rfind(override_, 0) != 0) return plain_priority;
  int number = plain_priority;
  std::from_chars(text.data() + override_.size(), text.data() + text.size(), number);
  return number;
}

class Merging {
 public:
  explicit Merging(const List& contributors) : contributors_(contributors) {}

  Result<Object> run(const List& modules) {
    Object merged;
    for (const auto& module : modules) {
      ++present_;
      if (module.is_null()) continue;
      const auto* object = module.object();
      if (object == nullptr) {
        refuse(fmt::format("a NixOS module is an object of options, found `{}`", type_name(module)), {});
      } else {
        join(merged, *object);
      }
    }
    if (failure_) return *std::move(failure_);
    return merged;
  }

 private:
  /// `services.grafana.settings`, where the merging is now.
  std::string path(std::string_view last = {}) const {
    std::string text;
    for (const auto& key : path_) text += (text.empty() ? "" : ".") + nix_key(key);
    if (!last.empty()) text += (text.empty() ? "" : ".") + nix_key(last);
    return text;
  }

  void refuse(std::string message, std::string help) {
    if (failure_) return;
    failure_ = Error{std::move(message), std::move(help)};
  }

  void join(Object& into, const Object& more) {
    for (const auto& [key, value] : more) {
      if (failure_) return;
      if (value.is_null()) continue;
      path_.push_back(key);
      auto* there = into.find(key);
      if (there == nullptr) {
        into.set(key, checked(value));
        setters_[path()] = present_;
      } else {
        combine(*there, value);
      }
      path_.pop_back();
    }
  }

  void combine(Value& there, const Value& more) {
    const auto first = priority_of(there);
    const auto second = priority_of(more);
    if (first < second) return static_cast<void>(checked(more));
    if (second < first) {
      setters_[path()] = present_;
      return static_cast<void>(there = checked(more));
    }
    if (there.object() != nullptr && more.object() != nullptr) {
      auto joined = *there.object();
      join(joined, *more.object());
      return static_cast<void>(there = Value(std::move(joined)));
    }
    const auto fresh = checked(more);
    if (there.list() != nullptr && fresh.list() != nullptr) {
      auto joined = *there.list();
      joined.insert(joined.end(), fresh.list()->begin(), fresh.list()->end());
      return static_cast<void>(there = Value(std::move(joined)));
    }
    if (!failure_ && !(there == fresh)) conflict(there, fresh);
  }

  void conflict(const Value& first, const Value& second) {
    refuse(fmt::format("two modules set `{}` to different values: {}{} and {}{}", path(), display(first, 60),
                       said_by(setter()), display(second, 60), said_by(present_)),
           "take one of them out; `nix(\"lib.mkForce …\")` overrules the others");
  }

  /// ` (service.jellyfin)`; nothing where it is not known what a module comes from.
  std::string said_by(std::size_t module) const {
    if (module == 0 || module > contributors_.size()) return {};
    const auto* name = contributors_[module - 1].string();
    return name == nullptr ? std::string() : fmt::format(" ({})", *name);
  }

  /// Which module, counted from 1, set what stands at the present path: it, or the whole around it.
  std::size_t setter() const {
    for (auto at = path();; at.erase(at.rfind('.'))) {
      if (const auto found = setters_.find(at); found != setters_.end()) return found->second;
      if (at.find('.') == std::string::npos) return 0;
    }
  }

  /// The value without nulls inside; what Nix has no form for is refused.
  Value checked(const Value& value) {
    if (value.secret) {
      refuse(fmt::format("`{}` holds a secret, which everybody who can log in could read in the Nix store", path()),
             "deliver it as a file: `secret_file NAME { host = …, value = … }` and use its `path`");
      return {};
    }
    auto result = std::visit(
        Overloaded{
            [&](const Value::SharedList& list) -> Value {
              List kept;
              for (const auto& element : *list) kept.push_back(element.is_null() ? element : checked(element));
              return kept;
            },
            [&](const Value::SharedObject& object) -> Value {
              Object kept;
              join(kept, *object);
              return kept;
            },
            [&](const Bytes&) -> Value { return without_form("a number of bytes", "divide by a unit: `x / 1MiB`"); },
            [&](const Duration&) -> Value { return without_form("a duration", "divide by a unit: `x / 1s`"); },
            [&](const Instance&) -> Value { return without_form("a block", "name one of its attributes"); },
            [&](const Hole&) -> Value {
              return without_form(display(value, 120), "a host's configuration is known when it is planned");
            },
            [&](const auto&) -> Value { return value; },
        },
        value.held);
    return result;
  }

  Value without_form(std::string_view what, std::string help) {
    refuse(fmt::format("`{}` is {}, which has no form in Nix", path(), what), std::move(help));
    return {};
  }

  std::vector<std::string> path_;
  std::optional<Error> failure_;
  const List& contributors_;
  /// The one that is merged now, counted from 1.
  std::size_t present_ = 0;
  std::map<std::string, std::size_t> setters_;
};

}  // namespace

Result<Object> merge(const List& modules, const List& contributors) { return Merging(contributors).run(modules); }

}  // namespace nmx::nix
