#!/usr/bin/env bats
# kill -9 at each system call in turn (tests/killat.c): afterwards one daemon, one logger, no line missing
# and none twice, and what was wanted holds.
#
# RUNSV is set by helpers.bash, which shellcheck does not see behind load; each test is a subshell of its own
# with its own SCANNER; what is in single quotes is for another shell.
# shellcheck disable=SC2153,SC2030,SC2031,SC2016

load helpers
load services

KILLAT=${KILLAT:-$BIN/../tests/killat}

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	PATH=${RUNSV%/*}:$PATH
	mkfifo never
}

# writer NAME: a service that writes "PID N", N = 1, 2, 3 …, every few milliseconds, and its logger.
writer() {
	mkdir -p "$1/log" main
	printf 's0\nn0\n' >main/config
	cat >"$1/run" <<-EOF
		#!/bin/bash
		exec 5<>$PWD/never
		for ((i = 1;; i++)); do
			echo "\$\$ \$i"
			read -r -t 0.002 -u 5
		done
	EOF
	printf '#!/bin/sh\nexec svlogd %s\n' "$PWD/main" >"$1/log/run"
	chmod +x "$1/run" "$1/log/run"
}

# All that was logged.
lines() { find main -name '@*' -o -name current | sort | xargs -r cat; }

# Every line of each writer, once, in order.
lines_are_whole() {
	lines | awk 'NF != 2 || $2 != ++last[$1] { print "line " NR ": " $0 ", after " last[$1] - 1; bad = 1 } END { exit bad }'
}

# How many processes with that name work in that directory.
in_dir() {
	find /proc -mindepth 2 -maxdepth 2 -name cwd -lname "$PWD/$1" -printf '%h/comm\n' 2>/dev/null | xargs -r cat 2>/dev/null |
		grep -cx "$2" || :
}
one_of_each() {
	local now
	now="$(in_dir a run) $(in_dir a/log svlogd)"
	[ "$now" = "1 1" ] || { echo "processes: $now"; return 1; }
}

# answers NAME: a runsv is there.
answers() { "$SV" status "./$1" | grep -qE '^(run|down|finish): '; }

# killed PID: with -9, and it is dead.
killed() {
	kill -KILL "$1"
	wait "$1" || :
}

lines_grow() { [ "$(lines | wc -l)" -gt "$1" ]; }

# carries_on NAME: a new runsv comes, and everything is as it should be.
carries_on() {
	local pid

	"$RUNSV" "$1" 2>>err 3>&- &
	pid=$!
	eventually answers "$1" # stat may still be the killed one's
	eventually runs "$1"
	eventually runs "$1/log"
	eventually lines_grow "$(lines | wc -l)"
	one_of_each
	letter "$1" x
	wait "$pid"
	lines_are_whole
	[ "$(in_dir a run) $(in_dir a/log svlogd)" = "0 0" ]
}

# at_each_call WHOM COMMAND...: n = 1, 2, 3 … until the program comes to rest before its nth call; COMMAND
# prepares and is told n by $n; then the program is run and killed, and a new one must carry on.
at_each_call() {
	local whom=$1 code n=0
	shift
	while n=$((n + STRIDE)); do
		"$@"
		code=0
		"$KILLAT" "$whom" "$n" "$RUNSV" a 2>>err 3>&- || code=$?
		[ "$code" = 0 ] || break
		echo "killed $whom at call $n" # shown if the test fails
		carries_on a
	done
	[ "$code" = 3 ]
	echo "# $whom: $((n - 1)) calls" >&3
	[ "$n" -gt 10 ]
	letter a x
	eventually ended ./a
}

fresh() { rm -rf a main && writer a; }

@test "runsv, at each call of its start" { at_each_call self fresh; }

@test "the child between fork and exec and its runsv in one instant" { at_each_call both fresh; }

@test "the child alone, between fork and exec: its runsv goes on" {
	local n=0 code pid

	while n=$((n + STRIDE)); do
		fresh
		code=0
		"$KILLAT" child "$n" "$RUNSV" a 2>>err 3>&- || code=$?
		pid=$(fuser a/supervise/record 2>/dev/null | tr -d " ")
		[ "$code" = 0 ] || break
		eventually runs a
		eventually runs a/log
		eventually one_of_each
		eventually lines_grow 0
		letter a x
		eventually gone "$pid"
		lines_are_whole
	done
	[ "$code" = 3 ]
	[ "$n" -gt 10 ]
	letter a x
	eventually ended ./a
}

# A service and a logger that live, without a runsv.
orphans() {
	fresh
	"$RUNSV" a 2>>err 3>&- &
	eventually runs a
	eventually runs a/log
	eventually lines_grow 0
	pids="$(pid_of a) $(pid_of a/log)"
	kill -KILL $!
	wait $! || :
}

@test "a runsv that adopts, at each call of its start" {
	local pids
	at_each_call self orphans
}

@test "an adopted service and logger stay the same processes" {
	local pids
	orphans
	supervise a
	eventually runs a
	[ "$pids" = "$(pid_of a) $(pid_of a/log)" ]
	letter a x
	wait "$SUPERVISOR"
	lines_are_whole
}

# killed_with LETTER WANTED: at each call of a start that finds the letter in its FIFO. The letter is not lost.
killed_with() {
	local n=0 code pid

	while n=$((n + STRIDE)); do
		rm -rf a a.trace
		service a
		mkdir -m 700 a/supervise
		mkfifo a/supervise/control
		exec 9<>a/supervise/control
		printf '%s' "$1" >&9
		code=0
		"$KILLAT" self "$n" "$RUNSV" a 2>>err 3>&- 9>&- || code=$?
		[ "$code" = 0 ] || break
		"$RUNSV" a 2>>err 3>&- 9>&- &
		pid=$!
		echo "killed at call $n"
		eventually answers a # the new one: stat may still be the killed one's
		eventually stat_is a "$2"
		letter a x
		wait "$pid"
		exec 9>&-
	done
	exec 9>&-
	[ "$code" = 3 ]
	[ "$n" -gt 50 ]
	letter a x
	eventually ended ./a
}

@test "down outlives it at each call" { killed_with d down; }
@test "once outlives it at each call" { killed_with o 'run, want down'; }
@test "the last of many letters outlives it at each call" { killed_with ouo 'run, want down'; }

@test "runs and finishes take turns, whenever runsv is killed" {
	local n=0 code pid

	while n=$((n + STRIDE)); do
		rm -rf a a.trace
		service a 'exit 7'
		script a/finish "echo finish \$* >>$PWD/a.trace"
		code=0
		KILLAT_RESTS=3 "$KILLAT" self "$n" "$RUNSV" a 2>>err 3>&- || code=$?
		[ "$code" = 0 ] || break
		"$RUNSV" a 2>>err 3>&- &
		pid=$!
		eventually times a finish 1
		letter a x
		wait "$pid"
		echo "killed at call $n: $(cat a.trace)"
		# a run that x ended before it could say a word has its finish, too
		awk '$1 == last && !($1 == "finish" && $2 $3 == "-115") { bad = 1 } { last = $1 }
			END { exit bad || last != "finish" }' a.trace
	done
	[ "$code" = 3 ]
	letter a x
	eventually ended ./a
}

@test "an exit code that came while nobody supervised is not lost where the kernel keeps it" {
	service a "while [ ! -e $PWD/go ]; do read x <$PWD/never; done" 'exit 5'
	script a/finish "echo finish \$* >>$PWD/a.trace"
	mkfifo go.fifo
	supervise a
	eventually runs a
	killed "$SUPERVISOR"
	supervise a
	eventually runs a
	touch go
	echo >never
	eventually traced a 'finish'
	# 6.15 tells the code; before that nobody does
	traced a 'finish 5 0' || traced a 'finish -1 0'
}

@test "runsvdir, at each call of its start: one runsv a service, one daemon" {
	local n=0 code pid

	mkdir sv
	while n=$((n + STRIDE)); do
		rm -rf sv/a sv/b sv/c sv/*.trace
		service sv/a
		service sv/b
		code=0
		"$KILLAT" self "$n" "$RUNSVDIR" "$PWD/sv" 2>>err 3>&- || code=$?
		[ "$code" = 0 ] || break
		# which only the second one can have started, when it has seen all
		service sv/c
		"$RUNSVDIR" "$PWD/sv" 2>>err 3>&- &
		pid=$!
		eventually runs sv/c
		eventually runs sv/a
		eventually runs sv/b
		[ "$(in_dir sv/a sleep) $(in_dir sv/b sleep)" = "1 1" ]
		mv sv/a away && mv sv/b away2 && mv sv/c away3
		eventually stat_is away down
		eventually stat_is away2 down
		eventually stat_is away3 down
		kill "$pid"
		wait "$pid"
		eventually ended ./away
		rm -rf away away2 away3
	done
	[ "$code" = 3 ]
	[ "$n" -gt 20 ]
	pkill -HUP -f -x "$RUNSVDIR $PWD/sv" # this test's own one: others run beside it
	eventually ended ./sv/a
}

# Any two of runsvdir, runsv and logger, in one instant.
two_killed() {
	mkdir -p sv
	writer sv/a
	"$RUNSVDIR" sv 2>>err 3>&- &
	local scanner=$! runsv logger daemon pids
	eventually runs sv/a
	eventually runs sv/a/log
	eventually lines_grow 10
	runsv=$(pgrep -P "$scanner" -f -x 'runsv a')
	logger=$(pid_of sv/a/log)
	daemon=$(pid_of sv/a)
	declare -A of=([scanner]=$scanner [runsv]=$runsv [logger]=$logger)
	kill -KILL "${of[$1]}" "${of[$2]}"
	eventually gone "${of[$1]}"
	eventually gone "${of[$2]}"
	if [ "$1" = scanner ]; then
		wait "$scanner" || :
		"$RUNSVDIR" sv 2>>err 3>&- &
		scanner=$!
	fi
	eventually new_logger_if "$2"
	eventually lines_grow $(($(lines | wc -l) + 10))
	"$SV" status ./sv/a | grep -q "^run: ./sv/a: (pid $daemon) .*; run: log: (pid"
	[ "$(in_dir sv/a run) $(in_dir sv/a/log svlogd)" = "1 1" ]
	kill -HUP "$scanner"
	wait "$scanner" || :
	eventually ended ./sv/a
	lines_are_whole
}

new_logger_if() { [ "$1" != logger ] || { [ -s sv/a/log/supervise/pid ] && [ "$(pid_of sv/a/log)" != "$logger" ]; }; }

@test "runsvdir and runsv killed in one instant" { two_killed scanner runsv; }
@test "runsv and logger killed in one instant" { two_killed runsv logger; }
@test "runsvdir and logger killed in one instant" { two_killed scanner logger; }

# all_killed PARTS: those of scanner, runsv and logger, in one instant; everything is replaced but the daemon.
all_killed() {
	local part pids=()
	declare -A of=([scanner]=$scanner [runsv]=$runsv [logger]=$logger)

	for part in $1; do pids+=("${of[$part]}"); done
	kill -KILL "${pids[@]}"
	for part in $1; do eventually gone "${of[$part]}"; done
	if [[ $1 == *scanner* ]]; then
		wait "$scanner" || :
		"$RUNSVDIR" sv 2>>err 3>&- &
		scanner=$!
	fi
	eventually new_ones "$1"
}
runsv_in() {
	find /proc -mindepth 2 -maxdepth 2 -name cwd -lname "$PWD/$1" -printf '%h\n' 2>/dev/null | while read -r dir; do
		[ "$(cat "$dir/comm" 2>/dev/null)" != runsv ] || echo "${dir#/proc/}"
	done
}
new_ones() {
	local held

	held=$(runsv_in sv/a)
	[[ $held =~ ^[0-9]+$ ]] || return 1
	[[ $1 != *runsv* || $held != "$runsv" ]] || return 1
	if [[ $1 == *logger* ]]; then
		[ -s sv/a/log/supervise/pid ] && [ "$(pid_of sv/a/log)" != "$logger" ] || return 1
	fi
	runsv=$held
	logger=$(pid_of sv/a/log)
}

@test "each combination of the three, one after the other: one daemon, no line lost and none twice" {
	local scanner runsv logger daemon parts round

	mkdir -p sv
	writer sv/a
	"$RUNSVDIR" sv 2>>err 3>&- &
	scanner=$!
	eventually runs sv/a
	eventually runs sv/a/log
	eventually new_ones ''
	daemon=$(pid_of sv/a)
	for round in 1 2 3; do
		for parts in scanner runsv logger 'scanner runsv' 'runsv logger' 'scanner logger' 'scanner runsv logger'; do
			echo "round $round: $parts"
			all_killed "$parts"
			eventually lines_grow "$(lines | wc -l)"
			[ "$(pid_of sv/a)" = "$daemon" ]
		done
	done
	[ "$(in_dir sv/a run) $(in_dir sv/a/log svlogd)" = "1 1" ]
	kill -HUP "$scanner"
	wait "$scanner" || :
	eventually ended ./sv/a
	lines_are_whole
}

@test "a second runsv does not take over what the first one was told to end" {
	local second code=0
	service a
	supervise a
	eventually runs a
	"$RUNSV" a 2>>err 3>&- &
	second=$!
	eventually opened_lock "$second"
	letter a x
	wait "$SUPERVISOR"
	wait "$second" || code=$?
	[ "$code" = 111 ]
	[ "$(grep -c run a.trace)" = 1 ]
}
opened_lock() { [[ $(readlink "/proc/$1/fd/"*) == */a/supervise/lock* ]]; }

@test "a second runsv that waits for the lock takes over from one that is killed meanwhile" {
	service a
	supervise a
	eventually runs a
	# the quarter of a second that it would wait has no end
	daemon strace -D -qq -o /dev/null -e inject=setitimer:retval=0 "$RUNSV" a 2>>err
	eventually waits_for_lock "${PIDS[-1]}"
	killed "$SUPERVISOR"
	letter a p
	eventually stat_is a 'run, paused'
	[ "$(grep -c run a.trace)" = 1 ]
}
waits_for_lock() { opened_lock "$1" && grep -q lock "/proc/$1/wchan"; }

@test "R: runsv executes itself, still the parent of what runs" {
	writer a
	supervise a
	eventually runs a
	eventually runs a/log
	local pids
	pids="$(pid_of a) $(pid_of a/log)"
	"$SV" reexec ./a
	letter a p
	eventually stat_is a 'run, paused'
	[ "$pids" = "$(pid_of a) $(pid_of a/log)" ]
	[ "$(ps -o ppid= -p "$(pid_of a)" | tr -d ' ')" = "$SUPERVISOR" ]
	letter a c
	eventually stat_is a run
	letter a x
	wait "$SUPERVISOR"
	lines_are_whole
}

@test "R takes the program that its name leads to now" {
	mkdir bin
	cp "$RUNSV" bin/runsv
	service a
	RUNSV=$PWD/bin/runsv supervise a
	eventually runs a
	cp bin/runsv bin/new
	mv bin/new bin/runsv
	readlink "/proc/$SUPERVISOR/exe" | grep -q deleted
	letter a R
	letter a p
	eventually stat_is a 'run, paused'
	[ "$(readlink "/proc/$SUPERVISOR/exe")" = "$PWD/bin/runsv" ]
	times a run 1
	run ! times a run 2
}

@test "letters behind R are obeyed by the new one" {
	service a
	supervise a
	eventually runs a
	letter a RoRRo
	eventually stat_is a 'run, want down'
	letter a RRRd
	eventually stat_is a down
	kill -0 "$SUPERVISOR"
}

@test "a stop that was under way is carried on" {
	service a "trap '' TERM" "while :; do read x <$PWD/never; done"
	supervise a
	eventually runs a
	letter a d
	eventually stat_is a 'run, got TERM, want down'
	killed "$SUPERVISOR"
	supervise a
	eventually stat_is a 'run, got TERM, want down'
	letter a k
	eventually stat_is a down
}

@test "a control script that works is found again, and not run twice" {
	mkfifo hold
	service a
	script a/control/t "echo script t >>$PWD/a.trace" "read x <$PWD/hold" 'exit 1'
	supervise a
	eventually runs a
	letter a d
	eventually traced a 'script t'
	killed "$SUPERVISOR"
	supervise a
	eventually stat_is a 'run, want down'
	echo >hold
	eventually stat_is a down
	[ "$(grep -c script a.trace)" = 1 ]
}

@test "another boot, or a restarted container: it begins from the owner's files" {
	service a
	supervise a
	eventually runs a
	letter a d
	eventually stat_is a down
	killed "$SUPERVISOR"
	sed -i 's/^instance ......../instance 00000000/' a/supervise/record
	supervise a
	eventually runs a
}

@test "a copied directory copies no process" {
	service a
	supervise a
	eventually runs a
	cp -a a b 2>/dev/null || :
	sed -i 's/a.trace/b.trace/' b/run
	rm -f b/supervise/{control,ok,stat,pid,status}
	supervise b
	eventually runs b
	[ "$(pid_of a)" != "$(pid_of b)" ]
	traced b run
}

@test "after an orderly end only runit's files are there" {
	writer a
	supervise a
	eventually runs a
	letter a x
	wait "$SUPERVISOR"
	[ "$(cd a/supervise && echo *)" = "control lock ok pid stat status" ]
	[ "$(cd a/log/supervise && echo *)" = "control lock ok pid stat status" ]
}

@test "a record that can't be read for want of descriptors is not replaced: no second copy" {
	service a
	supervise a
	eventually runs a
	killed "$SUPERVISOR"
	local n
	for n in 5 6 7 8 9 10 11 12 13 14 15 16 17 18; do
		bash -c "ulimit -n $n; exec timeout -s KILL 0.2 \"\$0\" a" "$RUNSV" 2>>err 3>&- || :
	done
	supervise a
	letter a p
	eventually stat_is a 'run, paused'
	[ "$(grep -c run a.trace)" = 1 ]
}

@test "a record that can't be read, or a process that can't be held: no second copy" {
	service a
	supervise a
	eventually runs a
	killed "$SUPERVISOR"
	run -111 strace -qq -o /dev/null -P "$PWD/a/supervise/record" -e inject=pread64:error=EIO "$RUNSV" a
	[[ $output == 'runsv a: fatal: unable to read supervise/record: '* ]]
	run -111 strace -qq -o /dev/null -P /proc/1/stat -e inject=openat:error=EMFILE "$RUNSV" a
	[[ $output == 'runsv a: fatal: unable to read /proc: '* ]]
	run -111 strace -qq -o /dev/null -e inject=pidfd_open:error=EMFILE "$RUNSV" a
	[[ $output == "runsv a: fatal: unable to take up process $(pid_of a) of an earlier runsv: "* ]]
	supervise a
	letter a p
	eventually stat_is a 'run, paused'
	[ "$(grep -c run a.trace)" = 1 ]
}

@test "an exit that was taken back leaves a logger that is wanted" {
	mkfifo hold
	service a 'exec sleep 3600'
	logger a "cat >>$PWD/a.log" "echo eof >>$PWD/a.trace" "read x <$PWD/hold"
	supervise a
	eventually runs a
	eventually runs a/log
	letter a x
	eventually traced a eof
	letter a/log c
	letter a u
	eventually times a run 2
	killed "$SUPERVISOR"
	supervise a
	eventually runs a
	eventually runs a/log
	stat_is a/log run
}

@test "pid keeps its mtime over R and adoption" {
	service a
	supervise a
	eventually runs a
	local before
	before=$(stat -c %i.%Y a/supervise/pid)
	letter a Ro
	eventually stat_is a 'run, want down'
	[ "$before" = "$(stat -c %i.%Y a/supervise/pid)" ]
	killed "$SUPERVISOR"
	supervise a
	letter a p
	eventually stat_is a 'run, paused, want down'
	[ "$before" = "$(stat -c %i.%Y a/supervise/pid)" ]
}

@test "a pid that was removed or overwritten while nobody supervised is written again" {
	local pid
	service a
	supervise a
	eventually runs a
	pid=$(pid_of a)
	killed "$SUPERVISOR"
	echo no number >a/supervise/pid
	supervise a
	eventually pid_is a "$pid"
	killed "$SUPERVISOR"
	rm a/supervise/pid
	supervise a
	eventually pid_is a "$pid"
}
pid_is() { [ "$(cat "$1/supervise/pid" 2>/dev/null)" = "$2" ]; }

@test "R is refused where its name leads to another directory" {
	service a
	supervise a
	eventually runs a
	mv a b
	mkdir a
	letter b Rp
	eventually stat_is b 'run, paused'
	[ "$(cat a.err)" = 'runsv a: warning: unable to execute itself anew: a is another directory now' ]
	[ -z "$(ls a)" ]
}

@test "R with few descriptors: the next one gets the limit that this one was given, and without a next one nothing changes" {
	mkdir bin
	cp "$RUNSV" bin/runsv
	service a "ulimit -n >>$PWD/limits" 'exec sleep 3600'
	daemon bash -c 'ulimit -Sn 16; exec "$0" a' "$PWD/bin/runsv" 2>a.err
	eventually runs a
	letter a Rp
	eventually stat_is a 'run, paused'
	rm bin/runsv
	letter a Rc
	eventually stat_is a run
	grep -q "^runsv a: warning: unable to execute $PWD/bin/runsv: " a.err
	grep -q '^Max open files *64 ' "/proc/${PIDS[-1]}/limits"
	letter a k
	eventually times a run 2
	eventually runs a
	[ "$(sort -u limits)" = 16 ]
}

# control/t has ended, and asked for TERM, while there was no runsv.
script_ended_alone() {
	mkfifo hold
	service a "trap 'echo term >>$PWD/a.trace' TERM" 'while :; do sleep 3600 & wait; done'
	script a/control/t "echo script >>$PWD/a.trace" "read x <$PWD/hold" 'exit 1'
	supervise a
	eventually runs a
	letter a t
	eventually traced a script
	killed "$SUPERVISOR"
	echo >hold
}
term_is_not_lost() {
	supervise a
	eventually traced a term
	[ "$(grep -c script a.trace)" = 1 ]
}

@test "a letter whose script ended while nobody supervised is not lost" {
	script_ended_alone
	term_is_not_lost
}

@test "a letter whose script ended while nobody supervised, and whose pid is another's by now, is not lost" {
	script_ended_alone
	stranger a/supervise/record 'script t'
	term_is_not_lost
}

runs_anew() { runs "$1" && [ "$(pid_of "$1")" != "$2" ]; }

@test "a stop that waits for the control/t of the process before is not lost" {
	local pid
	mkfifo hold
	# a writer for both scripts: who opens it in the moment in which the first one's leaves, waits for none
	exec 8<>hold
	service a
	script a/control/t "echo script >>$PWD/a.trace" "read x <$PWD/hold" 'exit 1'
	supervise a
	eventually runs a
	letter a t
	eventually traced a script
	pid=$(pid_of a)
	letter a k # the script is at work for a process that has gone
	eventually runs_anew a "$pid"
	letter a d
	eventually stat_is a 'run, want down'
	killed "$SUPERVISOR"
	supervise a
	echo >&8
	eventually times a script 2
	echo >&8
	eventually stat_is a down
}

@test "x to a service that is down: what is in the pipe still finds its logger" {
	service a 'echo precious' 'exec sleep 3600'
	logger a "[ -e $PWD/once ] && exec cat >>$PWD/a.log" "touch $PWD/once" 'exit 1'
	supervise a
	eventually runs a
	eventually test -e once
	letter a d
	eventually stat_is a down
	letter a x
	wait "$SUPERVISOR"
	grep -q precious a.log
}

# --- runsvdir holds the log pipes ---

# quiet NAME: a service that writes 100 lines and ends, once it is told to, and its logger.
quiet() {
	mkdir -p sv "$1/log"
	cat >"$1/run" <<-EOF
		#!/bin/bash
		for i in {1..100}; do echo "\$\$ \$i"; done
		echo ran >>$PWD/$1.trace
	EOF
	printf '#!/bin/sh\nexec cat >>%s\n' "$PWD/lines" >"$1/log/run"
	touch "$1/down"
	chmod +x "$1/run" "$1/log/run"
}

scan() {
	daemon env --default-signal "$RUNSVDIR" sv 2>>err
	SCANNER=$!
}
held() { find "/proc/$SCANNER/fd" -lname "*/supervise/pipe" -printf '%l\n' 2>/dev/null; }
holds() { [ "$(held | grep -c "${1:-.}")" = "${2:-1}" ]; }
descriptors() { find "/proc/$SCANNER/fd" -mindepth 1 | wc -l; }
descriptors_are() { [ "$(descriptors)" = "$1" ]; }
# Whoever its parent is.
runsv_of() {
	local cwd comm
	for cwd in /proc/[0-9]*/cwd; do
		[ "$(readlink "$cwd")" = "$PWD/$1" ] || continue
		read -r comm <"${cwd%cwd}comm" || continue
		[ "$comm" != runsv ] || basename "${cwd%/cwd}"
	done
}
all_lines() { [ "$(wc -l <lines)" = "${1:-100}" ] && lines_are_whole; }

# lines_in_pipe NAME: it has run and is down; no logger has read what it wrote.
lines_in_pipe() {
	local log
	eventually runs "$1/log"
	log=$(pid_of "$1/log")
	kill -STOP "$log"
	eventually grep -q '^State:.T' "/proc/$log/status"
	letter "$1" o
	eventually traced "$1" ran
	eventually stat_is "$1" down
	[ ! -s lines ]
}

@test "runsv and logger killed in one instant while the service is down: no line is lost" {
	quiet sv/a
	scan
	eventually holds sv/a
	lines_in_pipe sv/a
	kill -KILL "$(runsv_of sv/a)" "$(pid_of sv/a/log)"
	eventually all_lines
	eventually runs sv/a/log
	[ "$(in_dir sv/a/log cat)" = 1 ]
}

@test "the same under a new runsvdir, whose old one was killed" {
	quiet sv/a
	scan
	eventually holds sv/a
	killed "$SCANNER"
	scan
	eventually holds sv/a
	lines_in_pipe sv/a
	kill -KILL "$(runsv_of sv/a)" "$(pid_of sv/a/log)"
	eventually all_lines
	eventually runs sv/a/log
}

@test "the same while the entry is leaving: who stops it reads the lines" {
	quiet sv/a
	scan
	eventually holds sv/a
	lines_in_pipe sv/a
	local runsv log
	runsv=$(runsv_of sv/a)
	log=$(pid_of sv/a/log)
	mv sv/a away
	eventually grep -q 'want exit' away/log/supervise/stat
	kill -KILL "$runsv" "$log"
	eventually all_lines
	eventually ended ./away
	eventually holds '' 0
}

# Services with loggers.
thirty() {
	local i
	for i in {1..30}; do quiet "sv/s$i"; done
}
# thirty_with ULIMIT: and a runsvdir with that limit.
thirty_with() {
	thirty
	daemon bash -c "ulimit $1; exec env --default-signal \"\$0\" sv" "$RUNSVDIR" 2>>err
	SCANNER=$!
}

@test "runsvdir holds each log pipe, however many start at once" {
	thirty
	service sv/none
	scan
	eventually holds . 30
	[ ! -s err ]
}

@test "a pipe that can't be held is no error: neither a warning nor a service that is not started" {
	local i
	thirty_with '-n 64'
	for i in {1..30}; do eventually runs "sv/s$i/log"; done
	quiet new
	mv new sv/new
	eventually runs sv/new/log
	held | grep -q supervise/pipe
	[ ! -s err ]
}

@test "the soft limit of descriptors is raised for them" {
	thirty_with '-Sn 36'
	eventually holds . 30
}

@test "what was held is let go: after an orderly end, and when an entry goes" {
	quiet sv/a
	scan
	eventually holds sv/a
	local before i old
	before=$(descriptors)
	for i in 1 2 3; do
		quiet new
		mv new sv/b
		eventually holds sv/b
		old=$(runsv_of sv/b)
		kill -KILL "$old"
		eventually gone "$old"
		eventually answers sv/b
		letter sv/b x
		eventually holds sv/b 0
		eventually holds sv/b
		mv sv/b away
		eventually ended ./away
		eventually descriptors_are "$before"
		rm -rf away
	done
	[[ $(held) == */sv/a/supervise/pipe ]]
}

@test "a killed runsv's pipe is held until the next one has another" {
	quiet sv/a
	scan
	eventually holds sv/a
	rm sv/a/supervise/pipe
	kill -KILL "$(runsv_of sv/a)" "$(pid_of sv/a/log)"
	eventually runs sv/a/log
	eventually holds 'pipe$'
	holds . 1
}

@test "something else in the place of the pipe, or of the one who reports, is not held" {
	quiet sv/a
	scan
	eventually holds sv/a
	local before
	before=$(descriptors)
	rm sv/a/supervise/pipe
	echo data >sv/a/supervise/pipe
	kill -CHLD "$SCANNER" # the word of nobody whom it knows
	quiet sv/.b
	mv sv/.b sv/b
	eventually holds sv/b
	descriptors_are $((before + 2)) # its directory and its pipe
}
