#include <fmt/core.h>

#include "providers/proxmox/container.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::proxmox {
namespace {

constexpr std::size_t most_interfaces = 32;
constexpr std::size_t most_mounts = 256;
constexpr std::size_t longest_description = 8192;
constexpr std::size_t shortest_password = 5;

bool made_of(std::string_view text, std::string_view others) {
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && others.find(c) == std::string_view::npos) return false;
  }
  return !text.empty();
}

bool is_mode(std::string_view text) {
  return text.size() == 4 && text.front() == '0' && text.find_first_not_of("01234567") == std::string_view::npos;
}

/// A path that Proxmox takes for a mount or device: no `.` or `..` in it.
bool is_plain_path(std::string_view path) {
  for (const auto& part : split_list(path, "/")) {
    if (part == "." || part == "..") return false;
  }
  return !path.empty();
}

std::size_t characters(std::string_view utf8) {
  std::size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

class Values {
 public:
  Values(const Checking& checking, Diagnostics& diagnostics)
      : checking_(checking), diagnostics_(diagnostics), after_(checking.change.after) {}

  void run() {
    check_texts();
    check_network();
    check_devices();
    check_mounts();
  }

 private:
  void refuse(std::string_view attribute, std::string message, std::string help = {}) {
    diagnostics_.error(Code::bad_option, checking_.place(attribute), std::move(message)).with_help(std::move(help));
  }
  const List& list(std::string_view name) const { return elements(after_.at_or_null(name)); }

  void within(std::string_view attribute, std::string_view what, const Value& value, std::int64_t from,
              std::int64_t to) {
    const auto number = tolerant_integer(value);
    if (number && (*number < from || *number > to))
      refuse(attribute, fmt::format("{} is {}, which is not between {} and {}", what, *number, from, to));
  }

  void check_texts() {
    const Fields fields(after_);
    if (characters(fields.text_or("description", "")) > longest_description)
      refuse("description", fmt::format("the description is longer than {} characters", longest_description));
    if (const auto password = fields.text("password"); password && characters(*password) < shortest_password)
      refuse("password", fmt::format("the password is shorter than {} characters", shortest_password));
    for (const auto& entry : list("tags")) {
      const auto tag = tolerant_text(entry).value_or("");
      if (!made_of(tag, "_-+.") || tag.front() == '-' || tag.front() == '+' || tag.front() == '.')
        refuse("tags", fmt::format("`{}` is not a tag for Proxmox", tag),
               "tags are letters, digits and `_`, then also `-`, `+` and `.`");
    }
  }

  void check_network() {
    if (list("network").size() > most_interfaces)
      refuse("network", fmt::format("{} interfaces are more than Proxmox takes", list("network").size()),
             fmt::format("at most {}", most_interfaces));
    for (const auto& element : list("network")) {
      const Fields fields(element);
      const auto name = fields.text_or("name", "");
      if (!made_of(name, "-_.")) refuse("network", fmt::format("`{}` is not the name of an interface", name));
      const auto what = [&](std::string_view field) { return fmt::format("`{}` of interface `{}`", field, name); };
      within("network", what("tag"), fields.at("tag"), 1, 4094);
      within("network", what("mtu"), fields.at("mtu"), 64, 65535);
      for (const auto& trunk : elements(fields.at("trunks"))) within("network", what("trunks"), trunk, 1, 4094);
    }
  }

  void check_devices() {
    for (const auto& element : list("devices")) {
      const Fields fields(element);
      const auto path = fields.text_or("path", "");
      if (path.rfind("/dev/", 0) != 0 || !is_plain_path(path))
        refuse("devices", fmt::format("`{}` is not a device", path), "devices are below `/dev/`");
      if (const auto mode = fields.text("mode"); mode && !is_mode(*mode))
        refuse("devices", fmt::format("`{}` is not a mode for device `{}`", *mode, path), "write it as `0660`");
    }
  }

  void check_mounts() {
    if (list("mounts").size() > most_mounts)
      refuse("mounts", fmt::format("{} mounts are more than Proxmox takes", list("mounts").size()),
             fmt::format("at most {}", most_mounts));
    for (const auto& element : list("mounts")) {
      const Fields fields(element);
      const auto path = fields.text_or("path", "");
      if (!is_plain_path(path) || !is_plain_path(fields.text_or("source", "/x")))
        refuse("mounts", fmt::format("mount `{}` has `.` or `..` in a path", path));
      if (path == "/") refuse("mounts", "a mount at `/` hides the root disk", "set `disk` instead");
      if (fields.text("storage") && fields.at("size").is_null())
        refuse("mounts", fmt::format("mount `{}` has a storage and no size", path));
    }
  }

  const Checking& checking_;
  Diagnostics& diagnostics_;
  const Object& after_;
};

}  // namespace

void check_values(const Checking& checking, Diagnostics& diagnostics) { Values(checking, diagnostics).run(); }

}  // namespace nmx::proxmox
