#include "planner/state_file.hpp"

#include <fmt/core.h>
#include <simdjson.h>

#include <charconv>
#include <utility>

#include "planner/checksum.hpp"
#include "planner/sealed_json.hpp"

namespace nmx {
namespace {

constexpr std::string_view opening = "{\n\"format\":";
constexpr std::string_view before_checksum = ",\n\"checksum\":\"";
constexpr std::string_view ending = "\"}\n";
constexpr std::size_t checksum_digits = 64;

const char* const how_to_go_on =
    "put back a version from the `history` folder beside it; every one of the last 20 is whole";

const Place derivation_place{nullptr, "derivation"};

void append_member(std::string& out, std::string_view name) {
  out += ",\n";
  append_json(out, name);
  out += ':';
}

void append_allocations(std::string& out, const Allocator::Spaces& spaces) {
  out += '{';
  for (const auto& [space, values] : spaces) {
    if (out.back() != '{') out += ',';
    out += '\n';
    append_json(out, space);
    out += ":{";
    for (const auto& [value, allocation] : values) {
      if (out.back() != '{') out += ',';
      append_json(out, value);
      out += R"(:{"owner":)";
      append_json(out, allocation.owner);
      if (allocation.released != 0) {
        out += R"(,"released":)";
        append_json(out, allocation.released);
      }
      out += '}';
    }
    out += '}';
  }
  out += '}';
}

Allocator::Spaces read_allocations(const simdjson::dom::object& json, SealedReader& reader) {
  Allocator::Spaces spaces;
  for (const auto space : json) {
    simdjson::dom::object values;
    if (space.value.get(values) != simdjson::SUCCESS) continue;
    auto& into = spaces[std::string(space.key)];
    for (const auto value : values) {
      Allocation allocation{reader.text(value.value, "owner")};
      std::uint64_t released = 0;
      if (value.value["released"].get(released) == simdjson::SUCCESS) allocation.released = released;
      into.emplace(std::string(value.key), std::move(allocation));
    }
  }
  return spaces;
}

void append_argon2(std::string& out, const Argon2& how) {
  out += R"({"salt":)";
  append_json(out, to_hex(how.salt));
  out += R"(,"operations":)";
  append_json(out, how.operations);
  out += R"(,"memory":)";
  append_json(out, how.memory);
  out += '}';
}

std::optional<Argon2> read_argon2(const simdjson::dom::element& root) {
  simdjson::dom::element json;
  if (root["argon2id"].get(json) != simdjson::SUCCESS) return std::nullopt;
  Argon2 how;
  std::string_view salt;
  if (json["salt"].get(salt) != simdjson::SUCCESS || json["operations"].get(how.operations) != simdjson::SUCCESS ||
      json["memory"].get(how.memory) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  how.salt = from_hex(salt);
  return how;
}

/// The first lines, up to the objects, as a document of their own.
std::string head_of(std::string_view text) { return std::string(text.substr(0, text.find(",\n\"objects\":"))) + "}"; }

/// The text without its checksum; an error where it is not what was written.
Result<std::string_view> checked(std::string_view text) {
  if (text.substr(0, opening.size()) == opening) {
    std::uint64_t format = 0;
    std::from_chars(text.data() + opening.size(), text.data() + text.size(), format);
    if (format > State::format) {
      return Error{
          fmt::format("the state has format {}, this nmx reads formats up to {}", format, std::uint64_t{State::format}),
          "use the version of nmx that wrote it, or a newer one"};
    }
  }
  const auto tail = before_checksum.size() + checksum_digits + ending.size();
  if (text.size() < tail) return Error{"the state is cut off", how_to_go_on};
  const auto body = text.substr(0, text.size() - tail);
  const auto rest = text.substr(body.size());
  const auto written = rest.substr(before_checksum.size(), checksum_digits);
  if (rest.substr(0, before_checksum.size()) != before_checksum ||
      rest.substr(before_checksum.size() + checksum_digits) != ending || to_hex(checksum(body, {}, 32)) != written) {
    return Error{"the state was changed or damaged since nmx wrote it: its checksum is wrong", how_to_go_on};
  }
  return body;
}

}  // namespace

std::string key_mark(const StateKey& key, const std::string& lineage) {
  return to_hex(std::string_view(Seal(key, lineage).derive("key mark")).substr(0, 8));
}

Status check_state(std::string_view text) {
  const auto body = checked(text);
  if (!body) return body.error();
  return Done{};
}

Result<StateHead> read_head(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  const auto head = head_of(text);
  StateHead read;
  std::string_view lineage;
  std::string_view mark;
  if (parser.parse(head).get(root) != simdjson::SUCCESS || root["lineage"].get(lineage) != simdjson::SUCCESS ||
      root["serial"].get(read.serial) != simdjson::SUCCESS || root["key"].get(mark) != simdjson::SUCCESS) {
    return Error{"the state does not begin as every state does", how_to_go_on};
  }
  read.lineage = lineage;
  read.key_mark = mark;
  read.passphrase = read_argon2(root);
  return read;
}

std::string write_state(const State& state, const StateKey& key) {
  const Seal seal(key, state.lineage);
  std::string out(opening);
  // Who reads only the first format can read what holds nothing of the second.
  const bool first = state.derivation.empty() && !state.passphrase;
  append_json(out, first ? std::uint64_t{1} : std::uint64_t{State::format});
  append_member(out, "lineage");
  append_json(out, state.lineage);
  append_member(out, "serial");
  append_json(out, state.serial);
  append_member(out, "key");
  append_json(out, key_mark(key, state.lineage));
  if (state.passphrase) {
    append_member(out, "argon2id");
    append_argon2(out, *state.passphrase);
  }
  if (!state.derivation.empty()) {
    append_member(out, "derivation");
    append_json(out, seal.close(to_string(derivation_place), state.derivation));
  }
  append_member(out, "objects");
  out += '{';
  for (const auto& [address, object] : state.objects) {
    out += out.back() == '{' ? "\n" : ",\n";
    append_json(out, to_string(address));
    out += ':';
    append_json(out, object, address, seal);
  }
  out += '}';
  append_member(out, "allocations");
  append_allocations(out, state.allocations);
  append_member(out, "outputs");
  out += '{';
  for (const auto& [name, output] : state.outputs) {
    out += out.back() == '{' ? "\n" : ",\n";
    append_json(out, name);
    out += R"(:{"value":)";
    const Place root{nullptr, "outputs"};
    append_json(out, output.value, Place{&root, name}, seal);
    out += R"(,"doc":)";
    append_json(out, output.doc);
    out += '}';
  }
  out += '}';
  const auto sum = to_hex(checksum(out, {}, 32));
  out += before_checksum;
  out += sum;
  out += ending;
  return out;
}

Result<State> read_state(std::string_view text, const StateKey& key) {
  const auto body = checked(text);
  if (!body) return body.error();
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (const auto error = parser.parse(text.data(), text.size()).get(root); error != simdjson::SUCCESS) {
    return Error{fmt::format("the state is no JSON: {}", simdjson::error_message(error)), how_to_go_on};
  }
  State state;
  std::string_view lineage;
  if (root["lineage"].get(lineage) != simdjson::SUCCESS) return Error{"the state has no lineage", how_to_go_on};
  state.lineage = lineage;
  const Seal seal(key, state.lineage);
  SealedReader reader(seal);
  state.serial = reader.number(root, "serial");
  if (reader.text(root, "key") != key_mark(key, state.lineage)) {
    return Error{
        "the state was written with another key",
        "check that `NMX_STATE_KEY`, the key file beside the state or the passphrase is the one this state was "
        "made with"};
  }
  state.passphrase = read_argon2(root);
  std::string_view sealed;
  if (root["derivation"].get(sealed) == simdjson::SUCCESS) {
    auto opened = seal.open(to_string(derivation_place), sealed);
    if (!opened) return opened.error();
    state.derivation = *std::move(opened);
  }
  simdjson::dom::object objects;
  simdjson::dom::object allocations;
  simdjson::dom::object outputs;
  if (root["objects"].get(objects) != simdjson::SUCCESS || root["allocations"].get(allocations) != simdjson::SUCCESS ||
      root["outputs"].get(outputs) != simdjson::SUCCESS) {
    return Error{"the state lacks a part that every state has", how_to_go_on};
  }
  for (const auto object : objects) {
    auto address = reader.address(object.key);
    auto read = reader.state_object(object.value, address);
    state.objects.emplace_hint(state.objects.end(), std::move(address), std::move(read));
  }
  state.allocations = read_allocations(allocations, reader);
  const Place place{nullptr, "outputs"};
  for (const auto output : outputs) {
    simdjson::dom::element value;
    if (output.value["value"].get(value) != simdjson::SUCCESS) reader.fail("an output has no value");
    if (reader.error()) break;
    state.outputs.emplace(std::string(output.key), StateOutput{reader.value(value, Place{&place, output.key}),
                                                               reader.text(output.value, "doc")});
  }
  if (reader.error()) return *reader.error();
  return state;
}

}  // namespace nmx
