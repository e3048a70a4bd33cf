#!/usr/bin/env bats
# The ordered stop of runsvdir, as process 1 or with -c.
#
# RUNSVDIR is set by helpers.bash, each test is a subshell with its own SCANNER; what is in single quotes is for another shell.
# shellcheck disable=SC2153,SC2016,SC2030,SC2031

load helpers
load services
load init

# init [OPTION...]: runsvdir -c on sv.
init() { runs_as_init "$@" -c sv; }

# polite NAME: it says when it got TERM, takes time until somebody writes to hold, and says that it ends.
polite() {
	service "$1" "trap 'echo got TERM; read x <$PWD/hold; echo bye; exit 0' TERM" 'echo up' \
		'while :; do read -r x <>'"$NEVER"'; done'
	logger "$1" "exec svlogd $PWD/main"
	mkdir -p main
}

logged() { grep -qsx "$1" main/current; }

# stubborn NAME: TERM does nothing.
stubborn() {
	service "$1" "trap '' TERM" "echo ready >>$PWD/$1.trace" 'while :; do read -r x <>'"$NEVER"'; done'
}

@test "TERM: each service ends in its own time, its logger has all it said, and the code is 0" {
	polite sv/a
	service sv/b
	script sv/b/finish "echo finish \$* >>$PWD/sv/b.trace"
	init
	eventually logged up
	eventually runs sv/b
	kill "$SCANNER"
	eventually logged 'got TERM'
	eventually traced sv/b 'finish'
	echo >&8
	ends 0
	[ "$(cat main/current)" = $'up\ngot TERM\nbye' ]
	[ "$(stat -c %a main/current)" = 744 ]
	[ ! -e sv/a/supervise/record ]
	[ "$(cat err)" = 'runsvdir sv: info: ended by signal Terminated, exit code 0' ]
}

@test "INT, QUIT, PWR and SIGRTMIN+3 are the same; HUP ends with 111" {
	local sig
	for sig in INT QUIT PWR 37; do
		rm -rf sv/a sv/a.trace
		service sv/a
		init
		eventually runs sv/a
		kill "-$sig" "$SCANNER"
		ends 0
	done
	service sv/a
	init
	eventually runs sv/a
	kill -HUP "$SCANNER"
	ends 111
}

@test "USR1, USR2 and WINCH are nothing to it" {
	service sv/a
	init
	eventually runs sv/a
	kill -USR1 "$SCANNER"
	kill -USR2 "$SCANNER"
	kill -WINCH "$SCANNER"
	kill "$SCANNER"
	ends 0
}

@test "who reads its messages may go: the stop goes on, and the children have PIPE as it came" {
	stubborn sv/a
	mkfifo messages
	exec 7<>messages
	daemon env --default-signal "$RUNSVDIR" -c sv 2>messages 7>&- 8>&-
	SCANNER=$!
	eventually traced sv/a ready
	(((0x$(awk '/^SigBlk/ {print $2}' "/proc/$(pid_of sv/a)/status") & 0x1000) == 0))
	exec 7>&-
	kill "$SCANNER"
	kill -INT "$SCANNER"
	ends 137
}

@test "what a stop waits for is said each second; who does not end is killed after 8 seconds: 137" {
	stubborn sv/a
	service sv/b
	script sv/a/finish "echo finish \$* >>$PWD/sv/a.trace"
	init
	eventually traced sv/a ready
	eventually runs sv/b
	kill "$SCANNER"
	ends 137
	traced sv/a 'finish -1 9'
	[ "$(grep -cx 'runsvdir sv: warning: stopping, waiting for: a' err)" -ge 6 ]
	says 'runsvdir sv: warning: stopping, killed because the time is up: a$'
}

@test "another TERM cuts the patience short" {
	stubborn sv/a
	init
	eventually traced sv/a ready
	kill "$SCANNER"
	eventually says 'waiting for: a$'
	kill "$SCANNER"
	ends 137
	[ "$(grep -c waiting err)" -le 2 ]
}

@test "KILL is not lost if there is no runsv at that moment" {
	stubborn sv/a
	init
	eventually traced sv/a ready
	kill "$SCANNER"
	eventually says 'waiting for: a$'
	kill -STOP "$SCANNER"
	kill -KILL "$(pgrep -P "$SCANNER" -f -x 'runsv a')"
	kill "$SCANNER"
	kill -CONT "$SCANNER"
	ends 137
	[ ! -s sv/a/supervise/pid ]
}

@test "a leftover that holds the log pipe: it gets TERM when the services are down, nothing was killed, and the code is the ordinary one" {
	service sv/a "echo ready >>$PWD/sv/a.trace" "setsid sh -c 'read -r x <$PWD/hold' &" 'exec sleep 3600'
	logger sv/a
	init
	eventually traced sv/a ready
	eventually traced sv/a log
	kill "$SCANNER"
	ends 0
	[ "$(grep -c 'killed\|waiting' err)" = 0 ]
}

@test "a leftover that holds the log pipe and is deaf: it is killed when the time is up, and the logger has all" {
	service sv/a "echo ready >>$PWD/sv/a.trace" "setsid sh -c 'trap \"\" TERM; sleep 3600 & echo deaf >>$PWD/sv/a.trace; while :; do read -r x <>$NEVER; done' &" 'exec sleep 3600'
	logger sv/a
	init
	eventually traced sv/a ready
	eventually traced sv/a deaf
	eventually traced sv/a log
	kill "$SCANNER"
	eventually says 'waiting for: a$'
	kill "$SCANNER"
	ends 0
	[ "$(grep -c 'killed\|given up' err)" = 0 ]
}

@test "control scripts that hang are killed when the time is up, with what they were asked about" {
	local name letter
	# the one is asked by the stop, the other one was before and takes its turn again
	for name in a b; do
		service "sv/$name" "trap '' TERM HUP; echo ready >>$PWD/sv/$name.trace; while :; do read -r x <>$NEVER; done"
		for letter in t h x; do
			script "sv/$name/control/$letter" "trap '' TERM; echo asked $letter >>$PWD/sv/$name.trace; while :; do read -r x <>$NEVER; done"
		done
	done
	init
	eventually traced sv/a ready
	eventually traced sv/b ready
	letter sv/b hh
	eventually traced sv/b 'asked h'
	kill "$SCANNER"
	eventually traced sv/a 'asked t'
	eventually traced sv/b 'asked t'
	eventually says 'waiting for: '
	kill "$SCANNER"
	ends 137
	grep 'killed because the time is up: ' err
	run ! grep -h 'asked x' sv/a.trace sv/b.trace
	[ "$(grep -c 'asked h' sv/b.trace)" = 1 ]
}

@test "the same scripts under a runsv that has taken them over" {
	service sv/a "trap '' TERM HUP; echo ready >>$PWD/sv/a.trace; while :; do read -r x <>$NEVER; done"
	script sv/a/control/h "trap '' TERM; echo asked >>$PWD/sv/a.trace; while :; do read -r x <>$NEVER; done"
	init
	eventually traced sv/a ready
	letter sv/a h
	eventually traced sv/a asked
	local -r old=$(pgrep -P "$SCANNER" -f -x 'runsv a')
	kill -KILL "$old"
	eventually has_a_new_runsv "$old"
	kill "$SCANNER"
	eventually says 'waiting for: a$'
	kill "$SCANNER"
	ends 137
}
has_a_new_runsv() { pgrep -P "$SCANNER" -f -x 'runsv a' | grep -vx "$1"; }

@test "a logger that does not end is given up" {
	service sv/a
	logger sv/a "read -r x <$PWD/hold"
	init
	eventually traced sv/a run
	eventually traced sv/a log
	kill "$SCANNER"
	eventually says 'waiting for: a$'
	kill "$SCANNER"
	wait "$SCANNER"
	says 'runsvdir sv: warning: stopping, given up because the time is up: a$'
	# its runsv waits for it
	[ -n "$(left)" ]
	echo >&8
	eventually nothing_left
}
nothing_left() { [ -z "$(left)" ]; }

@test "nothing starts once it stops" {
	polite sv/a
	service new
	service sv/flaky 'exit 1'
	init -P
	eventually logged up
	eventually traced sv/flaky run
	kill "$SCANNER"
	eventually logged 'got TERM'
	mv new sv/new
	eventually gone_runsv flaky
	local before
	before=$(grep -c run sv/flaky.trace)
	eventually says 'waiting for: a$'
	echo >&8
	ends 0
	[ ! -e sv/new/supervise ]
	[ ! -e new.trace ]
	[ "$(grep -c run sv/flaky.trace)" = "$before" ]
}

gone_runsv() { [ -z "$(pgrep -P "$SCANNER" -f -x "runsv $1")" ]; }

@test "a runsv that is killed meanwhile is replaced, and its service still ends in order" {
	polite sv/a
	init
	eventually logged up
	kill "$SCANNER"
	eventually logged 'got TERM'
	kill -KILL "$(pgrep -P "$SCANNER" -f -x 'runsv a')"
	eventually pgrep -P "$SCANNER" -f -x 'runsv \.'
	echo >&8
	ends 0
	# asked again by the new one, as each TERM to a runsv asks
	[ "$(uniq main/current)" = $'up\ngot TERM\nbye' ]
}

@test "one whose runsv was killed and not replaced yet is stopped as well" {
	local n
	service sv/a
	init
	eventually runs sv/a
	# after a few of them the next one comes a second later
	for n in 1 2 3 4 5 6; do
		eventually pgrep -P "$SCANNER" -f -x 'runsv a'
		kill -KILL "$(pgrep -P "$SCANNER" -f -x 'runsv a')"
	done
	eventually gone_runsv a
	kill "$SCANNER"
	ends 0
}

@test "the same when the time is up in the same turn: nothing of it survives" {
	stubborn sv/a
	init
	eventually traced sv/a ready
	kill -STOP "$SCANNER"
	kill -KILL "$(pgrep -P "$SCANNER" -f -x 'runsv a')"
	kill "$SCANNER"
	kill -INT "$SCANNER"
	kill -CONT "$SCANNER"
	ends 137
}

@test "one that somebody else has started in the place of a killed one is stopped by that" {
	service sv/a
	init
	eventually runs sv/a
	kill -STOP "$SCANNER"
	kill -KILL "$(pgrep -P "$SCANNER" -f -x 'runsv a')"
	daemon "$RUNSV" sv/a 8>&-
	eventually lives sv/a
	kill "$SCANNER"
	kill -CONT "$SCANNER"
	ends 0
	[ "$(grep -c run sv/a.trace)" = 1 ]
}
lives() { "$SV" status "./$1" | grep -q '^run: '; }

@test "time is up for one that has no runsv, since there was no process for that: it gets one, and KILL" {
	stubborn sv/a
	runs_as_init_under fork,vfork,clone,clone3:error=EAGAIN:when=2 -c sv
	eventually traced sv/a ready
	kill -KILL "$(pgrep -P "$SCANNER" -f -x 'runsv a')"
	eventually says 'unable to fork for a: '
	kill -STOP "$SCANNER"
	kill "$SCANNER"
	kill -INT "$SCANNER"
	kill -CONT "$SCANNER"
	ends 137
}

@test "a runsv that dies in the turn in which the stop begins leaves nothing behind" {
	service sv/a
	init
	eventually runs sv/a
	kill -STOP "$SCANNER"
	kill -KILL "$(pgrep -P "$SCANNER" -f -x 'runsv a')"
	kill "$SCANNER"
	kill -CONT "$SCANNER"
	ends 0
}

@test "INT to the whole process group, as a terminal sends it" {
	local i
	for i in 1 2 3 4 5 6; do service "sv/a$i" 'exec setsid sleep 3600'; done
	daemon setsid env --default-signal "$RUNSVDIR" -c sv 2>>err 8>&-
	SCANNER=$!
	for i in 1 2 3 4 5 6; do eventually runs "sv/a$i"; done
	kill -INT -- "-$SCANNER"
	ends 0
}

@test "one whose directory was replaced meanwhile: the old one is stopped, nothing of the new one starts" {
	service sv/a
	init
	eventually runs sv/a
	mkdir -p sv/.new/supervise
	cp sv/a/supervise/record sv/.new/supervise
	script sv/.new/run "echo new >>$PWD/new.trace" 'exec sleep 3600'
	kill -STOP "$SCANNER"
	kill -KILL "$(pgrep -P "$SCANNER" -f -x 'runsv a')"
	mv sv/a sv/.old
	mv sv/.new sv/a
	kill "$SCANNER"
	kill -CONT "$SCANNER"
	ends 0
	[ ! -e new.trace ]
}

@test "TERM at any moment after the start: it ends, and nothing is left or starts afterwards" {
	local n
	service sv/a
	service sv/b
	logger sv/b
	for n in $(seq 60); do
		"$RUNSVDIR" -c sv 2>>err 3>&- 8>&- &
		SCANNER=$!
		eventually handles_signals "$SCANNER"
		# some steps later
		for _ in $(seq "$n"); do :; done
		kill "$SCANNER"
		ends 0
	done
}

# `make term` takes each millisecond, twice, and gives it a second, which a busy machine may need for itself. 143: it had
# not yet begun to watch signals.
@test "TERM 0 to 500 ms after the start: it ends, and nothing is left or starts afterwards" {
	local round ms code
	service sv/a
	service sv/b
	logger sv/b
	service sv/flaky 'exit 1'
	for round in $(seq "${TERM_ROUNDS:-1}"); do
		for ((ms = 0; ms <= 500; ms += ${TERM_STEP:-10})); do
			code=0
			timeout --foreground --preserve-status -k "${TERM_WITHIN:-10}" "$(printf 0.%03d1 "$ms")" env --default-signal "$RUNSVDIR" -c sv 2>>err 3>&- 8>&- || code=$?
			[ "$code" = 0 ] || [ "$code" = 143 ] || { echo "round $round, $ms ms: exit code $code" >&2 && return 1; }
			[ -z "$(left)" ] || { echo "round $round, $ms ms: left: $(left)" >&2 && return 1; }
		done
	done
}

# Before its first steps a signal is the kernel's business.
handles_signals() {
	[ "$(readlink "/proc/$1/exe")" = "$(readlink -f "$RUNSVDIR")" ] || return 1
	(((0x$(awk '/^SigBlk/ {print $2}' "/proc/$1/status") & 0x4000) != 0))
}

@test "a scan directory that is not there: TERM ends it with 0" {
	"$RUNSVDIR" -c nowhere 2>>err 3>&- 8>&- &
	SCANNER=$!
	eventually says 'unable to stat nowhere'
	kill "$SCANNER"
	ends 0
}

@test "what loses its parent is reaped" {
	service sv/a "(exec sh -c 'echo \$\$ >$PWD/orphan; read -r x <$PWD/hold') &" 'wait_nothing=1' 'exec sleep 3600'
	init
	eventually test -s orphan
	kill -KILL "$(pid_of sv/a)"
	eventually parent_is "$(cat orphan)" "$SCANNER"
	echo >&8
	eventually not_there "$(cat orphan)"
	kill "$SCANNER"
	ends 0
}

parent_is() { [ "$(awk '/^PPid/ {print $2}' "/proc/$1/status")" = "$2" ]; }
not_there() { [ ! -e "/proc/$1" ]; }

# short_of_descriptors ULIMIT: runsvdir with that limit kills thirty that do not end.
short_of_descriptors() {
	local i
	for i in {1..30}; do stubborn "sv/s$i"; done
	limited "ulimit $1"
	for i in {1..30}; do eventually traced "sv/s$i" ready; done
	kill "$SCANNER"
	eventually says 'waiting for: '
	kill "$SCANNER"
	ends 137
	[ "$(grep -cv 'stopping\|ended by' err)" = 0 ]
}

@test "short of descriptors, each service that does not end is killed" { short_of_descriptors '-Sn 24'; }
@test "the same where the limit can't be raised" { short_of_descriptors '-n 30'; }

# limited COMMAND: the same as init, after that command.
limited() {
	daemon bash -c "$1"'; exec env --default-signal "$0" -c sv' "$RUNSVDIR" 2>>err 8>&-
	SCANNER=$!
}

@test "a runsv that was taken up and became our child: its end is noticed once, and TERM heard" {
	service x
	service sv/boot "runsv $PWD/x &" 'exec sleep 3600'
	init
	eventually runs x
	eventually runs sv/boot
	local taken
	taken=$(pgrep -f -x "runsv $PWD/x")
	kill -KILL "$(pid_of sv/boot)"
	eventually parent_is "$taken" "$SCANNER"
	ln -s ../x sv/x
	eventually pidfds_are 1
	kill -KILL "$taken"
	eventually pgrep -P "$SCANNER" -f -x 'runsv x'
	pidfds_are 0
	kill "$SCANNER"
	eventually gone "$SCANNER"
	ends 0
}

pidfds_are() {
	[ "$(find "/proc/$SCANNER/fd" -lname '*pidfd*' 2>/dev/null | wc -l)" = "$1" ]
}

@test "as process 1 it needs no option" {
	needs unshare -pf --mount-proc true
	polite sv/a
	daemon unshare -pf --mount-proc env --default-signal "$RUNSVDIR" -P sv 2>>err 8>&-
	SCANNER=$!
	eventually logged up
	kill -TERM "$(pgrep -P "$SCANNER")"
	eventually logged 'got TERM'
	echo >&8
	ends 0
	[ "$(cat main/current)" = $'up\ngot TERM\nbye' ]
}

@test "-P may stand before -c and behind it: each runsv has a session" {
	service sv/a
	local order
	for order in '-P -c' '-c -P'; do
		# shellcheck disable=SC2086
		daemon env --default-signal "$RUNSVDIR" $order sv 2>>err 8>&-
		SCANNER=$!
		eventually runs sv/a
		[ "$(ps -o sid= -p "$(pgrep -P "$SCANNER" -x runsv)")" != "$(ps -o sid= -p "$SCANNER")" ]
		kill "$SCANNER"
		ends 0
	done
}

@test "a control that is none and a status that is short or gone: that is said once, and the stop has its end" {
	local code=0
	stubborn sv/a
	stubborn sv/b
	init
	eventually traced sv/a ready
	eventually runs sv/a
	eventually traced sv/b ready
	eventually runs sv/b
	kill "$SCANNER"
	eventually says 'stopping, waiting for: '
	rm sv/b/supervise/status
	rm sv/a/supervise/control
	mkdir sv/a/supervise/control
	echo short >sv/a/supervise/status
	kill "$SCANNER"
	wait "$SCANNER" || code=$?
	[ "$code" = 137 ]
	says 'stopping, killed because the time is up: a$'
	says 'stopping, given up because the time is up: a$'
	gone "$(sed -n "s:^run ::p" sv/b.trace)"
	[ "$(grep -c '^runsvdir sv: warning: unable to stop a: ' err)" = 1 ]
}
