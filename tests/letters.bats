#!/usr/bin/env bats
# runsv: what each letter and each control script does. What is tagged "contract" is also true of runit's.
#
# Each test is a subshell of its own with its own SUPERVISOR; what is in single quotes is for another shell.
# shellcheck disable=SC2154,SC2030,SC2031,SC2016

load helpers
load services

setup() { cd "$BATS_TEST_TMPDIR" || exit; }

# listens NAME [LINE...]: a service that traces each signal, and "ready" when it hears them. KILL ends it.
listens() {
	local name=$1
	shift
	service "$name" "$@" "for s in TERM CONT ALRM HUP INT QUIT USR1 USR2; do trap \"echo \$s >>$PWD/$name.trace\" \$s; done" \
		"echo ready >>$PWD/$name.trace" "while :; do read -r x <>$NEVER; done"
}

# heard NAME: the signals it has traced, in order, in one line.
heard() { grep -xE 'TERM|CONT|ALRM|HUP|INT|QUIT|USR1|USR2' "$1.trace" | xargs; }
hears() { [ "$(heard "$1")" = "$2" ]; }
scripts() { sed -n 's/^script //p' "$1.trace" | xargs; }

# traces NAME LETTER... : control scripts that say "script LETTER" and fail.
traces() {
	local name=$1 c
	shift
	for c; do script "$name/control/$c" "echo script $c >>$PWD/$name.trace" 'exit 1'; done
}

# ready NAME: it is supervised and hears signals.
ready() {
	supervise "$1"
	eventually traced "$1" ready
	eventually runs "$1"
}

# sh_state NAME LETTER: its process is in that state.
in_state() { grep -q "^State:.$2" "/proc/$(pid_of "$1")/status"; }

wants_down() { [ "$(od -An -tx1 -j17 -N1 "$1/supervise/status")" = ' 64' ]; }

# --- letters

# bats test_tags=contract
@test "TERM is sent anew for each t, d and x" {
	listens a
	ready a
	letter a t
	eventually hears a TERM
	letter a d
	eventually hears a 'TERM TERM CONT'
	letter a x
	eventually hears a 'TERM TERM CONT TERM CONT'
	kill -KILL "$(pid_of a)"
	wait "$SUPERVISOR"
}

# bats test_tags=contract
@test "t sends no CONT while up is wanted, and sends it while down or exit is" {
	listens a
	traces a d x
	ready a
	letter a t
	eventually hears a TERM
	letter a o
	letter a t
	eventually hears a 'TERM TERM CONT'
	eventually traced a 'script d'
	letter a x
	eventually times a 'script x' 1
	letter a t
	eventually times a 'script x' 2
	eventually hears a 'TERM TERM CONT TERM CONT TERM CONT'
	kill -KILL "$(pid_of a)"
	wait "$SUPERVISOR"
	[ "$(scripts a)" = 'd x x' ]
}

# bats test_tags=contract
@test "d ends a paused service, t leaves it stopped until c" {
	service a
	supervise a
	eventually runs a
	letter a p
	eventually in_state a T
	letter a t
	eventually stat_is a 'run, paused, got TERM'
	in_state a T
	letter a c
	eventually times a run 2
	eventually runs a
	letter a p
	eventually stat_is a 'run, paused'
	letter a d
	eventually test ! -s a/supervise/pid
}

# bats test_tags=contract
@test "k kills what runs, and what is down stays so" {
	listens a
	ready a
	letter a k
	eventually times a run 2
	eventually times a ready 2
	letter a ok
	eventually stat_is a down
	letter a k
	letter a ku
	eventually times a run 3
	[ -z "$(heard a)" ]
}

# bats test_tags=contract
@test "letters for a service that is down send nothing and start nothing" {
	service a
	traces a t k p c a h i q 1 2 d x
	touch a/down
	supervise a
	letter a tkcahiq12d
	letter a x
	wait "$SUPERVISOR"
	[ ! -e a.trace ]
}

# bats test_tags=contract
@test "in finish signals are not sent, no control script runs, and u lets it run again" {
	mkfifo hold
	service a "test ! -e $PWD/stay || exec sleep 3600"
	traces a t p c a h i q 1 2 d
	script a/finish "for s in TERM CONT ALRM HUP INT QUIT USR1 USR2; do trap \"echo \$s >>$PWD/a.trace\" \$s; done" \
		"echo finish >>$PWD/a.trace" "while ! read x <$PWD/hold; do :; done"
	supervise a
	eventually traced a finish
	touch stay
	letter a tcahiq12d
	eventually stat_is a 'finish, want down'
	letter a u
	eventually stat_is a finish
	echo >hold
	eventually times a run 2
	[ -z "$(heard a)$(scripts a)" ]
	[ "$(grep -c finish a.trace)" = 1 ]
}

# bats test_tags=contract
@test "a service that ended while down was wanted stays down after finish" {
	mkfifo hold
	service a
	script a/finish "echo finish >>$PWD/a.trace" "read x <$PWD/hold"
	supervise a
	eventually runs a
	kill -KILL "$(pid_of a)"
	eventually traced a finish
	letter a d
	eventually stat_is a 'finish, want down'
	echo >hold
	eventually stat_is a down
	letter a u
	eventually times a run 2
}

# bats test_tags=contract
@test "signals go to the one process, not to its group" {
	mkfifo ready
	service a "sh -c 'for s in TERM CONT HUP ALRM; do trap \"echo child >>$PWD/a.trace\" \$s; done; echo >$PWD/ready; while :; do read -r x <>$NEVER; done' &" \
		"for s in TERM CONT HUP ALRM; do trap \"echo \$s >>$PWD/a.trace\" \$s; done" "echo ready >>$PWD/a.trace" \
		"while :; do read -r x <>$NEVER; done"
	supervise a
	read -r _ <ready
	eventually traced a ready
	letter a had
	eventually hears a 'HUP ALRM TERM CONT'
	run ! traced a child
	letter a k
	eventually stat_is a down
}

# bats test_tags=contract
@test "the letters r, T, K, s and the rest are ignored" {
	listens a
	ready a
	letter a rTKUDOXPCAHIQS0e
	letter a h
	eventually hears a HUP
	stat_is a run
}

# bats test_tags=contract
@test "the logger takes o, t, k, p, c and the signals, without control scripts" {
	service a
	logger a "for s in TERM CONT ALRM HUP INT QUIT USR1 USR2; do trap \"echo \$s >>$PWD/a.trace\" \$s; done" \
		"echo ready >>$PWD/a.trace" "while :; do read -r x <>$NEVER; done"
	script a/log/control/h "echo script >>$PWD/a.trace"
	supervise a
	eventually traced a ready
	eventually runs a/log
	local c signals=''
	for c in a:ALRM h:HUP i:INT q:QUIT 1:USR1 2:USR2 t:TERM; do
		letter a/log "${c%:*}"
		signals="$signals ${c#*:}"
		eventually hears a "${signals# }"
	done
	letter a/log p
	eventually stat_is a/log 'run, paused, got TERM'
	letter a/log c
	eventually stat_is a/log 'run, got TERM'
	letter a/log d
	eventually stat_is a/log 'run, got TERM, want down'
	letter a/log u
	eventually stat_is a/log 'run, got TERM'
	letter a/log k
	eventually times a log 2
	eventually times a ready 2
	letter a/log o
	eventually stat_is a/log 'run, want down'
	letter a/log k
	eventually stat_is a/log down
	run ! traced a script
	times a run 1
	run ! times a run 2
}

# bats test_tags=contract
@test "a logger that ends at once starts again a second later, not sooner" {
	service a
	logger a "$made >>$PWD/a.times"
	supervise a
	eventually times a log 4
	local t
	mapfile -t t <a.times
	((t[1] - t[0] >= 99))
	((t[2] - t[1] >= 99))
}

# bats test_tags=contract
@test "finish runs right after run; the pause comes behind it" {
	local run finish n
	service a "$made >>$PWD/run.times"
	script a/finish "$made >>$PWD/finish.times"
	supervise a
	eventually times a run 6
	mapfile -t run <run.times
	mapfile -t finish <finish.times
	for n in 0 1 2 3; do
		((run[n + 1] - run[n] >= 99))
	done
	# a busy machine may be slow, but not each time
	for n in 0 1 2 3; do
		((finish[n] - run[n] >= 50)) || return 0
	done
	false
}

@test "d and x within a second of the start are obeyed at once (better: contract 8, 7)" {
	local n before took
	service a
	# a busy machine may be slow once
	for n in 1 2 3; do
		supervise a
		eventually times a run "$n"
		before=$(date +%s%N)
		letter a d
		eventually stat_is a down
		letter a x
		wait "$SUPERVISOR"
		took=$((($(date +%s%N) - before) / 1000000))
		((took >= 800)) || return 0
	done
	false
}

@test "what one waits for does not keep the other: a logger is started while its service waits (better: contract 8, 7)" {
	local n before took
	service a 'exit 0'
	logger a
	supervise a
	eventually runs a/log
	eventually times a run 3
	# the reference sleeps nearly all the time; a busy machine may be slow once
	for n in 2 3 4 5; do
		before=$(date +%s%N)
		letter a/log k
		eventually times a log "$n"
		took=$((($(date +%s%N) - before) / 1000000))
		((took >= 400)) || return 0
		eventually older_than_a_second a/log/supervise/pid
	done
	false
}
older_than_a_second() { (($(stat -c %Y "$1") + 1 < $(date +%s))); }

# --- control scripts

# bats test_tags=contract
@test "a control script is control/C without arguments, in the service directory" {
	service a
	script a/control/h "echo script \$0 \$# \$PWD >>$PWD/a.trace"
	supervise a
	eventually runs a
	letter a h
	eventually traced a "script control/h 0 $PWD/a"
}

# bats test_tags=contract
@test "control scripts of k p c a h i q 1 2 run before their signals, which are sent when they fail" {
	local c
	listens a
	for c in p c a h i q 1 2; do
		script a/control/$c "echo script $c >>$PWD/a.trace" 'exit 1'
	done
	script a/control/k "echo script k >>$PWD/a.trace" 'exit 100'
	ready a
	for c in a:ALRM h:HUP i:INT q:QUIT 1:USR1 2:USR2; do
		letter a "${c%:*}"
		eventually traced a "${c#*:}"
	done
	letter a p
	eventually stat_is a 'run, paused'
	eventually in_state a T
	letter a c
	eventually traced a CONT
	letter a k
	eventually times a run 2
	[ "$(grep -v '^r' a.trace | sed 's/script //' | xargs)" = 'a ALRM h HUP i INT q QUIT 1 USR1 2 USR2 p c CONT k' ]
}

# bats test_tags=contract
@test "control scripts of k p c a h i q 1 2 that succeed take their signals' place; p and c still set the flag" {
	local c
	listens a
	for c in t k p c a h i q 1 2; do script a/control/$c "echo script $c >>$PWD/a.trace"; done
	ready a
	letter a p
	eventually stat_is a 'run, paused'
	in_state a S
	letter a c
	eventually stat_is a run
	for c in a h i q 1 2 t; do
		letter a $c
		eventually traced a "script $c"
	done
	local pid
	pid=$(pid_of a)
	letter a k
	eventually traced a 'script k'
	letter a d
	eventually wants_down a
	kill -0 "$pid"
	[ -z "$(heard a | sed 's/CONT//')" ]
	kill -KILL "$pid"
}

# bats test_tags=contract
@test "a control/t that succeeds leaves got TERM off, and CONT and control/d come all the same" {
	listens a
	script a/control/t "echo script t >>$PWD/a.trace"
	traces a c d
	ready a
	letter a d
	eventually traced a 'script d'
	eventually hears a CONT
	stat_is a 'run, want down'
	[ "$(scripts a)" = 't d' ]
	letter a k
	eventually stat_is a down
}

# bats test_tags=contract
@test "control/u runs before a start only: not before finish, and not for u while it runs" {
	local hold=$PWD/hold
	mkfifo hold
	service a "read x <$hold"
	script a/finish "echo finish >>$PWD/a.trace"
	traces a u
	script a/control/h "echo script h >>$PWD/a.trace"
	supervise a
	eventually runs a
	letter a uh
	eventually traced a 'script h'
	rm a/control/h
	eventually runs a
	echo >hold
	eventually times a run 2
	eventually runs a
	[ "$(sed 's/^run .*/run/; s/script //' a.trace | xargs)" = 'u run h finish u run' ]
	letter a d
	eventually stat_is a down
}

# bats test_tags=contract
@test "there is no control/o, and a control/e is not for x" {
	service a
	traces a o e r x
	touch a/down
	supervise a
	letter a o
	eventually traced a run
	letter a o
	eventually stat_is a 'run, want down'
	letter a x
	wait "$SUPERVISOR"
	[ "$(scripts a)" = x ]
}

# bats test_tags=contract
@test "a control script that can't be executed has failed: it is said, and the signal is sent" {
	listens a
	echo exit >a/run.tmp
	mkdir a/control
	echo exit >a/control/h
	chmod 755 a/control/h
	ready a
	letter a h
	eventually hears a HUP
	grep -q '^runsv a: fatal: unable to run control/?: ' a.err
}

# bats test_tags=contract
@test "a control script that can't be looked at is a warning, and the signal is sent" {
	listens a
	touch a/control
	ready a
	letter a h
	eventually hears a HUP
	grep -q '^runsv a: warning: unable to stat control/h: ' a.err
}

# bats test_tags=contract
@test "only the owner's right to execute makes a control script" {
	listens a
	traces a h 1
	chmod 677 a/control/h
	chmod 700 a/control/1
	ready a
	letter a h
	eventually hears a HUP
	letter a 1
	eventually hears a 'HUP USR1'
	[ "$(scripts a)" = 1 ]
}

# --- what clients do in them

# bats test_tags=contract
@test "control/t may do the whole stop itself, or kill the group and fail" {
	service a 'sleep 3600 &' "echo \$! >$PWD/child" 'wait' 'exec sleep 3600'
	script a/control/t 'kill -TERM $(cat supervise/pid)'
	supervise a
	eventually runs a
	letter a d
	eventually stat_is a down
	kill "$(cat child)"
	service b 'sleep 3600 &' "echo \$! >$PWD/child.tmp" "mv $PWD/child.tmp $PWD/child" 'wait'
	rm child
	script b/control/t 'pkill -KILL -g $(cat supervise/pid)' 'exit 1'
	sed -i "2s:^:[ \"\$1\" ] || exec setsid ./run again\n:" b/run
	supervise b
	eventually test -s child
	eventually runs b
	letter b d
	eventually stat_is b down
	eventually gone "$(cat child)"
}

# bats test_tags=contract
@test "control/h may leave a process behind" {
	mkfifo hold
	listens a
	script a/control/h "{ read x <$PWD/hold; echo late >>$PWD/a.trace; } &" "echo script h >>$PWD/a.trace"
	ready a
	letter a h
	eventually traced a 'script h'
	letter a d
	eventually hears a 'TERM CONT'
	letter a k
	eventually stat_is a down
	echo >hold
	eventually traced a late
}

# bats test_tags=contract
@test "letters that come while a control script works are obeyed afterwards, in order" {
	mkfifo hold
	listens a
	script a/control/1 "echo script 1 >>$PWD/a.trace" "read x <$PWD/hold"
	ready a
	letter a 1
	eventually traced a 'script 1'
	letter a d
	letter a u
	echo >hold
	eventually hears a 'TERM CONT'
	eventually stat_is a 'run, got TERM'
}

@test "d while control/d works for the same process: it works once more" {
	mkfifo hold
	listens a
	script a/control/d "echo script d >>$PWD/a.trace" "test -e $PWD/again || read x <$PWD/hold"
	ready a
	letter a d
	eventually traced a 'script d'
	letter a d
	eventually hears a 'TERM CONT TERM CONT'
	touch again
	echo >hold
	eventually times a 'script d' 2
	kill -KILL "$(pid_of a)"
	eventually stat_is a down
	[ "$(scripts a)" = 'd d' ]
}

# without_fork N NAME: it is supervised, and the Nth fork fails.
without_fork() {
	daemon strace -D -qq -o /dev/null -e inject=fork,vfork,clone,clone3:error=EAGAIN:when="$1" "$RUNSV" "$2" 2>"$2.err"
	eventually traced "$2" ready
	eventually runs "$2"
}

@test "a control script for which there is no process: that is said, and the signal is sent, or the start tried again" {
	listens a
	traces a h
	without_fork 2 a
	letter a h
	eventually hears a HUP
	grep -q '^runsv a: warning: unable to fork for control/?: ' a.err
	[ -z "$(scripts a)" ]
	listens b
	traces b u
	without_fork 1 b
	grep -q '^runsv b: warning: unable to fork for control/?: ' b.err
	[ "$(scripts b)" = u ]
}

@test "letters that came while it started are obeyed before anything runs" {
	service a
	mkdir a/supervise
	mkfifo a/supervise/control
	exec 9<>a/supervise/control
	printf '\f' >&9
	"$RUNSV" a 9>&-
	exec 9>&-
	[ ! -e a.trace ]
}
