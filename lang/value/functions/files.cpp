#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "lang/value/functions/digest.hpp"
#include "lang/value/functions/families.hpp"
#include "lang/value/functions/glob.hpp"

namespace nmx {
namespace {

namespace fs = std::filesystem;

std::variant<fs::path, OperationError> expanded(const std::string& text, const CallContext& context) {
  if (text.empty()) return bad_argument(0, "the path is empty");
  if (text.find('\0') != std::string::npos) return bad_argument(0, "a path has no zero bytes");
  if (text != "~" && !text.starts_with("~/")) return fs::path(text);
  const auto home = context.inputs.environment("HOME");
  if (!home || home->empty()) return bad_argument(0, "`~` stands for nothing, because HOME is not set");
  return fs::path(text.size() > 2 ? *home + text.substr(1) : *home);
}

/// Relative paths begin at the file in which the call stands.
std::variant<fs::path, OperationError> located(const std::string& text, const CallContext& context) {
  auto path = expanded(text, context);
  if (auto* found = std::get_if<fs::path>(&path)) return (context.directory / *found).lexically_normal();
  return path;
}

enum class Content { text, any };

/// Reads the file that the first argument names and answers what `use` makes of it.
template <typename Use>
Outcome with_file(Content content, Arguments arguments, const CallContext& context, Use use) {
  auto path = located(text_of(arguments[0]), context);
  if (auto* error = std::get_if<OperationError>(&path)) return std::move(*error);
  const fs::path& place = std::get<fs::path>(path);
  if (!place.has_filename()) return bad_argument(0, fmt::format("cannot read `{}`: it is a folder", place.string()));
  auto data = content == Content::text ? context.inputs.file(place) : context.inputs.binary(place);
  if (!data) return bad_argument(0, data.error().message, data.error().help);
  return use(*data);
}

Outcome file(Arguments arguments, const CallContext& context) {
  return with_file(Content::text, arguments, context, [](const std::string& data) { return Value(data); });
}

Outcome filebase64(Arguments arguments, const CallContext& context) {
  return with_file(Content::any, arguments, context, [](const std::string& data) { return Value(base64(data)); });
}

template <Digest algorithm>
Outcome in_hexadecimal(Arguments arguments, const CallContext& context) {
  return with_file(Content::any, arguments, context,
                   [](const std::string& data) { return Value(hexadecimal(digest(algorithm, data))); });
}

template <Digest algorithm>
Outcome in_base64(Arguments arguments, const CallContext& context) {
  return with_file(Content::any, arguments, context,
                   [](const std::string& data) { return Value(base64(digest(algorithm, data))); });
}

Outcome fileexists(Arguments arguments, const CallContext& context) {
  auto path = located(text_of(arguments[0]), context);
  if (auto* error = std::get_if<OperationError>(&path)) return std::move(*error);
  const fs::path& place = std::get<fs::path>(path);
  return Value(place.has_filename() && context.inputs.exists(place));
}

Outcome fileset(Arguments arguments, const CallContext& context) {
  auto path = located(text_of(arguments[0]), context);
  if (auto* error = std::get_if<OperationError>(&path)) return std::move(*error);
  // With a slash at its end a path asks for the names in a folder.
  const auto listing = context.inputs.file(std::get<fs::path>(path) / "");
  if (!listing) return bad_argument(0, listing.error().message, listing.error().help);
  const auto pattern = Glob::parse(text_of(arguments[1]));
  if (!pattern) return bad_argument(1, pattern.error().message);
  // Patterns that people write are at a few places at once.
  const auto most_steps = 100'000 + 20 * listing->size();
  std::size_t steps = 0;
  List names;
  for (std::string_view rest = *listing; !rest.empty();) {
    const auto name = rest.substr(0, rest.find('\n'));
    if (pattern->fits(name, steps)) names.emplace_back(name);
    if (steps > most_steps) return bad_argument(1, "comparing it with the files takes too long");
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
  }
  return Value(std::move(names));
}

Outcome pathexpand(Arguments arguments, const CallContext& context) {
  if (text_of(arguments[0]).empty()) return Value("");
  auto path = expanded(text_of(arguments[0]), context);
  if (auto* error = std::get_if<OperationError>(&path)) return std::move(*error);
  return Value(std::get<fs::path>(path).string());
}

Outcome abspath(Arguments arguments, const CallContext& context) {
  auto path = located(text_of(arguments[0]), context);
  if (auto* error = std::get_if<OperationError>(&path)) return std::move(*error);
  std::string text = std::get<fs::path>(path).string();
  if (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return Value(std::move(text));
}

std::string without_slashes_at_end(std::string text) {
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

Outcome basename_of(Arguments arguments, const CallContext&) {
  const std::string text = without_slashes_at_end(text_of(arguments[0]));
  if (text.empty()) return Value(".");
  if (text == "/") return Value("/");
  const std::size_t slash = text.rfind('/');
  return Value(slash == std::string::npos ? text : text.substr(slash + 1));
}

Outcome dirname_of(Arguments arguments, const CallContext&) {
  const std::string& text = text_of(arguments[0]);
  const std::size_t slash = text.rfind('/');
  if (slash == std::string::npos) return Value(".");
  const std::string folder = fs::path(text.substr(0, slash + 1)).lexically_normal().string();
  return Value(without_slashes_at_end(folder));
}

Outcome env(Arguments arguments, const CallContext& context) {
  const std::string& name = text_of(arguments[0]);
  if (auto value = context.inputs.environment(name)) return Value(*std::move(value));
  if (arguments.size() > 1) return arguments[1];
  return bad_argument(0, fmt::format("the environment has no `{}`", name),
                      fmt::format("set it, or give a default: `env(\"{}\", \"…\")`", name));
}

}  // namespace

std::vector<Function> file_functions() {
  const std::vector<Parameter> path = {{"path", types::string}};
  // clang-format off
  return {
      {.name = "file", .parameters = path, .result = types::string,
       .doc = "The text of a file; the path is relative to the file in which this stands, `~` is the home.\nfile(\"~/.ssh/id_ed25519.pub\")", .body = file, .reads = true},
      {.name = "fileexists", .parameters = path, .result = types::boolean,
       .doc = "Whether there is such a file.\nfileexists(\"motd.txt\")  # true", .body = fileexists, .reads = true},
      {.name = "filebase64", .parameters = path, .result = types::string,
       .doc = "The content of a file in base64, which need not be text.\nfilebase64(\"logo.png\")", .body = filebase64, .reads = true},
      {.name = "filemd5", .parameters = path, .result = types::string,
       .doc = "`md5` of a file.\nfilemd5(\"logo.png\")", .body = in_hexadecimal<Digest::md5>, .reads = true},
      {.name = "filesha1", .parameters = path, .result = types::string,
       .doc = "`sha1` of a file.\nfilesha1(\"logo.png\")", .body = in_hexadecimal<Digest::sha1>, .reads = true},
      {.name = "filesha256", .parameters = path, .result = types::string,
       .doc = "`sha256` of a file.\nfilesha256(\"logo.png\")", .body = in_hexadecimal<Digest::sha256>, .reads = true},
      {.name = "filesha512", .parameters = path, .result = types::string,
       .doc = "`sha512` of a file.\nfilesha512(\"logo.png\")", .body = in_hexadecimal<Digest::sha512>, .reads = true},
      {.name = "filebase64sha256", .parameters = path, .result = types::string,
       .doc = "`base64sha256` of a file.\nfilebase64sha256(\"logo.png\")", .body = in_base64<Digest::sha256>, .reads = true},
      {.name = "filebase64sha512", .parameters = path, .result = types::string,
       .doc = "`base64sha512` of a file.\nfilebase64sha512(\"logo.png\")", .body = in_base64<Digest::sha512>, .reads = true},
      {.name = "fileset", .parameters = {{"path", types::string}, {"pattern", types::string}}, .result = types::strings,
       .doc = "The names of the files of a folder that fit a pattern (`*`, `**`, `?`, `[a-z]`, `{a,b}`), in rising order.\nfileset(\"templates\", \"**/*.conf\")", .body = fileset, .reads = true},
      {.name = "pathexpand", .parameters = path, .result = types::string,
       .doc = "The path with the home in the place of `~`.\npathexpand(\"~/.ssh\")  # \"/home/ada/.ssh\"", .body = pathexpand, .reads = true},
      {.name = "abspath", .parameters = path, .result = types::string,
       .doc = "The path from the root on.\nabspath(\"motd.txt\")  # \"/srv/site/motd.txt\"", .body = abspath, .reads = true},
      {.name = "basename", .parameters = path, .result = types::string,
       .doc = "The last part of a path.\nbasename(\"/srv/films\")  # \"films\"", .body = basename_of},
      {.name = "dirname", .parameters = path, .result = types::string,
       .doc = "A path without its last part.\ndirname(\"/srv/films\")  # \"/srv\"", .body = dirname_of},
      {.name = "env", .parameters = {{"name", types::string}, {.name = "default", .type = types::any, .optional = true, .nullable = true}}, .result = types::any,
       .doc = "A variable of the environment, read once a run; an error where it is not set and there is no default.\nenv(\"PROXMOX_TOKEN\")", .body = env, .reads = true},
  };
  // clang-format on
}

}  // namespace nmx
