#!/usr/bin/env bats
# Settings of a service: when a file is one, and what follows from it.
#
# shellcheck disable=SC2154,SC2030,SC2031,SC2016

load helpers
load services

setup() { cd "$BATS_TEST_TMPDIR" || exit; }

# setting NAME TEXT: of service a.
setting() {
	mkdir -p a
	printf '%s\n' "$2" >"a/$1"
}

# A service that does not end by TERM, and says that it has got it.
deaf() {
	service a "trap 'echo term >>$PWD/a.trace' TERM" "echo ready >>$PWD/a.trace" "while :; do read -r x <>$NEVER; done"
}

status_has() { [[ $("$SV" status ./a) == *"$1"* ]]; }
record_has() { grep -qx "$1" a/supervise/record; }

@test "timeout-kill: what does not obey TERM is killed" {
	deaf
	setting timeout-kill 100ms
	supervise a
	eventually traced a ready
	"$SV" -w 5 stop ./a
	traced a term
	stat_is a down
}

@test "timeout-kill counts from the first time that it is told, and for restart and exit as well" {
	deaf
	setting timeout-kill 300
	supervise a
	eventually traced a ready
	"$SV" -w 5 restart ./a
	eventually times a ready 2
	"$SV" -w 5 exit ./a
	wait "$SUPERVISOR"
}

@test "without timeout-kill it is waited for, and a change is read at the next start" {
	deaf
	supervise a
	eventually traced a ready
	setting timeout-kill 1
	run -1 "$SV" -w 1 stop ./a
	"$SV" -w 5 kill ./a
	eventually stat_is a down
	"$SV" start ./a
	eventually times a ready 2
	"$SV" -w 5 stop ./a
}

@test "timeout-kill outlives its runsv" {
	deaf
	setting timeout-kill 400
	supervise a
	eventually traced a ready
	letter a d
	eventually traced a term
	kill -KILL "$SUPERVISOR"
	wait "$SUPERVISOR" || :
	supervise a
	eventually stat_is a down
}

@test "timeout-finish: a finish that hangs is killed" {
	service a
	script a/finish "echo finish >>$PWD/a.trace" "read x <$NEVER"
	setting timeout-finish 100
	supervise a
	eventually runs a
	"$SV" -w 5 stop ./a
	eventually stat_is a down
	traced a finish
}

@test "down-signal takes the place of TERM" {
	service a "trap 'echo int >>$PWD/a.trace; exit 0' INT" "trap 'echo term >>$PWD/a.trace' TERM" \
		"echo ready >>$PWD/a.trace" "while :; do read -r x <>$NEVER; done"
	setting down-signal SIGINT
	supervise a
	eventually traced a ready
	"$SV" -w 5 restart ./a
	eventually times a ready 2
	"$SV" -w 5 stop ./a
	times a int 2
	run ! traced a term
}

@test "restart no: it has one life, and sv gives it another" {
	service a 'exit 3'
	setting restart no
	supervise a
	eventually record_has 'over yes'
	status_has 'down: '
	status_has 'normally up'
	[ "$(grep -c run a.trace)" = 1 ]
	letter a u
	eventually times a run 2
	eventually record_has 'over yes'
}

@test "restart on-failure: after a success never, after a failure or a signal again" {
	service a "[ \$(grep -c run $PWD/a.trace) -lt 3 ] || exit 0" "[ \$(grep -c run $PWD/a.trace) = 1 ] || kill -KILL \$\$" 'exit 1'
	setting restart on-failure
	supervise a
	eventually record_has 'over yes'
	[ "$(grep -c run a.trace)" = 3 ]
}

@test "success-codes say what a success is" {
	service a "exit \$((142 + \$(grep -c run $PWD/a.trace)))"
	setting restart on-failure
	setting success-codes '144 TERM'
	supervise a
	eventually record_has 'over yes'
	[ "$(grep -c run a.trace)" = 2 ]
}

@test "restart no: what sv restarts is started again, also by a signal that it sent" {
	service a
	setting restart no
	supervise a
	eventually runs a
	"$SV" -w 5 restart ./a
	"$SV" -w 5 kill ./a
	eventually times a run 3
	record_has 'over no'
}

@test "beside restart, finish's 125 is a failure for good; without it, it means nothing" {
	service a 'exit 1'
	script a/finish 'exit 125'
	supervise a
	eventually times a run 2
	setting restart always
	eventually record_has 'over yes'
}

@test "a finish after the last life runs, and a letter about what is wanted takes the end back" {
	mkfifo hold
	service a 'exit 1'
	setting restart no
	script a/finish "read x <$PWD/hold"
	supervise a
	eventually record_has 'over soon'
	letter a u
	eventually record_has 'over no'
	echo >hold
	eventually times a run 2
	echo >hold
	eventually record_has 'over yes'
}

@test "that it is over outlives its runsv" {
	service a 'exit 1'
	setting restart no
	supervise a
	eventually record_has 'over yes'
	kill -KILL "$SUPERVISOR"
	wait "$SUPERVISOR" || :
	supervise a
	eventually status_has 'down: '
	record_has 'over yes'
	[ "$(grep -c run a.trace)" = 1 ]
}

@test "kill-mode group: signals go to all of its group" {
	service a "sleep 3600 & echo \$! >$PWD/child" "trap '' TERM" "echo ready >>$PWD/a.trace" 'wait; wait' "exec sleep 3600"
	setting kill-mode group
	setting timeout-kill 200
	supervise a
	eventually traced a ready
	"$SV" -w 5 stop ./a
	gone "$(cat child)"
}

@test "what is no setting is said, and means nothing" {
	deaf
	setting timeout-kill 1
	chmod +x a/timeout-kill
	mkdir a/restart
	setting success-codes 0
	chmod 666 a/success-codes
	setting kill-mode group
	chown 65534 a/kill-mode
	head -c 5000 /dev/zero | tr '\0' ' ' >a/down-signal
	mkfifo a/timeout-finish
	supervise a
	eventually traced a ready
	grep -qx 'runsv a: warning: ignoring timeout-kill: executable, so it is a program and no setting' a.err
	grep -qx 'runsv a: warning: ignoring restart: not a regular file' a.err
	grep -qx 'runsv a: warning: ignoring success-codes: writable by others than its owner' a.err
	grep -qx "runsv a: warning: ignoring kill-mode: neither root's nor the directory's owner's" a.err
	grep -qx 'runsv a: warning: ignoring down-signal: longer than 4096 bytes' a.err
	grep -qx 'runsv a: warning: ignoring timeout-finish: not a regular file' a.err
	[ "$(wc -l <a.err)" = 6 ]
	run -1 "$SV" -w 1 stop ./a
}

@test "what can't be understood is said, with what would be right" {
	service a
	setting timeout-kill '8 s'
	setting restart never
	setting success-codes 256
	setting down-signal term
	setting kill-mode ''
	setting timeout-finish $'1\t'
	supervise a
	eventually runs a
	grep -qx 'runsv a: warning: ignoring timeout-kill: "8 s" is not a time, as 500 (milliseconds), 8s, 2m or 1h' a.err
	grep -qx 'runsv a: warning: ignoring restart: "never" is not always, on-failure or no' a.err
	grep -qx 'runsv a: warning: ignoring success-codes: "256" is not exit codes and names of signals' a.err
	grep -qx 'runsv a: warning: ignoring down-signal: "term" is not a signal' a.err
	grep -qx 'runsv a: warning: ignoring kill-mode: "" is not process or group' a.err
	[ "$(wc -l <a.err)" = 5 ]
}
