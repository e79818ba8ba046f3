#!/usr/bin/env bash
# The direction of the house: lang <- planner <- providers <- cli, no provider includes another, and third-party headers stay in the files
# that own them.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0

# forbid FOLDER PATTERN WHY [EXCEPT]: no include in FOLDER matches PATTERN.
forbid() {
  local found
  found=$(grep -rnE "^#include [<\"]$2" "$1" --include='*.hpp' --include='*.cpp' | grep -vE "${4:-^$}" || true)
  [ -z "$found" ] || { printf '%s\n%s\n\n' "$3:" "$found"; failed=1; }
}

forbid lang '(planner|providers|cli|stdlib)/' 'lang knows nothing above it'
forbid planner '(providers|cli|stdlib)/' 'planner knows nothing above it'
forbid stdlib '(planner|providers|cli)/' 'stdlib knows lang alone'
forbid providers '(cli|stdlib)/' 'providers know nothing above them'
for provider in providers/*/; do
  name=$(basename "$provider")
  others='(?!support/|'"$name"'/)[a-z]+/'
  found=$(grep -rnP "^#include \"providers/$others" "$provider" || true)
  [ -z "$found" ] || { printf 'no provider includes another:\n%s\n\n' "$found"; failed=1; }
done

forbid . 'tao/pegtl' 'PEGTL stays in lang/syntax' '^\./(lang/syntax/|build/)'
forbid . 'curl/' 'curl stays in curl_env' '^\./(planner/runtime/|tests/|build/)'
forbid . 'sodium' 'sodium stays in seal and the files of keys' '^\./(planner/(seal|checksum|read_sealed_json|write_sealed_json|store/)|lang/value/functions/|providers/(support|secret)/|providers/lab/|tests/|build/)'
forbid . 'boost/' 'Beast stays in the server of the lab' '^\./(providers/lab/http_server\.cpp|build/)'
forbid . 'CLI/' 'CLI11 stays in command_line' '^\./(cli/command_line\.cpp|build/)'
found=$(grep -rnE '^#include <(nlohmann/json\.hpp|tao/|curl/|sodium|boost/|CLI/)' --include='*.hpp' lang planner providers cli stdlib |
  grep -vE '^(lang/syntax/grammar|providers/lab/(proxmox/api|authentik/field))\.hpp' || true)
[ -z "$found" ] || { printf 'third-party headers do not belong into headers:\n%s\n\n' "$found"; failed=1; }

exit "$failed"
