#!/bin/sh
# Process 1 of a guest: does what the base image does when it boots, and waits for the end.
PATH=/lab/bin:/run/current-system/sw/bin:/usr/bin:/bin:/usr/sbin:/sbin
NMX_CONNECT_TO=lab:$(($(sed -n 's/^Port //p' /etc/ssh/sshd_config) - 22))
export PATH NMX_CONNECT_TO

profile=/nix/var/nix/profiles/system
if [ ! -e "$profile" ]; then
  base=/nix/store/00000000000000000000000000000000-nixos-system-base
  mkdir -p "$base/bin"
  printf '#!/bin/sh\nexec lab-switch %s "$@"\n' "$base" > "$base/bin/switch-to-configuration"
  chmod 0755 "$base/bin/switch-to-configuration"
  ln -s "$base" "$profile-1-link"
  ln -s system-1-link "$profile"
fi
first-boot
[ -e /etc/ssh/ssh_host_ed25519_key ] || ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
ln -sfn "$(readlink -f "$profile")" /run/booted-system
"$profile/bin/switch-to-configuration" test 2> /dev/null
/usr/sbin/sshd -D -e >> /var/log/lab/sshd.service 2>&1 &

# Whatever loses its parent becomes a child of process 1, which has to reap it.
while :; do
  sleep 3600 &
  wait $!
done
