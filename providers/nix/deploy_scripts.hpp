#pragma once

// What nmx runs on a host. POSIX shell; each prints what it found, a line a fact, for deploy.cpp.
namespace nmx::nix::scripts {

/// `system PATH`, `profile PATH`; `trial PATH` and `former PATH` while a switch has begun and nobody has confirmed it.
inline constexpr auto state = R"sh(
echo "system $(readlink -f /run/current-system)"
echo "profile $(readlink -f /nix/var/nix/profiles/system)"
if [ -e /run/nmx/new ] && [ ! -e /run/nmx/decided ]; then
  echo "trial $(cat /run/nmx/new)"
  echo "former $(cat /run/nmx/old)"
fi
)sh";

/// SYSTEM SWITCH_SECONDS CONFIRM_SECONDS: begins the switch as a unit of its own, so that it outlives the connection.
/// Leaves in /run/nmx: `back`, the script that goes back; `decided`, made by whoever decides first: who confirms, or
/// who goes back; `switch.log`, `switch.status`, `back.log`, `back.status`; `failed`, the units that had failed before;
/// `new` and `old`, the two systems. A trial that nobody confirmed is given up: what was before it is what to go back
/// to.
inline constexpr auto begin = R"sh(
set -eu
new=$1 switch_seconds=$2 confirm_seconds=$3
profile=/nix/var/nix/profiles/system
if [ -e /run/nmx/new ] && mkdir /run/nmx/decided 2> /dev/null; then
  old=$(cat /run/nmx/old) generation=$(cat /run/nmx/generation)
else
  old=$(readlink -f /run/current-system)
  generation=$(readlink "$profile" | sed -n 's/.*system-\([0-9]*\)-link$/\1/p')
fi
systemctl stop nmx-guard.timer nmx-confirm.timer nmx-switch.service > /dev/null 2>&1 || :
systemctl reset-failed nmx-guard.service nmx-confirm.service nmx-switch.service > /dev/null 2>&1 || :
rm -rf /run/nmx
mkdir -m 0700 /run/nmx
systemctl list-units --failed --plain --no-legend 2> /dev/null | cut -d ' ' -f 1 > /run/nmx/failed || :
echo "$old" > /run/nmx/old
echo "$generation" > /run/nmx/generation

cat > /run/nmx/back << END
mkdir /run/nmx/decided || exit 0
systemctl stop nmx-switch.service > /dev/null 2>&1
case \$(readlink -f "$profile-$generation-link") in
  "$old") nix-env --profile "$profile" --switch-generation "$generation" ;;
  *) nix-env --profile "$profile" --set "$old" ;;
esac > /run/nmx/back.log 2>&1
"$old/bin/switch-to-configuration" switch >> /run/nmx/back.log 2>&1
echo \$? > /run/nmx/back.status
END
cat > /run/nmx/switch << END
systemd-run --quiet --setenv=PATH="$PATH" --unit=nmx-guard --on-active=$switch_seconds -- /bin/sh /run/nmx/back
nix-env --profile "$profile" --set "$new" > /run/nmx/switch.log 2>&1 &&
  "$new/bin/switch-to-configuration" switch >> /run/nmx/switch.log 2>&1
status=\$?
systemctl stop nmx-guard.timer > /dev/null 2>&1
systemd-run --quiet --setenv=PATH="$PATH" --unit=nmx-confirm --on-active=$confirm_seconds -- /bin/sh /run/nmx/back
echo \$status > /run/nmx/switch.status
END
echo "$new" > /run/nmx/new
systemd-run --quiet --collect --setenv=PATH="$PATH" --unit=nmx-switch -- /bin/sh /run/nmx/switch
)sh";

/// STEP SECONDS: waits for `switch` or `back`: `status N`, then what it said; `status none` when it takes too long.
inline constexpr auto wait = R"sh(
step=$1 left=$(($2 * 5))
while [ ! -e "/run/nmx/$step.status" ]; do
  left=$((left - 1))
  if [ "$left" -le 0 ]; then
    echo "status none"
    exit 0
  fi
  sleep 0.2
done
echo "status $(cat "/run/nmx/$step.status")"
cat "/run/nmx/$step.log"
)sh";

/// SECONDS CHECK…: `ill WHAT` for each check that fails or takes longer, in their order, and each unit that failed
/// since; otherwise `well`. The checks run side by side: one that hangs takes no time from the others.
inline constexpr auto examine = R"sh(
ill= seconds=$1
shift
rm -rf /run/nmx/checks
mkdir /run/nmx/checks
n=1000
for check; do
  n=$((n + 1))
  (
    said=$(timeout -k 2 "$seconds" sh -c "$check" 2>&1)
    status=$?
    [ "$status" != 124 ] || said="it took longer than $seconds s"
    [ "$status" = 0 ] || echo "ill $check: $(printf %s "$said" | tail -n 1)" > "/run/nmx/checks/$n"
  ) &
done
wait
for said in /run/nmx/checks/*; do
  [ ! -e "$said" ] || { ill=1; cat "$said"; }
done
for unit in $(systemctl list-units --failed --plain --no-legend 2> /dev/null | cut -d ' ' -f 1); do
  grep -qxF "$unit" /run/nmx/failed || { ill=1; echo "ill $unit failed"; }
done
[ -n "$ill" ] || echo well
)sh";

/// `confirmed`, or `late` when the host is already on its way back.
inline constexpr auto confirm = R"sh(
if mkdir /run/nmx/decided 2> /dev/null; then
  systemctl stop nmx-confirm.timer > /dev/null 2>&1
  echo confirmed
else
  echo late
fi
)sh";

/// Goes back now, as a unit of its own; `already` where it is on its way.
inline constexpr auto back = R"sh(
if [ -e /run/nmx/decided ]; then
  echo already
  exit 0
fi
systemctl stop nmx-guard.timer nmx-confirm.timer > /dev/null 2>&1
systemd-run --quiet --collect --setenv=PATH="$PATH" --unit=nmx-back -- /bin/sh /run/nmx/back
)sh";

/// UNIT…: the last words of each.
inline constexpr auto last_words = R"sh(
for unit; do
  echo "$unit:"
  journalctl -u "$unit" -n 5 -o cat --no-pager 2> /dev/null | sed 's/^/  /'
done
)sh";

/// The generation before the present one: `system PATH`; what went wrong on standard error.
inline constexpr auto former = R"sh(
set -eu
profile=/nix/var/nix/profiles/system
nix-env --profile "$profile" --rollback >&2
"$profile/bin/switch-to-configuration" switch >&2
echo "system $(readlink -f /run/current-system)"
)sh";

}  // namespace nmx::nix::scripts
