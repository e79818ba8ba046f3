#include <fmt/core.h>

#include <algorithm>
#include <ostream>
#include <set>

#include "cli/commands/commands.hpp"
#include "cli/progress.hpp"
#include "cli/session.hpp"
#include "lang/diagnostics/suggest.hpp"
#include "planner/view/why_text.hpp"

namespace nmx {
namespace {

/// Gathers from plan, configuration and state what there is to say of an object.
class Asking {
 public:
  Asking(Session& session, const Plan& plan) : session_(session) {
    for (const auto& entry : plan.entries) entries_.emplace(entry.change.address, &entry);
    for (const auto& instance : session.evaluator->instantiate()) {
      for (const auto& needed : session.evaluator->configuration(instance).dependencies)
        needed_by_[needed].push_back(instance.address);
    }
  }

  std::vector<Address> known() const {
    std::set<Address> all;
    for (const auto& instance : session_.evaluator->instantiate()) all.insert(instance.address);
    for (const auto& [address, object] : session_.state.objects) all.insert(address);
    return {all.begin(), all.end()};
  }

  Why about(const Address& address) const {
    Why why{address, {}, {}, {}, nullptr, {}, {}};
    if (const auto entry = entries_.find(address); entry != entries_.end()) {
      why.entry = entry->second;
      why.type = entry->second->change.type;
    }
    if (const auto* instance = session_.evaluator->find(address)) {
      why.type = instance->type;
      why.title = instance->owner_title;
      why.place = session_.sources.place(instance->owner_span);
      for (const auto& needed : session_.evaluator->configuration(*instance).dependencies)
        why.needs.push_back(need(*instance, needed));
    } else if (const auto stored = session_.state.objects.find(address); stored != session_.state.objects.end()) {
      why.type = stored->second.type;
      for (const auto& needed : stored->second.dependencies) why.needs.push_back({needed, {}});
    }
    if (const auto users = needed_by_.find(address); users != needed_by_.end()) why.needed_by = users->second;
    return why;
  }

 private:
  Need need(const ResourceInstance& instance, const Address& needed) const {
    Need need{needed, {}};
    for (const auto& step : session_.evaluator->chain(instance, needed))
      need.through.emplace_back(step.text, session_.sources.place(step.span));
    return need;
  }

  Session& session_;
  std::map<Address, const PlanEntry*> entries_;
  std::map<Address, std::vector<Address>> needed_by_;
};

Exit why(Context& context) {
  const auto session = Session::open(context);
  if (session == nullptr) return Exit::error;
  const auto text = *context.arguments.value("ADDRESS");
  const auto wanted = parse_address(text);
  if (!wanted)
    return session->failed({wanted.error().message, "an address reads `container.media`; `nmx state list` shows some"});
  if (!session->open_state()) return Exit::error;
  {
    Progress progress(context, 0);
    if (!session->recover(progress, Session::Busy::goes_on)) return Exit::error;
  }
  const auto plan = session->plan({});
  if (!plan) return Exit::error;
  const Asking asking(*session, *plan);
  std::vector<Why> found;
  std::vector<std::string> names;
  for (const auto& address : asking.known()) {
    names.push_back(to_string(address));
    if (address.within(*wanted)) found.push_back(asking.about(address));
  }
  if (found.empty()) {
    auto help = did_you_mean(text, names);
    session->print_error({fmt::format("there is no `{}`, neither written nor in the state", text),
                          help.empty() ? "`nmx state list` and the plan show what there is" : help});
    return Exit::error;
  }
  context.streams.out << (context.arguments.flag("json")
                              ? why_json(found)
                              : why_text(found, {context.terminal.width, context.terminal.colour}));
  return Exit::done;
}

}  // namespace

Command why_command() {
  auto options = configuration_options();
  options.push_back({"json", "", "as JSON"});
  return {"why",
          "show why an object is there, why it changes, what it needs and what needs it",
          {{"ADDRESS", "the object, or a block with all that it made", true}},
          options,
          why};
}

}  // namespace nmx
