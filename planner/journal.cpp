#include "planner/journal.hpp"

#include <fmt/core.h>

#include "planner/checksum.hpp"
#include "planner/sealed_json.hpp"

namespace nmx {
namespace {

void append_name(std::string& out, std::string_view name) {
  if (out.back() != '{') out += ',';
  append_json(out, name);
  out += ':';
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
  append_name(out, name);
  append_json(out, text);
}

void append_operation(std::string& out, const Operation& operation, const Seal& seal) {
  out += '{';
  append_name(out, "id");
  append_json(out, std::uint64_t{operation.id});
  const auto address = to_string(operation.address);
  append_text(out, "address", address);
  append_text(out, "type", operation.type);
  append_text(out, "provider", operation.provider);
  append_text(out, "verb", operation.verb);
  append_text(out, "key", operation.key);
  append_text(out, "summary", operation.summary);
  append_name(out, "timeout");
  append_json(out, static_cast<std::uint64_t>(operation.timeout_ms));
  append_name(out, "danger");
  append_json(out, to_string(operation.danger));
  append_name(out, "elevated");
  out += operation.elevated ? "true" : "false";
  append_name(out, "completes");
  out += operation.completes ? "true" : "false";
  append_name(out, "arguments");
  const Place object{nullptr, address};
  append_json(out, operation.arguments, Place{&object, "arguments"}, seal);
  out += '}';
}

void append_becoming(std::string& out, const Becoming& becoming, const Address& address, const Seal& seal) {
  out += '{';
  append_name(out, "goes");
  out += becoming.goes ? "true" : "false";
  append_name(out, "fresh");
  out += becoming.fresh ? "true" : "false";
  append_name(out, "object");
  append_json(out, becoming.object, address, seal);
  append_name(out, "allocations");
  out += '[';
  for (const auto& [space, value] : becoming.allocations) {
    if (out.back() != '[') out += ',';
    out += '[';
    append_json(out, space);
    out += ',';
    append_json(out, value);
    out += ']';
  }
  out += "]}";
}

}  // namespace

JournalWriter::JournalWriter(const Seal& seal, std::string lineage, std::uint64_t serial, std::string run)
    : seal_(seal), lineage_(std::move(lineage)), serial_(serial), run_(std::move(run)) {}

std::string JournalWriter::record(std::string payload) {
  payload.insert(0, fmt::format("{{\"n\":{},", sequence_++));
  const auto own = checksum(payload, lineage_.substr(0, 64), 16);
  chain_ = checksum(chain_ + own, lineage_.substr(0, 64), 16);
  payload += '\t';
  payload += to_hex(own);
  payload += '\t';
  payload += to_hex(chain_);
  payload += '\n';
  return payload;
}

std::string JournalWriter::begin() {
  std::string payload = R"("record":"begin","format":1,"lineage":)";
  append_json(payload, lineage_);
  payload += R"(,"serial":)";
  append_json(payload, serial_);
  if (!run_.empty()) {
    payload += R"(,"run":)";
    append_json(payload, run_);
  }
  payload += '}';
  return record(std::move(payload));
}

std::string JournalWriter::intent(const Intent& intent) {
  std::string payload = R"("record":"intent","operation":)";
  append_operation(payload, intent.operation, seal_);
  payload += R"(,"becoming":)";
  append_becoming(payload, intent.becoming, intent.operation.address, seal_);
  payload += '}';
  return record(std::move(payload));
}

std::string JournalWriter::result(const OperationResult& result) {
  std::string payload = R"("record":"result","operation":)";
  append_json(payload, std::uint64_t{result.operation});
  payload += R"(,"address":)";
  append_json(payload, to_string(result.address));
  payload += R"(,"object":)";
  if (result.object) {
    append_json(payload, *result.object, result.address, seal_);
  } else {
    payload += "null";
  }
  payload += '}';
  return record(std::move(payload));
}

std::string JournalWriter::failure(const OperationFailure& failure) {
  std::string payload = R"("record":"failure","operation":)";
  append_json(payload, std::uint64_t{failure.operation});
  payload += '}';
  return record(std::move(payload));
}

std::string JournalWriter::folded(const Folded& folded) {
  std::string payload = R"("record":"folded","refreshed":{)";
  for (const auto& [address, object] : folded.refreshed) {
    if (payload.back() != '{') payload += ',';
    append_json(payload, to_string(address));
    payload += ':';
    append_json(payload, object, address, seal_);
  }
  payload += R"(},"forgotten":[)";
  for (const auto& address : folded.forgotten) {
    if (payload.back() != '[') payload += ',';
    append_json(payload, to_string(address));
  }
  payload += "]}";
  return record(std::move(payload));
}

}  // namespace nmx
