#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "providers/authentik/model.hpp"

namespace nmx::authentik {

/// Which ids of the server stand for which names, as far as answers have told.
class Directory {
 public:
  void learn(Names names, std::string name, const Value& id);
  void forget(Names names, const std::string& name);
  std::optional<Value> id(Names names, const std::string& name) const;
  std::optional<std::string> name(Names names, const Value& id) const;
  std::map<std::string, Value> all(Names names) const;

  /// What an answer says of an object, and of those that it names.
  void learn_object(const Model& model, const Value& json);
  void learn_flow(const Value& json);
  void learn_certificate(const Value& json);

 private:
  std::map<std::pair<Names, std::string>, Value> ids_;
  std::map<std::pair<Names, std::string>, std::string> names_;
};

/// How nmx calls a scope mapping: those that the server brings by what may be asked for (`openid`), others by their
/// name.
std::string mapping_name(const Value& json);

}  // namespace nmx::authentik
