#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/value/value.hpp"

namespace nmx::proxmox {

/// How an attribute of one value is written as an option.
enum class Shape { text, integer, number, boolean, mebibytes, words };

/// An attribute that is one option of the container's configuration.
struct ScalarOption {
  std::string_view attribute;
  std::string_view option;
  Shape shape;
  /// Takes effect only when the container starts.
  bool at_start;
  /// What the server takes where the option is absent; nothing: the attribute is absent too.
  std::optional<std::string_view> absent;
};
const std::vector<ScalarOption>& scalar_options();
const ScalarOption* scalar_option(std::string_view attribute);

/// The configuration as the server sends it: option → value.
using Options = std::map<std::string, std::string, std::less<>>;

/// The option's text for an attribute's value; empty where the option must be deleted instead (never send an empty
/// one).
std::string scalar_text(const ScalarOption& option, const Value& value);
std::string features_text(const Object& features);
std::string startup_text(const Object& startup);
/// The user's tags with the marks of nmx.
std::string tags_text(const List& tags, std::string_view mark);
std::string network_text(const Object& element, std::string_view mac);
/// `volume`: the one that exists already; empty: what the element says, a new volume included.
std::string mount_text(const Object& element, std::string_view volume);
std::string disk_text(const Object& disk, std::string_view volume);
std::string device_text(const Object& element);

/// The normal form of a configuration. `like`: as it was last applied or is wanted; decides how a mount is told (a
/// volume by its name, or storage and size) and fills in what no server gives back.
Object from_options(const Options& options, const Object& like);

/// `net0` → `net`, 0; an empty name where it has no number.
struct Slot {
  std::string name;
  int number = -1;
};
Slot slot_of(std::string_view option);

}  // namespace nmx::proxmox
