#include "providers/dns/unbound.hpp"

#include <fmt/core.h>

#include "providers/dns/name.hpp"
#include "providers/dns/record.hpp"
#include "providers/dns/zone_file.hpp"
#include "providers/support/digest.hpp"

namespace nmx::dns {
namespace {

constexpr Milliseconds patience{60'000};
constexpr int exit_changed = 75;
constexpr int exit_refused = 65;

/// What is wrong, from what programs wrote to their error output: the last lines say it.
std::string words(const ChildResult& result) {
  auto text = result.errors.empty() ? result.output : result.errors;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (text.size() > 600) text = "…" + text.substr(text.size() - 600);
  return text.empty() ? fmt::format("exit code {}", result.exit_code) : text;
}

/// The lock keeps two writers apart; the digest tells a third one, who takes no
/// lock. unbound-checkconf reads the zone as the server would, from a configuration that has nothing else.
constexpr std::string_view write_script = R"(set -eu
umask 022
mkdir -p "$dir"
exec 9>"$dir/.lock"
flock 9
new=$dir/.$zone.new
conf=$dir/.$zone.conf
old=$dir/.$zone.old
trap 'rm -f "$new" "$conf" "$old"' EXIT
printf %s "$content" >"$new"
if [ -e "$file" ]; then found=$(sha256sum <"$file" | cut -d' ' -f1); else found=none; fi
[ "$found" = "$expected" ] || exit 75
printf 'server:\n chroot: ""\n username: ""\n directory: "%s"\nauth-zone:\n name: "%s"\n zonefile: "%s"\n' "$dir" "$zone" "$new" >"$conf"
unbound-checkconf "$conf" >/dev/null || exit 65
if [ -e "$file" ]; then cp -p "$file" "$old"; chmod --reference="$file" "$new"; chown --reference="$file" "$new"; fi
sync "$new" 2>/dev/null || true
mv "$new" "$file"
said=$(unbound-control -c "$config" auth_zone_reload "$zone" 2>&1) && [ "${said#ok}" != "$said" ] && exit 0
if [ -e "$old" ]; then mv "$old" "$file"; else rm -f "$file"; fi
unbound-control -c "$config" auth_zone_reload "$zone" >/dev/null 2>&1 || true
echo "unbound-control auth_zone_reload $zone: $said" >&2
exit 65
)";

std::uint32_t next_serial(std::uint32_t serial) { return serial == 0xffffffff ? 1 : serial + 1; }

}  // namespace

Abilities Unbound::abilities() const { return {record_types()}; }

std::string Unbound::file_of(std::string_view zone) const {
  return fmt::format("{}/{}.zone", settings_.directory, zone);
}

Task<Result<ChildResult>> Unbound::run(std::string script) {
  if (settings_.ssh) {
    Ssh ssh(env_);
    auto running = ssh.run(*settings_.ssh, std::move(script), {}, SshConnection::shared, patience);
    auto result = co_await running;
    if (!result) co_return result.error();
    if (const auto* failure = std::get_if<SshFailure>(&*result)) co_return failure->error;
    co_return std::get<ChildResult>(*std::move(result));
  }
  ChildCommand command;
  command.arguments = {"sh", "-s"};
  command.input = std::move(script);
  command.timeout = patience;
  auto running = env_.run(std::move(command));
  co_return co_await running;
}

Task<Result<Zone>> Unbound::read(std::string zone) {
  const auto file = shell_quoted(file_of(zone));
  auto running = run(fmt::format("if [ -e {} ]; then cat {}; fi", file, file));
  const auto result = co_await running;
  if (!result) co_return Error{fmt::format("cannot read zone `{}`: {}", zone, result.error().message)};
  if (result->exit_code != 0) co_return Error{fmt::format("cannot read zone `{}`: {}", zone, words(*result))};
  texts_[zone] = result->output;
  if (result->output.empty()) co_return new_zone_file(zone).records;
  const auto parsed = parse_zone_file(result->output, zone);
  if (!parsed)
    co_return Error{fmt::format("cannot read zone `{}`: {}: {}", zone, file_of(zone), parsed.error().message)};
  co_return parsed->records;
}

Task<Written> Unbound::write(std::string zone, std::vector<Exchange> exchanges) {
  const auto& before = texts_[zone];
  const auto known = before.empty() ? Result<ZoneFile>(new_zone_file(zone)) : parse_zone_file(before, zone);
  if (!known) co_return Written{Written::Fate::failed, known.error()};
  auto file = *known;
  for (const auto& exchange : exchanges) {
    file.records.erase(exchange.key);
    if (exchange.after) file.records.emplace(exchange.key, *exchange.after);
  }
  file.serial = next_serial(file.serial);
  auto script =
      fmt::format("zone={}\nfile={}\ndir={}\nconfig={}\nexpected={}\ncontent={}\n", shell_quoted(zone),
                  shell_quoted(file_of(zone)), shell_quoted(settings_.directory), shell_quoted(settings_.config),
                  before.empty() ? "none" : to_hex(sha256(before)), shell_quoted(render_zone_file(file, zone)));
  auto running = run(script + std::string(write_script));
  const auto result = co_await running;
  if (!result) co_return Written{Written::Fate::failed, result.error()};
  if (result->exit_code == 0) co_return Written{};
  const auto fate = result->exit_code == exit_changed   ? Written::Fate::changed
                    : result->exit_code == exit_refused ? Written::Fate::refused
                                                        : Written::Fate::failed;
  co_return Written{
      fate, Error{fmt::format("cannot change zone `{}`: {}", zone,
                              fate == Written::Fate::changed ? "its file was changed meanwhile" : words(*result))}};
}

}  // namespace nmx::dns
