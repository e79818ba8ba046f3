#!/usr/bin/env bash
# Evaluates a site's flake with the real Nix: the template as the flake, hosts that nmx wrote for examples/04-home-lab, and stand-ins for
# nixpkgs and the other inputs, which know the options by name and type. Nothing is built or fetched, and /nix is left alone.
# Exit code 77: there is no Nix here.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
flake=$here/../../flake
command -v nix >/dev/null || { echo "skipped: no nix"; exit 77; }

work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
export HOME=$work/home NIX_CONFIG='
experimental-features = nix-command flakes
flake-registry =
substituters =
build-users-group =
sandbox = false
warn-dirty = false'
mkdir "$HOME"
site=$work/site

new_site() {
  rm -rf "$site"
  cp -r "$here/site" "$site"
  cp "$flake/template/flake.nix" "$site/"
  mkdir "$site/secrets"
  for host in authentik mailserver; do echo '{}' >"$site/secrets/$host.json"; done
}

inputs=(sops-nix authentik-nix simple-nixos-mailserver)
site_inputs=(--override-input nmx "path:$flake" --override-input nixpkgs "path:$here/stand-in/nixpkgs")
own_inputs=(--override-input nixpkgs "path:$here/stand-in/nixpkgs")
for input in "${inputs[@]}"; do
  site_inputs+=(--override-input "nmx/$input" "path:$here/stand-in/$input")
  own_inputs+=(--override-input "$input" "path:$here/stand-in/$input")
done
common=(--store "$work/store" --offline --no-write-lock-file)

# evaluate ATTRIBUTE FUNCTION: what the function makes of an output of the site, as text.
evaluate() {
  nix eval "${common[@]}" "${site_inputs[@]}" --raw "${from:-path:$site}#$1" --apply "$2" 2>"$work/errors" ||
    { grep -v '^warning' "$work/errors" >&2; return 1; }
}
# of_host HOST EXPRESSION: an expression over the host's `config`, as JSON.
of_host() { evaluate "nixosConfigurations.$1.config" "config: builtins.toJSON ($2)"; }
# One line a host: its name and the path of its system.
systems() {
  evaluate nixosConfigurations 'hosts: builtins.concatStringsSep ""
    (map (name: "${name} ${hosts.${name}.config.system.build.toplevel.outPath}\n") (builtins.attrNames hosts))'
}

failures=0
fail() { printf 'FAILED: %s\n' "$*"; failures=$((failures + 1)); }
# equal CLAIM WANTED FOUND
equal() {
  if [ "$2" = "$3" ]; then echo "ok: $1"; else fail "$1"; printf '  wanted: %s\n  found:  %s\n' "$2" "$3"; fi
}
# changed: names of the hosts whose system is another than in `before`; a new host counts.
changed() {
  local now
  now=$(systems) || { echo "no systems"; return; }
  grep -vxFf <(printf '%s\n' "$before") <<<"$now" | cut -d' ' -f1 | paste -sd' '
}

new_site
before=$(systems)
equal "every host comes to a system" 3 "$(grep -cE '^[a-z]+ /nix/store/[a-z0-9]{32}-nixos-system-[a-z]+$' <<<"$before")"
equal "a host is called what its file is called" '"unbound"' "$(of_host unbound config.networking.hostName)"
equal "a second evaluation comes to the same" "" "$(changed)"

echo >"$site/README.md"
equal "a file beside the hosts changes none" "" "$(changed)"
sed -i 's|Europe/Berlin|Europe/Paris|' "$site/hosts/unbound.nix"
equal "a host's file changes that host only" unbound "$(changed)"
echo '{"a": ""}' >"$site/secrets/mailserver.json"
equal "a host's secrets change that host only" "mailserver unbound" "$(changed)"
echo '{ }' >"$site/hosts/new.nix"
equal "a new host changes no other" "mailserver new unbound" "$(changed)"

new_site
echo '{ lib, ... }: { time.timeZone = lib.mkForce "Etc/UTC"; }' >"$site/hosts/unbound.local.nix"
equal "what is added by hand counts" '"Etc/UTC"' "$(of_host unbound config.time.timeZone)"
equal "what is added by hand is no host, and changes its own only" unbound "$(changed)"
echo '{ inputs, ... }: { environment.etc.inputs.text = toString (builtins.attrNames inputs); }' >"$site/hosts/unbound.local.nix"
equal "what is added by hand reaches the inputs" '"authentik-nix nixpkgs nmx self simple-nixos-mailserver sops-nix"' \
  "$(of_host unbound config.environment.etc.inputs.text)"

# refused CLAIM DEFINITION MESSAGE: a host with the definition comes to no system, for that reason; its neighbours do.
refused() {
  new_site
  printf '{ %s }\n' "$2" >"$site/hosts/unbound.local.nix"
  if of_host unbound config.system.build.toplevel.outPath >"$work/out" 2>&1; then
    fail "$1: it was taken"
  elif ! grep -qF "$3" "$work/out" || ! grep -q 'unbound.local.nix' "$work/out"; then
    fail "$1: $(cat "$work/out")"
  elif ! of_host mailserver config.system.build.toplevel.outPath >"$work/out"; then
    fail "$1: and its neighbour with it"
  else
    echo "ok: $1"
  fi
}
refused "an unknown option is refused" 'services.unbound.enabled = true;' "The option \`services.unbound.enabled' does not exist"
refused "an unknown setting of a unit is refused" 'systemd.services.a.afterwards = [ ];' "The option \`systemd.services.a.afterwards' does not exist"
refused "a wrong type is refused" 'services.unbound.enable = "yes";' "option \`services.unbound.enable' is not of type \`boolean'"
refused "a conflict is refused" 'time.timeZone = "Etc/UTC";' "The option \`time.timeZone' has conflicting definition values"

new_site
first_boot='config.systemd.services.nmx-first-boot'
for unit in sshd.service sshd.socket sshd-keygen.service; do
  equal "the first boot comes before $unit" true "$(of_host unbound "builtins.elem \"$unit\" $first_boot.before")"
done
equal "the first boot does not wait for sockets" false "$(of_host unbound "$first_boot.unitConfig.DefaultDependencies")"
script=$(of_host unbound "$first_boot.serviceConfig.ExecStart" | grep -oE '/nix/store/[^ "]*first-boot.sh')
equal "the first boot runs first-boot.sh" "" "$(diff "$work/store$script" "$flake/modules/first-boot.sh" 2>&1)"
equal "secrets are read with the key that the first boot takes" "$(of_host authentik 'map (key: key.path) config.services.openssh.hostKeys')" \
  "$(of_host authentik config.sops.age.sshKeyPaths)"
equal "that key is where first-boot.sh puts it" '["/etc/ssh/ssh_host_ed25519_key"]' "$(of_host authentik config.sops.age.sshKeyPaths)"
grep -q 'host_key=${2:-/etc/ssh/ssh_host_ed25519_key}' "$flake/modules/first-boot.sh" || fail "first-boot.sh puts the key elsewhere"

equal "ssh is open as the host's file says, not to everybody" false "$(of_host unbound config.services.openssh.openFirewall)"
equal "backups give way" '"idle"' \
  "$(of_host mailserver 'config.systemd.services.restic-backups-nightly-mailserver.serviceConfig.IOSchedulingClass')"
equal "a host with backups has the program that makes dumps" '["nmx-check","nmx-backup"]' \
  "$(of_host mailserver 'map (package: package.name) config.environment.systemPackages')"
equal "a host without backups does not" '["nmx-check"]' "$(of_host unbound 'map (package: package.name) config.environment.systemPackages')"
equal "a host without backups has no unit of them" '["nmx-first-boot"]' "$(of_host unbound 'builtins.attrNames config.systemd.services')"

network='with config.networking; [ hostName useNetworkd useHostResolvConf ]'
equal "Proxmox brings up the network" '["unbound",true,false]' "$(of_host unbound "$network")"
echo '{ proxmoxLXC.manageNetwork = true; }' >"$site/hosts/unbound.local.nix"
equal "NixOS brings up the network" '["unbound",true,false]' "$(of_host unbound "$network")"

new_site
base=$(evaluate packages.x86_64-linux.base 'base: base.outPath')
equal "the base image is an output" nmx-base "${base:44}"
sed -i 's|modules = \[ \]|modules = [ { services.journald.extraConfig = "Storage=volatile"; } ]|' "$site/flake.nix"
if [ "$base" = "$(evaluate packages.x86_64-linux.base 'base: base.outPath')" ]; then fail "a module of the site is not in the image"; fi
equal "a module of the site is in every host" "authentik mailserver unbound" "$(changed)"

# Nix sees of a repository what git knows, and that a file exists is enough.
new_site
git -C "$site" -c init.defaultBranch=main init --quiet
git -C "$site" add --intent-to-add .
from=git+file://$site
equal "hosts that git knows of are the same hosts" "" "$(changed)"
unset from

# Without nmx: its flake is a folder of the site, and the hosts are the same.
new_site
cp -r "$flake" "$site/nmx"
sed -i 's|nmx.url = ".*";|nmx.url = "path:./nmx";|' "$site/flake.nix"
with_nmx=("${site_inputs[@]}")
site_inputs=("${site_inputs[@]:3}")
equal "with nmx's flake in a folder of the site, the hosts are the same" "" "$(changed)"
site_inputs=("${with_nmx[@]}")

if nix flake check --no-build "${common[@]}" "${site_inputs[@]}" "path:$site" >"$work/out" 2>&1; then
  echo "ok: nix flake check of the site"
else
  fail "nix flake check of the site: $(grep -v '^warning' "$work/out")"
fi

# own ATTRIBUTE FUNCTION: of nmx's own flake. (`nix flake check` of it takes the template's folder for bad in a store of its own.)
own() { nix eval "${common[@]}" "${own_inputs[@]}" --raw "path:$flake#$1" --apply "$2" 2>"$work/errors" || cat "$work/errors" >&2; }
in_base() { own checks.x86_64-linux.base "base: builtins.toJSON (with builtins.fromJSON (builtins.unsafeDiscardStringContext base.text); $1)"; }
equal "the base image is called what Proxmox calls the container" '""' "$(in_base networking.hostName)"
equal "the base image lets ssh in" '[true,true]' "$(in_base 'with services.openssh; [ enable openFirewall ]')"
equal "a site without hosts has the same image" "$(own packages.x86_64-linux.base 'base: base.outPath')" \
  "$(own checks.x86_64-linux.empty-site 'base: base.outPath')"
equal "each module is one of its own" "backup base check container default firewall first-boot monitoring secrets" \
  "$(own nixosModules 'modules: toString (builtins.attrNames modules)')"

[ "$failures" -eq 0 ] || { echo "$failures failed"; exit 1; }
