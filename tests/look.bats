#!/usr/bin/env bats
# What only looks: supervise/deaths, and sv list, ready, why and log.
#
# shellcheck disable=SC2154,SC2016,SC2030,SC2031

load helpers
load services

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	export SVDIR=$PWD
}

deaths() { sed -E 's/^@[0-9a-f]{24} //; s/ ran [0-9]+ pid [0-9]+//' "$1/supervise/deaths"; }
ends_are() { [ "$(deaths a)" = "$1" ]; }
said() { run "$SV" "$@"; echo "$output"; }
# through_cat NAME: a logger that holds a current, as one does, but writes what it gets as it is.
through_cat() { mkdir -p "$1/log/main" && script "$1/log/run" 'exec cat >>main/current'; }
is_logged() { grep -q "$2" "$1/log/main/current"; }
has_old() { [ "$(find "$1/log/main" -name '@*.s' | wc -l)" = "$2" ]; }
logs_to() { script "$1/log/run" "exec $SVLOGD ./main" && mkdir "$1/log/main"; }
# echoes: service a, which says what comes by descriptor 6, and its logger.
echoes() {
	service a "while read -r x; do echo \"\$x\"; done <>$PWD/in"
	mkfifo in
	exec 6<>in
	logs_to a
	supervise a
}
logged_twice() { [ "$(grep -c foo a/log/main/current)" -ge 2 ]; }
field() { "$SV" why -o json a | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]'"$1"')'; }

@test "each end of run is a line: code, signal, told or not, killed by timeout-kill; and an orderly end removes them" {
	service a "trap 'exit 4' HUP; trap '' QUIT" "echo ready >>$PWD/a.trace" "while :; do read -r x <>$NEVER; done"
	supervise a
	eventually traced a ready
	kill -HUP "$(pid_of a)"
	eventually times a ready 2
	kill -KILL "$(pid_of a)"
	eventually times a ready 3
	"$SV" -w 5 restart a
	eventually times a ready 4
	ends_are '1 exit 4 cause itself failed yes again yes
2 signal 9 cause itself failed yes again yes
3 signal 15 cause told failed no again no'
	[ "$(stat -c %a a/supervise/deaths)" = 600 ]
	kill -KILL "$SUPERVISOR"
	wait "$SUPERVISOR" || :
	supervise a
	"$SV" -w 5 stop a
	[ "$(deaths a | tail -n 1)" = '4 signal 15 cause told failed no again no' ] || [ "$(deaths a | tail -n 1)" = '4 unknown 0 cause told failed no again no' ]
	"$SV" -w 5 exit a
	[ ! -e a/supervise/deaths ]
}

@test "timeout-kill is a cause" {
	service a "trap '' TERM" "echo ready >>$PWD/a.trace" "while :; do read -r x <>$NEVER; done"
	printf '100\n' >a/timeout-kill
	supervise a
	eventually traced a ready
	"$SV" -w 5 stop a
	ends_are '1 signal 9 cause timeout failed no again no'
	said why a
	[[ $output == 'a: was stopped by sv '*' ago; its last end: signal 9 (Killed) after '*', killed since its time was up (timeout-kill)' ]]
}

@test "deaths are bounded: two files, and the numbers go on" {
	service a 'exit 0'
	mkdir -p a/supervise
	awk 'BEGIN { for (i = 1; i <= 112; i++) printf "@400000006b08ebde11e179fc %d exit 3 ran 0 pid 1 cause itself failed yes again yes\n", i }' >a/supervise/deaths
	supervise a
	eventually test -s a/supervise/deaths.old
	eventually grep -q ' 114 exit 0 ' a/supervise/deaths
	grep -q ' 113 exit 0 ' a/supervise/deaths
	[ "$(field '["last_end"]["exit"]')" = 0 ]
}

@test "deaths of another's making: nothing that is no line is believed, and no link is followed" {
	service a 'exit 5'
	mkdir -p a/supervise
	echo precious >precious
	ln -s "$PWD/precious" a/supervise/deaths
	supervise a
	eventually grep -q 'unable to write supervise/deaths' a.err
	[ "$(cat precious)" = precious ]
	rm a/supervise/deaths
	: >a.err
	mkfifo a/supervise/deaths
	eventually grep -q 'unable to write supervise/deaths: Invalid argument$' a.err
	rm a/supervise/deaths
	printf 'nonsense\n@\n' >a/supervise/deaths
	eventually grep -q ' 1 exit 5 ' a/supervise/deaths
	said why a
	[[ $output == 'a: ended by itself'* ]]
}

@test "sv ready is 1 at every moment of a crash loop" {
	service a 'exit 1'
	service b
	supervise b
	eventually runs b
	supervise a
	eventually grep -q ' 1 exit 1 ' a/supervise/deaths
	until grep -q ' 3 exit 1 ' a/supervise/deaths; do
		run -1 "$SV" ready a b
		[[ $output == 'not ready: a: ended by itself'* ]]
	done
	run -0 "$SV" ready b
	[ -z "$output" ]
}

@test "sv ready: all that should be up; what is down on purpose counts only by its name" {
	service a
	service b
	service c
	touch b/down
	for s in a b c; do supervise "$s"; done
	eventually runs a
	eventually runs c
	"$SV" -w 5 stop c
	run -0 "$SV" ready
	run -1 "$SV" ready b
	[ "$output" = 'not ready: b: was not started, since there is a file down' ]
	run -1 "$SV" ready 'c*'
	[[ $output == 'not ready: c: was stopped by sv '* ]]
	mkdir d
	run -1 "$SV" ready
	[ "$output" = 'not ready: d: no runsv supervises it' ]
}

@test "sv ready asks check" {
	service a
	script a/check "test -e $PWD/good"
	supervise a
	eventually runs a
	run -1 "$SV" ready
	[ "$output" = 'not ready: a: runs, and its check says that it is not ready' ]
	touch good
	run -0 "$SV" ready
}

# hangs NAME: its check does, and so does a child of it; their pids are in NAME.hangs.
hangs() {
	service "$1"
	script "$1/check" 'sleep 3600 &' "echo \$\$ \$! >$PWD/$1.new" "mv $PWD/$1.new $PWD/$1.hangs" wait
	supervise "$1"
	eventually runs "$1"
}
# none_hangs NAME: neither is left.
none_hangs() {
	local pid
	local -a pids
	read -r -a pids <"$1.hangs"
	for pid in "${pids[@]}"; do eventually gone "$pid"; done
}

@test "sv ready: a check that hangs has as long as SVWAIT says, and is killed with its child; the others are asked as well" {
	hangs a
	service b
	script b/check 'exit 0'
	supervise b
	eventually runs b
	SVWAIT=1 run -1 "$SV" ready
	[ "$output" = 'not ready: a: runs, and its check has not ended in time' ]
	none_hangs a
}

# ends_asking SIGNAL CODE: sv ready ends by it while a's check hangs.
ends_asking() {
	local code=0 asking
	daemon env --default-signal "$SV" ready a
	asking=$!
	eventually test -s a.hangs
	kill "-$1" "$asking"
	wait "$asking" || code=$?
	[ "$code" = "$2" ]
}

@test "sv ready that a signal ends takes its check along, with its child" {
	hangs a
	ends_asking TERM 143
	none_hangs a
}

@test "sv ready that is killed takes its check along" {
	hangs a
	ends_asking KILL 137
	read -r check _ <a.hangs
	eventually gone "$check"
}

@test "sv ready that can't wait for checks says so: not ready" {
	run -1 strace -qq -o trace -e inject=signalfd4:error=EMFILE "$SV" ready
	[[ $output == 'fail: '*': unable to wait for checks: '* ]]
}

@test "sv ready: what has failed for good is not ready" {
	service a 'exit 9'
	echo no >a/restart
	supervise a
	eventually stat_is a down
	run -1 "$SV" ready
	[[ $output == 'not ready: a: failed for good '*'; its last end: exit 9 after '*', by itself' ]]
}

@test "sv why: what can't be executed, with its interpreter" {
	service a
	printf '#!/no/such/interpreter\n' >a/run
	supervise a
	eventually grep -q ' exit 111 ' a/supervise/deaths
	said why a
	[ "$output" = "a: run can't be executed, since its interpreter is not there: /no/such/interpreter" ]
	printf '#!/bin/sh\r\nexec true\r\n' >a/run
	said why a
	[[ $output == *'its interpreter is not there: /bin/sh with a carriage return behind it'* ]]
	chmod -x a/run
	said why a
	[ "$output" = 'a: the file run is not executable' ]
	printf 'exec true\n' >a/run
	chmod +x a/run
	said why a
	[ "$output" = 'a: the file run is neither a script that begins with #! nor a program' ]
	rm a/run
	said why a
	[ "$output" = 'a: there is no file run' ]
}

@test "sv why: a crash loop, with the last lines of its log" {
	service a 'echo "foo: not found"' 'exit 7'
	logs_to a
	supervise a
	eventually grep -q ' 2 exit 7 ' a/supervise/deaths
	eventually logged_twice
	said why a
	[[ ${lines[0]} == 'a: ended by itself '*' times in '*', the last time with exit 7 after '* ]]
	[ "${lines[1]}" = 'last lines of its log:' ]
	[ "${lines[2]}" = 'foo: not found' ]
	[ "$(field '["why"]')" = crash-loop ]
	[ "$(field '["log"][0]')" = 'foo: not found' ]
}

@test "sv why: the last line of a log needs no newline, and is all that stands there" {
	service a 'exit 7'
	through_cat a
	printf '%s\n' 'a long line before' 1 2 3 4 5 >in
	printf last >>in
	script a/log/run "cat $PWD/in >>main/current" 'exec cat >>main/current'
	supervise a
	eventually grep -q ' 2 exit 7 ' a/supervise/deaths
	eventually is_logged a last
	run -0 "$SV" why a
	[ "${#lines[@]}" = 7 ]
	[ "${lines[6]}" = last ]
	[ "$(field '["log"]')" = "['2', '3', '4', '5', 'last']" ]
	[ "$("$SV" log -n 1 a)" = last ]
	[ "$("$SV" log -o json -n 1 a)" = '{"service":"a","line":"last"}' ]
}

@test "sv why: a program needs no interpreter" {
	mkdir a
	cp "$(type -P true)" a/run
	run -0 "$SV" why a
	[ "$output" = 'a: no runsv supervises it' ]
	supervise a
	eventually grep -q ' 2 exit 0 ' a/supervise/deaths
	said why a
	[[ $output == 'a: ended by itself '* ]]
}

@test "a clock that was set back: a state has just begun" {
	service a
	supervise a
	eventually runs a
	# the first byte of the moment since when
	printf '\x50' | dd of=a/supervise/status bs=1 conv=notrunc status=none
	said why a
	[ "$output" = 'a: has been running for 0 ms' ]
}

@test "sv log: the last lines, through old files, and with -f what comes, through a rotation" {
	echoes
	for n in 1 2 3; do echo "$n" >&6; done
	eventually grep -q 3 a/log/main/current
	"$SV" alarm a/log
	eventually test ! -s a/log/main/current
	for n in 4 5; do echo "$n" >&6; done
	eventually grep -q 5 a/log/main/current
	[ "$("$SV" log a | tr '\n' ' ')" = '1 2 3 4 5 ' ]
	[ "$("$SV" log -n 3 a | tr '\n' ' ')" = '3 4 5 ' ]
	[ -z "$("$SV" log -n 0 a)" ]
	[ "$("$SV" log -o json -n 1 a)" = '{"service":"a","line":"5"}' ]
	daemon "$SV" log -f -n 1 a >followed
	eventually grep -qx 5 followed
	echo 6 >&6
	eventually grep -qx 6 followed
	"$SV" alarm a/log
	eventually test ! -s a/log/main/current
	echo 7 >&6
	eventually grep -qx 7 followed
	[ "$(tr '\n' ' ' <followed)" = '5 6 7 ' ]
	# several old files
	has_old a 2
	[ "$("$SV" log a | tr '\n' ' ')" = '1 2 3 4 5 6 7 ' ]
}

@test "sv log -f: a line that came right before a rotation is not lost" {
	echoes
	echo 1 >&6
	eventually is_logged a 1
	# it is stopped when it has found the end of the file, and before it looks whether that is another one by now
	daemon strace -D -o trace -P "$PWD/a/log/main/current" -e inject=read:signal=STOP:when=2 "$SV" log -f a >followed
	local sv=${PIDS[-1]}
	eventually grep -qs 'stopped by SIGSTOP' trace
	echo 2 >&6
	eventually is_logged a 2
	"$SV" alarm a/log
	eventually has_old a 1
	eventually test ! -s a/log/main/current
	kill -CONT "$sv"
	echo 3 >&6
	eventually grep -qx 3 followed
	[ "$(tr '\n' ' ' <followed)" = '1 2 3 ' ]
}

@test "sv log: several, each line with its name; with -f a process for each, which ends with sv" {
	for s in a b; do
		service "$s" "while read -r x; do echo \"\$x\"; done <>$PWD/$s.in"
		mkfifo "$s.in"
		logs_to "$s"
		supervise "$s"
	done
	exec 6<>a.in 7<>b.in
	echo one >&6
	echo two >&7
	eventually is_logged a one
	eventually is_logged b two
	run -0 "$SV" log a b
	[ "$output" = $'[a] one\n[b] two' ]
	run -1 "$SV" log a nothing
	[[ $output == *'[a] one'* ]]
	[[ $output == *'fail: nothing: unable to change to service directory: No such file or directory'* ]]
	daemon "$SV" log -f -n 0 a b >followed
	local sv=${PIDS[-1]} children code
	eventually eval '[ "$(pgrep -cP '"$sv"')" = 2 ]'
	children=$(pgrep -P "$sv")
	for x in 1 2; do
		echo "to a $x" >&6
		eventually grep -qx "\[a\] to a $x" followed
		echo "to b $x" >&7
		eventually grep -qx "\[b\] to b $x" followed
	done
	kill -KILL "$sv"
	for pid in $children; do eventually gone "$pid"; done
	# one that can't be followed is a failure, and the other goes on until it ends
	daemon "$SV" log -f a nothing >followed
	sv=${PIDS[-1]}
	eventually grep -qx '\[a\] to a 2' followed
	kill "$(pgrep -P "$sv")"
	code=0
	wait "$sv" || code=$?
	[ "$code" = 1 ]
	grep -q '^fail: nothing: unable to change' followed
	run -1 strace -f -qq -o /dev/null -e inject=fork,clone,clone3:error=EAGAIN "$SV" log -f a b
	[ "$output" = 'fail: a: unable to fork: Resource temporarily unavailable
fail: b: unable to fork: Resource temporarily unavailable' ]
}

@test "sv log: what can't be read, or printed, is a failure" {
	echoes
	echo 1 >&6
	eventually is_logged a 1
	"$SV" alarm a/log
	eventually has_old a 1
	eventually test ! -s a/log/main/current
	local old
	old=$(cd a/log/main && echo @*.s)
	run -1 strace -qq -o /dev/null -P "$PWD/a/log/main/current" -P current -e inject=open,openat:error=EACCES "$SV" log a
	[ "$output" = 'fail: a: unable to find the log directory of its logger: Permission denied' ]
	run -1 strace -qq -o /dev/null -P "$PWD/a/log/main/$old" -e inject=read:error=EACCES "$SV" log a
	[ "$output" = 'fail: a: unable to show its log: Permission denied' ]
	run -1 strace -qq -o /dev/null -P "$old" -e inject=open,openat:error=EACCES "$SV" log a
	[ "$output" = 'fail: a: unable to show its log: Permission denied' ]
	run -0 strace -qq -o /dev/null -P "$old" -e inject=open,openat:error=ENOENT "$SV" log a
	[ -z "$output" ]
	run -1 strace -qq -o /dev/null -e inject=inotify_init1:error=EACCES "$SV" log -f a
	[ "$output" = $'1\nfail: a: unable to show its log: Permission denied' ]
	for args in '' -f '-o json' '-f -o json'; do
		# shellcheck disable=SC2086
		run -1 sh -c '"$0" log "$@" >/dev/full' "$SV" $args a
	done
	# one that fails only later
	needs unshare -m true
	mkdir small
	unshare -m sh -c 'mount -t tmpfs -o size=4k none small && echo >ready && exec "$0" log -f a >small/out' "$SV" 3>&- &
	PIDS+=("$!")
	eventually test -s ready
	printf '%05000d\n' 0 >&6
	local code=0
	wait "${PIDS[-1]}" || code=$?
	[ "$code" = 1 ]
}

@test "sv log: no logger, or one that does not live, or holds no log directory" {
	service a
	supervise a
	eventually runs a
	run -1 "$SV" log a
	[ "$output" = 'fail: a: has no logger: its lines go where runsvdir'\''s do' ]
	service b
	script b/log/run 'exec cat'
	touch b/log/down
	supervise b
	run -1 "$SV" log b
	[ "$output" = 'fail: b: its logger does not run' ]
	"$SV" -w 5 start b/log
	run -1 "$SV" log b
	[[ $output == 'fail: b: unable to find the log directory of its logger: '* ]]
}

@test "who may see the state of a service, but not what is its owner's: that is said, and nothing is wrong with run" {
	needs test "$(id -u)" = 0
	service a
	logs_to a
	supervise a
	eventually runs a
	eventually runs a/log
	# the way to this test's own directory is root's
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_FILE_TMPDIR" . 2>/dev/null || :
	chmod 755 a a/log a/supervise a/log/supervise
	chmod 711 a/run
	chmod 622 a/supervise/ok a/log/supervise/ok
	run -0 setpriv --reuid 1000 --regid 1000 --clear-groups "$SV" why "$PWD/a"
	[[ $output == "$PWD/a: has been running for "* ]]
	run -1 setpriv --reuid 1000 --regid 1000 --clear-groups "$SV" log "$PWD/a"
	[ "$output" = "fail: $PWD/a: unable to find the log directory of its logger: Permission denied" ]
	chmod 700 a/log/supervise
	run -1 setpriv --reuid 1000 --regid 1000 --clear-groups "$SV" log "$PWD/a"
	[ "$output" = "fail: $PWD/a: unable to open log/supervise/ok: Permission denied" ]
	chmod 700 a/supervise
	for verb in why list ready; do
		run -1 setpriv --reuid 1000 --regid 1000 --clear-groups "$SV" "$verb" "$PWD/a"
		[ "${lines[-1]}" = "warning: $PWD/a: unable to open supervise/ok: Permission denied" ]
	done
}

@test "sv log and sv why find the log of another user's logger without CAP_SYS_PTRACE, as root in a container has none" {
	needs test "$(id -u)" = 0
	local inside=(setpriv --bounding-set -sys_ptrace) sv
	for s in a b; do
		service "$s" "echo begin" 'exit 1'
		mkdir -p "$s/log/main"
		chown 65534 "$s/log/main"
		script "$s/log/run" "exec $CHPST -u :65534:65534 $SVLOGD ./main"
		supervise "$s"
	done
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_FILE_TMPDIR" .
	eventually is_logged a begin
	eventually is_logged b begin
	run -0 "${inside[@]}" "$SV" log -n 1 a
	[ "$output" = begin ]
	run -1 setpriv --bounding-set -sys_ptrace,-setuid,-setgid "$SV" log a
	[ "$output" = 'fail: a: unable to find the log directory of its logger: Permission denied' ]
	eventually eval '"${inside[@]}" "$SV" why a | grep -qx begin'
	# to look as another user forgets whom a process ends with
	daemon "${inside[@]}" "$SV" log -f -n 1 a b >followed
	sv=${PIDS[-1]}
	eventually grep -qx '\[a\] begin' followed
	eventually grep -qx '\[b\] begin' followed
	children=$(pgrep -P "$sv")
	kill -KILL "$sv"
	for pid in $children; do eventually gone "$pid"; done
}

@test "sv list: a row each, patterns, and as JSON that a parser takes" {
	service web
	service db
	mkdir .hidden
	supervise web
	supervise db
	eventually runs web
	eventually runs db
	said list
	[ "${#lines[@]}" = 3 ]
	[[ ${lines[0]} == NAME*STATE*WHY*PID* ]]
	[[ ${lines[1]} == "db "*"run "*"runs "* ]]
	[[ ${lines[2]} == "web "*" $(pid_of web) "* ]]
	said list 'w*'
	[ "${#lines[@]}" = 2 ]
	[ "$("$SV" list -o json | python3 -c 'import json,sys; print([(s["name"], s["state"], s["want"], s["ready"]) for s in json.load(sys.stdin)])')" = "[('db', 'run', 'up', True), ('web', 'run', 'up', True)]" ]
	kill -KILL "$(pid_of web)"
	eventually grep -q ' 1 signal 9 ' web/supervise/deaths
	said list web
	[[ ${lines[1]} == "web "*" 1 "*" signal 9 (Killed)" ]]
	said list -o json web
	[[ $output == *'"signal":9,'* ]]
}

@test "JSON: what is not UTF-8 is replaced, the rest is as it was" {
	name=$'n\303\244h\377"\\\303(\355\240\200\342\202'
	mkdir "$name"
	"$SV" ready -o json "$name" >out || [ $? = 1 ]
	python3 - <<-'EOF'
		import json
		o = json.load(open("out", encoding="utf-8"))
		assert o["ready"] is False and o["services"][0]["name"] == 'n\u00e4h\ufffd"\\\ufffd(\ufffd\ufffd\ufffd\ufffd\ufffd', o
	EOF
}

@test "sv list: no directory of services" {
	SVDIR=$PWD/none run -1 "$SV" list
	[ "${lines[-1]}" = "fail: $PWD/none: unable to read directory: No such file or directory" ]
	SVDIR=$PWD/none run -1 "$SV" why 'a*'
	[ "$output" = "fail: $PWD/none: unable to read directory: No such file or directory" ]
}

@test "wrong usage of what only looks is 100, and their words are nothing in the form of an init script" {
	for args in 'why' 'log' 'list -x' 'list -o xml' 'log -n x a' 'log -n' 'ready -f'; do
		# shellcheck disable=SC2086
		run -100 "$SV" $args
		[[ ${lines[0]} == 'usage: sv '* ]]
	done
	run -1 "$SV" why nothing
	[ "$output" = 'fail: nothing: unable to change to service directory: No such file or directory' ]
}
