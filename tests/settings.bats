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
not_over() { ! grep -q '^over ' a/supervise/record; }
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
	script a/finish "echo finish >>$PWD/a.trace" "read -r x <>$NEVER"
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
	eventually record_has 'over yes 3'
	status_has 'down: '
	status_has 'normally up'
	[ "$(grep -c run a.trace)" = 1 ]
	letter a u
	eventually times a run 2
	eventually record_has 'over yes [0-9]*'
}

@test "restart on-failure: after a success never, after a failure or a signal again" {
	service a "[ \$(grep -c run $PWD/a.trace) -lt 3 ] || exit 0" "[ \$(grep -c run $PWD/a.trace) = 1 ] || kill -KILL \$\$" 'exit 1'
	setting restart on-failure
	supervise a
	eventually record_has 'over yes [0-9]*'
	[ "$(grep -c run a.trace)" = 3 ]
}

@test "success-codes say what a success is" {
	service a "exit \$((142 + \$(grep -c run $PWD/a.trace)))"
	setting restart on-failure
	setting success-codes '144 TERM'
	supervise a
	eventually record_has 'over yes [0-9]*'
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
	not_over
}

@test "beside restart, finish's 125 is a failure for good; without it, it means nothing" {
	service a 'exit 1'
	script a/finish 'exit 125'
	supervise a
	eventually times a run 2
	setting restart always
	eventually record_has 'over yes [0-9]*'
}

@test "a finish after the last life runs, and a letter about what is wanted takes the end back" {
	mkfifo hold
	exec 8<>hold
	service a 'exit 1'
	setting restart no
	script a/finish "read x <$PWD/hold"
	supervise a
	eventually record_has 'over soon 1'
	letter a u
	eventually not_over
	echo >&8
	eventually times a run 2
	echo >&8
	eventually record_has 'over yes [0-9]*'
}

@test "that it is over outlives its runsv" {
	service a 'exit 1'
	setting restart no
	supervise a
	eventually record_has 'over yes [0-9]*'
	kill -KILL "$SUPERVISOR"
	wait "$SUPERVISOR" || :
	supervise a
	eventually status_has 'down: '
	record_has 'over yes [0-9]*'
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
	setting essential $'perhaps\001, and so on for more than forty letters'
	supervise a
	eventually runs a
	grep -qx 'runsv a: warning: ignoring timeout-kill: "8 s" is not a time, as 500 (milliseconds), 8s, 2m or 1h' a.err
	grep -qx 'runsv a: warning: ignoring restart: "never" is not always, on-failure or no' a.err
	grep -qx 'runsv a: warning: ignoring success-codes: "256" is not exit codes and names of signals' a.err
	grep -qx 'runsv a: warning: ignoring down-signal: "term" is not a signal' a.err
	grep -qx 'runsv a: warning: ignoring kill-mode: "" is not process, group or tree' a.err
	grep -qx 'runsv a: warning: ignoring essential: "perhaps?, and so on for more than forty " is not empty or failed' a.err
	[ "$(wc -l <a.err)" = 6 ]
}

@test "a setting that can't be read, or becomes longer while it is: that is said" {
	service a
	setting restart no
	# its size is 0 to whoever asks
	ln -s /proc/kallsyms a/down-signal
	daemon strace -D -qq -o /dev/null -P "$PWD/a/restart" -e inject=read:error=EIO "$RUNSV" a 2>a.err
	eventually runs a
	grep -qx 'runsv a: warning: ignoring down-signal: too long' a.err
	grep -qxE 'runsv a: warning: ignoring restart: (Input/output|I/O) error' a.err
	[ "$(wc -l <a.err)" = 2 ]
	kill -KILL "$(pid_of a)"
	eventually times a run 2
}

# group_outlives [COMMAND...]: the next runsv, below that command, ends the whole group.
group_outlives() {
	service a "sleep 3600 & echo \$! >$PWD/child" "echo ready >>$PWD/a.trace" 'wait'
	setting kill-mode group
	supervise a
	eventually traced a ready
	kill -KILL "$SUPERVISOR"
	wait "$SUPERVISOR" || :
	rm a/supervise/stat
	daemon "$@" "$RUNSV" a 2>>a.err
	eventually runs a
	"$SV" -w 5 stop ./a
	gone "$(cat child)"
	stat_is a down
}

@test "kill-mode group outlives its runsv" { group_outlives; }
@test "the same with a kernel that signals no group by a descriptor" {
	group_outlives strace -D -qq -o /dev/null -e inject=pidfd_send_signal:error=EINVAL
}

# A service whose leader leaves two behind: one in its group, one in a session of its own.
leaves() {
	service a "sleep 3600 & echo \$! >$PWD/near" "setsid sh -c 'trap \"echo far >>$PWD/a.trace\" TERM; echo \$\$ >$PWD/far; while :; do read -r x <>$NEVER; done' &" \
		"while [ ! -s $PWD/far ]; do read -r -t 0.01 x <>$NEVER; done" "echo ready >>$PWD/a.trace" "exec sleep 3600"
	sed -i 1s,.*,#!/bin/bash, a/run
	setting kill-mode tree
}

@test "kill-mode tree: down means that nothing it has started lives" {
	leaves
	setting timeout-kill 100
	supervise a
	eventually traced a ready
	"$SV" -w 5 stop ./a
	gone "$(cat near)"
	gone "$(cat far)"
	traced a far
	eventually stat_is a down
}

@test "kill-mode tree: nor does any of it beside the next start, or finish" {
	leaves
	setting timeout-kill 100
	script a/finish "kill -0 \$(cat $PWD/near) && echo near >>$PWD/a.trace" "kill -0 \$(cat $PWD/far) && echo still >>$PWD/a.trace" 'exit 0'
	supervise a
	eventually traced a ready
	old=$(cat far)
	kill -KILL "$(pid_of a)"
	eventually times a ready 2
	gone "$old"
	run ! traced a 'near|still'
	letter a x
	wait "$SUPERVISOR"
	gone "$(cat far)"
}

@test "kill-mode tree: the logger and what it started are not of it" {
	leaves
	setting timeout-kill 100
	logger a
	supervise a
	eventually traced a ready
	eventually runs a/log
	log=$(pid_of a/log)
	"$SV" -w 5 stop ./a
	gone "$(cat far)"
	[ "$log" = "$(pid_of a/log)" ]
}

@test "kill-mode tree: nor is a control script that is still out" {
	leaves
	setting timeout-kill 100
	script a/control/1 "echo \$\$ >$PWD/script" "read -r x <>$NEVER"
	supervise a
	eventually traced a ready
	letter a 1
	eventually test -s script
	"$SV" -w 5 stop ./a
	gone "$(cat far)"
	run ! gone "$(cat script)"
}

@test "kill-mode tree where the processes can't be listed: run is stopped all the same" {
	leaves
	daemon strace -D -qq -o /dev/null -P /proc -e inject=openat:error=EMFILE "$RUNSV" a 2>a.err
	eventually traced a ready
	"$SV" -w 5 stop ./a
	run ! gone "$(cat far)"
	stat_is a down
}

@test "kill-mode tree: the /proc of another pid namespace names nobody to be signalled" {
	needs unshare -pf true
	leaves
	setting timeout-kill 100
	script ./innocent "trap 'echo innocent >>$PWD/a.trace' TERM" "echo here >>$PWD/a.trace" "while :; do read -r x <>$NEVER; done"
	# it is 2 there: whose children the kernel's threads are outside, with the low numbers that these have
	daemon unshare -pf --kill-child sh -c '"$0" a & for i in 1 2 3 4 5; do ./innocent & done; wait' "$RUNSV" 2>a.err
	eventually traced a ready
	eventually times a here 5
	"$SV" -w 5 stop ./a
	stat_is a down
	run ! traced a far
	run ! traced a innocent
}

@test "kill-mode tree: who stays in its session is found by the next runsv" {
	leaves
	setting timeout-kill 100
	supervise a
	eventually traced a ready
	kill -KILL "$SUPERVISOR"
	wait "$SUPERVISOR" || :
	supervise a
	eventually runs a
	"$SV" -w 5 stop ./a
	gone "$(cat near)"
	kill -KILL "$(cat far)" || :
}

@test "kill-mode tree: a session whose number has come again is left alone" {
	local other start
	service a
	setting kill-mode tree
	supervise a
	eventually runs a
	setsid sleep 3600 3>&- &
	eventually leads_session "$!"
	other=$!
	start=$(sed 's/.*) //' "/proc/$other/stat" | cut -d ' ' -f 20)
	kill -KILL "$SUPERVISOR"
	wait "$SUPERVISOR" || :
	kill -KILL "$(pid_of a)"
	# as if run had had this pid, and had ended before
	sed -i "s/^process run .*/process run $other $((start - 1))/" a/supervise/record
	supervise a
	eventually times a run 2
	run ! gone "$other"
	kill -KILL "$other"
}
leads_session() { [ "$(ps -o sid= -p "$1" | tr -d ' ')" = "$1" ]; }

@test "kill-mode tree: runsv killed while it clears: the next one goes on" {
	leaves
	setting timeout-kill 1h
	service b
	sed -i "s,exec sleep 3600,trap '' TERM; sleep 3600; sleep 3600," a/run
	sed -i "s,sleep 3600 &,sh -c 'trap \"echo term >>$PWD/a.trace\" TERM; while :; do read -r x <>$NEVER; done' \&," a/run
	supervise a
	eventually traced a ready
	kill -KILL "$(pid_of a)"
	letter a d
	eventually traced a term
	eventually record_has 'process clear .*'
	eventually status_has 'finish: '
	kill -KILL "$SUPERVISOR"
	wait "$SUPERVISOR" || :
	supervise a
	eventually times a term 2
	letter a k
	eventually stat_is a down
	gone "$(cat near)"
	kill -KILL "$(cat far)" || :
}

@test "a control/t that hangs does not hold up timeout-kill" {
	deaf
	setting timeout-kill 100
	script a/control/t "read -r x <>$NEVER"
	supervise a
	eventually traced a ready
	letter a d
	eventually stat_is a down
	record_has 'killed 1'
	pkill -KILL -P "$SUPERVISOR"
}

@test "^L: what runs goes on, nothing is started any more, and nobody takes it back" {
	service a
	script a/finish "echo finish >>$PWD/a.trace"
	supervise a
	eventually runs a
	letter a $'\f'
	eventually record_has 'want last'
	letter a u
	letter a o
	kill -KILL "$(pid_of a)"
	wait "$SUPERVISOR"
	times a run 1
	times a finish 1
}

@test "^L, then TERM to runsv, and it is killed in between" {
	deaf
	supervise a
	eventually traced a ready
	letter a $'\f'
	eventually record_has 'want last'
	kill -KILL "$SUPERVISOR"
	wait "$SUPERVISOR" || :
	supervise a
	eventually stat_is a 'run, want exit'
	run ! traced a term
	kill -TERM "$SUPERVISOR"
	eventually traced a term
	letter a u
	kill -KILL "$(pid_of a)"
	wait "$SUPERVISOR"
	times a ready 1
}

@test "^K: KILL, and control/k is not asked" {
	deaf
	script a/control/k "echo asked >>$PWD/a.trace" 'exit 0'
	supervise a
	eventually traced a ready
	letter a $'\v'
	eventually times a ready 2
	run ! traced a asked
}

@test "an upgrade: the record of a runsv without settings is understood, and a service goes on" {
	service a
	supervise a
	eventually runs a
	pid=$(pid_of a)
	kill -KILL "$SUPERVISOR"
	wait "$SUPERVISOR" || :
	sed -i 's/^end$/colour blue\nend/' a/supervise/record
	supervise a
	eventually runs a
	[ "$pid" = "$(pid_of a)" ]
}

@test "a record that can't be understood, of a process that lives: nothing is started beside it" {
	service a
	supervise a
	eventually runs a
	kill -KILL "$SUPERVISOR"
	wait "$SUPERVISOR" || :
	sed -i 's/^told 0/told maybe/' a/supervise/record
	run -111 "$RUNSV" a
	[[ $output == *"unable to understand supervise/record, and process $(pid_of a), which it names, lives" ]]
	kill -KILL "$(pid_of a)"
}
