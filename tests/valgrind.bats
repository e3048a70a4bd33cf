#!/usr/bin/env bats
# The daemons under valgrind: no error of memory, and as many descriptors after many turns as after one.
# VALGRIND_BIN: our programs, dynamic, on glibc (make valgrind-programs).

load helpers

setup_file() {
	never
	export VALGRIND_BIN=${VALGRIND_BIN:-$BATS_TEST_DIRNAME/../build/valgrind/bin}
	[ -x "$VALGRIND_BIN/runsv" ]
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir bin logs
	local p
	for p in runsvdir runsv sv svlogd chpst; do
		cat >"bin/$p" <<-EOF
			#!/bin/sh
			exec valgrind -q --track-fds=yes --log-file='$PWD/logs/$p.%p' '$VALGRIND_BIN/$p' "\$@"
		EOF
		chmod +x "bin/$p"
	done
	PATH=$PWD/bin:$PATH
	# starting takes a second or two
	export PATIENCE=60
}

# No error in what has run since the logs were emptied; logs of those that are named were written.
clean() {
	local p
	for p; do find logs -name "$p.*" -size +0 | grep -q .; done
	run ! grep -rhE '(Invalid|Conditional jump|Use of uninit|Syscall param|Process terminating|Source and destination|Mismatched|Unrecognised)' logs
}

# The descriptors that each process of this program (or only that with this pid) had in the end, the numbers in
# order. A child of runsv's is only there if a TERM came before its exec.
descriptors() {
	find logs -name "$1.${2:-*}" -exec sed -nE 's/.*FILE DESCRIPTORS: ([0-9]+) open.*/\1/p' {} + | sort -n | paste -sd ' '
}

# svlogd N: its whole life, N turns of it.
life_of_svlogd() {
	local n=$1 turn
	rm -rf d logs/*
	mkdir d
	printf 's200\nn2\n!cat\np: \n+*\ne7*\nu127.0.0.1:9\n1\n' >d/config
	[ -p in ] || mkfifo in
	svlogd -tt -l 20 -b 30 d <in >/dev/null 2>err 3>&- 7>&- &
	local pid=$!
	exec 7>in
	eventually test -e d/current
	for ((turn = 1; turn <= n; turn++)); do
		printf 'line %d\n' "$turn" >&7
		eventually grep -q "line $turn" d/current
		printf '%0130d\n' "$turn" >&7
		eventually processed "$turn"
		kill -HUP "$pid"
		printf 'again %d\n' "$turn" >&7
		eventually grep -q "again $turn" d/current
		kill -ALRM "$pid"
		eventually sh -c '! grep -q again d/current'
	done
	exec 7>&-
	wait "$pid"
}

processed() {
	cat d/@*.s 2>/dev/null | grep -q "0$1\$"
}

@test "svlogd: lines, rotations, processors, HUP and ALRM" {
	local one
	life_of_svlogd 1
	clean svlogd
	# the last number is svlogd's, the others its children's
	one=$(descriptors svlogd | tr ' ' '\n' | sort -nu | paste -sd ' ')
	life_of_svlogd 4
	clean svlogd
	[ "$(descriptors svlogd | tr ' ' '\n' | sort -nu | paste -sd ' ')" = "$one" ]
}

service() {
	mkdir -p "$1/log"
	printf '#!/bin/sh\nexec sleep 3600\n' >"$1/run"
	printf '#!/bin/sh\nexit 0\n' >"$1/finish"
	printf '#!/bin/sh\nexec cat >/dev/null\n' >"$1/log/run"
	chmod +x "$1/run" "$1/finish" "$1/log/run"
}

is() {
	[[ $("$VALGRIND_BIN/sv" status "$1") == "$2"* ]]
}

# is_up NAME: run is what it executed. Before, it is valgrind, which forgets at an exec what signals were sent to it.
is_up() {
	is "$1" run && [ "$(cat "/proc/$(cat "$1/supervise/pid")/comm")" = sleep ]
}

kill_service() {
	kill -KILL "$(cat a/supervise/pid)" 2>/dev/null
}

life_of_runsv() {
	local n=$1 turn
	rm -rf a logs/*
	service a
	runsv a 3>&- &
	pid=$!
	eventually is_up ./a
	for ((turn = 1; turn <= n; turn++)); do
		"$VALGRIND_BIN/sv" -w 60 restart ./a
		eventually is_up ./a
		"$VALGRIND_BIN/sv" -w 60 stop ./a
		"$VALGRIND_BIN/sv" -w 60 start ./a
		eventually is_up ./a
		"$VALGRIND_BIN/sv" winch ./a
		"$VALGRIND_BIN/sv" pause ./a
		"$VALGRIND_BIN/sv" cont ./a
		eventually kill_service
		eventually is_up ./a
	done
	sv -w 60 exit ./a
	wait "$pid"
}

@test "runsv and sv: a service and its logger, all common verbs" {
	local one pid
	life_of_runsv 1
	clean runsv sv
	one=$(descriptors runsv "$pid")
	life_of_runsv 3
	clean runsv sv
	echo "$one, then $(descriptors runsv "$pid")"
	[ -n "$one" ]
	[ "$(descriptors runsv "$pid")" = "$one" ]
}

life_of_runsvdir() {
	local n=$1 turn
	rm -rf scan logs/*
	mkdir -p scan spare
	service scan/a
	runsvdir -c scan 3>&- &
	local pid=$!
	eventually is ./scan/a run
	for ((turn = 1; turn <= n; turn++)); do
		service spare/b
		mv spare/b scan/b
		eventually is ./scan/b run
		mv scan/b scan/c
		eventually is ./scan/c run
		mv scan/c spare/c
		eventually sh -c '! fuser -s spare/c/supervise/lock'
		rm -r spare/c
	done
	kill -TERM "$pid"
	wait "$pid"
}

@test "runsvdir: entries that come, are renamed and go, and the ordered stop" {
	local one
	life_of_runsvdir 1
	clean runsvdir runsv
	one=$(descriptors runsvdir)
	life_of_runsvdir 3
	clean runsvdir runsv
	[ "$(descriptors runsvdir)" = "$one" ]
}

@test "chpst: everything that needs no other root" {
	mkdir env
	printf 'x  \n' >env/A
	# shellcheck disable=SC2016 # and valgrind has not heard of Landlock
	chpst -e env -n 1 -U root -u root -l lock -o 64 -P -2 -k chown sh -c '[ "$A" = x ]'
	# only who ends writes a log
	run -111 chpst -e env -n 1 -U root -u root -l lock -o 64 -P -2 -k chown ./nothing
	clean chpst
}
