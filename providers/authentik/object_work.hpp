#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/provider.hpp"
#include "providers/authentik/client.hpp"
#include "providers/authentik/directory.hpp"

namespace nmx::authentik {

/// What is known of the server by all that is done there.
struct Session {
  Client client;
  Directory directory;
  std::string seed;
  Release release{9999, 12};  // until it is known, nothing is too new
};

/// Carries out operations on objects.
class ObjectWork {
 public:
  explicit ObjectWork(Session& session) : session_(&session) {}

  Task<Result<Answer>> execute(Operation operation);
  Task<Result<Reconciled>> reconcile(Operation operation);
  /// An object as the server told it.
  Observed observe(const Model& model, const Value& json, const Object& applied) const;

 private:
  using Told = Task<Result<Value>>;  // the object's JSON; null: it is gone

  Told create(const Model* model, Operation operation);
  Told adopt(const Model* model, Operation operation);
  Told update(const Model* model, Operation operation);
  Told destroy(const Model* model, Operation operation);
  Told attach(const Model* model, Operation operation);
  Told set_password(const Model* model, Operation operation);
  Told set_token(const Model* model, Operation operation);
  Told apply_blueprint(const Model* model, Operation operation);
  Told dispatch(const Model* model, Operation operation);

  /// The object of this key, asked for now; null: there is none.
  Told find(const Model* model, Object wanted);
  /// All of this key: the server may hold the same binding more than once.
  Task<Result<List>> find_all(const Model* model, Object wanted);
  /// The same, by its place.
  Told get(const Model* model, std::string at);
  Told must_find(const Model* model, Object wanted);
  /// Asks the server for names in these attributes that nothing has told of yet.
  Task<Status> learn_names(const Model* model, Object wanted, std::vector<std::string> attributes);
  Task<Status> learn_name(Names names, std::string name);
  /// The body that makes these attributes so.
  Task<Result<Object>> body(const Model* model, Operation operation, std::vector<std::string> attributes);
  Told send(std::string method, std::string path, Value content);

  Session* session_;
};

/// The id by which the server knows an object.
std::string id_of(const Model& model, const Value& json);

}  // namespace nmx::authentik
