#include "providers/dns/provider.hpp"

#include <set>

#include "planner/runtime/gather.hpp"
#include "providers/dns/backend.hpp"
#include "providers/dns/dns_record.hpp"
#include "providers/dns/settings.hpp"
#include "providers/dns/work.hpp"
#include "providers/support/digest.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::dns {
namespace {

using Zones = std::map<std::string, Zone>;

class Dns : public Provider {
 public:
  Dns(Env& env, std::unique_ptr<Backend> backend, std::string kind, std::string owner)
      : backend_(std::move(backend)), work_(env, *backend_), kind_(std::move(kind)), owner_(std::move(owner)) {}

  Task<Result<Facts>> connect() override;
  Task<std::vector<Observed>> read(std::vector<ObjectId> ids) override;
  Task<Result<Answer>> execute(Operation operation) override {
    fresh_.clear();
    return work_.execute(std::move(operation));
  }
  Task<Result<Reconciled>> reconcile(Operation operation) override { return work_.reconcile(std::move(operation)); }

 private:
  Task<Result<Zones>> read_all(std::vector<std::string> names);

  std::unique_ptr<Backend> backend_;
  RecordWork work_;
  std::string kind_;
  std::string owner_;
  Facts facts_;
  /// What `connect` read, for the `read` that follows it.
  Zones fresh_;
};

Task<Result<Zones>> Dns::read_all(std::vector<std::string> names) {
  std::vector<Task<Result<Zone>>> reading;
  for (const auto& name : names) reading.push_back(backend_->read(name));
  auto all = gather(std::move(reading));
  auto read = co_await all;
  Zones zones;
  for (std::size_t at = 0; at < names.size(); ++at) {
    if (!read[at]) co_return read[at].error();
    zones.emplace(names[at], *std::move(read[at]));
  }
  co_return zones;
}

/// One request a zone: what stands in it tells while planning what is a stranger's.
Task<Result<Facts>> Dns::connect() {
  auto asking = backend_->zones();
  const auto names = co_await asking;
  if (!names) co_return names.error();
  auto reading = read_all(*names);
  auto zones = co_await reading;
  if (!zones) co_return zones.error();
  facts_ = facts_of(kind_, owner_, backend_->abilities(), *zones);
  fresh_ = *std::move(zones);
  work_.know(facts_);
  co_return facts_;
}

Task<std::vector<Observed>> Dns::read(std::vector<ObjectId> ids) {
  const Served served(facts_);
  auto zones = std::exchange(fresh_, {});
  std::string why;
  if (zones.empty()) {
    auto reading = read_all(served.zones());
    auto read = co_await reading;
    if (read) zones = *std::move(read);
    if (!read) why = read.error().message;
  }
  std::vector<Observed> observed;
  for (const auto& id : ids) {
    auto& one = observed.emplace_back();
    one.id = id.id;
    const auto known = id.applied.contains("zone") ? id.applied : identified(id.id, served.zones()).value_or(Object{});
    const auto zone = Fields(known).text_or("zone", "");
    if (zones.count(zone) == 0) {
      one.status = Observed::Status::unreachable;
      one.why = why.empty() ? "the provider does not serve the zone `" + zone + "` any more" : why;
      continue;
    }
    auto seen = observe(known, zones, facts_);
    if (!seen) continue;
    one.status = Observed::Status::present;
    one.attributes = *std::move(seen);
    one.digest = to_hex(sha256(display(Value(one.attributes), 1 << 20)).substr(0, 8));
  }
  co_return observed;
}

Result<std::unique_ptr<Provider>> make(const ProviderSettings& settings, Env& env) {
  auto backend = make_backend(settings.settings, settings.folder, env);
  if (!backend) return backend.error();
  const auto owner = settings.derive ? to_hex(settings.derive("dns owner").substr(0, 4)) : std::string("local");
  return std::unique_ptr<Provider>(
      std::make_unique<Dns>(env, *std::move(backend), Fields(settings.settings).text_or("kind", ""), owner));
}

}  // namespace

ProviderType provider_type() {
  ProviderType type;
  type.name = "dns";
  type.settings = settings_interface();
  type.types = {std::make_shared<DnsRecord>()};
  type.make = make;
  return type;
}

}  // namespace nmx::dns
