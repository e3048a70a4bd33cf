#!/usr/bin/env bats
# sv: the contract's §4 rule by rule, beside sv.bats. The reference passes every test tagged "contract".
#
# What is in single quotes is for a service's shell; stderr and lines are set by bats' run.
# shellcheck disable=SC2016,SC2154

load helpers
load sv

# bats test_tags=contract
@test "-V and a missing value in the LSB form exit 2, and -v and -w are options there" {
	fake a 77 0 u 0 1
	ln -s "$SV" a
	run -2 ./a -V
	[ "${lines[1]}" = 'usage: a [-w sec] command' ]
	expect 2 $'a: option requires an argument -- w\nusage: a [-w sec] command' ./a -w
	expect 2 'usage: a [-w sec] command' ./a ''
	expect 2 'usage: a [-w sec] command' ./a list
	expect 0 'ok: run: a: (pid N) Ns' ./a -vw 1 check further words
}

# bats test_tags=contract
@test "the LSB form sends all letters, by word or letter" {
	fake a 77 0 z 0 2
	ln -s "$SV" a
	local word
	for word in u down once pause cont hup alarm interrupt quit 1 2 term kill exit reload; do
		./a -w 0 "$word" >/dev/null || :
	done
	[ "$(letters_in "$CONTROL")" = udopchaiq12tkxh ]
}

# bats test_tags=contract
@test "LSB status exits 4 when supervise/ok or status can't be opened" {
	fake bad
	rm service/bad/supervise/ok
	ln -s "$SV" bad
	run -4 ./bad status
	[[ $output == 'warning: bad: unable to open supervise/ok: '* ]]
	run -1 ./bad up
	mkdir service/new
	ln -s "$SV" new
	run -4 ./new status
	fake ending 77 0 u 0 2
	ln -s "$SV" ending
	run -0 ./ending status
}

# bats test_tags=contract
@test "-w implies -v, SVWAIT does not" {
	fake a 77 0 u 0 1
	expect 0 'ok: run: a: (pid N) Ns' "$SV" -w 1 hup a
	SVWAIT=1 expect 0 '' "$SV" hup a
	expect 0 '' "$SV" hup a
}

# bats test_tags=contract
@test "without -w and SVWAIT the time-out is 7 seconds" {
	stubborn a
	local begin took
	begin=$(ms)
	expect 1 'timeout: run: a: (pid N) Ns, want down, got TERM' "$SV" stop a
	took=$(($(ms) - begin))
	[ "$took" -ge 7000 ]
	[ "$took" -lt 9000 ]
	kill_service a
}

# bats test_tags=contract
@test "all services share one time-out" {
	local begin
	fake a 77 0 d 1 1
	fake b 77 0 d 1 1
	fake c 77 0 d 1 1
	begin=$(ms)
	run -3 "$SV" -w 2 stop a b c
	[ $(($(ms) - begin)) -lt 4000 ]
	is $'timeout: run: a: (pid N) Ns, want down, got TERM\ntimeout: run: b: (pid N) Ns, want down, got TERM\ntimeout: run: c: (pid N) Ns, want down, got TERM'
}

# bats test_tags=contract
@test "without SVDIR services lie in /etc/service" {
	needs test -d /etc/service
	needs unshare -m true
	fake a 77 0 u 0 1
	run -0 unshare -m sh -c 'mount --bind "$SVDIR" /etc/service; unset SVDIR; exec "$0" status a' "$SV"
	is 'run: a: (pid N) Ns'
}

@test "a current directory that can't be opened is no obstacle (better: the reference is fatal)" {
	fake a 77 0 u 0 1
	chmod 755 . service
	chmod 666 service/a/supervise/ok
	mkdir -m 711 closed
	cd closed
	SVDIR=../service run -0 setpriv --reuid 65534 --regid 65534 --clear-groups "$SV" status a
	is 'run: a: (pid N) Ns'
}

@test "what ends sv itself exits 100, LSB 151 (better: there is less that can)" {
	fake a 77 0 u 0 1
	ln -s "$SV" a
	run -100 strace -qq -o /dev/null -e trace=epoll_create1,signalfd4 -e inject=epoll_create1,signalfd4:error=EMFILE "$SV" -w 1 stop a
	[[ $output == 'fatal: unable to wait: '* ]]
	run -151 strace -qq -o /dev/null -e trace=epoll_create1,signalfd4 -e inject=epoll_create1,signalfd4:error=EMFILE ./a -w 1 stop
}

# bats test_tags=contract
@test "other words that begin with a letter of a command are it" {
	fake a 77 0 z 0 2
	local word
	for word in cat info tail kitty quick hop again 1st 2nd eject; do "$SV" "$word" a; done
	[ "$(letters_in "$CONTROL")" = citkqha12x ]
}

# bats test_tags=contract
@test "status and check send nothing, and -v changes no status" {
	fake a 77 0 u 0 1
	expect 0 'run: a: (pid N) Ns' "$SV" -v -w 1 stat a
	expect 0 'ok: run: a: (pid N) Ns' "$SV" check a
	[ "$(letters_in "$CONTROL")" = '' ]
}

# bats test_tags=contract
@test "x is sent also to one that is wanted down, and t c u also to one that is wanted up" {
	fake a 77 0 d 1 1
	"$SV" exit a
	[ "$(letters_in "$CONTROL")" = x ]
	fake b 77 0 u 0 1
	"$SV" -w 0 restart b || :
	[ "$(letters_in "$CONTROL")" = tcu ]
}

# bats test_tags=contract
@test "a status that can't be read is a warning" {
	fake a
	rm service/a/supervise/status
	mkdir service/a/supervise/status
	run -1 "$SV" status a
	[[ $output == 'warning: a: unable to read supervise/status: '* ]]
}

# bats test_tags=contract
@test "a control that is full is a warning" {
	fake a 77 0 u 0 1
	head -c 65536 /dev/zero >&"$CONTROL"
	run -1 "$SV" term a
	[[ $output == 'warning: a: unable to write to supervise/control'* ]]
	[ "${#lines[@]}" = 1 ]
}

# bats test_tags=contract
@test "lines come in the order given" {
	local names='a b c d e f'
	for name in $names; do fake "$name" 77 0 u 0 1; done
	# shellcheck disable=SC2086
	expect 0 "$(printf 'ok: run: %s: (pid N) Ns\n' e d f a c b)" "$SV" check e d f a c b
	expect 0 "$(printf 'run: %s: (pid N) Ns\n' e d f a c b)" "$SV" status e d f a c b
}

# bats test_tags=contract
@test "hup, alarm, interrupt, quit, 1 and 2 are satisfied at once, pause and cont by what has no process" {
	fake a 77 0 u 0 1
	local word
	for word in hup alarm interrupt quit 1 2; do
		expect 0 'ok: run: a: (pid N) Ns' "$SV" -v "$word" a
	done
	service b
	: >service/b/down
	supervise b
	expect 0 'ok: down: b: Ns' "$SV" -v pause b
	expect 0 'ok: down: b: Ns' "$SV" -v cont b
	fake c 77 1 u 0 1
	expect 1 'timeout: run: c: (pid N) Ns, paused' "$SV" -w 0 cont c
	expect 1 'timeout: run: a: (pid N) Ns' "$SV" -w 0 pause a
	expect 0 'ok: down: b: Ns' "$SV" check b
}

# bats test_tags=contract
@test "once waits for a process that is wanted down, or one that has ended since" {
	service a 'echo up >"$EVENTS"'
	: >service/a/down
	supervise a
	run -0 "$SV" -w 5 once a
	[[ $output == 'ok: down: a: '* || $output == 'ok: run: a: '*', want down' ]]
	await up
}

# bats test_tags=contract
@test "kill waits for another process" {
	service a
	supervise a
	await up
	eventually is_up a
	old=$(pid_of a)
	eventually older a
	expect 0 'ok: run: a: (pid N) Ns' "$SV" -w 5 kill a
	[ "$(pid_of a)" != "$old" ]
}

# bats test_tags=contract
@test "a stop that is satisfied has no process and is down, not in finish" {
	service a
	mkfifo hold
	script service/a/finish 'echo finish >"$EVENTS"; read -r x <'"$PWD/hold"
	supervise a
	await up
	eventually is_up a
	daemon "$SV" -w 20 stop a >said
	await finish
	eventually in_finish a
	[ ! -s said ]
	echo >hold
	wait "${PIDS[1]}"
	[[ $(cat said) == 'ok: down: a: '* ]]
}

in_finish() { [[ $("$SV" status "$1") == "finish: $1: "*', want down' ]]; }

# bats test_tags=contract
@test "the force forms count one also when their kill works" {
	stubborn a
	eventually older a
	expect 1 'kill: run: a: (pid N) Ns, got TERM' "$SV" -w 1 force-reload a
	eventually kill -0 "$(pid_of a)"
	await up
	eventually is_up a
	expect 1 'kill: run: a: (pid N) Ns, want down, got TERM' "$SV" -w 0 force-shutdown a
	wait "${PIDS[0]}"
}

# bats test_tags=contract
@test "check is run without arguments, and not by what does not wait for it" {
	patient a
	script service/a/check 'echo "check $#" >"$EVENTS"'
	"$SV" -v hup a
	"$SV" -v up a
	await 'check 0'
	"$SV" up a
	"$SV" -v pause a
	"$SV" -v cont a
	"$SV" check a
	await 'check 0'
	"$SV" -w 5 stop a
	echo end >"$EVENTS"
	await end
}

# bats test_tags=contract
@test "a logger has its own check, which its path asks for" {
	fake a 77 0 u 0 1
	fake a/log 78 0 u 0 1
	script service/a/log/check 'echo "log" >"$EVENTS"'
	script service/a/check 'echo "service" >"$EVENTS"'
	expect 0 'ok: run: a/log: (pid N) Ns' "$SV" check a/log
	await log
	expect 0 'ok: run: a: (pid N) Ns' "$SV" check a
	await service
}

# bats test_tags=contract
@test "an age is never below 0" {
	fake a 77 0 u 0 1
	at=$((4611686018427387914 + EPOCHSECONDS + 100))
	bytes $((at >> 56)) $((at >> 48)) $((at >> 40)) $((at >> 32)) $((at >> 24)) $((at >> 16)) $((at >> 8)) "$at" |
		dd of=service/a/supervise/status conv=notrunc status=none
	run -0 "$SV" status a
	[ "$output" = 'run: a: (pid 77) 0s' ]
}

# bats test_tags=contract
@test "a down that can't be looked at is a warning on stderr, and no line" {
	fake a 77 0 u 0 1
	ln -s down service/a/down
	run --separate-stderr "$SV" status a
	[[ $stderr == 'warning: unable to stat a/down: '* ]]
	[[ $output != *'run: a'* ]]
}

# bats test_tags=contract
@test "control/h may ask sv for the same service" {
	service a 'trap "echo hup >\"$EVENTS\"" HUP; '"$idle"
	script service/a/control/1 'exec "$SV" -v hup .'
	export SV
	supervise a
	await up
	eventually is_up a
	"$SV" 1 a
	await hup
	[[ $("$SV" status a) == 'run: a: '* ]]
}

@test "a check that can't be looked at is a failure, and said once (better: the reference says it at each look)" {
	patient a
	ln -s check service/a/check
	run -1 "$SV" -w 1 check a
	[ "$(grep -c '^warning: unable to stat a/check: ' <<<"$output")" = 1 ]
}

@test "with closed standard descriptors no file of ours takes their place" {
	patient a
	local fds
	for fds in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
		bash -c "\"\$0\" status a $fds" "$SV"
	done
	is_up a
}

# --- what is short, refused or in the way

# The next letter that is sent to the fake with this descriptor.
letter_to() {
	local letter
	read -r -n 1 -t 20 -u "$1" letter
	printf %s "$letter"
}

# becomes NAME FAKE: NAME shows from now on what FAKE shows.
becomes() {
	mv "service/$2/supervise/status" "service/$1/supervise/status"
}

@test "a standard output that does not block gets every line, and one that is full is no trouble" {
	local i name names=() code=0
	fake a 77 0 u 0 1
	"$SV" status a >/dev/full
	"$SV" hup a >/dev/full
	[ "$(letters_in "$CONTROL")" = h ]
	"$SV" 2>/dev/full || code=$?
	[ "$code" = 100 ]
	# more than a pipe takes, or is gathered
	name=$(printf 'n%.0s' {1..200})
	for i in {1..1000}; do names+=("$name$i"); done
	"$SV" status "${names[@]}" >want || :
	[ "$(wc -c <want)" -gt 200000 ]
	mkfifo pipe
	perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK) or die; exec @ARGV' \
		"$SV" status "${names[@]}" >pipe 3>&- &
	exec 7<pipe
	eventually grep -q poll "/proc/$!/wchan"
	cmp - want <&7
}

@test "a down of the logger that can't be looked at is told on stderr, and does not tear the line" {
	fake a 77 0 u 0 1
	fake a/log 78 0 u 0 1
	ln -s down service/a/log/down
	ln -s "$SV" a
	run -4 --separate-stderr ./a status
	is 'run: a: (pid N) Ns; '
	[[ $stderr == 'warning: unable to stat a/log/down: '* ]]
}

@test "where the status can't be read no letter is sent, and nothing is waited for" {
	fake a 77 0 u 0 1
	rm service/a/supervise/status
	run -1 "$SV" up a
	[[ $output == 'warning: a: unable to open supervise/status: '* ]]
	[ "$(letters_in "$CONTROL")" = '' ]
	local code=0
	fake b 77 0 u 0 1
	daemon "$SV" -w 20 stop b >said
	[ "$(letter_to "$CONTROL")" = d ]
	rm service/b/supervise/status
	wait "${PIDS[0]}" || code=$?
	[ "$code" = 1 ]
	[[ $(cat said) == 'warning: b: unable to open supervise/status: '* ]]
}

@test "a check that can't be started is a failure, and said once" {
	fake a 77 0 u 0 1
	script service/a/check 'exit 0'
	run -1 strace -qq -o /dev/null -e inject=fork,vfork,clone,clone3:error=EAGAIN "$SV" -w 1 check a
	[ "$(grep -c '^warning: unable to fork for a/check: ' <<<"$output")" = 1 ]
	[[ ${lines[-1]} == 'timeout: run: a: '* ]]
}

@test "more checks than are run at once wait for each other" {
	local i names=()
	for i in {1..40}; do
		fake "s$i" 77 0 u 0 1
		script "service/s$i/check" 'exit 0'
		names+=("s$i")
	done
	run -0 "$SV" -w 20 check "${names[@]}"
	[ "$(grep -c '^ok: run: ' <<<"$output")" -eq 40 ]
}

@test "who may send letters, but not look into supervise/, is served" {
	fake b 0 0 d 0 0
	fake a 77 0 u 0 1
	chmod 755 . service service/a
	chmod 711 service/a/supervise
	chmod 666 service/a/supervise/{ok,control}
	SVDIR=service daemon setpriv --reuid 65534 --regid 65534 --clear-groups "$SV" -w 20 stop a >said
	[ "$(letter_to "$CONTROL")" = d ]
	becomes a b
	wait "${PIDS[0]}"
	[[ $(cat said) == 'ok: down: a: '* ]]
}

@test "where no signal can be queued it sees what happens all the same" {
	fake b 0 0 d 0 0
	fake a 77 0 u 0 1
	daemon bash -c 'ulimit -i 0; exec "$0" -w 20 stop a' "$SV" >said
	[ "$(letter_to "$CONTROL")" = d ]
	becomes a b
	wait "${PIDS[0]}"
	[[ $(cat said) == 'ok: down: a: '* ]]
}

@test "a kernel without dnotify: inotify tells as well" {
	local n
	fake b 0 0 d 0 0
	fake a 77 0 u 0 1
	strace -qq -o trace -e trace=fcntl "$SV" -w 0 check a
	n=$(grep -n F_NOTIFY trace | cut -d : -f 1)
	daemon strace -D -qq -o /dev/null -e inject=fcntl:error=EINVAL:when="$n" "$SV" -w 20 stop a >said
	[ "$(letter_to "$CONTROL")" = d ]
	becomes a b
	wait "${PIDS[0]}"
	[[ $(cat said) == 'ok: down: a: '* ]]
}

@test "a runsv that ends and is followed at once by another is no failure for who waits for something else" {
	local first
	fake b 0 0 d 0 0
	fake a 77 0 u 0 1
	rm service/a/supervise/ok
	mkfifo service/a/supervise/ok
	exec {first}<>service/a/supervise/ok
	"$SV" -w 20 stop a >said 3>&- {first}>&- &
	[ "$(letter_to "$CONTROL")" = d ]
	kill -STOP "$!"
	exec {first}>&-
	exec 7<>service/a/supervise/ok
	kill -CONT "$!"
	becomes a b
	wait "$!"
	[[ $(cat said) == 'ok: down: a: '* ]]
}
