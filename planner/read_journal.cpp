#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>

#include "planner/checksum.hpp"
#include "planner/journal.hpp"
#include "planner/sealed_json.hpp"

namespace nmx {
namespace {

using Element = simdjson::dom::element;

const char* const what_damage_means =
    "records after it cannot be trusted; move the journal away, then run `nmx plan`: objects that it would have told "
    "show as changed outside nmx";

/// A line whose own checksum is right.
struct Line {
  std::string_view payload;
  std::string own;
  std::string chain;  // hexadecimal, as written
};

std::optional<Line> sound(std::string_view text, std::string_view lineage) {
  constexpr std::size_t sums = 1 + 32 + 1 + 32;
  if (text.size() <= sums) return std::nullopt;
  const auto payload = text.substr(0, text.size() - sums);
  const auto rest = text.substr(payload.size());
  if (rest[0] != '\t' || rest[33] != '\t') return std::nullopt;
  Line line{payload, checksum(payload, lineage.substr(0, 64), 16), std::string(rest.substr(34))};
  if (to_hex(line.own) != rest.substr(1, 32)) return std::nullopt;
  return line;
}

/// Whether the bytes after the last line break can be what a crash left of a record: the beginning of one, or zeros.
bool is_torn(std::string_view rest, std::string_view lineage) {
  if (rest.find_first_not_of('\0') == std::string_view::npos) return true;
  // A whole record with something else where its line break was: that is no crash's doing.
  return !sound(rest.substr(0, rest.size() - 1), lineage);
}

class Reading {
 public:
  Reading(const Seal& seal, JournalContent& content) : reader_(seal), content_(content) {}

  void record(const Element& json) {
    const auto kind = reader_.text(json, "record");
    if (kind == "begin") {
      content_.serial = reader_.number(json, "serial");
    } else if (kind == "intent") {
      intent(json);
    } else if (kind == "result") {
      result(json);
    } else if (kind == "failure") {
      close(reader_.number(json, "operation"));
    } else if (kind == "folded") {
      folded(json);
    } else {
      reader_.fail(fmt::format("record `{}` is not known", kind));
    }
  }
  const std::optional<Error>& error() const { return reader_.error(); }

 private:
  void close(std::uint64_t operation) {
    auto& open = content_.open;
    open.erase(std::remove_if(open.begin(), open.end(),
                              [&](const Intent& intent) { return intent.operation.id == operation; }),
               open.end());
  }

  void intent(const Element& json) {
    Element in;
    Element becoming;
    Element object;
    Element arguments;
    simdjson::dom::array allocations;
    if (json["operation"].get(in) != simdjson::SUCCESS || json["becoming"].get(becoming) != simdjson::SUCCESS ||
        becoming["object"].get(object) != simdjson::SUCCESS || in["arguments"].get(arguments) != simdjson::SUCCESS ||
        becoming["allocations"].get(allocations) != simdjson::SUCCESS) {
      reader_.fail("an intent lacks a part");
      return;
    }
    Intent intent;
    auto& operation = intent.operation;
    operation.id = reader_.number(in, "id");
    const auto address = reader_.text(in, "address");
    operation.address = reader_.address(address);
    operation.type = reader_.text(in, "type");
    operation.provider = reader_.text(in, "provider");
    operation.verb = reader_.text(in, "verb");
    operation.key = reader_.text(in, "key");
    operation.summary = reader_.text(in, "summary");
    operation.timeout_ms = static_cast<std::int64_t>(reader_.number(in, "timeout"));
    // What is not known is taken for the worst.
    std::string_view danger;
    const bool told = in["danger"].get(danger) == simdjson::SUCCESS;
    operation.danger = told ? parse_change_class(danger).value_or(ChangeClass::data_loss) : ChangeClass::data_loss;
    const Place root{nullptr, address};
    operation.arguments = reader_.object(arguments, Place{&root, "arguments"});
    bool flag = false;
    if (in["elevated"].get(flag) == simdjson::SUCCESS) operation.elevated = flag;
    if (in["completes"].get(flag) == simdjson::SUCCESS) operation.completes = flag;
    if (becoming["goes"].get(flag) == simdjson::SUCCESS) intent.becoming.goes = flag;
    if (becoming["fresh"].get(flag) == simdjson::SUCCESS) intent.becoming.fresh = flag;
    intent.becoming.object = reader_.state_object(object, operation.address);
    for (const auto pair : allocations) {
      std::string_view space;
      std::string_view value;
      if (pair.at(0).get(space) != simdjson::SUCCESS || pair.at(1).get(value) != simdjson::SUCCESS) continue;
      intent.becoming.allocations.emplace_back(space, value);
      content_.allocated.push_back({std::string(space), std::string(value), address});
    }
    content_.open.push_back(std::move(intent));
  }

  void result(const Element& json) {
    OperationResult result;
    result.operation = reader_.number(json, "operation");
    result.address = reader_.address(reader_.text(json, "address"));
    Element object;
    if (json["object"].get(object) != simdjson::SUCCESS) reader_.fail("a result has no object");
    if (!error() && !object.is_null()) result.object = reader_.state_object(object, result.address);
    close(result.operation);
    content_.results.push_back(std::move(result));
  }

  void folded(const Element& json) {
    Folded folded;
    simdjson::dom::object refreshed;
    simdjson::dom::array forgotten;
    if (json["refreshed"].get(refreshed) != simdjson::SUCCESS ||
        json["forgotten"].get(forgotten) != simdjson::SUCCESS) {
      reader_.fail("a record of folded changes lacks a part");
      return;
    }
    for (const auto entry : refreshed) {
      auto address = reader_.address(entry.key);
      auto object = reader_.state_object(entry.value, address);
      folded.refreshed.emplace(std::move(address), std::move(object));
    }
    for (const auto entry : forgotten) {
      std::string_view name;
      if (entry.get(name) == simdjson::SUCCESS) folded.forgotten.push_back(reader_.address(name));
    }
    content_.folded.push_back(std::move(folded));
  }

  SealedReader reader_;
  JournalContent& content_;
};

}  // namespace

Result<JournalContent> read_journal(std::string_view text, const Seal& seal, std::string_view lineage) {
  JournalContent content;
  Reading reading(seal, content);
  simdjson::dom::parser parser;
  std::string chain;
  std::size_t number = 0;
  std::size_t at = 0;
  for (; at < text.size(); ++number) {
    const auto end = text.find('\n', at);
    if (end == std::string_view::npos) break;
    const auto line = sound(text.substr(at, end - at), lineage);
    if (line) chain = checksum(chain + line->own, lineage.substr(0, 64), 16);
    if (!line || to_hex(chain) != line->chain) {
      return Error{fmt::format("the journal of the last run is damaged: record {}, at byte {}, is not what was written",
                               number + 1, at),
                   what_damage_means};
    }
    Element json;
    if (parser.parse(line->payload.data(), line->payload.size()).get(json) != simdjson::SUCCESS) {
      return Error{fmt::format("record {} of the journal is no JSON", number + 1), what_damage_means};
    }
    reading.record(json);
    if (reading.error()) {
      return Error{fmt::format("record {} of the journal: {}", number + 1, reading.error()->message),
                   reading.error()->help};
    }
    at = end + 1;
  }
  const auto rest = text.substr(at);
  if (!rest.empty() && !is_torn(rest, lineage)) {
    return Error{fmt::format("the journal of the last run is damaged at its end, byte {}", text.size() - 1),
                 what_damage_means};
  }
  content.torn = rest.size();
  return content;
}

}  // namespace nmx
