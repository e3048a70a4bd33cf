# What the tests of sv share: a service directory with services, real or feigned, and what sv says of them.
# Loaded after helpers.bash.
# shellcheck shell=bash
# What is in single quotes is for a service's shell; A && B || return is meant; idle is for the tests, status and output are set by bats' run.
# shellcheck disable=SC2016,SC2015,SC2034,SC2154

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export SVDIR=$PWD/service EVENTS=$PWD/events
	unset SVWAIT
	mkdir service
	mkfifo events
	exec 8<>events
	# for a shell: says "up", then hears signals and starts no process
	idle='echo up >"$EVENTS"; while :; do read -r nothing <>"$NEVER"; done'
}

# service NAME [LINES]: a service directory; its run says "up" and stays, unless LINES say better.
service() {
	mkdir -p "service/$1"
	# shellcheck disable=SC2016
	script "service/$1/run" "${2:-echo up >"$EVENTS"; exec sleep 1000}"
}

script() {
	mkdir -p "${1%/*}"
	printf '#!/bin/sh\n%s\n' "$2" >"$1"
	chmod +x "$1"
}

# The next thing that a script said is WORD…
await() {
	local word line

	for word; do
		read -r -t 20 -u 8 line || { echo "no event, expected: $word" >&2 && return 1; }
		[ "$line" = "$word" ] || { echo "event $line, expected: $word" >&2 && return 1; }
	done
}

# supervise NAME…: a runsv for each, ready to be asked.
supervise() {
	local name

	for name; do
		daemon "$RUNSV" "service/$name"
		eventually answers "$name"
	done
}

answers() {
	"$SV" status "$1" >/dev/null
}

is_up() {
	[[ $("$SV" status "$1") == "run: $1: "* ]]
}

pid_of() {
	cat "service/$1/supervise/pid"
}

# One that ignores TERM; "up" when it does. It is killed with the test.
stubborn() {
	service "$1" 'trap "" TERM; '"$idle"
	supervise "$1"
	await up
	eventually is_up "$1"
}

# One that survives HUP and ALRM.
patient() {
	service "$1" 'trap : HUP ALRM; '"$idle"
	supervise "$1"
	await up
	eventually is_up "$1"
}

wants_down() {
	[[ $("$SV" status "$1") == *', want down' ]]
}

kill_service() {
	"$SV" d "$1" && "$SV" k "$1"
}

# bytes N…: as binary
bytes() {
	local n

	for n; do
		printf '%b' "\\x$(printf %02x "$((n & 255))")"
	done
}

# fake NAME [PID PAUSED WANT TERM STATE]: what a runsv shows, with nobody behind it, 5 s old.
fake() {
	local dir=service/$1/supervise at=$((4611686018427387914 + EPOCHSECONDS - 5)) ok control
	local pid=${2:-0} paused=${3:-0} want=${4:-d} term=${5:-0} state=${6:-0}

	mkdir -p "$dir"
	mkfifo "$dir/ok" "$dir/control"
	exec {ok}<>"$dir/ok" {control}<>"$dir/control"
	CONTROL=$control
	{
		bytes $((at >> 56)) $((at >> 48)) $((at >> 40)) $((at >> 32)) $((at >> 24)) \
			$((at >> 16)) $((at >> 8)) "$at" 0 0 0 0
		bytes "$pid" $((pid >> 8)) $((pid >> 16)) $((pid >> 24)) "$paused"
		printf %s "$want"
		bytes "$term" "$state"
	} >"$dir/status"
}

# The letters that lie in the control of the fake with this descriptor.
letters_in() {
	local letters

	printf '\n' >&"$1"
	read -r -t 20 -u "$1" letters
	printf %s "$letters"
}

# Compares $output with pids and ages made equal.
is() {
	local got want=$1

	got=$(sed -E 's/pid [0-9]+/pid N/g; s/(\)|:) [0-9]+s/\1 Ns/g' <<<"$output")
	[ "$got" = "$want" ] || { printf 'got:  %s\nwant: %s\n' "$got" "$want" >&2 && return 1; }
}

# expect CODE LINE COMMAND…
expect() {
	run "${@:3}"
	is "$2" && [ "$status" -eq "$1" ] || { echo "code $status: ${*:3}" >&2 && return 1; }
}

ms() {
	local now=${EPOCHREALTIME/[.,]/}

	echo $((now / 1000))
}

# Its last start was more than a second ago: the reference compares whole seconds.
older() {
	[[ ! $("$SV" status "$1") =~ \ [01]s ]]
}
