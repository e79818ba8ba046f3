#include "providers/caddy/provider.hpp"

#include <fmt/core.h>

#include "providers/caddy/admin.hpp"
#include "providers/caddy/apps.hpp"
#include "providers/caddy/proxy_site.hpp"
#include "providers/support/batch.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::caddy {
namespace {

constexpr int most_tries = 5;

struct Place {
  std::string server;
  std::vector<std::string> listen;
};

const Object& site_of(const Operation& operation) {
  static const Object none;
  const auto* site = operation.arguments.at_or_null("site").object();
  return site == nullptr ? none : *site;
}

class Caddy : public Provider {
 public:
  Caddy(Env& env, Admin::Settings settings, Place place)
      : admin_(env, std::move(settings)),
        place_(std::move(place)),
        batch_(env, [this](Batch::Jobs jobs) { return carry_out(std::move(jobs)); }) {}

  Task<Result<Facts>> connect() override;
  /// One request for all.
  Task<std::vector<Observed>> read(std::vector<ObjectId> ids) override;
  Task<Result<Answer>> execute(Operation operation) override {
    if (operation.verb != "remove") operation.arguments.set("site", ProxySite().normalise(site_of(operation), Facts{}));
    return batch_.execute(std::move(operation));
  }
  Task<Result<Reconciled>> reconcile(Operation operation) override;

 private:
  Apps apps(Value json) const { return Apps(std::move(json), place_.server, place_.listen); }
  /// One change for all jobs, made only of what Caddy has at that moment.
  Task<Done> carry_out(Batch::Jobs jobs);

  Admin admin_;
  Place place_;
  Batch batch_;
};

Task<Result<Facts>> Caddy::connect() {
  auto reading = admin_.read();
  const auto read = co_await reading;
  if (!read) co_return read.error();
  const auto now = apps(read->apps);
  Object sites;
  for (const auto& [name, site] : now.sites()) sites.set(name, site.at_or_null("hosts"));
  const auto hosts = now.strangers_hosts();
  co_return Facts{{"sites", std::move(sites)}, {"strangers", List(hosts.begin(), hosts.end())}};
}

Task<std::vector<Observed>> Caddy::read(std::vector<ObjectId> ids) {
  auto reading = admin_.read();
  const auto read = co_await reading;
  std::map<std::string, Object> sites;
  if (read) sites = apps(read->apps).sites();
  std::vector<Observed> observed;
  for (const auto& id : ids) {
    auto& one = observed.emplace_back();
    one.id = id.id;
    if (!read) {
      one.status = Observed::Status::unreachable;
      one.why = read.error().message;
      continue;
    }
    const auto site = sites.find(Fields(id.applied).text_or("name", id.id));
    if (site == sites.end()) continue;
    one.status = Observed::Status::present;
    one.attributes = site->second;
    one.digest = to_hex(sha256(display(Value(one.attributes), 1 << 20)).substr(0, 8));
  }
  co_return observed;
}

Task<Done> Caddy::carry_out(Batch::Jobs jobs) {
  const auto end = [&](const Error& error) {
    for (const auto& job : jobs) job->end(error);
  };
  for (int tries = 1;; ++tries) {
    auto reading = admin_.read();
    const auto read = co_await reading;
    if (!read) {
      end(read.error());
      co_return Done{};
    }
    auto now = apps(read->apps);
    for (const auto& job : jobs) {
      const auto& site = site_of(job->operation);
      if (job->operation.verb == "remove") now.remove(Fields(site).text_or("name", ""));
      if (job->operation.verb != "remove") now.put(site);
    }
    Admin::Replaced replaced;
    // Every change makes Caddy load anew and drop its WebSockets: none where nothing differs.
    const auto wanted = now.json();
    if (!(wanted == read->apps)) {
      auto replacing = admin_.replace(wanted, read->etag);
      replaced = co_await replacing;
    }
    using Fate = Admin::Replaced::Fate;
    if (replaced.fate == Fate::changed && tries < most_tries) continue;
    if (replaced.fate == Fate::refused && jobs.size() > 1) {
      // One of them is at fault; the others shall not suffer for it.
      const auto middle = jobs.begin() + static_cast<std::ptrdiff_t>(jobs.size() / 2);
      auto first = carry_out(Batch::Jobs(jobs.begin(), middle));
      co_await first;
      auto second = carry_out(Batch::Jobs(middle, jobs.end()));
      co_await second;
      co_return Done{};
    }
    if (replaced.fate != Fate::done) {
      end(replaced.error);
      co_return Done{};
    }
    const auto sites = now.sites();
    for (const auto& job : jobs) {
      Answer answer;
      answer.id = Fields(site_of(job->operation)).text_or("name", "");
      const auto site = sites.find(answer.id);
      answer.attributes = site == sites.end() ? site_of(job->operation) : site->second;
      job->end(std::move(answer));
    }
    co_return Done{};
  }
}

Task<Result<Reconciled>> Caddy::reconcile(Operation operation) {
  auto reading = admin_.read();
  const auto read = co_await reading;
  if (!read) co_return read.error();
  auto now = apps(read->apps);
  const auto& wanted = ProxySite().normalise(site_of(operation), Facts{});
  Reconciled told;
  told.answer.id = Fields(wanted).text_or("name", "");
  if (operation.verb == "remove") {
    now.remove(told.answer.id);
  } else {
    now.put(wanted);
  }
  if (!(now.json() == read->apps)) co_return told;
  told.fate = Fate::done;
  if (operation.verb != "remove") told.answer.attributes = now.sites().at(told.answer.id);
  co_return told;
}

Interface settings_interface() {
  const auto text = Type::simple(Type::Tag::string);
  Interface interface;
  interface.type = "caddy";
  interface.doc = "A Caddy that is told by its admin API.";
  const auto add = [&](std::string name, Type type, std::string doc) -> InterfaceAttribute& {
    InterfaceAttribute attribute;
    attribute.name = std::move(name);
    attribute.type = std::move(type);
    attribute.doc = std::move(doc);
    return interface.attributes.emplace_back(std::move(attribute));
  };
  add("url", Type::simple(Type::Tag::url), "Its admin API; left out: `http://127.0.0.1:2019`, where `ssh -L` leads.");
  add("ca", text, "The CA certificate of `url` in PEM. Left out: the system's roots.");
  add("server", text, "Which of Caddy's servers the sites stand in; left out: `nmx`, which nmx makes.");
  add("listen", Type::list_of(text), "Where a server that nmx makes listens; left out: `:443`.");
  return interface;
}

Result<std::unique_ptr<Provider>> make(const ProviderSettings& settings, Env& env) {
  const Fields fields(settings.settings);
  Admin::Settings admin;
  admin.url = fields.text_or("url", "http://127.0.0.1:2019");
  while (!admin.url.empty() && admin.url.back() == '/') admin.url.pop_back();
  admin.trust.ca_pem = fields.text_or("ca", "");
  Place place{fields.text_or("server", "nmx"), {}};
  for (const auto& one : elements(fields.at("listen"))) place.listen.push_back(tolerant_text(one).value_or(""));
  if (place.listen.empty()) place.listen = {":443"};
  return std::unique_ptr<Provider>(std::make_unique<Caddy>(env, std::move(admin), std::move(place)));
}

}  // namespace

ProviderType provider_type() {
  ProviderType type;
  type.name = "caddy";
  type.settings = settings_interface();
  type.types = {std::make_shared<ProxySite>()};
  type.make = make;
  return type;
}

}  // namespace nmx::caddy
