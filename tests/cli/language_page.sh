#!/usr/bin/env bash
# Runs every snippet of docs/language.md and stops at the first that does not do as the page says. Usage: language_page.sh NMX
#
# The word behind ``` says what a snippet is:
#   nmx            a whole site: it validates, and stands in the canonical layout
#   nmx-part       the same, together with the prelude, which stands in a comment at the top of the page
#   nmx-file PATH  a file beside the next snippet
#   nmx-error      it fails; the text block that follows is exactly what `nmx validate` says
#   nmx-results    lines `expression  # result`
set -euo pipefail
nmx=$(realpath "$1")
page=$(realpath "$(dirname "$0")/../../docs/language.md")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work"
site=$work/site kind='' path='' line=0 start=0 failing=0 runs=0
mkdir -p "$site"

fail() {
  printf 'docs/language.md:%s: %s\n' "$start" "$1" >&2
  [ ! -e "$work/said" ] || cat "$work/said" >&2
  exit 1
}
validate() { (cd "$site" && "$nmx" validate) >"$work/said" 2>&1; }
# A new folder for the next snippet.
clear_site() { rm -rf "$site"; mkdir -p "$site"; }

# A check for each line, so that a wrong result is named.
results_as_checks() {
  local text number=0
  while IFS= read -r text; do
    number=$((number + 1))
    [[ $text == *'  # '* ]] || fail "no result in \`$text\`"
    printf 'check line%d { condition = (%s) == (%s), message = "line %d has another result" }\n' \
      "$number" "${text%%  # *}" "${text#*  # }" "$number"
  done <"$work/snippet"
}

run() {
  case $kind in
  nmx | nmx-part)
    cp "$work/snippet" "$site/site.nmx"
    (cd "$site" && "$nmx" fmt -check) >"$work/said" 2>&1 || fail "not in the canonical layout"
    [ "$kind" = nmx ] || cp "$work/prelude" "$site/prelude.nmx"
    validate || fail "does not validate"
    clear_site
    ;;
  nmx-results)
    results_as_checks >"$site/site.nmx"
    validate || fail "has another result"
    clear_site
    ;;
  nmx-file)
    mkdir -p "$site/$(dirname "$path")"
    cp "$work/snippet" "$site/$path"
    ;;
  nmx-error)
    cp "$work/snippet" "$site/site.nmx"
    ! validate || fail "validates, and should not"
    failing=1
    ;;
  text)
    [ "$failing" = 1 ] || return 0
    diff "$work/snippet" "$work/said" >"$work/diff" || { cp "$work/diff" "$work/said"; fail "says something else (< page, > nmx)"; }
    failing=0
    clear_site
    ;;
  prelude) cp "$work/snippet" "$work/prelude" ;;
  *) fail "a snippet that does not say what it is: \`$kind\`" ;;
  esac
  runs=$((runs + 1))
}

while IFS= read -r text || [ -n "$text" ]; do
  line=$((line + 1))
  if [ -n "$kind" ]; then
    if [ "$text" = '```' ] || { [ "$kind" = prelude ] && [ "$text" = '-->' ]; }; then
      run
      kind=''
    else
      printf '%s\n' "$text" >>"$work/snippet"
    fi
    continue
  fi
  case $text in
  '<!-- prelude') kind=prelude ;;
  '```'*)
    read -r kind path <<<"${text#'```'}" || true
    [ -n "$kind" ] || kind=unnamed
    ;;
  *) continue ;;
  esac
  start=$line
  [ "$failing" = 0 ] || [ "$kind" = text ] || fail "the message of the snippet above is missing"
  : >"$work/snippet"
done <"$page"

[ -z "$kind" ] || fail "never ends"
[ "$failing" = 0 ] || fail "its message is missing"
[ "$runs" -gt 20 ] || fail "only $runs snippets were found"
echo "$runs snippets do as the page says"
