# Sourced before the steps of a case. The environment is the lab's: PROXMOX_ENDPOINT, PROXMOX_FINGERPRINT and so on.

# pve METHOD PATH [NAME=VALUE …]: a request to the lab as root's own token would send it, behind nmx's back. Prints the answer's data.
pve() {
  local method=$1 path=$2 field fields=()
  shift 2
  for field in "$@"; do fields+=(--data-urlencode "$field"); done
  case $method in GET | DELETE) fields+=(-G) ;; esac # the API takes no body there
  curl -sS -k -X "$method" -H "Authorization: PVEAPIToken=$LAB_ROOT_TOKEN" "${fields[@]}" "$PROXMOX_ENDPOINT/api2/json$path"
  echo
}

# lab METHOD PATH [NAME=VALUE …]: a request to the lab itself.
lab() {
  local method=$1 path=$2 field fields=()
  shift 2
  for field in "$@"; do fields+=(--data-urlencode "$field"); done
  [ "$method" != GET ] || fields+=(-G)
  curl -sS -k -X "$method" "${fields[@]}" "$PROXMOX_ENDPOINT/lab$path"
  echo
}

# ak METHOD PATH [JSON]: a request to the lab's Authentik, behind nmx's back. Prints the answer.
ak() {
  curl -sS -k -X "$1" -H "Authorization: Bearer $AUTHENTIK_TOKEN" -H 'Content-Type: application/json' ${3:+--data "$3"} "$AUTHENTIK_URL/api/v3$2"
  echo
}
# The key of a flow, of the embedded outpost; the keys of all providers of a kind.
ak_flow() { ak GET "/flows/instances/$1/" | grep -o '"pk":"[^"]*"' | cut -d'"' -f4; }
ak_embedded() { ak GET '/outposts/instances/?managed__iexact=goauthentik.io/outposts/embedded' | grep -o '"pk":"[^"]*"' | cut -d'"' -f4; }
ak_ids() { ak GET "/providers/$1/" | grep -o '"pk":[0-9]*' | cut -d: -f2 | paste -sd, | sed 's/.*/[&]/'; }

# knock HOST PATH [USER]: what the outpost answers to a proxy that asks about a request, perhaps after a login.
knock() {
  local jar
  jar=$(mktemp)
  [ -z "${3:-}" ] || curl -sS -k -c "$jar" --data-urlencode "username=$3" "$AUTHENTIK_URL/lab/login"
  curl -sS -k -b "$jar" -o /dev/null -D - -H "X-Forwarded-Host: $1" -H 'X-Forwarded-Proto: https' -H "X-Forwarded-Uri: $2" \
    "$AUTHENTIK_URL/outpost.goauthentik.io/auth/caddy" | tr -d '\r' | grep -i -E '^HTTP|^Location|^X-authentik-(username|groups)'
  rm -f "$jar"
}

# unbound_start ZONE…: a name server with these zones, empty, in the folder `unbound` of the site; it ends by itself after two minutes.
unbound_start() {
  local zone dir=$PWD/unbound
  mkdir -p "$dir/zones"
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' > "$dir/port"
  {
    printf 'server:\n directory: "%s"\n chroot: ""\n username: ""\n pidfile: ""\n use-syslog: no\n' "$dir"
    printf ' interface: 127.0.0.1@%s\n do-daemonize: no\n module-config: "iterator"\n' "$(cat "$dir/port")"
    for zone; do case $zone in *.arpa) printf ' local-zone: "%s." transparent\n' "$zone" ;; esac; done
    printf 'remote-control:\n control-enable: yes\n control-interface: "%s/control"\n' "$dir"
    for zone; do
      printf 'auth-zone:\n name: "%s."\n zonefile: "%s/zones/%s.zone"\n for-downstream: yes\n for-upstream: yes\n' "$zone" "$dir" "$zone"
      printf '@ 300 IN SOA ns hostmaster 1 3600 600 604800 300\n@ 300 IN NS ns\n' > "$dir/zones/$zone.zone"
    done
  } > "$dir/unbound.conf"
  timeout 120 /usr/sbin/unbound -d -c "$dir/unbound.conf" > "$dir/log" 2>&1 &
  echo $! > "$dir/pid"
  until /usr/sbin/unbound-control -c "$dir/unbound.conf" status > /dev/null 2>&1; do
    kill -0 $! 2> /dev/null || { cat "$dir/log"; return 1; }
    sleep 0.05
  done
}
unbound_stop() { kill "$(cat unbound/pid)"; }
# ask QUESTION…: what it answers.
ask() { dig +time=2 +tries=1 +short @127.0.0.1 -p "$(cat unbound/port)" "$@"; }
