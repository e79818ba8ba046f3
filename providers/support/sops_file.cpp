#include "providers/support/sops_file.hpp"

#include <fmt/core.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "lang/value/functions/digest.hpp"
#include "planner/seal.hpp"
#include "providers/support/aes_gcm.hpp"
#include "providers/support/age_file.hpp"
#include "providers/support/digest.hpp"

namespace nmx {
namespace {

using Json = nlohmann::ordered_json;  // the MAC goes over the leaves in the order of the file

constexpr std::size_t nonce_size = 32;
/// Nobody looks at it but people, and nothing reads the clock while planning; git knows when a file changed.
constexpr std::string_view last_modified = "2000-01-01T00:00:00Z";
constexpr std::string_view sops_version = "3.9.4";
constexpr int deepest = 100;

std::string enclosed(std::string_view key, std::string_view nonce, std::string_view bound, std::string_view plain) {
  const auto closed = aes_gcm_close(key, nonce, bound, plain);
  return fmt::format("ENC[AES256_GCM,data:{},iv:{},tag:{},type:str]", base64(closed.bytes), base64(nonce),
                     base64(closed.tag));
}

/// `ENC[AES256_GCM,data:…,iv:…,tag:…,type:str]` taken apart.
struct Enclosed {
  AesGcmText text;
  std::string nonce;
  std::string type;
};

std::optional<Enclosed> parse_enclosed(std::string_view text) {
  constexpr std::string_view begin = "ENC[AES256_GCM,";
  if (text.rfind(begin, 0) != 0 || text.back() != ']') return std::nullopt;
  text = text.substr(begin.size(), text.size() - begin.size() - 1);
  const auto field = [&](std::string_view name) -> std::string_view {
    const auto at = text.find(name);
    if (at == std::string_view::npos) return {};
    const auto from = at + name.size();
    return text.substr(from, std::min(text.find(',', from), text.size()) - from);
  };
  const auto data = from_base64(field("data:"));
  const auto nonce = from_base64(field("iv:"));
  const auto tag = from_base64(field("tag:"));
  if (!data || !nonce || !tag) return std::nullopt;
  return Enclosed{{*data, *tag}, *nonce, std::string(field("type:"))};
}

std::string upper_hex(std::string_view bytes) {
  auto text = hexadecimal(bytes);
  for (auto& c : text) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

/// Goes through a file's leaves in order, opens them and gathers what its MAC is made over.
class Opening {
 public:
  explicit Opening(std::string_view key) : key_(key) {}

  std::optional<Value> open(const Json& node, const std::string& path, int depth) {
    if (depth > deepest) return std::nullopt;
    if (node.is_object()) {
      Object object;
      for (const auto& [name, inner] : node.items()) {
        if (path.empty() && name == "sops") continue;
        auto value = open(inner, path + name + ':', depth + 1);
        if (!value) return std::nullopt;
        object.set(name, *std::move(value));
      }
      return Value(std::move(object));
    }
    if (node.is_array()) {
      List list;
      for (const auto& inner : node) {
        auto value = open(inner, path, depth + 1);
        if (!value) return std::nullopt;
        list.push_back(*std::move(value));
      }
      return Value(std::move(list));
    }
    return leaf(node, path);
  }
  std::string mac() const { return upper_hex(digest(Digest::sha512, all_)); }

 private:
  std::optional<Value> leaf(const Json& node, const std::string& path) {
    if (node.is_null()) return Value{};
    if (node.is_boolean()) return all_ += node.get<bool>() ? "True" : "False", Value(node.get<bool>());
    if (node.is_number_integer()) return all_ += node.dump(), Value(node.get<std::int64_t>());
    if (node.is_number()) return all_ += node.dump(), Value(node.get<double>());
    const auto text = node.get<std::string>();
    const auto enclosed = parse_enclosed(text);
    if (!enclosed) return all_ += text, Value(text);
    auto plain = aes_gcm_open(key_, enclosed->nonce, path, enclosed->text);
    if (!plain) return std::nullopt;
    all_ += *plain;
    if (enclosed->type == "bool") return Value(*plain == "True").as_secret();
    return Value(*std::move(plain)).as_secret();
  }

  std::string_view key_;
  std::string all_;
};

Json parsed(std::string_view text) {
  auto json = Json::parse(text, nullptr, false);
  return json.is_object() && json.contains("sops") && json["sops"].is_object() ? json : Json();
}

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::string> data_key(const Json& sops, std::string_view identity) {
  const auto found = sops.find("age");
  if (found == sops.end() || !found->is_array()) return std::nullopt;
  for (const auto& entry : *found) {
    if (!entry.is_object()) continue;
    if (auto key = age_decrypt(text_of(entry, "enc"), identity); key && key->size() == 32) return *std::move(key);
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> write_sops(const Object& texts, const std::vector<std::string>& recipients, std::string_view seed) {
  if (recipients.empty()) return Error{"nobody could read these secrets", "name a host key or an operator"};
  std::string content;
  std::string all;
  for (const auto& recipient : recipients) content += recipient + '\n';
  for (const auto& [name, value] : texts) {
    const auto& text = value.string() ? *value.string() : std::string();
    content += fmt::format("{} {} {} {}\n", name.size(), name, text.size(), text);
    all += text;
  }
  auto root = hmac_sha256(seed, content);
  wipe(content);
  const auto derived = [&](std::string_view what) { return hmac_sha256(root, what); };
  auto key = derived("data key");

  Json file = Json::object();
  for (const auto& [name, value] : texts) {
    const auto& text = value.string() ? *value.string() : std::string();
    file[name] = text.empty() ? std::string() : enclosed(key, derived("nonce of " + name), name + ':', text);
  }
  Json age = Json::array();
  for (const auto& recipient : recipients) {
    auto wrapped = age_encrypt(key, recipient, derived("age"));
    if (!wrapped) return wrapped.error();
    age.push_back({{"recipient", recipient}, {"enc", *std::move(wrapped)}});
  }
  const auto mac = upper_hex(digest(Digest::sha512, all));
  wipe(all);
  static_assert(nonce_size == 32, "a derived nonce is a whole HMAC");
  file["sops"] = {{"age", std::move(age)},
                  {"lastmodified", last_modified},
                  {"mac", enclosed(key, derived("MAC nonce"), last_modified, mac)},
                  {"unencrypted_suffix", "_unencrypted"},
                  {"version", sops_version}};
  wipe(key);
  wipe(root);
  return file.dump(1, '\t', false, Json::error_handler_t::replace) + '\n';
}

Result<Object> read_sops(std::string_view text, std::string_view identity) {
  const auto file = parsed(text);
  if (file.is_null())
    return Error{"this is no SOPS file in JSON", "`sops --input-type yaml --output-type json` makes one"};
  const auto& sops = file["sops"];
  if (const auto partly = sops.find("mac_only_encrypted"); partly != sops.end() && *partly != false)
    return Error{"its MAC covers the encrypted parts alone, which nmx does not read"};
  auto key = data_key(sops, identity);
  if (!key) return Error{"it is not encrypted for this identity"};
  Opening opening(*key);
  auto content = opening.open(file, "", 0);
  const auto mac = parse_enclosed(text_of(sops, "mac"));
  const auto told = mac ? aes_gcm_open(*key, mac->nonce, text_of(sops, "lastmodified"), mac->text) : std::nullopt;
  wipe(*key);
  if (!content || !told || *told != opening.mac())
    return Error{"it was changed after it was encrypted: its MAC does not fit"};
  return *content->object();
}

std::vector<std::string> sops_recipients(std::string_view text) {
  std::vector<std::string> recipients;
  const auto file = parsed(text);
  if (file.is_null() || !file["sops"].contains("age") || !file["sops"]["age"].is_array()) return recipients;
  for (const auto& entry : file["sops"]["age"]) {
    auto recipient = entry.is_object() ? text_of(entry, "recipient") : std::string();
    if (!recipient.empty()) recipients.push_back(std::move(recipient));
  }
  return recipients;
}

}  // namespace nmx
