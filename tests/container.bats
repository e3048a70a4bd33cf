#!/usr/bin/env bats
# runsvdir as a container's process: CMD, the order of a stop, essential services, the hooks, exit codes.
#
# RUNSVDIR is set by helpers.bash, each test is a subshell with its own SCANNER; what is in single quotes is for another shell.
# shellcheck disable=SC2153,SC2016,SC2030,SC2031,SC2034

load helpers
load services
load init

# init [CMD...]: runsvdir -c on sv, with that CMD.
init() { runs_as_init -c sv ${1:+-- "$@"}; }

# setting FILE TEXT
setting() {
	mkdir -p "${1%/*}"
	printf '%s\n' "$2" >"$1"
}
# tells NAME [LINE...]: a service that notes in order when it got TERM.
tells() {
	local name=$1
	shift
	service "sv/$name" "trap 'echo $name >>$PWD/order; ${1:-exit 0}' TERM" "echo up >>$PWD/sv/$name.trace" 'while :; do read -r x <>'"$NEVER"'; done'
}
depends() { mkdir -p "sv/$1/dependencies.d" && : >"sv/$1/dependencies.d/$2"; }

@test "CMD: its end ends the services and its code is the code, every code and every signal" {
	local code sig
	service sv/a
	for code in 0 1 2 42 100 111 126 127 137 255; do
		init sh -c "exit $code"
		ends "$code"
	done
	for sig in HUP INT QUIT KILL TERM SEGV USR1; do
		init sh -c "ulimit -c 0; kill -$sig \$\$"
		ends $((128 + $(kill -l "$sig")))
	done
	grep -qx 'runsvdir sv: info: ended by sh, exit code 139' err
}

@test "CMD that can't be executed: 127, 126" {
	init ./nowhere
	ends 127
	init nowhere
	ends 127
	: >plain
	init ./plain
	ends 126
	grep -q 'fatal: unable to start ./nowhere: No such file or directory' err
}

# init_under FAULT [CMD...]: the same as init, with it.
init_under() { runs_as_init_under "$1" -c sv ${2:+-- "${@:2}"}; }

@test "CMD or a hook can't be forked: that is said, and 111; for start as well, and no service; the others are done without" {
	local no_process=fork,vfork,clone,clone3:error=EAGAIN:when
	init_under "$no_process=1" sh -c 'exit 3'
	ends 111
	says 'warning: unable to fork for sh: '
	script sv/.runsvdir/stop "echo stop >>$PWD/order"
	script sv/.runsvdir/finish "echo finish >>$PWD/order"
	init_under "$no_process=2+" sh -c 'exit 3'
	ends 3
	says 'warning: unable to fork for .runsvdir/stop: '
	says 'warning: unable to fork for .runsvdir/finish: '
	service sv/a
	script sv/.runsvdir/start "echo start >>$PWD/order"
	init_under "$no_process=1" touch "$PWD/order"
	ends 111
	says 'warning: unable to fork for .runsvdir/start: '
	[ ! -e order ]
	[ ! -e sv/a/supervise ]
}

@test "CMD has the terminal, if standard input is one" {
	service sv/a
	script ./cmd "ps -o pgid=,tpgid= -p \$\$ >$PWD/groups" 'read -r line' "echo \"got \$line\" >$PWD/got" 'exit 3'
	mkfifo in
	exec 7<>in
	# not by daemon: in the background standard input is /dev/null without a redirection of its own
	command script -qec "exec env --default-signal $RUNSVDIR -c sv -- ./cmd" /dev/null <in >said 2>&1 3>&- 7>&- 8>&- &
	SCANNER=$!
	echo words >&7
	ends 3
	[ "$(cat got)" = 'got words' ]
	read -r group foreground <groups
	[ "$group" = "$foreground" ]
}

@test "CMD that is no shell goes on after Ctrl-Z" {
	script ./cmd "trap 'echo cont >>$PWD/order' CONT" "echo up >>$PWD/order" 'read -r line || read -r line' "echo \"\$line\" >>$PWD/order" 'exit 3'
	mkfifo in
	exec 7<>in
	command script -qec "exec env --default-signal $RUNSVDIR -c sv -- ./cmd" /dev/null <in >said 2>&1 3>&- 7>&- 8>&- &
	SCANNER=$!
	eventually grep -q up order
	printf '\032' >&7
	eventually grep -q cont order
	echo words >&7
	ends 3
	[ "$(tail -n 1 order)" = words ]
}

@test "CMD runs beside the services, after them, and has standard input alone" {
	service sv/a "readlink /proc/self/fd/0 >$PWD/input" 'exec sleep 3600'
	mkfifo in
	exec 7<>in
	# in the background a shell gives /dev/null to what has no redirection of its own
	env --default-signal "$RUNSVDIR" -c sv -- sh -c "read -r line; echo \"got \$line\" >$PWD/cmd; exit 3" <in 2>>err 3>&- 7>&- 8>&- &
	SCANNER=$!
	eventually runs sv/a
	echo words >&7
	ends 3
	[ "$(cat cmd)" = 'got words' ]
	[ "$(cat input)" = /dev/null ]
}

@test "TERM: CMD first, then the services; the code is CMD's" {
	tells a
	init bash -c "trap 'echo cmd >>$PWD/order; exit 7' TERM; echo >$PWD/ready; while :; do read -r -t 1 x <>$NEVER; done"
	eventually test -s sv/a.trace
	eventually test -s ready
	kill "$SCANNER"
	ends 7
	[ "$(tr '\n' ' ' <order)" = 'cmd a ' ]
	grep -qx 'runsvdir sv: info: ended by signal Terminated, exit code 7' err
}

hears() { grep -qs '^inotify ' "/proc/$SCANNER"/fdinfo/*; }
is_deaf() { ! hears; }

@test "a stop lets go of all that is watched as it begins: an exit would wait until the kernel has done it" {
	service sv/a
	init bash -c "trap 'read -r x <$PWD/hold; exit 4' TERM; echo >$PWD/ready; while :; do read -r -t 0.1 x <>$NEVER; done"
	eventually test -s ready
	hears
	kill "$SCANNER"
	eventually is_deaf
	echo >&8
	ends 4
}

@test "CMD that does not obey: KILL at half of the time, the services have theirs, 137" {
	tells a
	setting sv/.runsvdir/timeout-stop 600
	init bash -c "trap '' TERM; echo >$PWD/ready; while :; do read -r x <>$NEVER; done"
	eventually test -s sv/a.trace
	eventually test -s ready
	kill "$SCANNER"
	ends 137
	[ "$(cat order)" = a ]
	says 'killed because the time is up: bash$'
	[ "$(grep -c killed err)" = 1 ]
}

@test "CMD is named when it is waited for, and another TERM is its end" {
	init bash -c "trap '' TERM; echo >$PWD/ready; while :; do read -r x <>$NEVER; done"
	eventually test -s ready
	kill "$SCANNER"
	eventually says 'stopping, waiting for: bash$'
	kill "$SCANNER"
	ends 137
}

@test "a runsv that is only just beginning when CMD gets TERM: its service does not run, nor does it wait for CMD" {
	service sv/a
	mkfifo late.hold
	script late/runsv "echo \$\$ >$PWD/begun" "read -r x <>$PWD/late.hold" 'exec '"$RUNSV"' "$@"'
	PATH=$PWD/late:$PATH init bash -c "trap 'read -r x <$PWD/hold; exit 4' TERM; echo >$PWD/ready; while :; do read -r -t 0.1 x <>$NEVER; done"
	eventually test -s begun
	eventually test -s ready
	kill "$SCANNER"
	eventually has_term "$(cat begun)"
	echo >late.hold
	eventually gone "$(cat begun)"
	echo >&8
	ends 4
	[ ! -e sv/a.trace ]
}
# TERM waits for it to be taken.
has_term() { ((0x$(awk '/^ShdPnd/ {print $2}' "/proc/$1/status") & 0x4000)); }

@test "signals that are CMD's are nobody's when it has ended" {
	tells a :
	init sh -c "while [ ! -s $PWD/sv/a.trace ]; do read -r x <$PWD/hold; done; exit 5"
	eventually test -s sv/a.trace
	echo >&8
	eventually test -s order
	kill -HUP "$SCANNER"
	kill -USR1 "$SCANNER"
	eventually says 'stopping, waiting for: a$'
	kill "$SCANNER"
	ends 5
}

@test "HUP, USR1, USR2 and WINCH are CMD's" {
	service sv/a
	init bash -c "for s in HUP USR1 USR2 WINCH; do trap \"echo \$s >>$PWD/got\" \$s; done; echo >$PWD/ready; while :; do read -r -t 0.1 x <>$NEVER; done"
	eventually test -s ready
	local sig n=0
	for sig in HUP USR1 USR2 WINCH; do
		kill "-$sig" "$SCANNER"
		n=$((n + 1))
		eventually has_lines got "$n"
	done
	kill "$SCANNER"
	ends 143
	[ "$(tr '\n' ' ' <got)" = 'HUP USR1 USR2 WINCH ' ]
}
has_lines() { [ "$(wc -l <"$1" 2>/dev/null)" = "$2" ]; }

@test "the stop goes the other way round than dependencies.d" {
	tells db 'read -r x <>'"$PWD/hold"'; exit 0'
	tells app 'read -r x <>'"$PWD/hold"'; exit 0'
	tells web 'read -r x <>'"$PWD/hold"'; exit 0'
	tells other
	depends web app
	depends app db
	depends app nobody
	init
	for s in db app web other; do eventually test -s "sv/$s.trace"; done
	kill "$SCANNER"
	eventually has_lines order 2
	[ "$(sort order | tr '\n' ' ')" = 'other web ' ]
	echo >&8
	eventually has_lines order 3
	echo >&8
	eventually has_lines order 4
	echo >&8
	ends 0
	[ "$(tail -n 2 order | tr '\n' ' ')" = 'app db ' ]
}

@test "a circle is stopped all the same" {
	tells a
	tells b
	tells c
	depends a b
	depends b a
	depends b c
	init
	for s in a b c; do eventually test -s "sv/$s.trace"; done
	kill "$SCANNER"
	ends 0
	# c is needed by b only
	[ "$(grep -v a order | tr '\n' ' ')" = 'b c ' ]
}

@test "who keeps others from being told is killed at half of the time, and each of these gets its TERM" {
	tells db
	tells web :
	depends web db
	setting sv/.runsvdir/timeout-stop 4s
	init
	for s in db web; do eventually test -s "sv/$s.trace"; done
	kill "$SCANNER"
	ends 137
	[ "$(tr '\n' ' ' <order)" = 'web db ' ]
	says 'stopping, killed because others wait for it: web$'
}

@test "one that has never been started keeps nobody waiting" {
	tells db
	init
	eventually test -s sv/db.trace
	# it has no run yet; another one that comes after it is seen later
	depends web db
	tells busy 'read -r x <'"$PWD/hold"'; exit 0'
	eventually test -s sv/busy.trace
	kill "$SCANNER"
	eventually has_lines order 2
	echo >&8
	ends 0
	[ ! -e sv/web/supervise ]
}

@test "nor does one that has gone, with its runsv, before the stop" {
	tells db
	tells busy 'read -r x <'"$PWD/hold"'; exit 0'
	tells web
	depends web db
	init
	for s in db busy web; do eventually test -s "sv/$s.trace"; done
	kill -STOP "$SCANNER"
	kill -KILL "$(pgrep -P "$SCANNER" -f -x 'runsv web')" "$(pid_of sv/web)"
	rm sv/web/supervise/record
	kill "$SCANNER"
	kill -CONT "$SCANNER"
	eventually has_lines order 2
	[ "$(sort order | tr '\n' ' ')" = 'busy db ' ]
	echo >&8
	ends 0
}

@test "a service is down when its runsv, which somebody else has started, still waits for its logger" {
	tells db
	service web "trap 'echo web >>$PWD/order; exit 0' TERM" "echo up >>$PWD/web.trace" 'while :; do read -r x <>'"$NEVER"'; done'
	logger web 'cat' "read -r x <$PWD/hold"
	mkdir web/dependencies.d
	: >web/dependencies.d/db
	daemon "$RUNSV" web 8>&-
	local runsv=$!
	ln -s ../web sv/web
	init
	eventually test -s sv/db.trace
	eventually traced web up
	eventually watches "$runsv"
	kill "$SCANNER"
	eventually has_lines order 2
	run ! gone "$runsv"
	echo >&8
	ends 0
	[ "$(tr '\n' ' ' <order)" = 'web db ' ]
}
# watches PID: by a descriptor, since it is not its child.
watches() { grep -qsx "Pid:[[:space:]]*$1" "/proc/$SCANNER/fdinfo/"*; }

# The stop has begun: db waits for web, which takes its time until somebody writes to hold.
web_is_told() {
	tells db
	tells web 'read -r x <>'"$PWD/hold"'; exit 0'
	depends web db
	init
	for s in db web; do eventually test -s "sv/$s.trace"; done
	kill "$SCANNER"
	eventually test -s order
}

@test "what waits for its turn is not started again when it ends, and nobody can take the stop back" {
	web_is_told
	kill -KILL "$(pid_of sv/db)"
	"$SV" up ./sv/db ./sv/web || :
	eventually not_supervised sv/db
	echo >&8
	ends 0
	[ "$(grep -c up sv/db.trace)" = 1 ]
	[ "$(grep -c up sv/web.trace)" = 1 ]
}
not_supervised() { ! "$SV" status "./$1" | grep -qE '^(run|down|finish): '; }

@test "a runsv that is killed while its service waits for its turn: the next one does not stop it sooner" {
	web_is_told
	kill -KILL "$(pgrep -P "$SCANNER" -f -x 'runsv db')"
	eventually pgrep -P "$SCANNER" -f -x 'runsv \.'
	eventually grep -qx 'want last' sv/db/supervise/record
	[ "$(cat order)" = web ]
	echo >&8
	ends 0
	[ "$(tr '\n' ' ' <order)" = 'web db ' ]
}

@test "the same when it dies in the turn in which the stop begins" {
	tells db
	tells web 'read -r x <'"$PWD/hold"'; exit 0'
	depends web db
	init
	for s in db web; do eventually test -s "sv/$s.trace"; done
	kill -STOP "$SCANNER"
	kill -KILL "$(pgrep -P "$SCANNER" -f -x 'runsv db')"
	kill "$SCANNER"
	kill -CONT "$SCANNER"
	eventually grep -qx 'want last' sv/db/supervise/record
	eventually test -s order
	[ "$(cat order)" = web ]
	echo >&8
	ends 0
	[ "$(tr '\n' ' ' <order)" = 'web db ' ]
	[ "$(grep -c up sv/db.trace)" = 1 ]
}

@test "essential: its end for good ends the tree, with its code" {
	tells a
	service sv/main "read -r x <$PWD/hold" 'exit 9'
	setting sv/main/essential ''
	setting sv/main/restart no
	init
	eventually test -s sv/a.trace
	echo >&8
	ends 9
	[ "$(cat order)" = a ]
	grep -qx 'runsvdir sv: info: ended by main, which is essential, exit code 9' err
}

@test "essential: a success is 0, a signal 128 + N; failed: only a failure counts" {
	service sv/main "read -r x <$PWD/hold" 'exit 3'
	setting sv/main/essential ''
	setting sv/main/restart on-failure
	setting sv/main/success-codes '0 3'
	init
	eventually runs sv/main
	echo >&8
	ends 0
	service sv/main "read -r x <$PWD/hold" 'kill -SEGV $$'
	setting sv/main/restart no
	init
	eventually runs sv/main
	echo >&8
	ends 139
	service sv/main 'exit 3'
	setting sv/main/essential failed
	init
	eventually grep -qsx 'over yes 0' sv/main/supervise/record
	kill "$SCANNER"
	ends 0
}

# Whether it has read all its signals and rests.
at_rest() {
	[ "$(awk '/^(State|ShdPnd)/ {print $2}' "/proc/$SCANNER/status")" = $'S\n0000000000000000' ]
}

@test "essential: a record that is empty and a runsv that is killed are no end" {
	service sv/main "read -r x <$PWD/hold" 'exit 9'
	setting sv/main/essential ''
	setting sv/main/restart no
	init
	eventually runs sv/main
	eventually at_rest
	cp sv/main/supervise/record saved
	: >sv/main/supervise/record
	kill -CHLD "$SCANNER"
	eventually at_rest
	cat saved >sv/main/supervise/record
	local old
	old=$(pgrep -P "$SCANNER" -f -x 'runsv main')
	kill -KILL "$old"
	eventually has_another "$old"
	eventually runs sv/main
	echo >&8
	ends 9
	[ "$(grep -c run sv/main.trace)" = 1 ]
}
has_another() { pgrep -P "$SCANNER" -x runsv | grep -qvx "$1"; }

@test "essential: with a finish that hangs, the stop begins all the same" {
	service sv/main 'exit 4'
	script sv/main/finish "read -r x <>$NEVER"
	setting sv/main/essential ''
	setting sv/main/restart no
	setting sv/.runsvdir/timeout-stop 300
	init
	ends 4
}

@test "essential beside CMD: the code is that of whoever began the end" {
	service sv/main 'exit 5'
	setting sv/main/essential ''
	setting sv/main/restart no
	init bash -c "while :; do read -r x <>$NEVER; done"
	ends 5
}

@test "a stop by sv, and once, are no end for good" {
	service sv/main
	setting sv/main/essential ''
	setting sv/main/restart no
	init
	eventually runs sv/main
	"$SV" stop ./sv/main
	eventually stat_is sv/main down
	"$SV" once ./sv/main
	eventually times sv/main run 2
	kill -KILL "$(pid_of sv/main)"
	eventually stat_is sv/main down
	kill "$SCANNER"
	ends 0
}

@test "what timeout-kill had to kill makes it 137, a leftover does not" {
	tells a :
	setting sv/a/timeout-kill 50
	init
	eventually test -s sv/a.trace
	kill "$SCANNER"
	ends 137
	says '^runsvdir sv: warning: stopping, killed since its timeout-kill was up: a$'
	run ! says 'killed because'
}

@test "start before the services, stop before their TERM, finish after all, with the code" {
	tells a
	script sv/.runsvdir/start "echo start >>$PWD/order"
	script sv/.runsvdir/stop "echo stop >>$PWD/order"
	script sv/.runsvdir/finish "echo finish \$1 >>$PWD/order"
	init bash -c "echo cmd >>$PWD/order; while [ ! -s $PWD/sv/a.trace ]; do read -r -t 0.02 x <>$NEVER; done; exit 6"
	ends 6
	[ "$(tr '\n' ' ' <order)" = 'start cmd stop a finish 6 ' ]
}

@test "a start that fails ends it with its code: no service, no CMD, no other hook" {
	service sv/a
	script sv/.runsvdir/start 'exit 3'
	script sv/.runsvdir/stop "echo stop >>$PWD/order"
	script sv/.runsvdir/finish "echo finish >>$PWD/order"
	init touch "$PWD/order"
	ends 3
	says 'ended by .runsvdir/start, exit code 3$'
	[ ! -e order ]
	[ ! -e sv/a/supervise ]
}

@test "while start works, nothing else is done" {
	local before
	service sv/a
	script sv/.runsvdir/start "echo >$PWD/ready" "read -r x <$PWD/hold"
	init
	eventually test -s ready
	eventually waits_for_ever
	before=$(grep ctxt "/proc/$SCANNER/status")
	service other 'exit 0'
	daemon "$RUNSV" other 2>/dev/null
	eventually times other run 3
	[ "$before" = "$(grep ctxt "/proc/$SCANNER/status")" ]
	[ ! -e sv/a/supervise ]
	echo >&8
	eventually runs sv/a
	kill "$SCANNER"
	ends 0
}

@test "TERM during start: it gets TERM, then KILL; 143, 137" {
	service sv/a
	script sv/.runsvdir/start "trap 'exit 0' TERM" "echo >$PWD/ready" "while :; do read -r x <>$NEVER; done"
	init
	eventually test -s ready
	kill "$SCANNER"
	ends 143
	rm ready
	script sv/.runsvdir/start "trap '' TERM" "echo >$PWD/ready" "while :; do read -r x <>$NEVER; done"
	setting sv/.runsvdir/timeout-stop 200
	init
	eventually test -s ready
	kill "$SCANNER"
	ends 137
	[ ! -e sv/a/supervise ]
}

@test "another TERM during start is KILL at once" {
	service sv/a
	script sv/.runsvdir/start "trap '' TERM" "echo >$PWD/ready" "while :; do read -r x <>$NEVER; done"
	setting sv/.runsvdir/timeout-stop 1h
	init
	eventually test -s ready
	kill "$SCANNER"
	eventually says 'stopping, waiting for: .runsvdir/start$'
	kill "$SCANNER"
	ends 137
	[ ! -e sv/a/supervise ]
}

@test "a timeout-stop that is no time is said, and means nothing" {
	tells a
	setting sv/.runsvdir/timeout-stop soon
	init
	eventually test -s sv/a.trace
	kill "$SCANNER"
	ends 0
	says 'warning: ignoring .runsvdir/timeout-stop: "soon" is not a time$'
	[ "$(cat order)" = a ]
}

@test "hooks that hang are killed in their time" {
	tells a
	script sv/.runsvdir/stop "read -r x <>$NEVER"
	script sv/.runsvdir/finish "read -r x <>$NEVER"
	setting sv/.runsvdir/timeout-stop 400
	init
	eventually test -s sv/a.trace
	kill "$SCANNER"
	ends 0
	[ "$(cat order)" = a ]
}

@test "nothing survives: orphans get TERM, then KILL" {
	service sv/a "setsid sh -c 'trap \"echo term >>$PWD/order\" TERM; echo \$\$ >$PWD/orphan; while :; do read -r x <>$NEVER; done' &" 'exec sleep 3600'
	init
	eventually test -s orphan
	eventually runs sv/a
	kill "$SCANNER"
	ends 0
	gone "$(cat orphan)"
	[ "$(cat order)" = term ]
}

@test "orphans get TERM, but a logger that drains does not, though its runsv was replaced" {
	service sv/a "setsid sh -c 'trap \"echo bye; exit\" TERM; echo \$\$ >$PWD/orphan; while :; do read -r x <>$NEVER; done' &" 'exec sleep 3600'
	logger sv/a "trap 'echo term >>$PWD/sv/a.trace' TERM" "cat >>$PWD/sv/a.log"
	init
	eventually test -s orphan
	eventually traced sv/a log
	eventually runs sv/a
	kill -KILL "$(pgrep -P "$SCANNER" -f -x 'runsv a')"
	eventually pgrep -P "$SCANNER" -f -x 'runsv a'
	eventually pgrep -P "$SCANNER" -f 'log/run|^/bin/sh ./run'
	kill "$SCANNER"
	ends 0
	[ "$(cat sv/a.log)" = bye ]
	[ "$(grep -c log sv/a.trace)" = 1 ]
	run ! grep term sv/a.trace
}

@test "where the processes can't be listed, orphans are left, and it ends in order" {
	service sv/a "setsid sh -c 'echo \$\$ >$PWD/orphan; exec sleep 3600' &" 'exec sleep 3600'
	daemon strace -D -qq -o /dev/null -P /proc -e inject=open,openat:error=EMFILE env --default-signal "$RUNSVDIR" -c sv 2>>err 8>&-
	SCANNER=$!
	eventually test -s orphan
	eventually runs sv/a
	kill "$SCANNER"
	wait "$SCANNER"
	[ "$(left)" = "/proc/$(cat orphan)" ]
	kill -KILL "$(cat orphan)"
}

@test "-t: the time for the whole stop, whatever .runsvdir/timeout-stop says" {
	tells a :
	setting sv/.runsvdir/timeout-stop 3000s
	runs_as_init -c -P -t 200ms sv
	eventually test -s sv/a.trace
	kill "$SCANNER"
	ends 137
	says 'killed because the time is up: a$'
	run -1 "$RUNSVDIR" -c -t soon sv
	[ "$output" = 'runsvdir: fatal: -t: "soon" is not a time' ]
	run -1 "$RUNSVDIR" -c -t
}

@test "-H: its program runs in place of .runsvdir/, as PROGRAM WORD... stop and finish CODE, where runsvdir was started" {
	tells a
	script ./hook "echo \"\$@\" >>$PWD/order" "pwd >>$PWD/where"
	script sv/.runsvdir/start "echo start >>$PWD/order"
	script sv/.runsvdir/stop "echo wrong >>$PWD/order"
	runs_as_init -c -H ./hook -P -H --word sv -- sh -c "while [ ! -s $PWD/sv/a.trace ]; do read -r -t 0.02 x <>$NEVER; done; exit 6"
	ends 6
	[ "$(tr '\n' ' ' <order)" = '--word stop a --word finish 6 ' ]
	[ "$(sort -u where)" = "$PWD" ]
	run -1 "$RUNSVDIR" -c -H 1 -H 2 -H 3 -H 4 -H 5 sv
}

@test "-H: a program that can't be executed is said, and the stop goes on" {
	tells a
	runs_as_init -c -H ./nowhere sv
	eventually test -s sv/a.trace
	kill "$SCANNER"
	ends 0
	[ "$(cat order)" = a ]
	says 'fatal: unable to start the program of -H: No such file or directory'
}

@test "-O: orphans have that time after TERM, but no more than there is" {
	service sv/a "setsid bash -c 'trap \"read -r -t 0.3 x <>$NEVER; echo term >>$PWD/order; exit\" TERM; echo \$\$ >$PWD/orphan; while :; do read -r -t 1 x <>$NEVER; done' &" 'exec sleep 3600'
	runs_as_init -c -O 100s sv
	eventually test -s orphan
	eventually runs sv/a
	kill "$SCANNER"
	ends 0
	[ "$(cat order)" = term ]
	service sv/a "setsid bash -c 'trap \"\" TERM; echo \$\$ >$PWD/stubborn; while :; do read -r -t 1 x <>$NEVER; done' &" 'exec sleep 3600'
	runs_as_init -c -t 300 -O 100s sv
	eventually test -s stubborn
	eventually runs sv/a
	kill "$SCANNER"
	ends 0
	gone "$(cat stubborn)"
}

@test "-o: orphans are left alone" {
	service sv/a "(setsid sh -c 'echo \$\$ >$PWD/orphan; cd /; exec sleep 3600' &)" 'exec sleep 3600'
	runs_as_init -c -o sv
	eventually test -s orphan
	eventually runs sv/a
	kill "$SCANNER"
	ends 0
	kill -0 "$(cat orphan)"
	kill "$(cat orphan)"
}

@test "-q: no last words" {
	service sv/a
	runs_as_init -c -q sv -- sh -c 'exit 3'
	ends 3
	[ ! -s err ]
}

@test "no DIR: CMD alone, and its code is the code" {
	runs_as_init -c -- sh -c 'exit 9'
	ends 9
	[ "$(cat err)" = 'runsvdir: info: ended by sh, exit code 9' ]
	runs_as_init -c -P -- sh -c 'exec sleep 3600'
	eventually pgrep -P "$SCANNER"
	kill "$SCANNER"
	ends 143
	run -1 "$RUNSVDIR" -c --
}

@test "CMD and no scan directory: it runs, and its code is the code" {
	daemon env --default-signal "$RUNSVDIR" -c nowhere -- sh -c 'exit 8' 2>>err 8>&-
	SCANNER=$!
	ends 8
	says 'unable to stat nowhere'
}

@test "outside of process 1 and without -c, -- is what it is for runit: a log that is too short" {
	daemon env --default-signal "$RUNSVDIR" sv -- 2>>err 8>&-
	SCANNER=$!
	eventually says 'log must have at least seven characters'
	kill "$SCANNER"
	ends 0
}

@test "-- without a CMD is an error" {
	run -1 "$RUNSVDIR" -c sv --
}

@test "a thousand orphans: no zombie is left" {
	service sv/a "for i in 1 2 3 4 5 6 7 8 9 10; do setsid sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do (for i in 1 2 3 4 5 6 7 8 9 10; do (exit 0) & done) & done' & done" 'exec sleep 3600'
	init
	eventually runs sv/a
	eventually no_zombies
	kill "$SCANNER"
	ends 0
}
# All children but one runsv have been reaped.
no_zombies() { [ "$(pgrep -cP "$SCANNER")" = 1 ]; }

@test "fifty loggers with 1 in their config: each line is whole and has its name, on standard output and in its log" {
	local i
	mkfifo out
	cat >lines <<'EOF'
#!/usr/bin/awk -f
BEGIN {
	for (n = 1; n <= 100; n++) {
		line = who " " n " "
		while (length(line) < (n * 397 + who * 31) % 4000)
			line = line "0123456789"
		print line "."
	}
}
EOF
	chmod +x lines
	for ((i = 1; i <= 50; i++)); do
		service "sv/s$i" "$PWD/lines -v who=$i" 'exec sleep 3600'
		script "sv/s$i/log/run" 'exec svlogd -l 4200 -b 8400 main'
		setting "sv/s$i/log/main/config" 1
		./lines -v "who=$i" | sed "s/^/[s$i] /"
	done | sort >expected
	cat out >got &
	PATH=${SVLOGD%/*}:$PATH runs_as_init -c sv >out
	eventually has_lines got 5000
	kill "$SCANNER"
	ends 0
	sort got | cmp - expected
	cat sv/*/log/main/current | sort | cmp - <(sed -E 's/^\[s[0-9]+\] //' expected | sort)
}
