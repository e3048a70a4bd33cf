# For tests that supervise: makes service directories and asks about them. Loaded after helpers.bash.
# shellcheck shell=bash disable=SC2034,SC2016
# SC2034: SUPERVISOR and made are for the tests; SC2016: made is for a script.

# service NAME [LINE...]: a directory with a run that notes "run PID" in NAME.trace, then does LINEs, by
# default one that stays until it is told to end.
service() {
	local name=$1
	shift
	mkdir -p "$name"
	script "$name/run" "echo run \$\$ >>$PWD/$name.trace" "${@:-exec sleep 3600}"
}

# Inside of a script: when its process was made, in hundredths of a second. A busy machine may be late with all
# that a script does, but not with this.
made='cut -d " " -f 22 /proc/$$/stat'

# stranger FILE WHAT: the process that the record FILE has as WHAT is another one there, PIDS[-1], with the pid alone the
# same: it was made at another time, and times are hundredths of a second.
stranger() {
	local -r made=$(sed -n "s/^$2 [0-9]* \([0-9]*\).*/\1/p" "$1")

	daemon sleep 3600
	while [ "$(cut -d ' ' -f 22 "/proc/${PIDS[-1]}/stat")" = "$made" ]; do daemon sleep 3600; done
	sed -i "s/^$2 [0-9]* /$2 ${PIDS[-1]} /" "$1"
}

# script FILE LINE...: an executable of sh.
script() {
	local file=$1
	shift
	mkdir -p "${file%/*}"
	printf '%s\n' '#!/bin/sh' "$@" >"$file"
	chmod +x "$file"
}

# logger NAME [LINE...]: a log/run for it; by default all it reads goes to NAME.log.
logger() {
	local name=$1
	shift
	script "$name/log/run" "echo log \$\$ >>$PWD/$name.trace" "${@:-exec cat >>$PWD/$name.log}"
}

# traced NAME TEXT: NAME.trace has a line that is TEXT, or begins with TEXT and a blank.
traced() { grep -qE "^$2( |\$)" "$1.trace" 2>/dev/null; }
# times NAME TEXT N: at least N of them.
times() { [ "$(grep -cE "^$2( |\$)" "$1.trace" 2>/dev/null)" -ge "$3" ]; }

stat_is() { [ "$(cat "$1/supervise/stat" 2>/dev/null)" = "$2" ]; }
pid_of() { cat "$1/supervise/pid"; }
runs() { stat_is "$1" run && [ -s "$1/supervise/pid" ]; }
letter() { printf '%s' "$2" >"$1/supervise/control"; }
gone() { ! kill -0 "$1" 2>/dev/null || grep -q '^State:.Z' "/proc/$1/status" 2>/dev/null; }
ended() { ! "$SV" status "$1" | grep -vq 'runsv not running'; }

# supervise NAME: runs $RUNSV on it until the end of the test, and waits until its service is up.
supervise() {
	# what a shell starts with & ignores INT and QUIT, and parallel others
	daemon env --default-signal "$RUNSV" "$1" 2>>"$1.err"
	SUPERVISOR=$!
	# an older life may have left it
	eventually test -s "$1/supervise/stat"
	eventually takes_term "$SUPERVISOR"
}

# takes_term PID: it would not end by TERM as a program does that has only just begun, or it has gone.
takes_term() {
	local key mask

	while read -r key mask; do
		case $key in
			SigBlk: | SigCgt:) ((16#$mask & 0x4000)) && return ;;
		esac
	done <"/proc/$1/status" 2>/dev/null
	gone "$1"
}

# Ends everything that works below the directory of this test: also what no runsv supervises any more.
sweep() {
	local link pid

	for link in /proc/[0-9]*/cwd; do
		case $(readlink "$link") in
		"$BATS_TEST_TMPDIR" | "$BATS_TEST_TMPDIR"/*)
			pid=${link#/proc/}
			pid=${pid%/cwd}
			[ "$pid" = "$$" ] || [ "$pid" = "$BASHPID" ] || kill -KILL "$pid" 2>/dev/null || :
			;;
		esac
	done
}

teardown() {
	signal_jobs KILL
	cd /
	sweep
	wait 2>/dev/null || :
}

# waits_for_ever: $SCANNER is in ppoll without a time.
# shellcheck disable=SC2034
waits_for_ever() {
	local call fds n timeout rest
	read -r call fds n timeout rest <"/proc/$SCANNER/syscall"
	# in it: some other call may have a 0 in that place
	[ "$timeout" = 0x0 ] && grep -q poll "/proc/$SCANNER/wchan"
}
