#include "providers/dns/tsig.hpp"

#include <fmt/core.h>

#include "providers/support/digest.hpp"

namespace nmx::dns {
namespace {

constexpr std::string_view algorithm = "hmac-sha256.";
constexpr std::uint16_t fudge = 300;  // seconds that the clocks may differ

void append48(std::string& out, std::int64_t value) {
  append16(out, static_cast<std::uint16_t>(value >> 32));
  append32(out, static_cast<std::uint32_t>(value));
}

/// What is signed beside the message.
std::string variables(const TsigKey& key, std::string_view time_and_fudge, std::uint16_t error,
                      std::string_view other) {
  auto out = name_bytes(key.name);
  append16(out, static_cast<std::uint16_t>(Class::any));
  append32(out, 0);
  out += name_bytes(algorithm);
  out += time_and_fudge;
  append16(out, error);
  append16(out, static_cast<std::uint16_t>(other.size()));
  out += other;
  return out;
}

std::string with_length(std::string_view mac) {
  std::string out;
  append16(out, static_cast<std::uint16_t>(mac.size()));
  out += mac;
  return out;
}

/// The fields of a TSIG record's data.
struct Tsig {
  std::string time_and_fudge;
  std::string mac;
  std::uint16_t original_id = 0;
  std::uint16_t error = 0;
  std::string other;
};

bool parse_tsig(std::string_view data, Tsig& tsig) {
  const auto name_size = name_bytes(algorithm).size();
  if (data.substr(0, name_size) != name_bytes(algorithm)) return false;
  data.remove_prefix(name_size);
  const std::size_t mac_size = read16(data, 8);
  if (data.size() < 10 + mac_size + 6) return false;
  tsig.time_and_fudge = data.substr(0, 8);
  tsig.mac = data.substr(10, mac_size);
  data.remove_prefix(10 + mac_size);
  tsig.original_id = read16(data, 0);
  tsig.error = read16(data, 2);
  tsig.other = data.substr(6);
  return true;
}

/// A server that does not trust us says why.
Error objection(std::uint16_t error, const TsigKey& key) {
  switch (error) {
    case 16:
      return {fmt::format("the server says that the signature of key `{}` is wrong", key.name),
              "compare the key's secret with the server's"};
    case 17:
      return {fmt::format("the server does not know the key `{}`", key.name),
              "compare the key's name and algorithm (hmac-sha256) with the server's"};
    case 18: return {"the server's clock and this one differ by more than five minutes", "set the clocks"};
    default: return {fmt::format("the server holds error {} against the signature", error)};
  }
}

}  // namespace

SignedMessage sign(const TsigKey& key, std::string bytes, std::int64_t seconds) {
  std::string time_and_fudge;
  append48(time_and_fudge, seconds);
  append16(time_and_fudge, fudge);
  SignedMessage made;
  made.mac = hmac_sha256(key.secret, bytes + variables(key, time_and_fudge, 0, ""));
  std::string data = name_bytes(algorithm) + time_and_fudge + with_length(made.mac);
  data += bytes.substr(0, 2);
  append16(data, 0);
  append16(data, 0);
  const auto additional = static_cast<std::uint16_t>(read16(bytes, 10) + 1);
  bytes[10] = static_cast<char>(additional >> 8);
  bytes[11] = static_cast<char>(additional & 0xFF);
  bytes += name_bytes(key.name);
  append16(bytes, type_tsig);
  append16(bytes, static_cast<std::uint16_t>(Class::any));
  append32(bytes, 0);
  append16(bytes, static_cast<std::uint16_t>(data.size()));
  made.bytes = std::move(bytes) + data;
  return made;
}

Status TsigCheck::check(std::string_view bytes, const Message& message) {
  if (message.tsig_at == 0) {
    uncovered_ += bytes;
    if (first_) return Error{"the answer is not signed", "does the server demand the key for this zone?"};
    return Done{};
  }
  Tsig tsig;
  if (message.additional.empty() || !parse_tsig(message.additional.back().data, tsig))
    return Error{"the answer is signed with another algorithm", "nmx signs with hmac-sha256"};
  if (tsig.error != 0) return objection(tsig.error, key_);

  std::string unsigned_message(bytes.substr(0, message.tsig_at));
  const auto additional = static_cast<std::uint16_t>(read16(bytes, 10) - 1);
  unsigned_message[10] = static_cast<char>(additional >> 8);
  unsigned_message[11] = static_cast<char>(additional & 0xFF);
  unsigned_message[0] = static_cast<char>(tsig.original_id >> 8);
  unsigned_message[1] = static_cast<char>(tsig.original_id & 0xFF);

  auto covered = with_length(mac_) + uncovered_ + unsigned_message;
  covered += first_ ? variables(key_, tsig.time_and_fudge, tsig.error, tsig.other) : tsig.time_and_fudge;
  if (hmac_sha256(key_.secret, covered) != tsig.mac) return Error{"the signature of the answer is wrong"};
  mac_ = std::move(tsig.mac);
  uncovered_.clear();
  first_ = false;
  return Done{};
}

Status TsigCheck::end() const {
  if (!uncovered_.empty()) return Error{"the end of the answer is not signed"};
  return Done{};
}

}  // namespace nmx::dns
