# Backups of the services on this host, by restic. Units call it before and after restic, `nmx backup` calls it over ssh; by hand, and without
# nmx, it does the same:
#
#   nmx-backup list                             the jobs, and how each last ended
#   nmx-backup run JOB                          backs up now
#   nmx-backup snapshots JOB                    its snapshots, as JSON
#   nmx-backup verify JOB [SNAPSHOT]            restores into a scratch folder, and looks whether all is there and sound
#   nmx-backup restore JOB [SNAPSHOT [ONLY]]    brings files and databases back, or one database
#   nmx-backup check JOB [SHARE]                whether the repository is sound, reading so much of its data: `5%`
#
# A job is a file in /etc/nmx/backup, a line a fact. `restic-JOB` is restic with the job's repository and secrets: NixOS makes it.
set -euo pipefail
umask 077
cd /

jobs=/etc/nmx/backup
memory=/var/lib/nmx/backup   # what is known of earlier runs
metrics=/var/lib/nmx/metrics # what the node exporter reads

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

read_job() {
  job=${1:-} repository='' backup='' service='' makes='' tags=''
  paths=() units=() sqlite=() postgresql=() mysql=() keep=()
  [ -n "$job" ] && [ -f "$jobs/$job" ] || fail "this host has no backup \`$job\`"
  while read -r word rest; do
    case $word in
      repository) repository=$rest ;;
      backup) backup=$rest ;;
      service) service=$rest ;;
      makes) makes=1 ;;
      path) paths+=("$rest") ;;
      unit) units+=("$rest") ;;
      sqlite) sqlite+=("$rest") ;;
      postgresql) postgresql+=("$rest") ;;
      mysql) mysql+=("$rest") ;;
      keep) keep+=("$rest") ;;
    esac
  done < "$jobs/$job"
  tags=nmx,backup:$backup,service:$service
  dumps=/var/backup/$service
  restoring=$memory/restoring-$service # as long as it is: what was there before, and where that lies
}

restic() { "restic-$job" "$@"; }
# For as long as another host thins out, nobody else gets in.
patient=--retry-lock=2h

# The snapshot that is meant, in restic's words; the newest one of this job.
snapshot_of() { if [ "${1:-latest}" = latest ]; then snapshot=(latest --tag "$tags"); else snapshot=("$1"); fi; }

# The dump of a database: its file in `dumps`.
dump_of() {
  case $1 in
    sqlite) printf '%s/sqlite%s' "$dumps" "$(printf %s "$2" | tr / -)" ;;
    postgresql) printf '%s/%s.pgdump' "$dumps" "$2" ;;
    mysql) printf '%s/%s.sql' "$dumps" "$2" ;;
  esac
}

as_postgres() { PGOPTIONS=--client-min-messages=warning setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"; }
in_postgres() { as_postgres psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --dbname=postgres --command="$1"; }

# --- Before and after a backup -------------------------------------------------------------------------------------------------------------

# A repository that was there and is not now is a disk that is not mounted, or a bucket that somebody emptied. To make a new one in its place
# would hide that.
open_repository() {
  local known=$memory/repository-$repository config errors id
  mkdir -p "$memory" /run/lock
  exec 9> "/run/lock/nmx-repository-$repository"
  flock 9 # two jobs of one host must not both make it
  errors=$(mktemp)
  restic unlock > /dev/null 2>&1 || : # what a run left that did not end; what is in use stays
  if ! config=$(restic cat config 2> "$errors"); then
    [ ! -e "$known" ] || fail "$(cat "$errors")" "the repository \`$repository\` was there before; if a new one is meant, remove $known"
    [ -n "$makes" ] || fail "$(cat "$errors")" "the repository \`$repository\` is made by another host; run a backup there first"
    restic init 2>> "$errors" || fail "$(cat "$errors")"
    config=$(restic cat config)
  fi
  rm -f "$errors"
  id=$(printf %s "$config" | sed -n 's/.*"id": *"\([0-9a-f]*\)".*/\1/p')
  if [ -e "$known" ] && [ "$id" != "$(cat "$known")" ]; then
    fail "the repository \`$repository\` is another one than before ($id); if that is meant, remove $known"
  fi
  echo "$id" > "$known"
  exec 9>&-
}

# Restic passes over a path that is not there, and says nothing.
check_paths() {
  local path seen=$memory/$job.seen
  touch "$seen"
  for path in "${paths[@]}"; do
    [ -e "$path" ] || fail "$path is not there: nothing of it would be backed up"
    if [ -z "$(find "$path" -mindepth 1 -print -quit)" ] && [ -d "$path" ]; then
      ! grep -qxF "$path" "$seen" || fail "$path is empty and was not before: is something not mounted? If that is meant, remove $seen"
    else
      grep -qxF "$path" "$seen" || echo "$path" >> "$seen"
    fi
  done
}

dump_sqlite() {
  local to
  to=$(dump_of sqlite "$1")
  [ -f "$1" ] || fail "there is no SQLite database $1"
  sqlite3 "$1" ".timeout 60000" ".backup '$to.new'"
  chown --reference="$1" "$to.new"
  chmod --reference="$1" "$to.new"
  mv "$to.new" "$to"
}

# Without compression: of two dumps restic keeps what differs.
dump_postgresql() {
  local to
  to=$(dump_of postgresql "$1")
  as_postgres pg_dump --format=custom --compress=0 --dbname="$1" > "$to.new"
  mv "$to.new" "$to"
}

dump_mysql() {
  local to
  to=$(dump_of mysql "$1")
  mariadb-dump --single-transaction --quick --routines --events --triggers --hex-blob --add-drop-database --databases "$1" > "$to.new"
  is_whole_mysql "$to.new" || fail "the dump of the database $1 is cut off"
  mv "$to.new" "$to"
}
is_whole_mysql() { tail -n 1 "$1" | grep -q '^-- Dump completed'; }

prepare() {
  local one
  mkdir -p "$memory"
  date +%s > "$memory/$job.began"
  open_repository
  if [ ${#keep[@]} -gt 0 ]; then
    maintain
    return
  fi
  refuse_while_restoring
  check_paths
  rm -rf "$dumps"
  mkdir -p "$dumps"
  for one in "${sqlite[@]}"; do dump_sqlite "$one"; done
  for one in "${postgresql[@]}"; do dump_postgresql "$one"; done
  for one in "${mysql[@]}"; do dump_mysql "$one"; done
  # A host that was made anew may number its users otherwise.
  {
    getent passwd | sed -n 's/^\([^:]*\):[^:]*:\([0-9]*\):.*/user \1 \2/p'
    getent group | sed -n 's/^\([^:]*\):[^:]*:\([0-9]*\):.*/group \1 \2/p'
  } > "$dumps/owners"
}

# Thins out by the rules of every backup that goes to the repository, and frees the space; restic's own check comes after it.
maintain() {
  local rule
  for rule in "${keep[@]}"; do
    # shellcheck disable=SC2086 # options, separated by blanks
    restic forget "$patient" --tag "nmx,backup:${rule%% *}" --group-by tags ${rule#* }
  done
  restic prune "$patient" --max-unused 5%
  give_to_server
}

# A folder that a server serves as well is the server's: what root wrote there nobody could read.
give_to_server() { [ ! -d "${RESTIC_REPOSITORY:-}" ] || chown -R --reference="$RESTIC_REPOSITORY" "$RESTIC_REPOSITORY"; }

# Remembers how it went, for people and for Prometheus. systemd says so in SERVICE_RESULT and EXIT_STATUS.
finish() {
  local result=failed ended began success labels file
  if [ -z "$service" ]; then
    give_to_server
  elif [ ! -e "$restoring" ]; then
    rm -rf "$dumps"
  fi
  ended=$(date +%s)
  began=$(cat "$memory/$job.began" 2> /dev/null || echo "$ended")
  case ${SERVICE_RESULT:-}/${EXIT_STATUS:-} in
    success/*) result=success ;;
    exit-code/3) result=incomplete ;; # restic could not read some files; the rest is there
  esac
  success=$(remembered success)
  [ $result != success ] || success=$ended
  mkdir -p "$memory" "$metrics"
  printf 'result %s\nbegan %s\nended %s\nsuccess %s\n' $result "$began" "$ended" "$success" > "$memory/$job.new"
  mv "$memory/$job.new" "$memory/$job"
  file=$metrics/backup-$job
  labels="repository=\"$repository\""
  [ -z "$service" ] || labels="backup=\"$backup\",service=\"$service\",$labels"
  local name=nmx_backup
  [ -n "$service" ] || name=nmx_repository
  {
    [ -z "$success" ] || printf '%s_last_success_seconds{%s} %s\n' $name "$labels" "$success"
    printf '%s_last_end_seconds{%s} %s\n' $name "$labels" "$ended"
    printf '%s_duration_seconds{%s} %s\n' $name "$labels" $((ended - began))
    printf '%s_failed{%s} %s\n' $name "$labels" "$([ $result = success ] && echo 0 || echo 1)"
  } > "$file.new"
  chmod 0644 "$file.new"
  mv "$file.new" "$file.prom"
}
remembered() { sed -n "s/^$1 //p" "$memory/$job" 2> /dev/null || :; }

# --- What people ask for -------------------------------------------------------------------------------------------------------------------

# How a job last ended, as `finish` noted it.
status() { cat "$memory/$job" 2> /dev/null || :; }

list() {
  local file
  for file in "$jobs"/*; do
    [ -f "$file" ] || continue
    read_job "${file##*/}"
    printf '%s\t%s\t%s\t%s\n' "$job" "$(remembered result)" "$(remembered ended)" "$(remembered success)"
  done
}

run() {
  local before began said
  before=$(remembered ended)
  began=$(date +%s)
  if said=$(systemctl start "restic-backups-$job.service" 2>&1); then return; fi
  journalctl -u "restic-backups-$job.service" --since="@$began" -n 12 -o cat --no-pager >&2 || echo "$said" >&2
  [ "$(remembered result)" != incomplete ] || [ "$(remembered ended)" = "$before" ] || exit 3
  exit 1
}

snapshots() {
  local errors status=0
  errors=$(mktemp)
  restic snapshots --json --no-lock --tag "$tags" 2> "$errors" || status=$?
  # Before the first backup there is no repository: since 0.17 restic says so by its exit code.
  if [ $status -ne 0 ] && [ ! -e "$memory/repository-$repository" ] &&
    { [ $status -eq 10 ] || grep -qE 'no such file|not exist|NoSuch|404' "$errors"; }; then
    echo '[]'
    status=0
  fi
  [ $status -eq 0 ] || cat "$errors" >&2
  rm -f "$errors"
  return $status
}

check() { restic check "$patient" ${1:+--read-data-subset="$1"}; }

# The service itself, also for whoever brings back its database elsewhere meanwhile. Not every host has each of its units.
stop() { to_units stop; }
start() { to_units start; }
to_units() {
  local unit
  for unit in "${units[@]}"; do
    ! systemctl cat "$unit" > /dev/null 2>&1 || systemctl "$1" "$unit"
  done
}

verb=${1:-list}
[ $# -eq 0 ] || shift
case $verb in
  list) list ;;
  prepare | finish | run | status | snapshots | verify | check | stop | start | restore | restore-here)
    read_job "${1:-}"
    shift
    "${verb//-/_}" "$@"
    ;;
  *) fail "nmx-backup does not know \`$verb\`: list, run, snapshots, verify, check, restore" ;;
esac
