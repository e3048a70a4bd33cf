#!/usr/bin/env bats
# runsv: the contract's §1, §2 and §4. What is tagged "contract" is also true of runit's.
#
# stderr is set by bats' run; each test is a subshell of its own.
# shellcheck disable=SC2154,SC2030,SC2031

load helpers
load services

older_than_two_seconds() { (($(stat -c %Y "$1") + 2 <= $(date +%s))); }

setup() { cd "$BATS_TEST_TMPDIR" || exit; }

# bats test_tags=contract
@test "one argument and no other, or usage and exit 1" {
	run -1 --separate-stderr "$RUNSV"
	[[ $stderr == "usage: "*"runsv dir" ]]
	run -1 "$RUNSV" a b
}

# bats test_tags=contract
@test "a directory that is not there is fatal, with 111" {
	run -111 "$RUNSV" nosuch
	[[ $output == "runsv nosuch: fatal: unable to change to directory: "* ]]
}

# bats test_tags=contract
@test "run is ./run without arguments in the service directory" {
	service a "echo \$0 \$# \$PWD >>$PWD/a.trace" 'exec sleep 3600'
	supervise a
	eventually traced a "./run 0 $PWD/a"
}

# bats test_tags=contract
@test "supervise/ has the files, modes and kinds of the contract" {
	service a
	supervise a
	eventually runs a
	cd a/supervise
	[ "$(stat -c '%a %F' . lock control ok status stat pid | tr '\n' ',')" = \
		"700 directory,600 regular empty file,600 fifo,600 fifo,644 regular file,644 regular file,644 regular file," ]
	[ "$(stat -c %s status)" = 20 ]
	run ! flock -n lock true
	[ "$(cat pid)" = "$(od -An -tu4 -j12 -N4 status | tr -d ' ')" ]
	[ "$(od -An -tx1 -j16 status | tr -d ' ')" = 00750001 ]
	[ "$(od -An -td8 --endian=big -N8 status | tr -d ' ')" -ge $((4611686018427387914 + $(date +%s) - 10)) ]
	[ "$(od -An -td8 --endian=big -N8 status | tr -d ' ')" -le $((4611686018427387914 + $(date +%s))) ]
	[ "$(($(od -An -tu4 --endian=big -j8 -N4 status) % 1000))" = 500 ]
}

# bats test_tags=contract
@test "without a process pid is empty and stat says down" {
	service a
	touch a/down
	supervise a
	stat_is a down
	eventually test -e a/supervise/pid
	[ ! -s a/supervise/pid ]
	[ "$(od -An -tx1 -j12 a/supervise/status | tr -d ' ')" = 0000000000640000 ]
}

# bats test_tags=contract
@test "finish gets the exit code and 0" {
	service a '[ -e once ] && exec sleep 3600' 'touch once' 'exit 3'
	script a/finish "echo finish \$* >>$PWD/a.trace"
	supervise a
	eventually traced a 'finish 3 0'
	eventually times a run 2
}

# bats test_tags=contract
@test "finish gets -1 and the signal" {
	service a
	script a/finish "echo finish \$* >>$PWD/a.trace"
	supervise a
	eventually runs a
	kill -KILL "$(pid_of a)"
	eventually traced a 'finish -1 9'
	eventually times a run 2
}

# bats test_tags=contract
@test "while finish runs the state is finish and its pid is shown" {
	mkfifo hold
	service a
	script a/finish "echo finish \$\$ >>$PWD/a.trace" "read line <$PWD/hold"
	supervise a
	eventually runs a
	local since
	since=$(od -An -tx1 -N12 a/supervise/status)
	letter a d
	eventually stat_is a 'finish, want down'
	eventually traced a "finish $(pid_of a)"
	[ "$since" = "$(od -An -tx1 -N12 a/supervise/status)" ]
	echo >hold
	eventually stat_is a down
}

# bats test_tags=contract
@test "a run that ends at once starts again a second later, not sooner" {
	service a "$made >>$PWD/a.times"
	supervise a
	eventually times a run 4
	local t
	mapfile -t t <a.times
	((t[1] - t[0] >= 99))
	((t[2] - t[1] >= 99))
}

@test "a run of 700 ms starts again 300 ms later: a deadline, no sleep (better: §8, 7)" {
	service a "date +%s%N >>$PWD/a.times" "read -t 0.7 x <>$NEVER"
	sed -i 's:/bin/sh:/bin/bash:' a/run
	supervise a
	PATIENCE=30 eventually times a run 7
	local t i gap least=999999 paced=0
	mapfile -t t <a.times
	# a date that comes late makes the gap before it longer, and the one behind it shorter
	for ((i = 2; i < 7; i++)); do
		gap=$(((t[i] - t[i - 1]) / 1000000))
		((gap < 990)) || paced=$((paced + 1))
		((gap >= least)) || least=$gap
	done
	((paced >= 3))
	((least < 1600)) # with a second's sleep it would be 1700
}

# bats test_tags=contract
@test "a run that lasted longer than a second starts again at once" {
	service a
	supervise a
	eventually runs a
	local before n
	# a busy machine may be slow once
	for n in 2 3 4; do
		eventually older_than_two_seconds a/supervise/pid
		before=$(date +%s%N)
		kill -KILL "$(pid_of a)"
		eventually times a run "$n"
		((($(date +%s%N) - before) / 1000000 >= 700)) || return 0
		eventually runs a
	done
	false
}

# bats test_tags=contract
@test "down: not started until u" {
	service a
	touch a/down
	supervise a
	eventually test -p a/supervise/ok
	[ ! -e a.trace ]
	letter a u
	eventually runs a
}

# bats test_tags=contract
@test "d sends TERM and CONT, and it stays down" {
	service a
	supervise a
	eventually runs a
	letter a d
	eventually stat_is a down
	times a run 1
	run ! times a run 2
}

# bats test_tags=contract
@test "o: runs once" {
	service a 'exit 0'
	touch a/down
	supervise a
	eventually test -p a/supervise/ok
	letter a o
	eventually traced a run
	eventually stat_is a down
	letter a ou
	eventually times a run 2
}

# bats test_tags=contract
@test "o while it runs: it is left running and not restarted" {
	service a
	supervise a
	eventually runs a
	letter a o
	eventually stat_is a 'run, want down'
	kill -KILL "$(pid_of a)"
	eventually stat_is a down
	run ! times a run 2
}

# bats test_tags=contract
@test "got TERM is shown until the process ends" {
	service a "trap '' TERM" "while :; do read x <>$NEVER; done"
	supervise a
	eventually runs a
	letter a t
	eventually stat_is a 'run, got TERM'
	letter a d
	eventually stat_is a 'run, got TERM, want down'
	letter a u
	eventually stat_is a 'run, got TERM'
	letter a x
	eventually stat_is a 'run, got TERM, want exit'
	kill -KILL "$(pid_of a)"
	eventually stat_is a down
}

# bats test_tags=contract
@test "p and c stop and continue, and the flag is shown" {
	service a
	supervise a
	eventually runs a
	letter a p
	eventually stat_is a 'run, paused'
	eventually grep -q '^State:.T' "/proc/$(pid_of a)/status"
	letter a c
	eventually stat_is a run
	eventually grep -q '^State:.S' "/proc/$(pid_of a)/status"
}

# bats test_tags=contract
@test "the letters a h i q 1 2 send their signals to run alone" {
	mkfifo ready
	service a "for s in ALRM HUP INT QUIT USR1 USR2; do trap \"echo sig \$s >>$PWD/a.trace\" \$s; done" \
		"echo >$PWD/ready" 'while :; do sleep 3600 & wait; done'
	supervise a
	read -r _ <ready
	local pair
	for pair in a:ALRM h:HUP i:INT q:QUIT 1:USR1 2:USR2; do
		letter a "${pair%:*}"
		eventually traced a "sig ${pair#*:}"
	done
	runs a
}

# bats test_tags=contract
@test "unknown letters are ignored" {
	service a
	supervise a
	eventually runs a
	letter a $'?\nZ es0w'
	letter a d
	eventually stat_is a down
}

# bats test_tags=contract
@test "x: it stops and runsv leaves with 0; its files stay" {
	service a
	supervise a
	eventually runs a
	letter a x
	wait "$SUPERVISOR"
	[ "$(cat a/supervise/stat)" = down ]
	[ "$(cd a/supervise && echo *)" = "control lock ok pid stat status" ]
}

# bats test_tags=contract
@test "TERM to runsv is x" {
	service a
	supervise a
	eventually runs a
	kill -TERM "$SUPERVISOR"
	wait "$SUPERVISOR"
	[ "$(cat a/supervise/stat)" = down ]
}

# bats test_tags=contract
@test "a second runsv exits 111 and leaves the status alone" {
	service a
	supervise a
	eventually runs a
	local before
	before=$(stat -c %i a/supervise/status)
	run -111 "$RUNSV" a
	[[ $output == "runsv a: fatal: unable to lock supervise/lock: "* ]]
	[ "$before" = "$(stat -c %i a/supervise/status)" ]
	runs a
}

# bats test_tags=contract
@test "the logger reads what run and finish write, and is started first" {
	service a 'echo line' 'exit 0'
	script a/finish 'echo from finish'
	logger a
	supervise a
	eventually grep -q '^from finish$' a.log
	grep -q '^line$' a.log
	# pids tell the order of the starts, which of the two writes first does not
	[ "$(sed -n 's/^log //p' a.trace | head -n 1)" -lt "$(sed -n 's/^run //p' a.trace | head -n 1)" ]
}

# bats test_tags=contract
@test "a new logger goes on with the same pipe" {
	mkfifo go
	service a "while :; do read x <$PWD/go && echo \$x; done"
	logger a
	supervise a
	eventually traced a log
	eventually runs a
	echo one >go
	eventually grep -q one a.log
	local cat
	cat=$(pid_of a/log)
	kill -KILL "$cat"
	# a dying reader may still take what it finds, with it
	eventually gone "$cat"
	echo two >go
	eventually grep -q two a.log
	times a run 1
	run ! times a run 2
}

# bats test_tags=contract
@test "x with a logger: it reads to the end, gets no signal, and runsv waits for it" {
	service a 'echo last' 'exec sleep 3600'
	logger a "trap 'echo sig >>$PWD/a.trace' TERM" "cat >>$PWD/a.log" "echo eof >>$PWD/a.trace"
	supervise a
	eventually runs a
	letter a x
	wait "$SUPERVISOR"
	traced a eof
	run ! traced a sig
	grep -q last a.log
}

# bats test_tags=contract
@test "log/down: the logger is not started" {
	service a
	logger a
	touch a/log/down
	supervise a
	eventually runs a
	stat_is a/log down
	run ! traced a log
	letter a/log u
	eventually traced a log
}

# bats test_tags=contract
@test "letters for the logger; x is none of them" {
	service a
	logger a
	supervise a
	eventually runs a/log
	letter a/log x
	letter a/log d
	eventually stat_is a/log down
	letter a/log u
	eventually runs a/log
}

# bats test_tags=contract
@test "log that is no directory: a warning, and no logger" {
	service a
	touch a/log
	supervise a
	eventually runs a
	grep -q '^runsv a: warning: ./log: not a directory.$' a.err
}

# bats test_tags=contract
@test "a run that can't be executed says so and counts as a run that ended with 111" {
	mkdir a
	script a/finish "echo finish \$* >>$PWD/a.trace"
	supervise a
	eventually traced a 'finish 111 0'
	grep -q '^runsv a: fatal: unable to start ./run: ' a.err
}

# bats test_tags=contract
@test "the logger's failing run is named log/./run" {
	service a
	mkdir a/log
	supervise a
	eventually grep -q '^runsv a: fatal: unable to start log/./run: ' a.err
}

# bats test_tags=contract
@test "CHLD and TERM are at default and nothing is blocked in run" {
	mkdir a
	printf '%s\n' '#!/bin/sh' "exec grep -E '^Sig(Blk|Ign):' /proc/self/status" >a/run
	chmod +x a/run
	"$RUNSV" a >out 2>a.err 3>&- &
	eventually test -s out
	grep -q '^SigBlk:.0*$' out
}

# bats test_tags=contract
@test "run has the descriptors that runsv was started with, and none of its own" {
	service a "ls /proc/self/fd >$PWD/fds" 'exec sleep 3600'
	"$RUNSV" a </dev/null >/dev/null 2>a.err 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- 10>&- 251>&- &
	eventually test -s fds
	# ls itself has the directory open
	[ "$(tr '\n' ' ' <fds)" = "0 1 2 3 " ]
}

# bats test_tags=contract
@test "supervise may be a link to a directory that is not there yet" {
	service a
	mkdir elsewhere
	ln -s ../elsewhere/state a/supervise
	supervise a
	eventually runs a
	[ "$(stat -c '%a' elsewhere/state)" = 700 ]
	[ -p elsewhere/state/ok ]
}

@test "and its missing parents are made (better: Debian's and Void's links in a container)" {
	service a
	logger a
	ln -s ../run/runit/supervise.a a/supervise
	ln -s ../../run/runit/supervise.a.log a/log/supervise
	supervise a
	eventually runs a
	eventually runs a/log
	[ "$(stat -c '%a' run/runit run/runit/supervise.a | tr '\n' ' ')" = "755 700 " ]
}

# bats test_tags=contract
@test "an existing supervise/ keeps its mode" {
	service a
	mkdir -m 750 a/supervise
	supervise a
	eventually runs a
	[ "$(stat -c '%a' a/supervise)" = 750 ]
}

# bats test_tags=contract
@test "control/t that succeeds takes TERM's place" {
	service a
	script a/control/t "echo script t \$PWD \$# >>$PWD/a.trace"
	supervise a
	eventually runs a
	local pid
	pid=$(pid_of a)
	letter a t
	eventually traced a "script t $PWD/a 0"
	letter a u
	[ "$(pid_of a)" = "$pid" ]
	runs a
}

# bats test_tags=contract
@test "control/t that fails does not" {
	service a
	script a/control/t "echo script t >>$PWD/a.trace" 'exit 1'
	supervise a
	eventually runs a
	letter a d
	eventually stat_is a down
	traced a 'script t'
}

# bats test_tags=contract
@test "down: control/t, then CONT, then control/d; its code means nothing" {
	service a "trap 'exit 0' TERM" "while :; do read x <>$NEVER; done"
	script a/control/t "echo script t >>$PWD/a.trace"
	script a/control/d "echo script d >>$PWD/a.trace" "kill -TERM \$(cat supervise/pid)" 'exit 1'
	supervise a
	eventually runs a
	letter a d
	eventually stat_is a down
	[ "$(grep script a.trace | tr '\n' ' ')" = "script t script d " ]
}

# bats test_tags=contract
@test "control/x comes after TERM on the way out" {
	service a
	script a/control/x "echo script x >>$PWD/a.trace"
	supervise a
	eventually runs a
	letter a x
	wait "$SUPERVISOR"
	traced a 'script x'
}

# bats test_tags=contract
@test "control/u runs before every start, whatever its code" {
	service a 'exit 0'
	script a/control/u "echo script u >>$PWD/a.trace" 'exit 1'
	supervise a
	eventually times a run 2
	[ "$(sed 's/^run .*/run/' a.trace | head -n 4 | tr '\n' ' ')" = "script u run script u run " ]
}

# bats test_tags=contract
@test "a control script that its owner may not execute is none" {
	service a
	script a/control/t 'exit 0'
	chmod -x a/control/t
	supervise a
	eventually runs a
	letter a d
	eventually stat_is a down
}

# bats test_tags=contract
@test "control scripts write into the log" {
	service a
	logger a
	script a/control/h 'echo from control'
	supervise a
	eventually runs a
	letter a h
	eventually grep -q 'from control' a.log
}

@test "a control script that a signal ended has failed (better: §8, 3)" {
	service a
	script a/control/t 'kill -KILL $$'
	supervise a
	eventually runs a
	letter a d
	eventually stat_is a down
}

@test "while a control script works, k gets through and the dead are seen (better: §8, 1)" {
	mkfifo hold
	service a
	script a/control/h "echo script h >>$PWD/a.trace" "read x <$PWD/hold"
	supervise a
	eventually runs a
	letter a h
	eventually traced a 'script h'
	letter a k
	eventually times a run 2
	letter a d
	eventually stat_is a down
	echo >hold
}

@test "d takes back a start that waits for control/u (better: §8, 1)" {
	mkfifo hold
	service a
	script a/control/u "echo script u >>$PWD/a.trace" "read x <$PWD/hold"
	supervise a
	eventually traced a 'script u'
	letter a d
	stat_is a down
	echo >hold
	letter a x
	wait "$SUPERVISOR"
	run ! traced a run
}

@test "x does not wait for a control/u that hangs" {
	service a
	script a/control/u "echo script u >>$PWD/a.trace" 'exec sleep 3600'
	supervise a
	eventually traced a 'script u'
	letter a x
	wait "$SUPERVISOR"
	run ! traced a run
}

@test "control scripts have no blocked signals (better: §8, 2)" {
	service a
	mkdir a/control
	printf '%s\n' '#!/usr/bin/env -S sed -n /^SigBlk/w/proc/self/fd/1 /proc/self/status' >a/control/h
	chmod +x a/control/h
	"$RUNSV" a >out 2>a.err 3>&- &
	eventually runs a
	letter a h
	eventually grep -q '^SigBlk:.0000000000000000$' out
}

@test "k ends a finish that hangs, and x ends in the end (better: §8, 4 to 6)" {
	service a
	script a/finish "echo finish \$* >>$PWD/a.trace" 'exec sleep 3600'
	supervise a
	eventually runs a
	letter a x
	eventually stat_is a 'finish, want exit'
	eventually grep -q finish a.trace
	letter a k
	wait "$SUPERVISOR"
	[ "$(grep -c finish a.trace)" = 1 ]
}

@test "k, then u, before the end is seen, start no second copy (better: §8, 5)" {
	service a "trap '' TERM" "while :; do read x <>$NEVER; done"
	script a/control/k 'exit 0'
	supervise a
	eventually runs a
	local pid
	pid=$(pid_of a)
	letter a kukuku
	letter a p
	eventually stat_is a 'run, paused'
	[ "$(pid_of a)" = "$pid" ]
	run ! times a run 2
}

@test "paused ends with the process, and is not set when nothing runs (better: §8, 20)" {
	service a
	supervise a
	eventually runs a
	letter a p
	eventually stat_is a 'run, paused'
	letter a o
	letter a k
	eventually stat_is a down
	letter a p
	letter a u
	eventually runs a
}

@test "u while the logger drains takes the exit back, with a working pipe (better: §8, 18)" {
	mkfifo hold
	service a 'echo line' 'exec sleep 3600'
	logger a "cat >>$PWD/a.log" "echo eof >>$PWD/a.trace" "read x <$PWD/hold"
	supervise a
	eventually grep -q line a.log
	letter a x
	eventually traced a eof
	letter a u
	eventually times a run 2
	echo >hold
	eventually grep -q line a.log
	eventually times a log 2
	eventually grep -c line a.log
	kill -0 "$SUPERVISOR"
}

@test "a locked log/supervise is a clear error, not a wait (better: §8, 15)" {
	service a
	logger a
	mkdir -p a/log/supervise
	daemon flock -F a/log/supervise/lock sh -c 'echo >held; exec sleep 3600'
	eventually test -e held
	run -111 "$RUNSV" a
	[[ $output == "runsv a: fatal: unable to lock log/supervise/lock: "* ]]
}

@test "log/supervise/pid is there from the start (better: §8, 17)" {
	service a
	logger a
	touch a/log/down
	supervise a
	eventually runs a
	[ -e a/log/supervise/pid ] && [ ! -s a/log/supervise/pid ]
}

# bats test_tags=contract
@test "pid is replaced only when the process is another one: its mtime is an age" {
	service a
	supervise a
	eventually runs a
	local before
	before=$(stat -c %i.%Y a/supervise/pid)
	letter a pco
	eventually stat_is a 'run, want down'
	[ "$before" = "$(stat -c %i.%Y a/supervise/pid)" ]
}

@test "the processes that keep the log pipe open are named after five seconds (better: §8, 19)" {
	service a "for i in \$(seq 60); do sleep 3601 & done" 'exec sleep 3600'
	logger a
	supervise a
	eventually runs a
	letter a x
	PATIENCE=20 eventually grep -q 'warning: the logger has not ended; its pipe is held open by: [0-9]* (sleep) [0-9]* (sleep)' a.err
	pkill -f -x 'sleep 3601'
	wait "$SUPERVISOR"
}

@test "an idle runsv makes no system call" {
	service a
	logger a
	supervise a
	eventually runs a
	eventually runs a/log
	local status=/proc/$SUPERVISOR/status before
	eventually grep -q '^State:.S' "$status"
	before=$(grep ctxt "$status")
	service b 'exit 0'
	daemon "$RUNSV" b 2>/dev/null
	eventually times b run 3
	[ "$before" = "$(grep ctxt "$status")" ]
}

# bats test_tags=contract
@test "finish and control scripts read the state that they are called for" {
	service a "trap 'exit 0' TERM" 'while :; do sleep 3600 & wait; done'
	script a/finish "cat supervise/stat >>$PWD/finish.stat"
	script a/control/t "cat supervise/stat >>$PWD/t.stat" 'exit 1'
	supervise a
	eventually runs a
	letter a d
	eventually stat_is a down
	[ "$(cat finish.stat)" = 'finish, want down' ]
	[ "$(cat t.stat)" = 'run, want down' ]
}
