# A tree under runsvdir -c in sv/, for stop.bats and container.bats. In single quotes is what another shell expands.
#
# shellcheck shell=bash
# shellcheck disable=SC2153,SC2034

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	PATH=${RUNSVDIR%/*}:$PATH
	mkdir sv
	mkfifo hold
	exec 8<>hold
}

# runs_as_init ARG...: runsvdir with these arguments.
runs_as_init() {
	daemon env --default-signal "$RUNSVDIR" "$@" 2>>err 8>&-
	SCANNER=$!
}

# runs_as_init_under FAULT ARG...: the same with a fault, as strace injects it.
runs_as_init_under() {
	daemon strace -D -qq -o /dev/null -e "inject=$1" env --default-signal "$RUNSVDIR" "${@:2}" 2>>err 8>&-
	SCANNER=$!
}

# ends CODE: it does, with that code, and nothing of it is left.
ends() {
	local code=0

	wait "$SCANNER" || code=$?
	[ "$code" = "$1" ] || { echo "exit code $code, expected: $1" >&2 && cat err >&2 && return 1; }
	[ -z "$(left)" ] || { echo "left: $(left)" >&2 && return 1; }
}

# Who works below this test's directory, but for its own shells.
left() {
	find /proc -mindepth 2 -maxdepth 2 -name cwd -lname "$PWD/sv/*" -printf '%h\n' 2>/dev/null
}

says() { grep -q "$1" err; }
