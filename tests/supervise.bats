#!/usr/bin/env bats
# runsv: the service directory, what supervise/ shows and when, and what the children get. What is tagged
# "contract" is also true of runit's.
#
# Each test is a subshell of its own with its own SUPERVISOR; what is in single quotes is for another shell.
# shellcheck disable=SC2154,SC2030,SC2031,SC2016

load helpers
load services

NOBODY=65534

setup() { cd "$BATS_TEST_TMPDIR" || exit; }

as_nobody() { setpriv --reuid "$NOBODY" --regid "$NOBODY" --clear-groups "$@"; }

# bytes NAME FROM COUNT: of its status, in hex.
bytes() { od -An -tx1 -j"$2" -N"$3" "$1/supervise/status" | tr -d ' \n'; }
flags() { bytes "$1" 16 4; }
flags_are() { [ "$(flags "$1")" = "$2" ]; }
inode() { stat -c %i "$1/supervise/$2"; }

# refused TEXT: runsv a leaves with 111 and says TEXT.
refused() {
	run -111 "$RUNSV" a
	[[ $output == "runsv a: fatal: $1"* ]] || { echo "it said: $output"; return 1; }
}

# stays NAME [LINE...]: a service that says "ready" in its trace, after LINEs, and does not end by what it is sent.
stays() {
	local name=$1
	shift
	service "$name" "$@" "echo ready >>$PWD/$name.trace" "while :; do read -r x <>$NEVER; done"
}

# holds NAME: a finish that says "finish CODE STATUS" and ends when somebody writes to hold.
holds() {
	[ -p hold ] || mkfifo hold
	script "$1/finish" "echo finish \$* >>$PWD/$1.trace" "read x <$PWD/hold"
}

has_lines() { [ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]; }

# --- arguments and start

# bats test_tags=contract
@test "the usage of runsv is its name, dir and an empty line" {
	"$RUNSV" 2>text || :
	printf 'usage: %s dir\n\n' "$RUNSV" | cmp - text
}

# bats test_tags=contract
@test "what looks like an option is a directory to runsv" {
	service ./-x
	supervise -x
	eventually runs ./-x
}

@test "a message ends with the C library's reason (better: one text for an error, everywhere)" {
	run -111 "$RUNSV" nosuch
	[ "$output" = 'runsv nosuch: fatal: unable to change to directory: No such file or directory' ]
}

# bats test_tags=contract
@test "messages of runsv go to standard error" {
	run -111 --separate-stderr "$RUNSV" nosuch
	[ -z "$output" ]
	[[ $stderr == 'runsv nosuch: fatal: '* ]]
}

# bats test_tags=contract
@test "down may be of any kind, but not a link to nowhere" {
	service a
	mkdir a/down
	supervise a
	service b
	ln -s nowhere b/down
	supervise b
	eventually runs b
	stat_is a down
	[ ! -e a.trace ]
}

# bats test_tags=contract
@test "down and log are looked at once, when runsv starts" {
	service a
	touch a/down
	supervise a
	logger a
	rm a/down
	eventually test -p a/supervise/ok
	letter a u
	eventually runs a
	touch a/down
	kill -KILL "$(pid_of a)"
	eventually times a run 2
	eventually runs a
	[ ! -e a/log/supervise ]
	run ! traced a log
}

# bats test_tags=contract
@test "run, finish and control scripts are looked up each time, in the directory wherever it is now" {
	service a
	supervise a
	eventually runs a
	mv a b
	script b/run "echo second \$PWD >>$PWD/a.trace" 'exec sleep 3600'
	script b/finish "echo finish \$PWD >>$PWD/a.trace"
	script b/control/h "echo script \$PWD >>$PWD/a.trace"
	kill -KILL "$(pid_of b)"
	eventually traced a "second $PWD/b"
	traced a "finish $PWD/b"
	eventually runs b
	letter b h
	eventually traced a "script $PWD/b"
}

# bats test_tags=contract
@test "log may be a link to a directory" {
	service a 'echo line' 'exec sleep 3600'
	logger b
	mv b/log elsewhere
	ln -s ../elsewhere a/log
	supervise a
	eventually grep -q line b.log
	[ -p elsewhere/supervise/ok ]
}

# bats test_tags=contract
@test "the logger has no finish, no control scripts and no logger; check is not for runsv" {
	local name
	service a
	logger a
	logger a/log
	for name in a/check a/log/check a/log/finish a/log/control/{t,d,h,u}; do
		script "$name" "echo never >>$PWD/a.trace"
	done
	supervise a
	eventually runs a/log
	letter a/log h
	eventually times a log 2
	eventually runs a/log
	letter a/log d
	eventually stat_is a/log down
	letter a/log u
	eventually times a log 3
	run ! traced a never
	[ ! -e a/log/log/supervise ]
}

# bats test_tags=contract
@test "the logger is ./run without arguments in log/" {
	service a
	logger a "echo \$0 \$# \$PWD >>$PWD/a.trace" 'exec cat'
	supervise a
	eventually traced a "./run 0 $PWD/a/log"
}

# bats test_tags=contract
@test "log/run may be a link to a binary" {
	service a 'echo line' 'exec sleep 3600'
	mkdir a/log
	ln -s "$(command -v tee)" a/log/run
	"$RUNSV" a >out 2>err 3>&- &
	eventually grep -q line out
}

# bats test_tags=contract
@test "log that can't be looked at is a warning" {
	service a
	ln -s log a/log
	supervise a
	eventually runs a
	grep -q '^runsv a: warning: unable to stat() ./log: : .' a.err
}

# --- supervise/

# bats test_tags=contract
@test "a link in place of log/supervise is relative to log/" {
	service a
	logger a
	ln -s ../../state a/log/supervise
	supervise a
	eventually runs a/log
	[ -p state/ok ]
	[ "$(stat -c %a state)" = 700 ]
}

# bats test_tags=contract
@test "the target of supervise may have 255 bytes, and not one more" {
	service a
	# shellcheck disable=SC2183
	ln -s "$(printf '%0255d')" a/supervise
	supervise a
	eventually runs a
	letter a x
	wait "$SUPERVISOR"
	rm a/supervise
	# shellcheck disable=SC2183
	ln -s "./$(printf '%0254d')" a/supervise
	refused 'unable to readlink ./supervise: '
}

# bats test_tags=contract
@test "the target of log/supervise is too long" {
	service a
	logger a
	# shellcheck disable=SC2183
	ln -s "$(printf '%0300d')" a/log/supervise
	refused 'unable to readlink ./log/supervise: '
}

# bats test_tags=contract
@test "a read-only service directory: with a link for supervise it works, without it is fatal" {
	needs unshare -m true
	service a
	service b
	mkdir run
	ln -s "$PWD/run/a" a/supervise
	daemon unshare -m sh -c 'mount --bind a a && mount -o remount,bind,ro a && exec "$0" a' "$RUNSV"
	eventually runs a
	[ -p run/a/ok ]
	RUNSVDIR_STATE=/proc/none run -111 unshare -m sh -c 'mount --bind b b && mount -o remount,bind,ro b && exec "$0" b' "$RUNSV"
	[[ $output == 'runsv b: fatal: unable to open supervise/lock: '* ]]
}

# bats test_tags=contract
@test "an existing supervise/ keeps its owner" {
	service a
	mkdir a/supervise
	chown "$NOBODY" a/supervise
	supervise a
	eventually runs a
	[ "$(stat -c %u a/supervise)" = "$NOBODY" ]
}

# bats test_tags=contract
@test "the modes of supervise/ are cut by the umask" {
	service a
	(umask 077 && daemon "$RUNSV" a)
	eventually runs a
	[ "$(cd a/supervise && stat -c %a lock control ok status stat pid | tr '\n' ' ')" = '600 600 600 600 600 600 ' ]
	letter a x
	eventually ended ./a
}

# bats test_tags=contract
@test "the lock is free as soon as runsv is killed, though its children live" {
	service a
	logger a
	supervise a
	eventually runs a
	eventually runs a/log
	run ! flock -n a/supervise/lock true
	run ! flock -n a/log/supervise/lock true
	kill -KILL "$SUPERVISOR"
	wait "$SUPERVISOR" || :
	flock -n a/supervise/lock true
	flock -n a/log/supervise/lock true
	kill -0 "$(pid_of a)" "$(pid_of a/log)"
}

# bats test_tags=contract
@test "a killed runsv: stat still says run, sv that it is not running, and the children go on" {
	mkfifo go
	service a "while :; do read x <$PWD/go && echo \$x; done"
	logger a
	supervise a
	eventually runs a
	eventually runs a/log
	kill -KILL "$SUPERVISOR"
	wait "$SUPERVISOR" || :
	stat_is a run
	run -1 "$SV" status ./a
	[ "$output" = 'fail: ./a: runsv not running' ]
	echo line >go
	eventually grep -q line a.log
}

# bats test_tags=contract
@test "FIFOs that are missing are made anew, those that are there are kept" {
	service a
	supervise a
	eventually runs a
	letter a x
	wait "$SUPERVISOR"
	local control
	control=$(inode a control)
	rm a/supervise/ok
	supervise a
	eventually runs a
	eventually test -p a/supervise/ok
	[ "$(inode a control)" = "$control" ]
	letter a x
	wait "$SUPERVISOR"
	rm a/supervise/control
	supervise a
	eventually runs a
	letter a d
	eventually stat_is a down
}

# bats test_tags=contract
@test "a letter that waits for a runsv is obeyed by the next one" {
	service a
	touch a/down
	supervise a
	eventually test -p a/supervise/ok
	letter a x
	wait "$SUPERVISOR"
	daemon sh -c 'printf u >a/supervise/control'
	supervise a
	eventually runs a
}

# --- what is written when

# bats test_tags=contract
@test "pid is the number and a newline, and empty when there is no process" {
	service a
	supervise a
	eventually runs a
	printf '%s\n' "$(pid_of a)" | cmp - a/supervise/pid
	letter a d
	eventually stat_is a down
	[ -f a/supervise/pid ] && [ ! -s a/supervise/pid ]
}

# bats test_tags=contract
@test "pid, stat and status are written beside and renamed, in this order, before ok is made" {
	service a
	touch a/down
	daemon strace -qq -o trace -e trace=/rename,/mknod "$RUNSV" a 2>err
	eventually test -p a/supervise/ok
	[ "$(sed -E 's/.*"(supervise\/)?([a-z]+\.new)".*"(supervise\/)?([a-z]+)".*/\2 \4/; s/.*"(supervise\/)?ok".*/ok/' trace |
		grep -xE 'pid.new pid|stat.new stat|status.new status|ok' | tr '\n' ',')" = 'pid.new pid,stat.new stat,status.new status,ok,' ]
	letter a x
}

# bats test_tags=contract
@test "the last four bytes of status in each state" {
	stays a "trap '' TERM"
	holds a
	touch a/down
	supervise a
	eventually flags_are a 00640000
	letter a u
	eventually traced a ready
	eventually flags_are a 00750001
	letter a p
	eventually flags_are a 01750001
	letter a c
	eventually flags_are a 00750001
	letter a t
	eventually flags_are a 00750101
	letter a d
	eventually flags_are a 00640101
	letter a u
	eventually flags_are a 00750101
	letter a o
	eventually flags_are a 00640101
	letter a x
	eventually flags_are a 00640101
	kill -KILL "$(pid_of a)"
	eventually flags_are a 00640002
	[ "$((0x$(bytes a 15 1)$(bytes a 14 1)$(bytes a 13 1)$(bytes a 12 1)))" = "$(pid_of a)" ]
	echo >hold
	wait "$SUPERVISOR"
	flags_are a 00640000
}

# bats test_tags=contract
@test "stat in each state of finish" {
	service a
	holds a
	supervise a
	eventually runs a
	kill -KILL "$(pid_of a)"
	eventually stat_is a finish
	letter a d
	eventually stat_is a 'finish, want down'
	letter a x
	eventually stat_is a 'finish, want exit'
	echo >hold
	wait "$SUPERVISOR"
	stat_is a down
}

# bats test_tags=contract
@test "stat shows paused, got TERM and want in this order" {
	stays a "trap '' TERM"
	supervise a
	eventually traced a ready
	letter a odp
	eventually stat_is a 'run, paused, got TERM, want down'
	letter a c
	eventually stat_is a 'run, got TERM, want down'
	kill -KILL "$(pid_of a)"
	eventually stat_is a down
}

# bats test_tags=contract
@test "stat is down while a service that is wanted up waits for its next start" {
	service a 'exit 0'
	supervise a
	eventually times a run 2
	eventually stat_is a down
	flags_are a 00750000
	[ ! -s a/supervise/pid ]
}

# bats test_tags=contract
@test "a new process begins without the flags of the old one" {
	stays a "trap '' TERM"
	supervise a
	eventually traced a ready
	letter a tp
	eventually stat_is a 'run, paused, got TERM'
	kill -KILL "$(pid_of a)"
	eventually times a run 2
	eventually stat_is a run
	flags_are a 00750001
}

# bats test_tags=contract
@test "the time in status is that of the start and of the end into down, and of no letter" {
	local since
	stays a "trap '' TERM"
	touch a/down
	supervise a
	since=$(bytes a 0 12)
	letter a u
	eventually traced a ready
	eventually runs a
	[[ $(bytes a 0 12) > $since ]]
	since=$(bytes a 0 12)
	letter a tpdcuo
	eventually stat_is a 'run, got TERM, want down'
	[ "$(bytes a 0 12)" = "$since" ]
	kill -KILL "$(pid_of a)"
	eventually stat_is a down
	[[ $(bytes a 0 12) > $since ]]
}

# bats test_tags=contract
@test "letters that change nothing to be shown write nothing" {
	local before
	stays a "trap 'echo heard >>$PWD/a.trace' HUP ALRM INT QUIT USR1 USR2"
	script a/control/t 'exit 0'
	supervise a
	eventually traced a ready
	eventually runs a
	before=$(inode a status)
	letter a thaiq12
	eventually times a heard 1
	letter a h
	eventually times a heard 2
	[ "$(inode a status)" = "$before" ]
	letter a d
	eventually stat_is a 'run, want down'
	[ "$(inode a status)" != "$before" ]
	kill -KILL "$(pid_of a)"
}

# bats test_tags=contract
@test "the logger that is told to end by x is shown so, and takes letters" {
	mkfifo hold
	service a
	logger a 'cat' "echo eof >>$PWD/a.trace" "while :; do read -r x <>$NEVER; done"
	supervise a
	eventually runs a
	letter a x
	eventually traced a eof
	eventually stat_is a/log 'run, want exit'
	stat_is a down
	kill -0 "$SUPERVISOR"
	letter a/log p
	eventually stat_is a/log 'run, paused, want exit'
	letter a/log k
	wait "$SUPERVISOR"
	run ! times a log 2
}

# bats test_tags=contract
@test "x waits for what else writes into the pipe, and its lines are read" {
	mkfifo hold
	service a "{ read x <$PWD/hold; echo late; } &" 'exec sleep 3600'
	logger a
	supervise a
	eventually runs a
	letter a x
	eventually stat_is a down
	kill -0 "$SUPERVISOR"
	eventually stat_is a/log 'run, want exit'
	echo >hold
	wait "$SUPERVISOR"
	grep -qx late a.log
}

# bats test_tags=contract
@test "a stat that can't be written is a warning, status keeps its old state, and runsv goes on" {
	service a
	supervise a
	eventually runs a
	local before
	before=$(inode a status)
	mkdir -p a/supervise/stat.new/x
	letter a o
	eventually grep -q '^runsv a: warning: unable to open supervise/stat.new: ' a.err
	[ "$(inode a status)" = "$before" ]
	rm -r a/supervise/stat.new
	letter a p
	eventually stat_is a 'run, paused, want down'
}

# bats test_tags=contract
@test "a file that can't be renamed is a warning with both names" {
	service a
	mkdir -p a/supervise/pid/x
	daemon env --default-signal "$RUNSV" a 2>a.err
	SUPERVISOR=$!
	eventually traced a run
	grep -q '^runsv a: warning: unable to rename pid.new to supervise/pid: ' a.err
	letter a x
	wait "$SUPERVISOR"
}

# bats test_tags=contract
@test "the logger's files are named with log/ in warnings" {
	service a
	logger a
	supervise a
	eventually runs a/log
	mkdir -p a/log/supervise/stat.new/x
	letter a/log o
	eventually grep -q '^runsv a: warning: unable to open log/supervise/stat.new: ' a.err
	rm -r a/log/supervise/stat.new
}

@test "new files that a crash has left are removed at start (better: contract 8, 40)" {
	service a
	logger a
	mkdir -p a/supervise a/log/supervise
	touch a/supervise/{pid,stat,status}.new a/log/supervise/{pid,stat,status}.new
	touch a/down a/log/down
	supervise a
	eventually test -p a/supervise/ok
	[ "$(cd a/supervise && ls -- *.new 2>/dev/null)" = '' ]
	[ "$(cd a/log/supervise && ls -- *.new 2>/dev/null)" = '' ]
}

# --- what the children get

# bats test_tags=contract
@test "stdin, stdout and stderr of each child" {
	local show='readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2'
	service a "$show >$PWD/run.fds" 'exec sleep 3600'
	script a/finish "$show >$PWD/finish.fds"
	script a/control/h "$show >$PWD/control.fds"
	cp -r a b
	sed -i "s:$PWD/:&b.:" b/run b/finish b/control/h
	script b/log/run "$show >$PWD/b.log.fds" 'exec cat'
	touch in
	for name in a b; do
		"$RUNSV" $name <in >out 2>err 3>&- &
		eventually runs $name
		eventually has_lines "$([ $name = a ] || echo b.)run.fds" 3
		letter $name h
		letter $name x
		wait $!
	done
	for name in run finish control; do
		[ "$(cat $name.fds)" = "$PWD/in"$'\n'"$PWD/$name.fds"$'\n'"$PWD/err" ]
		[ "$(cat b.$name.fds)" = "$PWD/in"$'\n'"$PWD/b.$name.fds"$'\n'"$PWD/err" ]
	done
	[[ $(head -n 1 b.log.fds) == *pipe* ]]
	[ "$(tail -n 1 b.log.fds)" = "$PWD/err" ]
}

# bats test_tags=contract
@test "without a logger run, finish and control scripts write to runsv's stdout, as the logger does" {
	service a 'echo from run' 'exec sleep 3600'
	script a/finish 'echo from finish'
	script a/control/h 'echo from control'
	service b
	logger b 'echo from logger' 'exec cat'
	"$RUNSV" a >out 2>err 3>&- &
	eventually grep -q 'from run' out
	letter a h
	letter a x
	wait $!
	[ "$(sort out)" = $'from control\nfrom finish\nfrom run' ]
	"$RUNSV" b >out 2>err 3>&- &
	eventually grep -qx 'from logger' out
	letter b x
	wait $!
}

# bats test_tags=contract
@test "each child has what else runsv was given: descriptors, environment, session, limits and the like" {
	local show='echo $WORD; umask; nice; ulimit -Sn; ps -o sid=,pgid= -p $$; ls -l /proc/$$/fd/7 | sed "s/.*-> //"' name
	service a "exec >$PWD/run.has" "$show" 'exec sleep 3600'
	script a/finish "exec >$PWD/finish.has" "$show"
	script a/control/h "exec >$PWD/control.has" "$show"
	script a/log/run "exec >$PWD/log.has" "$show" 'exec cat'
	sed -i '1s:.*:#!/bin/bash:' a/run a/finish a/control/h a/log/run
	(
		umask 027
		ulimit -Sn 50
		# shellcheck disable=SC2016
		WORD=word exec nice -n 3 setsid bash -c 'echo $$ >pid; exec "$0" a' "$RUNSV" 7</dev/null 3>&- 2>err
	) &
	eventually runs a
	eventually has_lines run.has 6
	eventually has_lines log.has 6
	letter a h
	eventually has_lines control.has 6
	letter a x
	wait $!
	printf 'word\n0027\n%d\n50\n' "$(($(nice) + 3))" >want
	paste -d ' ' <(tr -d ' ' <pid) pid >>want
	echo /dev/null >>want
	for name in run finish control log; do
		tr -s ' ' <$name.has | sed 's/^ //' | diff - want
	done
}

# bats test_tags=contract
@test "signals that runsv was started with ignored stay ignored in its children" {
	service a "exec grep SigIgn /proc/self/status >$PWD/run.ign"
	logger a "exec grep SigIgn /proc/self/status >$PWD/log.ign"
	env --default-signal --ignore-signal=HUP,USR1 "$RUNSV" a 2>err 3>&- &
	eventually test -s run.ign
	eventually test -s log.ign
	[ $((0x$(cut -f 2 run.ign) & 0x201)) = $((0x201)) ]
	[ $((0x$(cut -f 2 log.ign) & 0x201)) = $((0x201)) ]
}

# bats test_tags=contract
@test "the logger has no blocked signals either, and no descriptor of runsv's own" {
	service a
	mkdir a/log
	printf '%s\n' '#!/bin/sh' "ls /proc/self/fd >$PWD/fds" \
		"exec grep -E '^Sig(Blk|Ign)' /proc/self/status >$PWD/signals" >a/log/run
	chmod +x a/log/run
	"$RUNSV" a </dev/null >/dev/null 2>err 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- 10>&- 251>&- &
	eventually test -s signals
	grep -q '^SigBlk:.0*$' signals
	[ "$(tr '\n' ' ' <fds)" = "0 1 2 3 " ]
}

# bats test_tags=contract
@test "a finish that can be read is tried, also if it can't be executed; one that can't is none" {
	service a
	echo exit >a/finish
	supervise a
	eventually runs a
	kill -KILL "$(pid_of a)"
	eventually grep -q '^runsv a: fatal: unable to start ./finish: ' a.err
	eventually times a run 2
	mkdir mine
	chmod 755 .
	service mine/b
	sed -i 's:>>.*trace:>>../b.trace:' mine/b/run
	echo exit >mine/b/finish
	chmod 111 mine/b/finish
	chown -R "$NOBODY" mine
	daemon as_nobody "$RUNSV" mine/b 2>b.err
	eventually runs mine/b
	kill -KILL "$(pid_of mine/b)"
	eventually test_runs_twice
	[ ! -s b.err ]
	letter mine/b x
	eventually ended ./mine/b
}
test_runs_twice() { [ "$(wc -l <mine/b.trace)" -ge 2 ]; }

# bats test_tags=contract
@test "finish is given 128 more than the signal if there was a core dump" {
	service a 'ulimit -c unlimited' 'kill -SEGV $$'
	script a/finish "echo finish \$* >>$PWD/a.trace"
	local status
	status=$(perl -e 'system(@ARGV); print $? & 255' sh -c 'ulimit -c unlimited; kill -SEGV $$')
	supervise a
	eventually traced a "finish -1 $status"
}

# bats test_tags=contract
@test "a log/ that is gone is said when the logger starts again" {
	service a
	logger a
	supervise a
	eventually runs a/log
	mv a/log away
	kill -KILL "$(pid_of ./a/../away)"
	eventually grep -q '^runsv a: .*unable to change directory to ./log: ' a.err
	mv away a/log
	eventually times a log 2
}

# bats test_tags=contract
@test "runsv that is a process 1 reaps what loses its parent" {
	needs unshare -pf --mount-proc true
	mkfifo hold
	service a "(sh -c 'echo \$\$ >$PWD/orphan; read -r x <$PWD/hold' &)" 'exec sleep 3600'
	daemon unshare -pf --mount-proc --kill-child "$RUNSV" a 2>err
	eventually test -s orphan
	local machine
	machine=$(pgrep -P "${PIDS[-1]}")
	echo >hold
	eventually nsenter -t "$machine" -p -m sh -c "! test -e /proc/$(cat orphan)"
	kill "$machine"
	wait "${PIDS[-1]}"
}

# bats test_tags=contract
@test "HUP, INT and others are as runsv was given them: they end it, or not" {
	local sig code
	service a
	for sig in HUP INT QUIT ALRM USR1 USR2; do
		rm -rf a/supervise
		supervise a
		eventually runs a
		kill "-$sig" "$SUPERVISOR"
		code=0
		wait "$SUPERVISOR" || code=$?
		[ "$code" = $((128 + $(kill -l "$sig"))) ]
		kill -0 "$(pid_of a)"
		kill -KILL "$(pid_of a)"
	done
	rm -rf a/supervise
	daemon env --default-signal --ignore-signal=HUP "$RUNSV" a
	eventually runs a
	kill -HUP "${PIDS[-1]}"
	letter a p
	eventually stat_is a 'run, paused'
}

# bats test_tags=contract
@test "fork fails: a warning, and it is tried again" {
	service a
	strace -qq -o /dev/null -e trace=fork,vfork,clone,clone3 -e inject=fork,vfork,clone,clone3:error=EAGAIN:when=1 \
		"$RUNSV" a 2>err 3>&- &
	eventually grep -q '^runsv a: warning: unable to fork, sleeping: ' err
	PATIENCE=20 eventually runs a
	letter a x
	wait $!
}
