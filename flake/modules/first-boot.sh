#!/bin/sh
# First boot of a container that nmx made, before sshd: takes the SSH host key that came along as the comment of an operator's
# key (`ssh-ed25519 AAAA… nmx-host-key-v1:<base64 of the private key file>`), and strips the comment. Does nothing when there is none.
# Nothing secret becomes an argument: `printf` is the shell's own.
set -eu
keys=${1:-/root/.ssh/authorized_keys}
host_key=${2:-/etc/ssh/ssh_host_ed25519_key}
mark=nmx-host-key-v1:

[ -e "$keys" ] || exit 0
carried=$(sed -n "s|^.* $mark\([A-Za-z0-9+/=]*\)\$|\1|p;T;q" "$keys")
[ -n "$carried" ] || exit 0

umask 077
printf %s "$carried" | base64 -d > "$host_key.new"
ssh-keygen -y -P '' -f "$host_key.new" > "$host_key.pub.new" # refuses what is no key
mv "$host_key.pub.new" "$host_key.pub"
mv "$host_key.new" "$host_key"
sed "s| $mark.*\$||" "$keys" > "$keys.new"
mv "$keys.new" "$keys"
