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
