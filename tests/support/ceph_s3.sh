#!/usr/bin/env bash
# Ceph's S3 gateway with one monitor and one store in memory: `ceph_s3.sh start FOLDER PORT`, `ceph_s3.sh stop FOLDER`. The port and the one
# after it are used. User ann-key, secret ann-secret, bucket nmx. Exit 77: Ceph is not here.
set -euo pipefail
folder=$2
if [ "$1" = stop ]; then
  for pid in "$folder"/*.pid; do kill -9 "$(cat "$pid")" 2>/dev/null || true; done
  exit 0
fi
for program in ceph-mon ceph-osd radosgw radosgw-admin monmaptool; do command -v $program >/dev/null || exit 77; done
port=$3 monitor=$(($3 + 1))
export CEPH_CONF=$folder/ceph.conf
mkdir -p "$folder/mon" "$folder/osd"
cat >"$CEPH_CONF" <<CONF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = 127.0.0.1:$monitor
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
keyring = $folder/keyring
run dir = $folder
admin socket = $folder/\$name.asok
log file = $folder/\$name.log
mon data = $folder/mon
mon data avail crit = 1
mon allow pool size one = true
mon max pg per osd = 2000
osd data = $folder/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd crush chooseleaf type = 0
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
rgw data = $folder
rgw frontends = beast endpoint=127.0.0.1:$port
CONF
for name in mon. client.admin client.rgw; do
  make=(); [ -e "$folder/keyring" ] || make=(--create-keyring)
  ceph-authtool "${make[@]}" "$folder/keyring" --gen-key -n $name --cap mon 'allow *' --cap osd 'allow *' >/dev/null
done
monmaptool --create --fsid "$(sed -n 's/^fsid = //p' "$CEPH_CONF")" --addv a v1:127.0.0.1:$monitor "$folder/monmap" >/dev/null
ceph-mon -i a --mkfs --monmap "$folder/monmap" --keyring "$folder/keyring"
run() { # run NAME COMMAND…: in the background, for `stop`
  "${@:2}" -f >"$folder/$1.out" 2>&1 </dev/null &
  echo $! >"$folder/$1.pid"
}
run mon ceph-mon -i a
for _ in $(seq 100); do timeout 3 ceph -s >/dev/null 2>&1 && break; sleep 0.1; done
disk=$(cat /proc/sys/kernel/random/uuid)
ceph osd new "$disk" >/dev/null
ceph-osd -i 0 --mkfs --osd-uuid "$disk" >/dev/null 2>&1
run osd ceph-osd -i 0
run rgw radosgw -n client.rgw
for _ in $(seq 600); do curl -s -o /dev/null "127.0.0.1:$port/" && break; sleep 0.1; done
radosgw-admin user create --uid=ann --display-name=ann --access-key=ann-key --secret-key=ann-secret >/dev/null 2>&1
