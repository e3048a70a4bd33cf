#!/usr/bin/env bats
# What has lost its parent, at the end of a tree: how it is found, and what it gets.
#
# RUNSVDIR is set by helpers.bash, each test is a subshell with its own SCANNER; what is in single quotes is for another shell.
# shellcheck disable=SC2153,SC2016,SC2030,SC2031,SC2034

load helpers
load services
load init

# leaves FILE...: service a starts each in a session of its own, once, and goes on alone.
leaves() { service sv/a "[ -e $PWD/once ] || for f in $*; do setsid $PWD/\$f >/dev/null 2>&1 & done; : >$PWD/once" 'exec sleep 3600'; }

# stops: the tree is up and told to stop.
stops() {
	runs_as_init -c sv
	eventually runs sv/a
	eventually test -s pid
	kill "$SCANNER"
}

# A script that says so when it gets TERM.
saves() { script ./daemon "trap 'echo saved >>$PWD/order; exit' TERM" "${1:-:}" "echo \$\$ >$PWD/pid" "${2:-:}" "while :; do read -r x <>$NEVER; done"; }

@test "what is below an orphan is one when that has ended, and gets its TERM" {
	saves
	script ./wrapper "$PWD/daemon" 'echo it has ended'
	leaves wrapper
	stops
	ends 0
	[ "$(cat order)" = saved ]
}

@test "an orphan that was stopped gets TERM and CONT" {
	saves : 'kill -STOP $$'
	leaves daemon
	stops
	ends 0
	[ "$(cat order)" = saved ]
}

@test "an orphan that has had TERM gets no second one when others end" {
	script ./daemon "trap 'echo term >>$PWD/order' TERM" "echo \$\$ >$PWD/pid" "while :; do read -r x <>$NEVER; done"
	script ./other "while :; do read -r x <>$NEVER; done"
	script ./late "trap 'read -r -t 0.05 x <>$NEVER; exit' TERM" "while :; do read -r x <>$NEVER; done"
	sed -i '1s/sh$/bash/' late
	leaves daemon other late
	stops
	ends 0
	[ "$(cat order)" = term ]
}

# Only its first thread has ended: a zombie, says /proc.
threads() {
	cat >threads <<-END
		#!/usr/bin/python3
		import ctypes, os, threading, time
		threading.Thread(target=lambda: [time.sleep(1) for _ in range(3600)]).start()
		open("$PWD/pid", "w").write("%d\n" % os.getpid())
		ctypes.CDLL(None).pthread_exit(None)
	END
	chmod +x threads
}
is_half_dead() { grep -qs '^State:.Z' "/proc/$(cat pid 2>/dev/null)/status"; }

@test "an orphan whose first thread has ended lives" {
	threads
	leaves threads
	runs_as_init -c sv
	eventually is_half_dead
	kill "$SCANNER"
	ends 0
	gone "$(cat pid)"
}

@test "kill-mode tree: what has lost its first thread lives, and is not left beside the next run" {
	threads
	service a "$PWD/threads &" "read -r x <$PWD/hold"
	echo tree >a/kill-mode
	supervise a
	eventually is_half_dead
	old=$(cat pid)
	echo >&8
	eventually times a run 2
	[ ! -e "/proc/$old" ]
}

@test "an orphan that ignores TERM and whose children's children end at once keeps no deadline from coming" {
	script ./forks "trap '' TERM" "echo \$\$ >$PWD/pid" 'while :; do (true &); done'
	leaves forks
	script sv/.runsvdir/finish "echo finish >>$PWD/order"
	stops
	ends 0
	[ "$(cat order)" = finish ]
}

has_children() { [ "$(pgrep -cP "$SCANNER" sleep)" = "$1" ]; }

@test "many that end one after the other are few looks into /proc" {
	script ./many "trap '' TERM" 'i=0' 'while [ $i -lt 300 ]; do sleep 3600 & i=$((i + 1)); done' "echo \$\$ >$PWD/pid" 'exec sleep 3600'
	script ./one "trap '' TERM" "while :; do read -r x <>$NEVER; done"
	leaves many one
	daemon strace -D -qq -o looks -P /proc -e trace=openat env --default-signal "$RUNSVDIR" -c sv 2>>err 8>&-
	SCANNER=$!
	eventually runs sv/a
	eventually test -s pid
	kill -KILL "$(cat pid)"
	eventually has_children 300
	kill "$SCANNER"
	ends 0
	[ "$(grep -c openat looks)" -lt 100 ]
}

@test "what KILL makes an orphan holds no logger: the end of the time is the end" {
	service sv/a 'exec 2>&1' 'exec sleep 3600'
	logger sv/a
	script sv/a/control/t "echo \$\$ >$PWD/asked" 'sleep 3600' 'exit 0'
	runs_as_init -c -t 300ms sv
	eventually runs sv/a
	eventually traced sv/a log
	kill "$SCANNER"
	eventually test -s asked
	ends 137
	says 'killed because the time is up: a$'
	run ! says 'given up'
}
