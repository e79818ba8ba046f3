#!/bin/sh
# Boots a guest: process 1 of its own mount and process namespaces, so that whatever it starts ends with it.
#   boot.sh ROOT NMX PORT ADDRESS…
# The guest's files lie below ROOT; programs are this machine's, read-only. ROOT/lab holds the tools that stand for NixOS's, and nmx itself.
set -eu
root=$1 nmx=$2 port=$3
shift 3

cd "$root"
hostname "$(cat etc/hostname)"
mkdir -p dev etc/nix etc/ssh nix/store nix/var/nix/profiles proc root/.ssh run/sshd tmp usr var/log/lab var/tmp
chmod 0755 . run run/sshd etc
chmod 0700 root root/.ssh
chmod 1777 tmp var/tmp
ln -sfn ../run var/run
# Debian's is a link into /etc, which guests do not share.
ln -sfn "$(command -v mawk || command -v gawk || :)" lab/bin/awk
rm -rf run/lab && mkdir run/lab

mount --rbind /usr usr
mount -o remount,bind,ro usr
: > lab/bin/nmx
mount --bind "$nmx" lab/bin/nmx
for part in bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$part" ]; then
    ln -sfn "$(readlink "/$part")" "$part"
  elif [ -d "/$part" ]; then
    mkdir -p "$part"
    mount --rbind "/$part" "$part"
  fi
done
mount -t proc proc proc
mount -t tmpfs -o mode=0755 tmpfs dev
for device in null zero full random urandom tty; do
  : > "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx

# Root is whoever runs the lab: sshd then needs no rights to become root.
cat > etc/passwd << END
root:x:$(id -u):$(id -g):root:/root:/bin/bash
sshd:x:22:22:sshd:/run/sshd:/bin/false
postgres:x:71:71:postgres:/var/lib/postgresql:/bin/sh
mysql:x:84:84:mysql:/var/lib/mysql:/bin/false
END
printf 'root:x:%s:\nsshd:x:22:\npostgres:x:71:\nmysql:x:84:\n' "$(id -g)" > etc/group
printf '127.0.0.1 localhost\n127.0.0.2 %s\n' "$(cat etc/hostname)" > etc/hosts
[ ! -e /etc/ld.so.cache ] || cp -f /etc/ld.so.cache etc/ld.so.cache
cat > etc/nix/nix.conf << END
experimental-features = nix-command flakes
build-users-group =
sandbox = false
substituters =
END
{
  echo "Port $port"
  for address; do echo "ListenAddress $address"; done
  cat << END
HostKey /etc/ssh/ssh_host_ed25519_key
AuthenticationMethods publickey
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PidFile none
PrintMotd no
SetEnv PATH=/lab/bin:/run/current-system/sw/bin:/usr/bin:/bin:/usr/sbin:/sbin NMX_CONNECT_TO=lab:$((port - 22))
END
} > etc/ssh/sshd_config
chmod 0700 etc/ssh

# The rights that the mounts took end here; what is left is what sshd needs where the lab runs as root.
exec chroot . setpriv --ambient-caps=-all --inh-caps=-all \
  --bounding-set=-all,+chown,+dac_override,+fowner,+kill,+setgid,+setuid,+sys_chroot /lab/bin/init
