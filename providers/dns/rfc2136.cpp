#include "providers/dns/rfc2136.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "planner/runtime/within.hpp"
#include "providers/dns/name.hpp"
#include "providers/dns/record.hpp"

namespace nmx::dns {
namespace {

constexpr Milliseconds connect_limit{10'000};
constexpr Milliseconds talk_limit{60'000};
/// Signature and header have room beside it.
constexpr std::size_t update_size = 60'000;
constexpr std::int64_t mark_ttl = 300;
/// Marks are TXT records in a corner of the zone: `app._nmx`, so that they never lie below a delegation.
constexpr std::string_view corner = "_nmx";

/// Of DNSSEC: the server makes them as it needs them.
bool is_made_by_server(std::uint16_t type) {
  switch (type) {
    case type_soa:
    case 46:     // RRSIG
    case 47:     // NSEC
    case 48:     // DNSKEY
    case 50:     // NSEC3
    case 51:     // NSEC3PARAM
    case 59:     // CDS
    case 60:     // CDNSKEY
    case 65534:  // BIND's own notes
      return true;
    default: return false;  // the numbers are open
  }
}

std::string corner_name(std::string_view name) {
  if (name == "@") return std::string(corner);
  if (name.substr(0, 1) == "*") return fmt::format("_any{}.{}", name.substr(1), corner);
  return fmt::format("{}.{}", name, corner);
}

/// The name that a mark speaks of.
std::optional<std::string> marked_name(std::string_view name) {
  if (name == corner) return "@";
  if (name.size() <= corner.size() + 1 || name.substr(name.size() - corner.size() - 1) != fmt::format(".{}", corner))
    return std::nullopt;
  const auto rest = name.substr(0, name.size() - corner.size() - 1);
  if (rest.substr(0, 4) == "_any") return "*" + std::string(rest.substr(4));
  return std::string(rest);
}

/// `A heritage=nmx,…`: which type of the name it marks comes first.
std::string mark_value(const RecordKey& key, const RecordSet& set) { return fmt::format("{} {}", key.type, set.mark); }

void must_be_absent(Message& message, const std::string& name, std::uint16_t type) {
  message.answers.push_back({name, type, static_cast<std::uint16_t>(Class::none)});
}
void must_have(Message& message, const std::string& name, std::uint16_t type, std::string data) {
  message.answers.push_back({name, type, static_cast<std::uint16_t>(Class::in), 0, std::move(data)});
}
void remove_all(Message& message, const std::string& name, std::uint16_t type) {
  message.authority.push_back({name, type, static_cast<std::uint16_t>(Class::any)});
}
void remove_one(Message& message, const std::string& name, std::uint16_t type, std::string data) {
  message.authority.push_back({name, type, static_cast<std::uint16_t>(Class::none), 0, std::move(data)});
}
void add_one(Message& message, const std::string& name, std::uint16_t type, std::int64_t ttl, std::string data) {
  message.authority.push_back(
      {name, type, static_cast<std::uint16_t>(Class::in), static_cast<std::uint32_t>(ttl), std::move(data)});
}

void add_exchange(Message& message, std::string_view zone, const Exchange& exchange) {
  const auto& [key, before, after] = exchange;
  const auto name = full_name(key.name, zone);
  const auto type = type_number(key.type);
  if (before) {
    for (const auto& value : before->values) must_have(message, name, type, to_wire(key.type, value));
  } else {
    must_be_absent(message, name, type);
  }
  const bool same_ttl = before && after && before->ttl == after->ttl;
  // A server keeps the last NS of a zone and refuses to be without: what stays is not taken away.
  if (!after || (before && !same_ttl && !(key.name == "@" && key.type == "NS"))) remove_all(message, name, type);
  if (same_ttl) {
    for (const auto& value : before->values) {
      if (after->values.count(value) == 0) remove_one(message, name, type, to_wire(key.type, value));
    }
  }
  if (after) {
    for (const auto& value : after->values) {
      if (!same_ttl || before->values.count(value) == 0)
        add_one(message, name, type, after->ttl, to_wire(key.type, value));
    }
  }
  const auto marks = full_name(corner_name(key.name), zone);
  const auto txt = type_number("TXT");
  const bool stays = before && after && before->mark == after->mark;
  if (before && !before->mark.empty() && !stays)
    remove_one(message, marks, txt, to_wire("TXT", mark_value(key, *before)));
  if (after && !after->mark.empty() && !stays)
    add_one(message, marks, txt, mark_ttl, to_wire("TXT", mark_value(key, *after)));
}

std::string help_for(unsigned code) {
  switch (code) {
    case 5:
      return "does the server allow this key to update the zone? BIND also refuses an MX whose host has no address";
    case 9: return "the server is not the primary of this zone, or does not know the key";
    case 10: return "the name does not lie in the zone";
    default: return {};
  }
}

bool is_end_of_transfer(const std::vector<Message>& messages) {
  std::size_t count = 0;
  for (const auto& message : messages) {
    count += static_cast<std::size_t>(std::count_if(message.answers.begin(), message.answers.end(),
                                                    [](const Entry& entry) { return entry.type == type_soa; }));
  }
  return count >= 2;
}

Message question(std::uint16_t id, std::uint16_t flags, std::string_view zone, std::uint16_t type) {
  Message message;
  message.id = id;
  message.flags = flags;
  message.questions.push_back({full_name(zone), type});
  return message;
}

}  // namespace

Abilities Rfc2136::abilities() const { return {record_types()}; }

Task<Result<std::vector<std::string>>> Rfc2136::zones() { co_return settings_.zones; }

Task<Result<std::vector<Message>>> Rfc2136::ask(Message request) {
  auto talking = within(&env_, talk_limit, converse(std::move(request)));
  auto told = co_await talking;
  if (!told) co_return Error{fmt::format("{} port {} does not answer in time", settings_.server, settings_.port)};
  co_return *std::move(told);
}

/// Sends one message and reads the answer: one message, of a transfer as many as come.
Task<Result<std::vector<Message>>> Rfc2136::converse(Message request) {
  const auto where = fmt::format("{} port {}", settings_.server, settings_.port);
  auto connecting = env_.connect(settings_.server, settings_.port, connect_limit);
  auto stream = co_await connecting;
  if (!stream) co_return stream.error();

  SignedMessage sent{to_bytes(request), {}};
  if (settings_.key) sent = sign(*settings_.key, std::move(sent.bytes), env_.wall_ms() / 1000);
  std::string frame;
  append16(frame, static_cast<std::uint16_t>(sent.bytes.size()));
  auto writing = (*stream)->write(frame + sent.bytes);
  const auto written = co_await writing;
  if (!written) co_return Error{fmt::format("{}: {}", where, written.error().message)};

  TsigCheck check(settings_.key.value_or(TsigKey{}), sent.mac);
  std::vector<Message> messages;
  std::string received;
  const bool transfer = request.questions.front().type == type_axfr;
  for (;;) {
    const std::size_t size = read16(received, 0);
    if (received.size() < 2 || received.size() < 2 + size) {
      auto reading = (*stream)->read();
      auto more = co_await reading;
      if (!more) co_return Error{fmt::format("{}: {}", where, more.error().message)};
      if (more->empty()) co_return Error{fmt::format("{} ended the connection before its answer did", where)};
      received += *more;
      continue;
    }
    const auto bytes = received.substr(2, size);
    received.erase(0, 2 + size);
    auto message = parse_message(bytes);
    if (!message || message->id != request.id) co_return Error{fmt::format("{}: the answer is damaged", where)};
    // A refusal may come unsigned, from whoever does not know the key.
    if (settings_.key && !(message->code() != 0 && message->tsig_at == 0)) {
      const auto genuine = check.check(bytes, *message);
      if (!genuine) co_return Error{fmt::format("{}: {}", where, genuine.error().message), genuine.error().help};
    }
    messages.push_back(*std::move(message));
    if (messages.back().code() != 0 || !transfer || is_end_of_transfer(messages)) break;
  }
  if (settings_.key && messages.back().code() == 0) {
    const auto complete = check.end();
    if (!complete) co_return Error{fmt::format("{}: {}", where, complete.error().message)};
  }
  co_return messages;
}

Task<Result<Zone>> Rfc2136::read(std::string zone) {
  auto asking = ask(question(static_cast<std::uint16_t>(env_.random()), flags_query, zone, type_axfr));
  const auto messages = co_await asking;
  if (!messages)
    co_return Error{fmt::format("cannot read zone `{}`: {}", zone, messages.error().message), messages.error().help};
  if (const auto code = messages->back().code(); code != 0) {
    co_return Error{fmt::format("cannot read zone `{}`: {} port {} answers {}", zone, settings_.server, settings_.port,
                                code_text(code)),
                    "the key must be allowed to transfer the zone (BIND: `allow-transfer`, Knot: `action: transfer`)"};
  }
  co_return zone_of_transfer(zone, *messages);
}

Task<Written> Rfc2136::write(std::string zone, std::vector<Exchange> exchanges) {
  std::size_t at = 0;
  while (at < exchanges.size()) {
    auto message = question(static_cast<std::uint16_t>(env_.random()), flags_update, zone, type_soa);
    const auto begin = at;
    std::size_t size = 0;
    while (at < exchanges.size()) {
      const auto more = to_bytes(update_message(zone, {exchanges[at]})).size();
      if (at > begin && size + more > update_size) break;
      size += more;
      add_exchange(message, zone, exchanges[at++]);
    }
    auto asking = ask(std::move(message));
    const auto messages = co_await asking;
    if (!messages) co_return Written{Written::Fate::failed, messages.error()};
    const auto code = messages->back().code();
    if (code == 0) continue;
    const bool changed = code == 6 || code == 7 || code == 8 || code == 3;
    co_return Written{
        changed ? Written::Fate::changed : Written::Fate::refused,
        Error{fmt::format("zone `{}`: the server answers {} to the update", zone, code_text(code)), help_for(code)}};
  }
  co_return Written{};
}

Message update_message(std::string_view zone, const std::vector<Exchange>& exchanges) {
  auto message = question(0, flags_update, zone, type_soa);
  for (const auto& exchange : exchanges) add_exchange(message, zone, exchange);
  return message;
}

Zone zone_of_transfer(std::string_view zone, const std::vector<Message>& messages) {
  Zone found;
  std::vector<std::pair<std::string, std::string>> marks;
  for (const auto& message : messages) {
    for (const auto& entry : message.answers) {
      if (is_made_by_server(entry.type)) continue;
      const auto name = name_in_zone(entry.name, zone);
      if (!name) continue;
      const auto type = type_text(entry.type);
      const auto value = from_wire(type, entry.data);
      if (const auto marked = type == "TXT" ? marked_name(*name) : std::nullopt) {
        marks.emplace_back(*marked, value);
        continue;
      }
      auto& set = found[{*name, type}];
      set.ttl = entry.ttl;
      set.values.insert(value);
    }
  }
  for (const auto& [name, value] : marks) {
    const auto blank = value.find(' ');
    if (blank == std::string::npos || !is_mark(std::string_view(value).substr(blank + 1))) continue;
    const auto set = found.find({name, value.substr(0, blank)});
    if (set != found.end()) set->second.mark = value.substr(blank + 1);
  }
  return found;
}

}  // namespace nmx::dns
