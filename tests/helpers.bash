# Loaded by every .bats file. Programs come from $BIN, one of them from its own variable if set.
# shellcheck shell=bash disable=SC2034
bats_require_minimum_version 1.5.0

BIN=${BIN:-$BATS_TEST_DIRNAME/../build/bin}
SV=${SV:-$BIN/sv}
RUNSV=${RUNSV:-$BIN/runsv}
RUNSVDIR=${RUNSVDIR:-$BIN/runsvdir}
SVLOGD=${SVLOGD:-$BIN/svlogd}
CHPST=${CHPST:-$BIN/chpst}
# "killed at each call" is at each of so many: a sanitizer makes hundreds of its own before main.
STRIDE=${STRIDE:-1}
PIDS=()

# A FIFO that nobody ever writes to.
never() {
	NEVER=$BATS_FILE_TMPDIR/never
	mkfifo "$NEVER"
	export NEVER
}

setup_file() { never; }

# Starts a program that is ended with the test. 3 is bats' own descriptor: who holds it, hangs bats.
daemon() {
	"$@" 3>&- &
	PIDS+=("$!")
}

# needs COMMAND...: what this machine must allow. That it does not is a failure in CI, and skipped elsewhere.
needs() {
	"$@" >/dev/null 2>&1 && return
	[ -z "${CI:-}" ] || return 1
	skip "not allowed here: $*"
}

# Waits until the command succeeds: the only poll, for what gives no event to a shell.
eventually() {
	local end=$((SECONDS + ${PATIENCE:-10}))

	until "$@"; do
		if ((SECONDS >= end)); then
			echo "never came true: $*" >&2
			return 1
		fi
		read -r -t 0.02 <>"$NEVER" || :
	done
}

none_left() {
	[ -z "$(jobs -pr)" ]
}

# signal_jobs SIGNAL: to what this test has started and the shell has not seen end. (A pid of PIDS that was
# waited for may be anybody's by now.)
signal_jobs() {
	local pid
	for pid in $(jobs -pr); do kill "-$1" "$pid" 2>/dev/null || :; done
}

# What does not end when it is told to is killed, so that the suite goes on.
teardown() {
	signal_jobs TERM
	none_left || eventually none_left || signal_jobs KILL
	wait
}
