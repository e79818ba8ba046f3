#include "cli/commands/guests.hpp"

#include <fmt/chrono.h>
#include <fmt/core.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/applying.hpp"
#include "cli/commands/commands.hpp"
#include "cli/hosts.hpp"
#include "lang/diagnostics/suggest.hpp"
#include "planner/acting.hpp"
#include "providers/support/json_fields.hpp"

// What is done to a container from one day to the next, without a plan: nothing of the configuration changes.
namespace nmx {
namespace {

std::string argument(Context& context, std::string_view name) { return context.arguments.value(name).value_or(""); }

/// A container that was found in the state, and is there.
class Guest {
 public:
  /// Nothing: why not was printed. `changes`: nobody else may apply meanwhile.
  static std::optional<Guest> open(Context& context, bool changes) {
    Guest guest;
    guest.session_ = Session::open(context);
    if (guest.session_ == nullptr || !guest.session_->open_state()) return std::nullopt;
    auto& session = *guest.session_;
    if (changes && !session.lock()) return std::nullopt;
    const auto found = find_guest(session, argument(context, "CONTAINER"));
    if (!found) return std::nullopt;
    for (const auto& instance : session.host.providers(*session.evaluator)) session.connections->add(instance);
    if (session.told_errors()) return std::nullopt;
    const auto provider = session.env.drive(session.connections->provider(found->object->provider));
    if (!provider) return session.print_error(provider.error()), std::nullopt;
    guest.provider_ = *provider;
    guest.address_ = found->address;
    guest.type_ = dynamic_cast<const Acting*>(session.registry.type(found->object->type));
    const ObjectId id{found->address, found->object->type, found->object->id, found->object->attributes};
    auto observed = session.env.drive(guest.provider_->read({id}));
    if (observed.front().status != Observed::Status::present) {
      const bool gone = observed.front().status == Observed::Status::absent;
      session.print_error({fmt::format("{} {}", to_string(found->address),
                                       gone ? "is not there any more" : "cannot be asked: " + observed.front().why),
                           gone ? "`nmx plan` shows what would make it again" : ""});
      return std::nullopt;
    }
    guest.known_ = std::move(observed.front().attributes);
    return guest;
  }

  /// Carries an action out. Nothing: why not was printed.
  std::optional<Answer> act(const std::string& action, const Object& arguments = {}) {
    auto operation = type_->act(action, known_, arguments);
    operation.address = address_;
    summary_ = operation.summary;
    auto answer = session_->env.drive(provider_->execute(std::move(operation)));
    if (!answer) return session_->print_error(answer.error()), std::nullopt;
    for (const auto& note : answer->notes) session_->context.streams.err << "note: " << note << "\n";
    return *std::move(answer);
  }

  /// The snapshots there are, the oldest first. Nothing: why not was printed.
  std::optional<List> snapshots() {
    const auto answer = act("snapshots");
    if (!answer) return std::nullopt;
    return elements(answer->attributes.at_or_null("snapshots"));
  }
  /// False: it was printed that there is none of this name.
  bool has_snapshot(const std::string& name) {
    const auto all = snapshots();
    if (!all) return false;
    std::vector<std::string> names;
    for (const auto& one : *all) names.push_back(Fields(one).text_or("name", ""));
    if (std::find(names.begin(), names.end(), name) != names.end()) return true;
    auto help = did_you_mean(name, names);
    if (help.empty()) help = "`nmx snapshots` lists those there are";
    session_->print_error({fmt::format("{} has no snapshot `{}`", this->name(), name), std::move(help)});
    return false;
  }

  Session& session() { return *session_; }
  std::ostream& out() { return session_->context.streams.out; }
  /// Tells what was done last.
  void tell() { out() << "Done: " << summary_ << "\n"; }
  std::string name() const { return to_string(address_); }
  bool runs() const { return Fields(known_).boolean_or("started", false); }

 private:
  std::unique_ptr<Session> session_;
  Provider* provider_ = nullptr;
  const Acting* type_ = nullptr;
  Address address_;
  Object known_;
  std::string summary_;
};

Exit power(Context& context, const std::string& action, std::string_view afterwards) {
  auto guest = Guest::open(context, true);
  if (!guest) return Exit::error;
  if (action == (guest->runs() ? "start" : "stop")) {
    guest->out() << fmt::format("{} {} already\n", guest->name(), guest->runs() ? "runs" : "is stopped");
    return Exit::done;
  }
  if (!guest->act(action)) return Exit::error;
  guest->tell();
  guest->out() << afterwards;
  return Exit::done;
}

Exit start(Context& context) { return power(context, "start", ""); }
Exit stop(Context& context) {
  return power(context, "stop", "It stays so until `nmx start`, or an apply: the configuration says that it runs.\n");
}
Exit restart(Context& context) { return power(context, "restart", ""); }

/// Sorts by age, and is a name that Proxmox takes.
std::string snapshot_name(std::int64_t wall_ms) {
  return fmt::format("nmx-{:%Y%m%d-%H%M%S}", fmt::gmtime(static_cast<std::time_t>(wall_ms / 1000)));
}

Exit snapshot(Context& context) {
  const bool deletes = context.arguments.flag("delete");
  auto name = argument(context, "NAME");
  if (deletes && name.empty()) {
    context.streams.err << "error: which snapshot is to be deleted?\n  help: `nmx snapshots CONTAINER` lists them\n";
    return Exit::error;
  }
  auto guest = Guest::open(context, true);
  if (!guest || (deletes && !guest->has_snapshot(name))) return Exit::error;
  if (name.empty()) name = snapshot_name(guest->session().env.wall_ms());
  const Object arguments{{"name", name}, {"description", argument(context, "description")}};
  if (!guest->act(deletes ? "delete_snapshot" : "snapshot", arguments)) return Exit::error;
  guest->tell();
  if (!deletes)
    guest->out() << fmt::format("`nmx rollback {} -snapshot {}` takes it back there\n", argument(context, "CONTAINER"),
                                name);
  return Exit::done;
}

Exit snapshots(Context& context) {
  auto guest = Guest::open(context, false);
  if (!guest) return Exit::error;
  const auto snapshots = guest->snapshots();
  if (!snapshots) return Exit::error;
  if (context.arguments.flag("json")) {
    auto list = nlohmann::json::array();
    for (const auto& one : *snapshots) {
      const Fields fields(one);
      list.push_back({{"name", fields.text_or("name", "")},
                      {"description", fields.text_or("description", "")},
                      {"taken", fields.integer_or("taken", 0)}});
    }
    guest->out() << list.dump(2) << "\n";
    return Exit::done;
  }
  if (snapshots->empty())
    guest->out() << fmt::format("{} has no snapshots; `nmx snapshot {}` takes one\n", guest->name(),
                                argument(context, "CONTAINER"));
  std::size_t width = 0;
  for (const auto& one : *snapshots) width = std::max(width, Fields(one).text_or("name", "").size());
  for (const auto& one : *snapshots) {
    const Fields fields(one);
    const auto taken = fmt::localtime(static_cast<std::time_t>(fields.integer_or("taken", 0)));
    auto line = fmt::format("{:{}}  {:%Y-%m-%d %H:%M}  {}", fields.text_or("name", ""), width, taken,
                            fields.text_or("description", ""));
    line.erase(line.find_last_not_of(' ') + 1);
    guest->out() << line << "\n";
  }
  return Exit::done;
}

Exit vzdump(Context& context) {
  if (argument(context, "storage").empty()) {
    context.streams.err << "error: which storage takes it?\n"
                           "  help: `-storage NAME`, one that Proxmox may keep backups in; a backup server's too\n";
    return Exit::error;
  }
  auto guest = Guest::open(context, false);
  if (!guest || !guest->act("vzdump", Object{{"storage", argument(context, "storage")}})) return Exit::error;
  guest->tell();
  return Exit::done;
}

const Positional container{"CONTAINER", "its host name, or its name in the configuration", true};

}  // namespace

Exit roll_back_to_snapshot(Context& context, const std::string& name) {
  auto guest = Guest::open(context, true);
  if (!guest || !guest->has_snapshot(name)) return Exit::error;
  const auto loss = fmt::format("what {} wrote since `{}`", guest->name(), name);
  if (approve_loss(context, loss, guest->name()) == Approval::refused) return Exit::not_approved;
  if (!guest->act("rollback", Object{{"name", name}})) return Exit::error;
  guest->tell();
  guest->out() << "`nmx plan` shows what of the configuration is newer than that.\n";
  return Exit::done;
}

Command start_command() { return {"start", "start a container", {container}, configuration_options(), start}; }
Command stop_command() {
  return {"stop",
          "shut a container down, until it is started or applied again",
          {container},
          configuration_options(),
          stop};
}
Command restart_command() {
  return {"restart", "shut a container down and start it", {container}, configuration_options(), restart};
}
Command snapshot_command() {
  auto options = configuration_options();
  options.push_back({"description", "TEXT", "why it is taken"});
  options.push_back({"delete", "", "delete the snapshot of that name instead"});
  return {"snapshot",
          "take a snapshot of a container: its configuration and its disks",
          {container, {"NAME", "what it is called; by default the time of day", false}},
          options,
          snapshot};
}
Command snapshots_command() {
  auto options = configuration_options();
  options.push_back({"json", "", "as JSON"});
  return {"snapshots", "list the snapshots of a container", {container}, options, snapshots};
}
Command vzdump_command() {
  auto options = configuration_options();
  options.push_back({"storage", "NAME", "the storage of Proxmox that takes it, a backup server's too"});
  return {"vzdump", "make a full copy of a container as Proxmox does", {container}, options, vzdump};
}

}  // namespace nmx
