#include "providers/support/state_only.hpp"

namespace nmx {
namespace {

Answer answer_of(const Operation& operation) {
  Answer given;
  if (const auto* wanted = operation.arguments.at_or_null("wanted").object()) given.attributes = *wanted;
  given.id = to_string(operation.address);
  return given;
}

}  // namespace

Task<Result<Facts>> StateOnly::connect() { co_return facts_; }

Task<std::vector<Observed>> StateOnly::read(std::vector<ObjectId> ids) {
  std::vector<Observed> observed;
  for (auto& id : ids) {
    Observed one;
    if (!id.applied.empty()) one.status = Observed::Status::present;  // else an import asks for what was never made
    one.attributes = std::move(id.applied);
    one.id = std::move(id.id);
    observed.push_back(std::move(one));
  }
  co_return observed;
}

Task<Result<Answer>> StateOnly::execute(Operation operation) { co_return answer_of(operation); }

Task<Result<Reconciled>> StateOnly::reconcile(Operation operation) {
  Reconciled reconciled;
  reconciled.fate = Fate::done;
  reconciled.answer = answer_of(operation);
  co_return reconciled;
}

std::vector<Operation> remember(const Change& change, std::string summary) {
  Operation operation;
  operation.address = change.address;
  operation.type = change.type;
  operation.provider = change.provider;
  operation.verb = change.action == Action::destroy ? "forget" : "remember";
  operation.danger = change.danger;
  operation.summary = std::move(summary);
  operation.completes = true;
  if (change.action != Action::destroy) operation.arguments = Object{{"wanted", change.after}};
  return {std::move(operation)};
}

}  // namespace nmx
