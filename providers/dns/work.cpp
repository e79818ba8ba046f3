#include "providers/dns/work.hpp"

#include <fmt/core.h>

#include <set>

#include "planner/runtime/gather.hpp"
#include "providers/dns/name.hpp"
#include "providers/support/json_fields.hpp"

namespace nmx::dns {
namespace {

constexpr int most_tries = 4;

const Object& part(const Operation& operation, std::string_view name) {
  static const Object none;
  const auto* object = operation.arguments.at_or_null(name).object();
  return object == nullptr ? none : *object;
}

const Object& about(const Operation& operation) {
  return part(operation, operation.verb == "delete" ? "before" : "wanted");
}

}  // namespace

std::vector<std::string> touched_zones(const Object& normal, const std::vector<std::string>& served) {
  const auto record = unpack(normal);
  std::vector<std::string> zones;
  if (record.zone.empty()) return zones;
  zones.push_back(record.zone);
  if (!normal.contains("ptr")) return zones;
  for (const auto& address : record.set.values) {
    if (const auto place = reverse_place(address, served)) zones.push_back(place->zone);
  }
  return zones;
}

Task<Result<Answer>> RecordWork::execute(Operation operation) {
  if (auto* wanted = operation.arguments.find("wanted"); wanted != nullptr && wanted->object() != nullptr)
    *wanted = DnsRecord().normalise(*wanted->object(), facts_);
  return batch_.execute(std::move(operation));
}

Task<Result<RecordWork::Zones>> RecordWork::read_zones(Jobs jobs) {
  const Served served(facts_);
  std::set<std::string> names;
  for (const auto& job : jobs) {
    for (const auto* which : {"before", "wanted"}) {
      for (auto& zone : touched_zones(part(job->operation, which), served.zones())) names.insert(std::move(zone));
    }
  }
  std::vector<Task<Result<Zone>>> reading;
  for (const auto& name : names) reading.push_back(backend_.read(name));
  auto all = gather(std::move(reading));
  auto read = co_await all;
  Zones zones;
  auto next = names.begin();
  for (auto& one : read) {
    if (!one) co_return one.error();
    zones.emplace(*next++, *std::move(one));
  }
  co_return zones;
}

void RecordWork::lead_back(const WantedRecord& record, std::string_view mark, Zones& zones) const {
  const Served served(facts_);
  for (const auto& address : record.set.values) {
    const auto place = reverse_place(address, served.zones());
    if (!place) continue;
    auto& zone = zones[place->zone];
    const auto [set, fresh] = zone.try_emplace(place->key);
    if (fresh) set->second.mark = mark;
    if (fresh) set->second.ttl = record.set.ttl;
    set->second.values.insert(record.full_name());
  }
}

void RecordWork::lead_nowhere(const WantedRecord& record, Zones& zones) const {
  const Served served(facts_);
  for (const auto& address : record.set.values) {
    const auto place = reverse_place(address, served.zones());
    if (!place) continue;
    auto& zone = zones[place->zone];
    const auto set = zone.find(place->key);
    if (set == zone.end()) continue;
    set->second.values.erase(record.full_name());
    if (set->second.values.empty()) zone.erase(set);
  }
}

Status RecordWork::edit(const Operation& operation, Zones& zones) const {
  const auto owner = Served(facts_).owner();
  const auto mark = mark_text(owner, to_string(operation.address));
  const auto record = unpack(about(operation));
  auto& zone = zones[record.zone];
  const auto there = zone.find(record.key);
  if (there != zone.end()) {
    const auto& found = there->second.mark;
    const bool stranger = !is_marked_by(found, owner);
    if (stranger && is_mark(found) && !record.adopt)
      return Error{fmt::format("{} {} belongs to another site of nmx", record.key.type, zone_name(record.full_name()))};
    if (stranger && operation.verb == "create" && !record.adopt) {
      return Error{
          fmt::format("{} {} is already there, and is not nmx's", record.key.type, zone_name(record.full_name())),
          "`adopt = true` takes it over"};
    }
  }
  if (const auto before = unpack(part(operation, "before")); before.ptr) lead_nowhere(before, zones);
  if (operation.verb == "delete") {
    zone.erase(record.key);
    return Done{};
  }
  auto set = record.set;
  set.mark = mark;
  if (there != zone.end() && is_marked_by(there->second.mark, owner) && operation.verb != "create")
    set.mark = there->second.mark;
  zone[record.key] = std::move(set);
  if (record.ptr) lead_back(record, mark, zones);
  return Done{};
}

Task<Done> RecordWork::carry_out(Jobs jobs) {
  const auto end = [](const Jobs& which, const Error& error) {
    for (const auto& job : which) job->end(error);
  };
  while (!jobs.empty()) {
    auto reading = read_zones(jobs);
    auto zones = co_await reading;
    if (!zones) {
      end(jobs, zones.error());
      break;
    }
    auto wanted = *zones;
    Jobs going;
    for (const auto& job : jobs) {
      const auto possible = edit(job->operation, wanted);
      if (possible) {
        going.push_back(job);
      } else {
        end({job}, possible.error());
      }
    }
    jobs = std::move(going);
    Written written;
    for (const auto& [name, zone] : wanted) {
      auto changes = exchanges((*zones)[name], zone);
      if (changes.empty()) continue;
      auto writing = backend_.write(name, std::move(changes));
      written = co_await writing;
      if (written.fate != Written::Fate::done) break;
    }
    if (written.fate == Written::Fate::refused && jobs.size() > 1) {
      // One of them is at fault; the others shall not suffer for it.
      const auto middle = jobs.begin() + static_cast<std::ptrdiff_t>(jobs.size() / 2);
      auto first = carry_out(Jobs(jobs.begin(), middle));
      co_await first;
      auto second = carry_out(Jobs(middle, jobs.end()));
      co_await second;
      break;
    }
    if (written.fate == Written::Fate::changed && ++jobs.front()->tries < most_tries) continue;
    if (written.fate != Written::Fate::done) {
      if (written.fate == Written::Fate::changed) written.error.message += "; somebody else keeps changing it";
      end(jobs, written.error);
      break;
    }
    auto asking = read_zones(jobs);
    const auto now = co_await asking;
    for (const auto& job : jobs) {
      Answer answer;
      answer.id = unpack(about(job->operation)).id();
      auto seen = now ? observe(about(job->operation), *now, facts_) : std::nullopt;
      answer.attributes = seen ? *std::move(seen) : about(job->operation);
      if (const auto* adopt = about(job->operation).find("adopt")) answer.attributes.set("adopt", *adopt);
      job->end(std::move(answer));
    }
    break;
  }
  co_return Done{};
}

Task<Result<Reconciled>> RecordWork::reconcile(Operation operation) {
  const auto wanted = DnsRecord().normalise(about(operation), facts_);
  auto job = std::make_shared<Batch::Job>();
  job->operation = operation;
  auto reading = read_zones({job});
  const auto zones = co_await reading;
  if (!zones) co_return zones.error();
  const auto seen = observe(wanted, *zones, facts_);
  Reconciled told;
  told.answer.id = unpack(wanted).id();
  if (operation.verb == "delete") {
    if (!seen) told.fate = Fate::done;
    co_return told;
  }
  if (!seen) co_return told;
  bool same = true;
  for (const auto* name : {"values", "ttl", "ptr", "proxied"}) {
    const auto& value = wanted.at_or_null(name);
    if (!value.is_null() && !(value == seen->at_or_null(name))) same = false;
  }
  if (!same) co_return told;
  told.fate = Fate::done;
  told.answer.attributes = *seen;
  co_return told;
}

}  // namespace nmx::dns
