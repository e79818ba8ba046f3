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
