#!/usr/bin/env bats
# The reference passes every test tagged "contract". The others show a decision of ours that is
# better than it; each says which.
#

# What is in single quotes is for a service's shell; A && B || return is meant; idle is of sv.bash.
# shellcheck disable=SC2016,SC2015,SC2034,SC2154

load helpers
load sv

# --- arguments

# bats test_tags=contract
@test "wrong usage is told on stderr and exits 100" {
	local usage='usage: sv [-v] [-w sec] command service ...'

	service a
	expect 100 "$usage" "$SV"
	expect 100 "$usage" "$SV" status
	expect 100 "$usage" "$SV" '' a
	expect 100 "$usage" "$SV" lists a
	expect 100 "$usage" "$SV" r a
	expect 100 "$usage" "$SV" force a
	expect 100 "$usage" "$SV" - a
	expect 100 "sv: illegal option -- z"$'\n'"$usage" "$SV" -z
	expect 100 "sv: option requires an argument -- w"$'\n'"$usage" "$SV" -vw
	run -100 --separate-stderr "$SV"
	[ -z "$output" ]
}

# bats test_tags=contract
@test "a usage is followed by an empty line" {
	"$SV" 2>text || :
	printf 'usage: sv [-v] [-w sec] command service ...\n\n' | cmp - text
}

# bats test_tags=contract
@test "-V identifies the program, then shows the usage" {
	run -100 "$SV" -V
	[ "${lines[1]}" = 'usage: sv [-v] [-w sec] command service ...' ]
}

# bats test_tags=contract
@test "options are bundled, their value attached or not, and end with the first word or --" {
	fake a 77 0 u 0 1
	expect 0 'ok: run: a: (pid N) Ns' "$SV" -vw1 check a
	expect 0 'ok: run: a: (pid N) Ns' "$SV" -v -w 1 -- check a
	expect 0 'run: a: (pid N) Ns' "$SV" -v status a
	run -1 "$SV" status -v a
	[[ ${lines[0]} == 'fail: -v: unable to change to service directory: '* ]]
}

# bats test_tags=contract
@test "each word sends its letters, spelled out or by its first character" {
	local words=(up down once pause cont hup alarm interrupt quit 1 2 term kill exit
		start stop restart reload shutdown try-restart force-stop force-reload
		force-restart force-shutdown tail XX Ende Down Term)
	local letters=(u d o p c h a i q 1 2 t k x
		u d tcu h x tc d tc tcu x t x x d tc) fds=() i

	for i in "${!words[@]}"; do
		fake "s$i" 77 0 z 0 2
		fds+=("$CONTROL")
		"$SV" -w 0 "${words[i]}" "s$i" >/dev/null &
	done
	wait
	for i in "${!words[@]}"; do
		got=$(letters_in "${fds[i]}")
		case ${words[i]} in
		force-*|XX|Ende|Down|Term) [ "$got" = "${letters[i]}k" ] ;;
		*) [ "$got" = "${letters[i]}" ] ;;
		esac || { echo "${words[i]}: $got" >&2 && return 1; }
	done
}

# bats test_tags=contract
@test "d is not sent to a service that has got its TERM for it" {
	fake a 77 0 d 1 1
	"$SV" down a
	[ "$(letters_in "$CONTROL")" = '' ]
}

# bats test_tags=contract
@test "d is sent to one that is wanted down without a TERM" {
	fake a 77 0 d 0 1
	"$SV" down a
	[ "$(letters_in "$CONTROL")" = d ]
}

@test "u is sent although up is wanted (row 8: a d may be on its way)" {
	fake a 77 0 u 0 1
	"$SV" up a
	[ "$(letters_in "$CONTROL")" = u ]
}

@test "d is sent to one that ends when letters are on their way (row 8)" {
	fake a 77 0 d 1 1
	printf u >&"$CONTROL"
	"$SV" down a
	[ "$(letters_in "$CONTROL")" = ud ]
}

@test "reexec sends R and reports at once, winch sends w (ours alone)" {
	fake a 77 0 u 0 1
	expect 0 'ok: run: a: (pid N) Ns' "$SV" reexec a
	[ "$(letters_in "$CONTROL")" = R ]
	expect 0 '' "$SV" winch a
	[ "$(letters_in "$CONTROL")" = w ]
	run -100 "$SV" reex a
	run -100 "$SV" win a
}

# --- where a service is

# bats test_tags=contract
@test "a name lies in SVDIR, also with a slash in it" {
	fake a 77 0 u 0 1
	fake a/log 78 0 u 0 1
	cd /
	expect 0 'run: a/log: (pid N) Ns' "$SV" status a/log
}

# bats test_tags=contract
@test "a word that begins with . or /, or ends with /, is a path from here" {
	fake a 77 0 u 0 1
	cd service
	SVDIR=/nowhere expect 0 $'run: ./a: (pid N) Ns\nrun: a/: (pid N) Ns' "$SV" status ./a a/
	SVDIR=/nowhere expect 0 "run: $PWD/a: (pid N) Ns" "$SV" status "$PWD/a"
}

# bats test_tags=contract
@test "a directory that can't be entered fails" {
	: >service/file
	run -4 "$SV" status none file '' ..//none/
	[[ ${lines[0]} == 'fail: none: unable to change to service directory: '* ]]
	[[ ${lines[1]} == 'fail: file: unable to change to service directory: '* ]]
	[[ ${lines[2]} == 'fail: : unable to change to service directory: '* ]]
	[[ ${lines[3]} == 'fail: ..//none/: unable to change to service directory: '* ]]
}

# bats test_tags=contract
@test "a SVDIR that is not there fails each service" {
	SVDIR=$PWD/none run -2 "$SV" down a b
	[[ ${lines[1]} == 'fail: b: unable to change to service directory: '* ]]
}

# --- status

# bats test_tags=contract
@test "status shows state, pid, age and flags in runit's order" {
	fake a 0 0 d 0 0
	expect 0 'down: a: Ns, normally up' "$SV" status a
	: >service/a/down
	expect 0 'down: a: Ns' "$SV" s a
	fake b 0 1 u 1 0
	expect 0 'down: b: Ns, normally up, want up' "$SV" stat b
	fake c 77 1 d 1 1
	expect 0 'run: c: (pid N) Ns, paused, want down, got TERM' "$SV" status c
	: >service/c/down
	expect 0 'run: c: (pid N) Ns, normally down, paused, want down, got TERM' "$SV" status c
	fake d 66051 0 u 0 2
	run "$SV" status d
	[[ $output =~ ^finish:\ d:\ \(pid\ 66051\)\ [5-9]s$ ]]
}

# bats test_tags=contract
@test "status shows the logger behind a semicolon" {
	fake a 77 0 u 0 1
	fake a/log 0 0 u 0 0
	: >service/a/log/down
	expect 0 'run: a: (pid N) Ns; down: log: Ns, want up' "$SV" status a
	: >service/a/down
	expect 0 'run: a: (pid N) Ns, normally down; down: log: Ns, want up' "$SV" status a
}

# bats test_tags=contract
@test "status says what is wrong with the logger" {
	fake a 77 0 u 0 1
	: >service/a/log
	run -1 "$SV" status a
	[[ $output == 'run: a: (pid 77) '*'s; warning: a/log: unable to change directory: '* ]]
	rm service/a/log
	mkdir -p service/a/log/supervise
	mkfifo service/a/log/supervise/ok
	expect 1 'run: a: (pid N) Ns; fail: a/log: runsv not running' "$SV" status a
}

@test "status does not show the service's numbers for a logger that is not supervised" {
	fake a 77 0 u 0 1
	mkdir service/a/log
	run -1 "$SV" status a
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *'s; warning: a/log: unable to open supervise/ok: '* ]]
}

# bats test_tags=contract
@test "status warns of damaged state, each is one in the exit code" {
	mkdir service/a
	fake b
	: >service/b/supervise/status
	fake c
	rm service/c/supervise/status
	fake d
	rm service/d/supervise/ok
	run -4 "$SV" status a b c d
	[[ ${lines[0]} == 'warning: a: unable to open supervise/ok: '* ]]
	[ "${lines[1]}" = 'warning: b: unable to read supervise/status: bad format' ]
	[[ ${lines[2]} == 'warning: c: unable to open supervise/status: '* ]]
	[[ ${lines[3]} == 'warning: d: unable to open supervise/ok: '* ]]
}

# bats test_tags=contract
@test "without a runsv everything fails but exit and shutdown" {
	mkdir -p service/a/supervise
	mkfifo service/a/supervise/ok
	for word in status up down start restart check term; do
		expect 1 'fail: a: runsv not running' "$SV" "$word" a
	done
	for word in exit shutdown force-shutdown; do
		expect 0 'ok: a: runsv not running' "$SV" "$word" a
	done
}

# bats test_tags=contract
@test "a control that is missing is a warning" {
	fake a
	rm service/a/supervise/control
	run -1 "$SV" once a
	[[ $output == 'warning: a: unable to open supervise/control: '* ]]
	mkfifo service/a/supervise/control
	expect 1 'fail: a: runsv not running' "$SV" once a
}

# bats test_tags=contract
@test "the exit code counts to 99 at most" {
	run -98 "$SV" status $(seq 98)
	run -99 "$SV" status $(seq 150)
}

# bats test_tags=contract
@test "all lines are on stdout" {
	fake a
	run --separate-stderr "$SV" status a none
	[ "${#lines[@]}" -eq 2 ]
	[ -z "$stderr" ]
}

# --- LSB form

# bats test_tags=contract
@test "by another name it serves that service, with LSB's codes for status" {
	local name

	fake up 77 0 u 0 1
	fake down
	fake bad
	rm service/bad/supervise/status
	mkdir -p service/off/supervise
	mkfifo service/off/supervise/ok
	for name in up down bad off none; do
		ln -s "$SV" "$name"
	done
	expect 0 'run: up: (pid N) Ns' ./up status
	expect 3 'down: down: Ns, normally up' ./down status
	run -4 ./bad status
	expect 1 'fail: off: runsv not running' ./off status
	run -1 ./none status
	run -1 ./none start
	run -1 ./off stop
	run -0 ./off shutdown
}

# bats test_tags=contract
@test "wrong usage of the LSB form exits 2" {
	ln -s "$SV" a
	expect 2 'usage: a [-w sec] command' ./a
	expect 2 'usage: a [-w sec] command' ./a stat
	expect 2 $'a: illegal option -- z\nusage: a [-w sec] command' ./a -z
}

# bats test_tags=contract
@test "the LSB form starts and stops, and exits 1 on time-out" {
	service a
	: >service/a/down
	supervise a
	ln -s "$SV" a
	expect 0 'ok: run: a: (pid N) Ns, normally down' ./a start
	expect 0 'ok: down: a: Ns' ./a stop extra words
	script service/a/check 'exit 1'
	run -1 ./a -w 0 start
	[[ $output == 'timeout: '* ]]
}

# --- commands that wait

# bats test_tags=contract
@test "start waits until the service runs, stop until it does not" {
	service a
	: >service/a/down
	supervise a
	expect 0 'ok: run: a: (pid N) Ns, normally down' "$SV" start a
	await up
	expect 0 'ok: run: a: (pid N) Ns, normally down' "$SV" start a
	expect 0 'ok: down: a: Ns' "$SV" stop a
	expect 0 'ok: down: a: Ns' "$SV" stop a
}

# bats test_tags=contract
@test "a supervise that is a symbolic link is waited on like another" {
	service a
	: >service/a/down
	mkdir elsewhere
	ln -s ../../elsewhere service/a/supervise
	supervise a
	expect 0 'ok: run: a: (pid N) Ns, normally down' "$SV" start a
	expect 0 'ok: down: a: Ns' "$SV" stop a
}

# bats test_tags=contract
@test "without -v a letter says nothing" {
	patient a
	for word in up hup alarm cont once; do
		expect 0 '' "$SV" "$word" a
	done
	eventually wants_down a
}

# bats test_tags=contract
@test "with -v a letter waits for its effect" {
	patient a
	expect 0 'ok: run: a: (pid N) Ns' "$SV" -v up a
	expect 0 'ok: run: a: (pid N) Ns' "$SV" -v hup a
	expect 0 'ok: run: a: (pid N) Ns, paused' "$SV" -v pause a
	expect 0 'ok: run: a: (pid N) Ns' "$SV" -v cont a
	expect 0 'ok: run: a: (pid N) Ns, want down' "$SV" -v once a
	expect 0 'ok: down: a: Ns, normally up' "$SV" -v down a
	expect 0 'ok: a: runsv not running' "$SV" -v exit a
}

# bats test_tags=contract
@test "shutdown waits until runsv is gone" {
	service a
	supervise a
	await up
	expect 0 'ok: a: runsv not running' "$SV" shutdown a
	wait "${PIDS[0]}"
	expect 0 'ok: a: runsv not running' "$SV" shutdown a
}

# bats test_tags=contract
@test "try-restart and term are satisfied by a service that is down" {
	service a
	: >service/a/down
	supervise a
	expect 0 'ok: down: a: Ns' "$SV" try-restart a
	expect 0 'ok: down: a: Ns' "$SV" -v term a
	expect 0 'ok: down: a: Ns' "$SV" check a
}

# bats test_tags=contract
@test "reload reports at once" {
	service a 'trap "echo hup >\"$EVENTS\"" HUP; '"$idle"
	supervise a
	await up
	eventually is_up a
	expect 0 'ok: run: a: (pid N) Ns' "$SV" reload a
	await hup
}

# bats test_tags=contract
@test "a service that does not end is a time-out, which -w and SVWAIT set" {
	stubborn a
	expect 1 'timeout: run: a: (pid N) Ns, want down, got TERM' "$SV" -w 1 stop a
	SVWAIT=0 expect 1 'timeout: run: a: (pid N) Ns, want down, got TERM' "$SV" stop a
	SVWAIT=100 expect 1 'timeout: run: a: (pid N) Ns, want down, got TERM' "$SV" -w x down a
	kill_service a
}

# bats test_tags=contract
@test "the force forms kill after the time-out" {
	stubborn a
	expect 1 'kill: run: a: (pid N) Ns, want down, got TERM' "$SV" -w 1 force-stop a
	expect 0 'ok: down: a: Ns, normally up' "$SV" stop a
}

# bats test_tags=contract
@test "all get their letters before any is waited for" {
	service a
	service b
	: >service/a/down
	: >service/b/down
	supervise a b
	run -2 "$SV" start a none b none
	[[ ${lines[0]} == 'fail: none: '* && ${lines[1]} == 'fail: none: '* ]]
	[[ $output == *'ok: run: a: '* && $output == *'ok: run: b: '* ]]
}

# bats test_tags=contract
@test "a runsv that ends meanwhile fails what waits for its service" {
	stubborn a
	daemon "$SV" -w 20 stop a >said
	eventually got_term a
	kill -9 "$(pid_of a)" "${PIDS[0]}"
	code=0
	wait "${PIDS[1]}" || code=$?
	[ "$code" -eq 1 ]
	[ "$(cat said)" = 'fail: a: runsv not running' ]
}

got_term() {
	[[ $("$SV" status "$1") == *', got TERM' ]]
}

# --- check

# bats test_tags=contract
@test "start waits until check succeeds" {
	# silent: the check may be run before it could say a word
	service a 'exec sleep 1000'
	script service/a/check 'test -e ok && exit; echo try >"$EVENTS"; exit 1'
	: >service/a/down
	supervise a
	daemon "$SV" start a >said
	await try
	[ ! -s said ]
	: >service/a/ok
	wait "${PIDS[1]}"
	[[ $(cat said) == 'ok: run: a: (pid '*'s, normally down' ]]
}

# bats test_tags=contract
@test "check runs in the service's directory with sv's stdin, stderr and environment" {
	service a
	script service/a/check 'cat >&2; echo "$WORD $0" >&2; pwd >&2; exit 0'
	supervise a
	await up
	eventually is_up a
	WORD=word run --separate-stderr "$SV" check a <<<input
	is 'ok: run: a: (pid N) Ns'
	[ "$stderr" = "input"$'\n'"word check"$'\n'"$SVDIR/a" ]
}

# bats test_tags=contract
@test "a check that can't be executed is a warning and no obstacle" {
	service a
	: >service/a/check
	supervise a
	await up
	eventually is_up a
	run -0 --separate-stderr "$SV" check a
	is 'ok: run: a: (pid N) Ns'
	[[ $stderr == 'warning: unable to run a/check: '* ]]
}

# bats test_tags=contract
@test "a check that fails is a time-out" {
	service a
	script service/a/check 'exit 3'
	supervise a
	await up
	eventually is_up a
	expect 1 'timeout: run: a: (pid N) Ns' "$SV" -w 1 check a
}

@test "check may write to its stdout, which is not sv's (row 12)" {
	service a
	script service/a/check 'echo lost'
	supervise a
	await up
	eventually is_up a
	expect 0 'ok: run: a: (pid N) Ns' "$SV" check a
}

@test "a check that a signal ends is no success (row 3)" {
	service a
	script service/a/check 'kill -9 $$'
	supervise a
	await up
	eventually is_up a
	expect 1 'timeout: run: a: (pid N) Ns' "$SV" -w 0 check a
}

@test "a check that hangs is ended with its children when the time is up (row 12)" {
	service a
	script service/a/check 'sleep 1000 & echo $! >child; echo hangs >"$EVENTS"; wait'
	supervise a
	await up
	eventually is_up a
	expect 1 'timeout: run: a: (pid N) Ns' "$SV" -w 1 check a
	await hangs
	eventually ended "$(cat service/a/child)"
}

ended() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}

@test "a signal that ends sv ends its check as well (row 12)" {
	service a
	script service/a/check 'echo $$ >pid; echo hangs >"$EVENTS"; exec sleep 1000'
	supervise a
	await up
	eventually is_up a
	daemon "$SV" -w 100 check a
	await hangs
	kill "${PIDS[1]}"
	code=0
	wait "${PIDS[1]}" || code=$?
	[ "$code" -eq 143 ]
	eventually ended "$(cat service/a/pid)"
}

# --- no races

# bats test_tags=contract
@test "restart brings another process" {
	service a
	supervise a
	await up
	eventually is_up a
	old=$(pid_of a)
	# a second, by events: the reference compares whole seconds
	eventually older a
	expect 0 'ok: run: a: (pid N) Ns' "$SV" restart a
	[ "$(pid_of a)" != "$old" ]
}

@test "restart in the second of the start brings another process (row 9)" {
	service a
	supervise a
	await up
	eventually is_up a
	old=$(pid_of a)
	expect 0 'ok: run: a: (pid N) Ns' "$SV" restart a
	await up
	[ "$(pid_of a)" != "$old" ]
}

@test "start right after down is not lost (row 8)" {
	service a
	supervise a
	await up
	eventually is_up a
	old=$(pid_of a)
	"$SV" down a
	expect 0 'ok: run: a: (pid N) Ns' "$SV" start a
	await up
	[ "$(pid_of a)" != "$old" ]
}

@test "start waits for the end of a process that was told to end (row 9)" {
	stubborn a
	run -1 "$SV" -w 0 stop a
	expect 1 'timeout: run: a: (pid N) Ns, got TERM' "$SV" -w 0 start a
	old=$(pid_of a)
	kill -9 "$old"
	expect 0 'ok: run: a: (pid N) Ns' "$SV" start a
	[ "$(pid_of a)" != "$old" ]
	await up
	kill_service a
}

@test "a time-out of 1 s ends after 1 s (row 10)" {
	stubborn a
	local i
	# the reference takes 1,680 ms; a busy machine may be slow once
	for i in 1 2 3; do
		begin=$(ms)
		run -1 "$SV" -w 1 stop a
		took=$(($(ms) - begin))
		[ "$took" -ge 1000 ]
		[ "$took" -ge 1500 ] || break
	done
	[ "$took" -lt 1500 ]
	kill_service a
}

@test "a path with a slash at its end is the same for sending and waiting (row 11)" {
	service a
	: >service/a/down
	supervise a
	cd service
	SVDIR=/nowhere expect 0 'ok: run: a/: (pid N) Ns, normally down' "$SV" start a/
}

@test "shutdown sees runsv end although the next begins at once" {
	service a
	: >service/a/down
	cat >again <<-END
		trap 'exit' TERM
		while :; do "$RUNSV" service/a & wait; done
	END
	daemon bash again
	eventually answers a
	expect 0 'ok: a: runsv not running' "$SV" shutdown a
	kill "${PIDS[0]}"
	wait
	PIDS=()
	"$SV" shutdown a
}

@test "more services are waited for than the soft limit of descriptors allows" {
	local i names=()

	for i in {1..60}; do
		fake "s$i" 77 0 u 0 1
		names+=("s$i")
	done
	(ulimit -Sn 32 && "$SV" check "${names[@]}") >said
	[ "$(grep -c '^ok: run: ' said)" -eq 60 ]
}

# --- sv inside of a service

# bats test_tags=contract
@test "run may start another service and send letters to itself" {
	service b
	: >service/b/down
	supervise b
	service a '"$SV" start b >&2 || exit 170; exec "$SV" down a'
	export SV
	supervise a
	await up
	eventually wants_nothing a
}

wants_nothing() {
	[[ $("$SV" status "$1") == "down: $1: "*'s, normally up' ]]
}

# bats test_tags=contract
@test "finish may take its service down" {
	service a 'echo up >"$EVENTS"'
	script service/a/finish '"$SV" d a; echo finished >"$EVENTS"'
	export SV
	supervise a
	await up finished
	eventually wants_nothing a
}

# bats test_tags=contract
@test "control/t may send another signal instead" {
	service a 'trap "echo usr1 >\"$EVENTS\"; exit" USR1; '"$idle"
	script service/a/control/t 'exec "$SV" 1 a'
	export SV
	supervise a
	await up
	eventually is_up a
	expect 0 'ok: down: a: Ns, normally up' "$SV" stop a
	await usr1
}

# bats test_tags=contract
@test "a start inside control/t does not wait for the script that it is" {
	service a
	script service/a/control/t 'test -e said && exit 1; "$SV" -w 5 start a >said; echo told >"$EVENTS"; exit 1'
	export SV
	supervise a
	await up
	eventually is_up a
	"$SV" term a
	await told
	[[ $(cat service/a/said) == 'ok: run: a: '* ]]
}
