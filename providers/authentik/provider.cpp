#include "providers/authentik/provider.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "planner/runtime/gather.hpp"
#include "providers/authentik/object_type.hpp"
#include "providers/authentik/object_work.hpp"
#include "providers/authentik/server.hpp"
#include "providers/authentik/translate.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::authentik {
namespace {

/// A list of the server.
struct Listing {
  std::string path;
  Form query;
};

/// Listed whenever nmx connects: names that others refer to, and what is told apart by them. Users may be many, and the
/// rest is rare: they are listed where the state has some.
constexpr auto always_listed = {"authentik_application",   "authentik_proxy_provider", "authentik_oauth2_provider",
                                "authentik_ldap_provider", "authentik_group",          "authentik_scope_mapping",
                                "authentik_outpost"};

bool is_always_listed(std::string_view type) {
  return std::find(always_listed.begin(), always_listed.end(), type) != always_listed.end();
}

enum class Members { listed, left_out };

Listing listing(const Model& model, Members members) {
  Listing listing{model.path, {}};
  if (model.type == "authentik_application") listing.query.set("superuser_full_list", "true");
  if (model.type == "authentik_group") {
    listing.query.set("include_users", members == Members::listed ? "true" : "false");
    listing.query.set("include_parents", "true");
  }
  if (model.type == "authentik_user") listing.query.set("include_groups", "false");
  return listing;
}

Observed unreachable(std::string why) {
  Observed observed;
  observed.status = Observed::Status::unreachable;
  observed.why = std::move(why);
  return observed;
}

/// What is listed of one model, by id.
using Shelf = std::map<std::string, Value>;

class Authentik : public Provider {
 public:
  Authentik(Env& env, Access access, std::string seed)
      : session_{Client(env, std::move(access)), {}, std::move(seed)}, work_(session_) {}

  Task<Result<Facts>> connect() override;
  Task<std::vector<Observed>> read(std::vector<ObjectId> ids) override;
  Task<Result<Answer>> execute(Operation operation) override {
    fresh_.reset();
    auto working = work_.execute(std::move(operation));
    co_return co_await working;
  }
  Task<Result<Reconciled>> reconcile(Operation operation) override {
    auto working = work_.reconcile(std::move(operation));
    co_return co_await working;
  }

 private:
  using Lists = std::map<std::string, Result<List>>;
  /// Side by side, by path.
  Task<Lists> fetch(std::vector<Listing> listings);
  Task<Status> learn_release();
  Object describe_objects(const Lists& lists) const;
  Task<Observed> read_application(ObjectId id);

  Session session_;
  ObjectWork work_;
  bool superuser_ = true;
  /// What `connect` listed, for the read that follows it.
  std::optional<Lists> fresh_;
};

Task<Authentik::Lists> Authentik::fetch(std::vector<Listing> listings) {
  std::vector<Task<Result<List>>> asking;
  for (const auto& one : listings) asking.push_back(session_.client.list(one.path, one.query));
  auto gathering = gather(std::move(asking));
  auto answers = co_await gathering;
  Lists lists;
  for (std::size_t at = 0; at < listings.size(); ++at) lists.emplace(listings[at].path, std::move(answers[at]));
  co_return lists;
}

Task<Status> Authentik::learn_release() {
  auto asking = session_.client.call({"GET", "/core/users/me/"});
  const auto me = co_await asking;
  if (!me.ok()) co_return to_error(me);
  superuser_ = Fields(Fields(me.data).at("user")).boolean_or("is_superuser", false);
  auto versioning = session_.client.call({"GET", "/admin/version/"});
  const auto version = co_await versioning;
  if (!version.ok() && version.status != 403) co_return to_error(version);
  const auto text = Fields(version.data).text_or("version_current", "");
  const auto release = parse_release(text);
  if (!release) co_return Done{};
  session_.release = *release;
  if (*release < oldest_release)
    co_return Error{fmt::format("this is Authentik {}; nmx speaks to {} and later", text, to_string(oldest_release))};
  co_return Done{};
}

Object Authentik::describe_objects(const Lists& lists) const {
  Object types;
  for (const auto& model : models()) {
    const auto listed = lists.find(model.path);
    if (listed == lists.end() || !listed->second) continue;
    std::vector<Object::Entry> entries;
    for (const auto& json : *listed->second) {
      auto real = from_api(model, json, session_.directory);
      auto key = key_text(model, real);
      entries.emplace_back(std::move(key), Object{{"id", id_of(model, json)},
                                                  {"mark", Fields(Fields(json).at("attributes")).text_or(mark_key, "")},
                                                  {"real", std::move(real)}});
    }
    types.set(model.type, Object::from(std::move(entries)));
  }
  return types;
}

/// Two requests for the login and the release, and a list each for nine kinds of things.
Task<Result<Facts>> Authentik::connect() {
  auto learning = learn_release();
  const auto learned = co_await learning;
  if (!learned) co_return learned.error();
  std::vector<Listing> listings{{"/flows/instances/", {}}, {"/crypto/certificatekeypairs/", {}}};
  listings.back().query.set("include_details", "false");
  for (const auto* type : always_listed) listings.push_back(listing(*find_model(type), Members::listed));
  auto fetching = fetch(std::move(listings));
  auto lists = co_await fetching;
  for (const auto& [path, listed] : lists) {
    if (!listed) co_return listed.error();
  }
  Object flows;
  for (const auto& json : *lists.at("/flows/instances/")) {
    session_.directory.learn_flow(json);
    flows.set(Fields(json).text_or("slug", ""), true);
  }
  Object certificates;
  for (const auto& json : *lists.at("/crypto/certificatekeypairs/")) {
    session_.directory.learn_certificate(json);
    certificates.set(Fields(json).text_or("name", ""), true);
  }
  Object mappings;
  for (const auto& json : *lists.at("/propertymappings/provider/scope/"))
    mappings.set(Fields(json).text_or("name", ""), mapping_name(json));
  for (const auto& model : models()) {
    if (!is_always_listed(model.type)) continue;
    for (const auto& json : *lists.at(model.path)) session_.directory.learn_object(model, json);
  }
  Facts facts{{"seed", Value(session_.seed).as_secret()},
              {"superuser", superuser_},
              {"flows", std::move(flows)},
              {"certificates", std::move(certificates)},
              {"mappings", std::move(mappings)},
              {"objects", describe_objects(lists)}};
  if (session_.release.year < 9999)
    facts.set("release", fmt::format("{}.{}", session_.release.year, session_.release.month));
  fresh_ = std::move(lists);
  co_return facts;
}

/// Whoever is no superuser sees in the list only what is allowed to use; each must be asked for.
Task<Observed> Authentik::read_application(ObjectId id) {
  auto calling = session_.client.call(
      {"GET", fmt::format("/core/applications/{}/", percent_encode(Fields(id.applied).text_or("slug", "")))});
  const auto reply = co_await calling;
  if (reply.absent()) co_return Observed{};
  if (!reply.ok()) co_return unreachable(to_error(reply).message);
  const auto& model = *find_model("authentik_application");
  session_.directory.learn_object(model, reply.data);
  co_return work_.observe(model, reply.data, id.applied);
}

Task<std::vector<Observed>> Authentik::read(std::vector<ObjectId> ids) {
  std::set<std::string> types;
  for (const auto& id : ids) types.insert(id.type);
  Lists lists;
  std::vector<Listing> listings;
  const auto known = std::exchange(fresh_, std::nullopt);
  for (const auto& model : models()) {
    const bool is_named = is_always_listed(model.type) && !ids.empty();
    if (!types.contains(model.type) && !is_named) continue;
    if (const auto found = known ? known->find(model.path) : Lists::const_iterator(); known && found != known->end()) {
      lists.emplace(*found);
    } else {
      listings.push_back(listing(model, Members::listed));
    }
  }
  auto fetching = fetch(std::move(listings));
  for (auto& [path, list] : co_await fetching) lists.emplace(path, list);

  std::map<std::string, Shelf> shelves;
  for (const auto& model : models()) {
    const auto listed = lists.find(model.path);
    if (listed == lists.end() || !listed->second) continue;
    for (const auto& json : *listed->second) session_.directory.learn_object(model, json);
    auto& shelf = shelves[model.type];
    for (const auto& json : *listed->second) shelf.emplace(id_of(model, json), json);
  }

  std::vector<Observed> observed(ids.size());
  std::vector<Task<Observed>> singly;
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < ids.size(); ++at) {
    const auto& id = ids[at];
    const auto& model = *find_model(id.type);
    const auto& listed = lists.at(model.path);
    if (!listed) {
      observed[at] = unreachable(listed.error().message);
      continue;
    }
    const auto& shelf = shelves[id.type];
    if (const auto found = shelf.find(id.id); found != shelf.end()) {
      observed[at] = work_.observe(model, found->second, id.applied);
    } else if (model.names == Names::application && !superuser_) {
      singly.push_back(read_application(id));
      places.push_back(at);
    } else if (id.id.empty() || id.applied.empty()) {
      // Its making was cut short before the server told its id; or it is taken over by its name.
      for (const auto& [pk, json] : shelf) {
        auto real = work_.observe(model, json, id.applied);
        const auto& key = id.applied.empty() ? tolerant_text(real.attributes.at_or_null(model.key.front())).value_or("")
                                             : key_text(model, real.attributes);
        if (key == (id.applied.empty() ? id.id : key_text(model, id.applied))) observed[at] = std::move(real);
      }
    }
  }
  auto gathering = gather(std::move(singly));
  auto read_singly = co_await gathering;
  for (std::size_t at = 0; at < places.size(); ++at) observed[places[at]] = std::move(read_singly[at]);
  co_return observed;
}

Result<std::unique_ptr<Provider>> make(const ProviderSettings& settings, Env& env) {
  auto access = read_settings(settings.settings);
  if (!access) return access.error();
  auto seed = settings.derive ? settings.derive("authentik") : std::string();
  return std::unique_ptr<Provider>(std::make_unique<Authentik>(env, *std::move(access), std::move(seed)));
}

}  // namespace

ProviderType provider_type() {
  ProviderType type;
  type.name = "authentik";
  type.settings = settings_interface();
  for (const auto& model : models()) type.types.push_back(std::make_shared<ObjectType>(model));
  type.make = make;
  return type;
}

}  // namespace nmx::authentik
