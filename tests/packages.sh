# Sourced by examples/try.sh and tests/run.sh: installs the Debian packages that are missing, and nothing when none is.

# What building and running nmx needs.
build_packages=(
  ca-certificates cmake g++ ninja-build pkg-config
  libboost-dev libcli11-dev libcurl4-openssl-dev libfmt-dev libpq-dev libre2-dev libsimdjson-dev libsodium-dev libssl-dev
  libyaml-dev nlohmann-json3-dev tao-pegtl-dev zlib1g-dev
)
# What the tests need besides; the real counterparts of what nmx drives are among them. npm is not: Debian's is 361 packages, and refuses to
# stand beside a Node.js that came from elsewhere. Where there is one, tests/run.sh uses it.
test_packages=(
  age bind9 bind9-dnsutils caddy ccache ceph-common ceph-mon ceph-osd clang-14 clang-format-14 curl git knot lego libclang-rt-14-dev
  libgtest-dev mariadb-client mariadb-server-core mold nix-bin openssh-client openssh-server pdns-backend-sqlite3 pdns-server pebble postgresql prometheus
  prometheus-alertmanager radosgw rclone restic sqlite3 strace unbound
)

install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "installing: ${missing[*]}"
  local as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -q
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}"
}
