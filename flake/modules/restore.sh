# Bringing back what backup.sh backed up: into a scratch folder to look at it, or to where it was. Its first lines and its words hold here too.

aside=.before-restore # what was there before a restore, until it has gone well

# Whether a folder's file system has room for the snapshot.
check_room() {
  local needed free
  needed=$(restic stats --json --no-lock --mode restore-size "${snapshot[@]}" | sed -n 's/.*"total_size": *\([0-9]*\).*/\1/p')
  free=$(df --output=avail -B1 "$1" | tail -n 1 | tr -d ' ')
  [ "${needed:-0}" -lt "$free" ] || fail "the snapshot takes $((needed / 1048576)) MiB, and $1 has $((free / 1048576)) MiB free"
}

# Whether a dump can be brought back.
check_dump() {
  case $1 in
    sqlite) [ "$(sqlite3 "$2" 'PRAGMA integrity_check' 2>&1)" = ok ] ;;
    postgresql) pg_restore --file=/dev/null "$2" ;;
    mysql) is_whole_mysql "$2" ;;
  esac
}

verify() {
  local snapshot scratch path files held problems=0
  snapshot_of "${1:-}"
  scratch=$(mktemp -d /var/tmp/nmx-verify.XXXXXX)
  # shellcheck disable=SC2064 # the folder of now
  trap "rm -rf '$scratch'" EXIT
  check_room "$scratch"
  restic restore "${snapshot[@]}" "$patient" --target "$scratch" --verify > "$scratch/.log" 2>&1 || fail "$(cat "$scratch/.log")"
  rm -f "$scratch/.log"
  files=$(find "$scratch" -type f | wc -l)
  held=$(restic ls --json --no-lock "${snapshot[@]}" | grep -c '"type":"file"' || :)
  echo "files $files"
  echo "bytes $(du --summarize --bytes "$scratch" | cut -f 1)"
  problem() { printf 'problem %s\n' "$*"; problems=1; }
  [ "$files" -gt 0 ] || problem "the snapshot holds no files"
  [ "$files" -eq "$held" ] || problem "the snapshot holds $held files, and $files were restored"
  for path in "${paths[@]}"; do [ -e "$scratch$path" ] || problem "$path is not in the snapshot"; done
  look() {
    local dump
    dump=$scratch$(dump_of "$1" "$2")
    if [ ! -e "$dump" ]; then
      problem "the database $2 is not in the snapshot"
    elif check_dump "$1" "$dump"; then
      echo "database $2"
    else
      problem "the dump of the database $2 cannot be read"
    fi
  }
  for path in "${sqlite[@]}"; do look sqlite "$path"; done
  for path in "${postgresql[@]}"; do look postgresql "$path"; done
  for path in "${mysql[@]}"; do look mysql "$path"; done
  return $problems
}

# --- Restoring -----------------------------------------------------------------------------------------------------------------------------

# As a unit of its own, so that it comes to its end when the connection breaks.
restore() {
  local log=/run/nmx-restore-$job.log status=0
  # shellcheck disable=SC2016 # for the inner shell
  systemd-run --quiet --collect --wait --unit="nmx-restore-$job" --setenv=PATH="$PATH" -- \
    "$BASH" -c 'log=$1; shift; exec "$@" > "$log" 2>&1' - "$log" "$BASH" "$0" restore-here "$job" "$@" || status=$?
  cat "$log"
  return $status
}

# Half of the old and half of the new is neither to be backed up nor to be restored upon.
refuse_while_restoring() {
  [ ! -e "$restoring" ] ||
    fail "$service is being restored, or an earlier restore did not end; what was there before:" "$(cat "$restoring")" \
      "When none runs, move that back or remove it, and remove $restoring"
}
lies_aside() { echo "$1 is in $2" >> "$restoring"; }

# What undoes each step that was taken, the last one first. What cannot be undone stays where it was put aside.
undo=()
go_back() {
  local step stuck=''
  trap - EXIT
  set +e # each step for itself
  echo "going back to what was there before"
  for ((step = ${#undo[@]} - 1; step >= 0; --step)); do eval "${undo[step]}" || stuck=1; done
  if [ -z "$stuck" ]; then rm -f "$restoring"; else echo "not all of it went back:" && cat "$restoring"; fi
  exit 1
}

# Whatever is at a path goes out of the way. A mount point stays; what is in it goes. Nothing is removed on the way back that is not known to lie
# aside: the step that failed may be the one that puts it there.
set_aside() {
  local path=$1
  if mountpoint -q "$path"; then
    mkdir "$path/$aside"
    lies_aside "$path" "$path/$aside"
    undo+=("find '$path/$aside' -mindepth 1 -maxdepth 1 -exec mv -t '$path' {} + && rmdir '$path/$aside'")
    find "$path" -mindepth 1 -maxdepth 1 ! -name $aside -exec mv -t "$path/$aside" {} +
    undo+=("find '$path' -mindepth 1 -maxdepth 1 ! -name $aside -exec rm -rf {} +")
  elif [ -e "$path" ]; then
    lies_aside "$path" "$path$aside"
    mv "$path" "$path$aside"
    undo+=("rm -rf '$path'; mv '$path$aside' '$path'")
  else
    undo+=("rm -rf '$path'")
  fi
}
drop_aside() { if mountpoint -q "$1"; then rm -rf "${1:?}/$aside"; else rm -rf "$1$aside"; fi; }

# Files come back under the numbers that their owners had; here the same names may have others.
give_to_owners() {
  local what name number now
  local -A users=() groups=()
  [ -e "$dumps/owners" ] || return 0
  while read -r what name number; do
    now=$(getent "${what/user/passwd}" "$name" | cut -d : -f 3 || :)
    [ -n "$now" ] && [ "$now" != "$number" ] || continue
    if [ "$what" = user ]; then users[$number]=$now; else groups[$number]=$now; fi
  done < "$dumps/owners"
  [ $((${#users[@]} + ${#groups[@]})) -gt 0 ] || return 0
  find "${paths[@]}" "$dumps" -printf '%U %G %p\0' | while read -r -d '' user group path; do
    [ -z "${users[$user]:-}${groups[$group]:-}" ] || chown -h "${users[$user]:-$user}:${groups[$group]:-$group}" "$path"
  done
}

# Where it lies outside of the paths, what was there is still there.
restore_sqlite() {
  local file
  for file in "$1" "$1-wal" "$1-shm"; do [ ! -e "$file" ] || set_aside "$file"; done
  cp --preserve=mode,ownership "$(dump_of sqlite "$1")" "$1"
}

restore_postgresql() {
  local name=$1 former=$1$aside
  if [ -n "$(in_postgres "SELECT 1 FROM pg_database WHERE datname = '$name'")" ]; then
    in_postgres "ALTER DATABASE \"$name\" WITH ALLOW_CONNECTIONS false"
    undo+=("in_postgres 'ALTER DATABASE \"$name\" WITH ALLOW_CONNECTIONS true'")
    in_postgres "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '$name'" > /dev/null
    lies_aside "the database $name" "the database $former"
    in_postgres "ALTER DATABASE \"$name\" RENAME TO \"$former\""
    undo+=("as_postgres dropdb --if-exists --force '$name'; in_postgres 'ALTER DATABASE \"$former\" RENAME TO \"$name\"'")
  fi
  as_postgres pg_restore --create --exit-on-error --dbname=postgres < "$(dump_of postgresql "$name")"
}

# MySQL renames no database.
former_mysql() { printf '%s/%s%s.sql' "$memory" "$1" "$aside"; }
restore_mysql() {
  local name=$1 former
  former=$(former_mysql "$name")
  if [ -n "$(mariadb --batch --skip-column-names --execute="SHOW DATABASES LIKE '$name'")" ]; then
    mariadb-dump --single-transaction --quick --routines --events --triggers --hex-blob --add-drop-database --databases "$name" > "$former"
    is_whole_mysql "$former" || fail "the dump of the database $name as it is now is cut off"
    lies_aside "the database $name" "$former"
    undo+=("mariadb < '$former' && rm -f '$former'")
  fi
  mariadb < "$(dump_of mysql "$name")"
}

restore_here() {
  local snapshot only=${2:-} one includes=() status=0
  refuse_while_restoring
  snapshot_of "${1:-}"
  if [ -n "$only" ]; then
    [[ " ${postgresql[*]} ${mysql[*]} " == *" $only "* ]] || fail "this backup holds no database \`$only\`"
    paths=() sqlite=() units=()
    [[ " ${postgresql[*]} " == *" $only "* ]] && postgresql=("$only") || postgresql=()
    [[ " ${mysql[*]} " == *" $only "* ]] && mysql=("$only") || mysql=()
  fi
  for one in "${paths[@]}"; do
    if [ -e "$one$aside" ] || [ -e "$one/$aside" ]; then
      fail "an earlier restore did not end: what was there before is in $one$aside; move it back, or remove it"
    fi
    includes+=(--include "$one")
  done
  check_room /var
  mkdir -p "$memory"
  : > "$restoring"
  trap go_back EXIT
  undo+=(start)
  stop
  rm -rf "$dumps"
  undo+=("rm -rf '$dumps'")
  for one in "${paths[@]}"; do set_aside "$one"; done
  restic restore "${snapshot[@]}" "$patient" --target / "${includes[@]}" --include "$dumps"
  # With a pattern that nothing fits restic restores nothing, and is content.
  for one in "${paths[@]}"; do [ -e "$one" ] || { echo "the snapshot does not hold $one"; exit 1; }; done
  give_to_owners
  for one in "${sqlite[@]}"; do restore_sqlite "$one"; done
  for one in "${postgresql[@]}"; do restore_postgresql "$one"; done
  for one in "${mysql[@]}"; do restore_mysql "$one"; done
  trap - EXIT
  start || status=1 # it has its data again, whatever becomes of the old
  for one in "${paths[@]}"; do drop_aside "$one"; done
  for one in "${sqlite[@]}"; do rm -f "$one$aside" "$one-wal$aside" "$one-shm$aside"; done
  for one in "${postgresql[@]}"; do as_postgres dropdb --if-exists --force "$one$aside"; done
  for one in "${mysql[@]}"; do rm -f "$(former_mysql "$one")"; done
  rm -rf "$dumps"
  rm -f "$restoring"
  return $status
}
