#!/usr/bin/env bats
# .runsvdir/restart-budget: more ends than that, of all that is supervised, are the end of the tree.
#
# RUNSVDIR is set by helpers.bash, each test is a subshell with its own SCANNER.
# shellcheck disable=SC2153,SC2016,SC2030,SC2031,SC2034

load helpers
load services
load init

init() { runs_as_init -c sv ${1:+-- "$@"}; }
budget() { mkdir -p sv/.runsvdir && printf '%s\n' "$1" >sv/.runsvdir/restart-budget; }

# kills NAME N: its service, which is there for the Nth time.
kills() {
	eventually times "sv/$1" run "$2"
	eventually [ -s "sv/$1/supervise/pid" ]
	kill -KILL "$(awk -v n="$2" '$1 == "run" && ++i == n { print $2 }' "sv/$1.trace")"
}

@test "the end after those it allows ends the tree in order, with 111, and says whose it was" {
	service sv/steady
	service sv/flaky 'exit 3'
	budget '3 in 1h'
	init
	ends 111
	[ "$(grep -c run sv/flaky.trace)" = 4 ]
	[ "$(tail -n 1 err)" = 'runsvdir sv: info: ended by restart-budget, the last that ended is flaky, exit code 111' ]
	says 'waiting for' && return 1
	[ ! -e sv/flaky/supervise/deaths ]
}

@test "ends are added over services and loggers; success and signal are the same" {
	service sv/a
	service sv/b 
	logger sv/b
	budget '2 in 1h'
	init
	kills a 1
	eventually times sv/b log 1
	kill -KILL "$(sed -n 's/^log //p' sv/b.trace)"
	eventually times sv/b log 2
	eventually times sv/a run 2
	kill -0 "$SCANNER"
	kills a 2
	ends 111
	says 'the last that ended is a, exit code 111$'
}

@test "a logger alone is enough, and 0 in 1h allows none" {
	service sv/b
	logger sv/b 'exit 0'
	budget '0 in 1h'
	init
	ends 111
	says 'the last that ended is b, exit code 111$'
}

@test "what is asked for, and what is not started again, does not count" {
	service sv/a
	service sv/once 'exit 0'
	printf 'no\n' >sv/once/restart
	budget '1 in 1h'
	init
	for i in 1 2 3; do
		eventually times sv/a run "$i"
		"$SV" -w 5 restart "$PWD/sv/a"
	done
	eventually stat_is sv/once down
	kills a 4
	eventually times sv/a run 5
	kill "$SCANNER"
	ends 0
}

@test "those that are longer ago than that do not count" {
	service sv/flaky 'exit 0'
	budget '1 in 500ms'
	init
	eventually times sv/flaky run 4
	kill "$SCANNER"
	ends 0
}

@test "it is read at each end: a later one counts, one that is none is said and means nothing" {
	service sv/a
	budget '1 per hour'
	init
	kills a 1
	kills a 2
	eventually times sv/a run 3
	says 'warning: ignoring .runsvdir/restart-budget: "1 per hour" is not N in TIME, N at most 100$'
	budget '2 in 1h'
	kills a 3
	ends 111
}

@test "an earlier life of the tree is no concern" {
	service sv/flaky 'exit 0'
	budget '2 in 1h'
	mkdir -p sv/flaky/supervise
	date +%s | awk '{ for (i = 1; i < 9; i++) printf "@4%015x00000000 %d exit 3 ran 0 pid 1 cause itself failed yes again yes\n", $1 + 10 - 1, i }' >sv/flaky/supervise/deaths
	init
	ends 111
	[ "$(grep -c run sv/flaky.trace)" = 3 ]
}

@test "beside CMD: CMD gets TERM, and the code is 111" {
	service sv/flaky
	budget '0 in 10s'
	script ./cmd "trap 'echo term >>$PWD/order; exit 5' TERM" "echo up >$PWD/order" "while :; do read -r x <>$NEVER; done"
	init ./cmd
	eventually test -s order
	eventually runs sv/flaky
	kill -KILL "$(pid_of sv/flaky)"
	ends 111
	[ "$(tr '\n' ' ' <order)" = 'up term ' ]
}

@test "without -c, and not as process 1, it means nothing" {
	service sv/flaky 'exit 0'
	budget '0 in 1h'
	runs_as_init sv
	eventually times sv/flaky run 2
	kill -HUP "$SCANNER"
	ends 111
}
