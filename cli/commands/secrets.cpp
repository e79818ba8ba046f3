#include <fmt/core.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <istream>
#include <iterator>
#include <ostream>

#include "cli/commands/commands.hpp"
#include "cli/editing.hpp"
#include "planner/seal.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx {
namespace {

constexpr std::string_view secret_type = "secret";

/// What is typed is not shown, for as long as this lives.
class NoEcho {
 public:
  explicit NoEcho(bool interactive) : interactive_(interactive && tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!interactive_) return;
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  ~NoEcho() {
    if (interactive_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  termios before_{};
  bool interactive_;
};

/// From a terminal a line that is not shown; from elsewhere all of it, without the line end behind it.
std::string read_value(Context& context) {
  std::string value;
  if (context.terminal.interactive_in) {
    const NoEcho hidden(true);
    context.streams.err << "value (not shown): " << std::flush;
    std::getline(context.streams.in, value);
    context.streams.err << "\n";
    return value;
  }
  value.assign(std::istreambuf_iterator<char>(context.streams.in), {});
  if (!value.empty() && value.back() == '\n') value.pop_back();
  return value;
}

/// The secrets of the configuration at or below an address. Nothing: there is none, and that was printed.
std::vector<const ResourceInstance*> secrets_at(Session& session, const std::string& name) {
  std::vector<const ResourceInstance*> found;
  const auto wanted = parse_address(name);
  if (!wanted) return session.print_error(wanted.error()), found;
  for (const auto& instance : session.evaluator->instantiate()) {
    if (instance.type == secret_type && instance.address.within(*wanted)) found.push_back(&instance);
  }
  if (session.told_errors()) return {};
  if (found.empty()) {
    session.print_error(
        {fmt::format("the configuration has no secret at `{}`", name), "`nmx secrets list` shows those there are"});
  }
  return found;
}

/// Where an attribute of a secret is written; empty: nowhere.
std::string place_of(Session& session, const ResourceInstance& secret, const std::string& attribute) {
  const auto& places = session.evaluator->configuration(secret).places;
  const auto found = places.find(attribute);
  return found == places.end() ? std::string() : session.sources.place(found->second);
}

Exit list(Context& context) {
  const auto session = Session::open(context);
  if (session == nullptr || !session->open_state()) return Exit::error;
  std::size_t names = 0;
  std::map<Address, const StateObject*> secrets;
  for (const auto& [address, object] : session->state.objects) {
    if (object.type != secret_type) continue;
    secrets.emplace(address, &object);
    names = std::max(names, to_string(address).size());
  }
  for (const auto& [address, object] : secrets) {
    const Fields fields(object->attributes);
    std::string users;
    for (const auto& [user, other] : session->state.objects) {
      const auto& needs = other.dependencies;
      if (std::find(needs.begin(), needs.end(), address) == needs.end()) continue;
      users += (users.empty() ? "" : ", ") + to_string(user);
    }
    const auto origin = fields.boolean_or("given", false)
                            ? std::string("set by hand")
                            : fmt::format("{} {}", fields.text_or("kind", ""),
                                          fields.text("generation") ? "no. " + fields.text_or("generation", "") : "");
    context.streams.out << fmt::format("{:<{}}  {:<16}  {}\n", to_string(address), names, origin,
                                       users.empty() ? "nobody uses it" : "used by " + users);
  }
  if (secrets.empty()) context.streams.out << "no secrets yet\n";
  return Exit::done;
}

Exit set(Context& context) {
  const auto session = Session::open_for_change(context);
  if (session == nullptr) return Exit::error;
  const auto name = context.arguments.value("SECRET").value_or("");
  const auto found = secrets_at(*session, name);
  if (found.empty()) return Exit::error;
  if (found.size() > 1) {
    return session->failed({fmt::format("there are {} secrets at `{}`", found.size(), name),
                            fmt::format("name one: `{}`", to_string(found.front()->address))});
  }
  const auto& secret = *found.front();
  for (const auto* attribute : {"value", "sops"}) {
    const auto place = place_of(*session, secret, attribute);
    if (session->told_errors()) return Exit::error;
    if (!place.empty())
      return session->failed({fmt::format("the value of `{}` is written at {}", to_string(secret.address), place),
                              fmt::format("change it there, or take `{}` out", attribute)});
  }
  auto value = read_value(context);
  if (value.empty()) return session->failed({"there was no value on standard input", "nothing was changed"});
  auto state = session->state;
  auto& object = state.objects[secret.address];
  object.type = secret.type;
  object.provider = secret.provider;
  object.id = to_string(secret.address);
  if (!object.attributes.contains("origin")) object.attributes.set("origin", to_string(secret.address));
  object.attributes.set("value", Value(value).as_secret());
  object.attributes.set("given", true);
  for (const auto* made : {"made_from", "public"}) object.attributes.erase(made);
  wipe(value);
  return save_edit(*session, std::move(state), "secrets set", {fmt::format("set {}", to_string(secret.address))});
}

Exit rotate(Context& context) {
  const auto session = Session::open_for_change(context);
  if (session == nullptr) return Exit::error;
  auto state = session->state;
  std::vector<std::string> changes;
  for (const auto& name : context.arguments.values("SECRET")) {
    const auto found = secrets_at(*session, name);
    if (found.empty()) return Exit::error;
    for (const auto* secret : found) {
      const auto address = to_string(secret->address);
      for (const std::string attribute : {"value", "sops", "generation"}) {
        const auto place = place_of(*session, *secret, attribute);
        if (session->told_errors()) return Exit::error;
        if (!place.empty())
          return session->failed({fmt::format("the {} of `{}` is written at {}",
                                              attribute == "sops" ? "value" : attribute, address, place),
                                  "change it there; the next plan takes it to all that use it"});
      }
      const auto object = state.objects.find(secret->address);
      if (object == state.objects.end())
        return session->failed({fmt::format("`{}` was not made yet", address), "`nmx apply` makes it"});
      auto& attributes = object->second.attributes;
      // What the next apply makes is what the configuration says, whatever the last one made.
      if (session->evaluator->configuration(*secret).attributes.at_or_null("kind") == Value("taken"))
        return session->failed({fmt::format("nmx did not make `{}`, and cannot make another", address),
                                fmt::format("`nmx secrets set {}` takes the new one from you", address)});
      attributes.set("generation", Fields(attributes).integer_or("generation", 1) + 1);
      attributes.erase("given");
      attributes.erase("made_from");
      changes.push_back(fmt::format("rotate {}", address));
    }
  }
  const auto exit = save_edit(*session, std::move(state), "secrets rotate", std::move(changes));
  if (exit == Exit::done)
    context.streams.out << "`nmx plan` shows what uses them; `nmx apply` makes the new values and takes them there\n";
  return exit;
}

}  // namespace

Command secrets_list_command() {
  return {"secrets list",
          "show which secrets there are and what uses them; never their values",
          {},
          {environment_option()},
          list};
}
Command secrets_set_command() {
  return {"secrets set",
          "take the value of a secret from standard input, or from a prompt that does not show it",
          {{"SECRET", "its address: `service.vaultwarden.admin`", true}},
          {environment_option()},
          set};
}
Command secrets_rotate_command() {
  return {"secrets rotate",
          "let the next apply make new values, and take them to everything that uses them",
          {{"SECRET", "an address; all secrets at or below it", true, true}},
          {environment_option()},
          rotate};
}

}  // namespace nmx
