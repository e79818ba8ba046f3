#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/provider.hpp"
#include "providers/authentik/model.hpp"

namespace nmx::authentik {

/// Something that is there already under the name that is wanted.
struct Existing {
  std::string id;
  /// nmx's mark, where it has one.
  std::string mark;
  /// In normal form.
  Object real;
};

/// A reader of what `connect` learned. The facts are an object of:
/// `release` (text; absent: the login may not ask), `seed` (secret, for values that look random), `superuser`,
/// `flows` and `certificates` (name → true), `mappings` (full name → how nmx calls it),
/// `objects` (type → key → {id, mark, real}; a type that was not listed is absent).
class Server {
 public:
  explicit Server(const Facts& facts) : facts_(&facts) {}

  bool known() const { return !facts_->empty(); }
  std::optional<Release> release() const;
  std::string seed() const;
  /// Whether there is a flow or certificate of this name; true where it is not known.
  bool has(Names names, const std::string& name) const;
  std::vector<std::string> all(Names names) const;
  const Object& mappings() const;
  std::optional<Existing> existing(const Model& model, const Object& wanted) const;

 private:
  const Object& section(std::string_view name) const;
  const Facts* facts_;
};

/// The values of a model's key, in one text.
std::string key_text(const Model& model, const Object& object);
/// The mark of the object at an address: 8 hexadecimal digits.
std::string mark_of(const Address& address, std::string_view seed);
/// Whether taking this object changes nothing of it.
bool is_as_wanted(const Model& model, const Object& wanted, const Object& real);

}  // namespace nmx::authentik
