#!/usr/bin/env bats
# my_init as baseimage-docker's: what that one promises (the numbers are those of its list in docs/coming-from-baseimage.md), and
# what is broken there and not here.
#
# RUNSVDIR and others are set by the loaded files; what is in single quotes is for another shell.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153

load helpers
load services
load baseimage

# startup NAME LINE...: a file of /etc/my_init.d.
startup() {
	local name=$1
	shift
	script "etc/my_init.d/$name" "$@"
}
# notes NAME: a service that stays, and notes its start and its TERM.
notes() {
	service "etc/service/$1" "trap 'echo $1 >>$PWD/order; exit 0' TERM" "echo up >>$PWD/$1.up" "while :; do read -r x <>$NEVER; done"
}
up() { eventually test -s "$1.up"; }
# prints NAME FILE: a service that writes its environment.
prints() { service "etc/service/$1" "env -0 >$PWD/env.new; mv $PWD/env.new $PWD/$2" 'exec sleep 3600'; }
has() { tr '\0' '\1' <"$1" | tr '\n\1' '\2\n' | LC_ALL=C grep -qaxF -e "$(tr '\n' '\2' <<<"$2" | sed 's/\x02$//')"; }
lacks() { ! tr '\0' '\n' <"$1" | grep -q "^$2="; }
is_runsvdir() { [ "$(cat "/proc/$SCANNER/comm")" = runsvdir ]; }
order() { tr '\n' ' ' <order; }

has_grandchild() { pgrep -P "$(pgrep -P "$SCANNER")"; }

@test "promise 1: files become variables, unless the container has them; one newline at the end is cut, nothing else" {
	variable BLANK $'x \n'
	variable LINES $'one\ntwo\n\n'
	variable EMPTY ''
	variable PLAIN plain
	variable OURS file
	FIRST+=(OURS=container)
	prints a env
	boots
	eventually test -s env
	has env 'BLANK=x '
	has env $'LINES=one\ntwo\n'
	has env 'EMPTY='
	has env 'PLAIN=plain'
	has env 'OURS=container'
	kill "$SCANNER"
	ends 0
}

@test "promise 2: the environment is written back, as files, for a shell and as JSON" {
	local value=$'it\'s "a" $HOME\n\\ `id`' name
	mkdir etc/container_environment
	FIRST=(PATH=/usr/bin:/bin HOME=/root USER=u GROUP=g UID=1 GID=2 SHELL=/bin/sh "ODD=$value" 'a.b-c=dotted' '1X=digit')
	boots --skip-runit -- sh -c '. /etc/container_environment.sh; printf %s "$ODD" >"$0"; printf %s "$a_b_c $_X" >"$0.names"' "$PWD/odd"
	ends 0
	is_file odd "$value"
	is_file odd.names 'dotted digit'
	is_file etc/container_environment/ODD "$value"
	is_file etc/container_environment/a.b-c dotted
	for name in HOME USER GROUP UID GID SHELL; do
		[ ! -e "etc/container_environment/$name" ]
		run ! grep -q "^export $name=" etc/container_environment.sh
	done
	# HOME has been there at the start, before any startup file
	sed -i 's/,"ASAN_OPTIONS":"[^"]*"//' etc/container_environment.json
	is_file etc/container_environment.json '{"PATH":"/usr/bin:/bin","HOME":"/root","USER":"u","GROUP":"g","UID":"1","GID":"2","SHELL":"/bin/sh","ODD":"it'"'"'s \"a\" $HOME\n\\ `id`","a.b-c":"dotted","1X":"digit"}'
}

@test "promise 2: without the directory nothing is written" {
	FIRST+=(A=x)
	boots --skip-runit -- true
	ends 0
	[ -z "$(find etc -maxdepth 1 -name 'container_environment*')" ]
}

@test "promise 3: the executables of my_init.d in order, one by one, then rc.local" {
	local n
	for n in 10 00 05; do startup "$n" "echo $n >>$PWD/order"; done
	script etc/rc.local "echo rc >>$PWD/order"
	printf '#!/bin/sh\necho plain >>%s/order\n' "$PWD" >etc/my_init.d/01
	mkdir etc/my_init.d/02
	boots -- true
	ends 0
	[ "$(order)" = '00 05 10 rc ' ]
	[ "$(grep -c '^my_init:' err)" = 0 ]
}

@test "promise 3: \$ENV_INIT_DIRECTORY replaces my_init.d" {
	startup 00 "echo wrong >>$PWD/order"
	script other/00 "echo right >>$PWD/order"
	FIRST+=("ENV_INIT_DIRECTORY=$PWD/other")
	boots -- true
	ends 0
	[ "$(order)" = 'right ' ]
}

@test "promise 4: after each startup file the environment is read anew: a file sets, removes, and wins" {
	variable GONE x
	variable OURS file
	FIRST+=(OURS=container)
	startup 1 'cd /etc/container_environment && echo new >NEW && rm GONE && echo changed >OURS'
	startup 2 "env -0 >$PWD/second"
	prints a env
	boots
	eventually test -s env
	local file
	for file in second env; do
		has "$file" NEW=new
		has "$file" OURS=changed
		lacks "$file" GONE
		# as with baseimage-docker's: it is in none of the files
		lacks "$file" HOME
	done
	grep -qx "export NEW='new'" etc/container_environment.sh
	grep -q '"NEW":"new"' etc/container_environment.json
	[ "$(cat etc/container_environment/NEW)" = new ]
	kill "$SCANNER"
	ends 0
}

@test "promise 5: a startup file that fails ends it with 1: no service, no hook, and its code or signal is said" {
	notes a
	script etc/my_init.pre_shutdown.d/1 "echo wrong >>$PWD/order"
	script etc/my_init.post_shutdown.d/1 "echo wrong >>$PWD/order"
	startup 2 "echo wrong >>$PWD/order"
	startup 1 'exit 3'
	boots -- touch order
	ends 1
	says '^my_init: fatal: /etc/my_init.d/1 failed with exit code 3$'
	startup 1 'kill -KILL $$'
	boots -- touch order
	ends 1
	says '^my_init: fatal: /etc/my_init.d/1 was killed by signal 9 (Killed)$'
	printf '#!/no/such/shell\n' >etc/my_init.d/1
	boots -- touch order
	ends 1
	says '^my_init: fatal: unable to start /etc/my_init.d/1: No such file or directory$'
	[ ! -e order ]
	[ ! -e etc/service/a/supervise ]
	says '^my_init: info: ended by a startup file, exit code 1$'
}

@test "promise 6: without arguments it lives as long as runsvdir -P, and TERM is an ordered stop" {
	notes a
	boots
	up a
	[ "$(cat "/proc/$SCANNER/comm")" = runsvdir ]
	tr '\0' ' ' <"/proc/$SCANNER/cmdline" | grep -q -e '-P /etc/service $'
	kill "$SCANNER"
	ends 0
	[ "$(order)" = 'a ' ]
}

@test "promise 7: CMD beside the services, its end ends all with its code" {
	notes a
	boots -- sh -c "while [ ! -s $PWD/a.up ]; do read -r -t 0.02 x <>$NEVER; done; exit 42"
	ends 42
	[ "$(order)" = 'a ' ]
}

@test "promise 7: the options" {
	startup 1 "echo startup >>$PWD/order"
	notes a
	boots --skip-startup-files --skip-runit true
	ends 0
	[ ! -e order ]
	[ ! -e etc/service/a/supervise ]
	run -1 "$MY_INIT" --skip-runit
	[ "$output" = 'my_init: fatal: --skip-runit needs a command' ]
	run -1 "$MY_INIT" --skip-runit --
	run -2 "$MY_INIT" --no-such -- true
	run -2 "$MY_INIT" --skip -- true
	run -0 --separate-stderr "$MY_INIT" -h
	[[ $output == 'usage: my_init '*--enable-insecure-key*--quiet* ]]
	[ -z "$stderr" ]
	run -0 "$MY_INIT" --help
	boots --quiet --skip-run --skip-start sh -c 'exit 5'
	ends 5
	boots --skip-runit -- sh -c '[ "$*" = "--quiet -h --" ]' - --quiet -h --
	ends 0
}

@test "promise 7: --enable-insecure-key runs its program first, or ends with 1" {
	startup 1 "echo startup >>$PWD/order"
	script ./sbin/enable_insecure_key "echo key >>$PWD/order"
	MOUNTS="mount --bind $PWD/sbin /usr/sbin"
	boots --enable-insecure-key --skip-runit -- true
	ends 0
	[ "$(order)" = 'key startup ' ]
	rm sbin/enable_insecure_key
	boots --enable-insecure-key --skip-runit -- touch wrong
	ends 1
	says 'unable to start /usr/sbin/enable_insecure_key: No such file or directory'
	[ ! -e wrong ]
}

@test "promise 7: --no-kill-all-on-exit leaves alone what is no service's" {
	startup 1 "(setsid sh -c 'echo \$\$ >$PWD/daemon; exec sleep 3600' &)" "while [ ! -s $PWD/daemon ]; do read -r -t 0.02 x <>$NEVER; done; :"
	sed -i '1s/sh$/bash/' etc/my_init.d/1
	boots --no-kill-all-on-exit -- true
	ends 0
	kill "$(cat daemon)"
	rm daemon
	boots -- true
	ends 0
	gone "$(cat daemon)"
}

@test "promise 8: CMD, pre_shutdown, the services, post_shutdown, in that order" {
	notes a
	script etc/my_init.pre_shutdown.d/20 "echo pre20 >>$PWD/order" 'exit 1'
	script etc/my_init.pre_shutdown.d/30 "echo pre30 >>$PWD/order"
	script etc/my_init.post_shutdown.d/1 "echo post >>$PWD/order"
	boots -- bash -c "trap 'echo cmd >>$PWD/order; exit 7' TERM; echo >$PWD/ready; while :; do read -r -t 1 x <>$NEVER; done"
	up a
	eventually test -s ready
	kill "$SCANNER"
	ends 7
	[ "$(order)" = 'cmd pre20 pre30 a post ' ]
	says '^my_init: warning: /etc/my_init.pre_shutdown.d/20 failed with exit code 1$'
}

@test "promise 8: both timeouts, in seconds; what does not obey gets KILL then" {
	local begin=$SECONDS
	service etc/service/a "trap '' TERM" "echo >>$PWD/a.up" "while :; do read -r x <>$NEVER; done"
	FIRST+=(KILL_PROCESS_TIMEOUT=1 KILL_ALL_PROCESSES_TIMEOUT=0)
	boots
	up a
	tr '\0' ' ' <"/proc/$SCANNER/cmdline" | grep -q -e '-c -t 1000 -O 0 '
	kill "$SCANNER"
	ends 137
	((SECONDS - begin < 6))
	FIRST+=(KILL_PROCESS_TIMEOUT=30 KILL_ALL_PROCESSES_TIMEOUT=ten)
	boots -- cat hold
	eventually is_runsvdir
	eventually sh -c "tr '\0' ' ' </proc/$SCANNER/cmdline | grep -q -e '-c -t 60000 -O 4000 '"
	says '^my_init: warning: ignoring $KILL_ALL_PROCESSES_TIMEOUT: "ten" is not a number of seconds$'
	kill -KILL "$SCANNER"
}

@test "promise 8: a daemon that a startup file has left has its time to end" {
	startup 1 "setsid bash -c 'trap \"read -r -t 0.5 x <>$NEVER; echo saved >>$PWD/order; exit\" TERM; echo >$PWD/ready; while :; do read -r -t 1 x <>$NEVER; done' &"
	boots
	eventually test -s ready
	eventually is_runsvdir
	kill "$SCANNER"
	ends 0
	[ "$(order)" = 'saved ' ]
}

@test "promise 9: a thousand orphans are reaped, during startup files and after them" {
	local many='for i in 1 2 3 4 5 6 7 8 9 10; do setsid sh -c "for i in 1 2 3 4 5 6 7 8 9 10; do (for i in 1 2 3 4 5 6 7 8 9 10; do (exit 0) & done) & done" & done; wait'
	startup 1 "$many" "echo >$PWD/ready" "read -r x <$PWD/hold"
	notes a
	boots
	eventually test -s ready
	eventually children_are 1
	service etc/service/b "$many" 'exec sleep 3600'
	echo >&8
	up a
	eventually runs etc/service/b
	eventually children_are 2
	kill "$SCANNER"
	ends 0
}
children_are() { [ "$(pgrep -cP "$SCANNER")" = "$1" ]; }

@test "promise 10: a service that is down stays down" {
	notes a
	notes b
	: >etc/service/b/down
	boots
	up a
	[ ! -e b.up ]
	kill "$SCANNER"
	ends 0
	[ ! -e b.up ]
}

@test "promise 11: what it does is said on standard error; --quiet keeps errors" {
	startup 1 :
	boots -- true >out
	ends 0
	[ ! -s out ]
	says '^\*\*\* Running /etc/my_init.d/1\.\.\.$'
	says '^\*\*\* Booting runit daemon\.\.\.$'
	says "^\*\*\* Runit started as PID $SCANNER\$"
	says '^\*\*\* Running true\.\.\.$'
	: >err
	script etc/my_init.pre_shutdown.d/1 'exit 4'
	boots --quiet -- true >out
	ends 0
	[ "$(cat out err)" = 'my_init: warning: /etc/my_init.pre_shutdown.d/1 failed with exit code 4' ]
}

@test "not broken: every exit code and every deadly signal of CMD is the container's" {
	daemon in_image env -i "${FIRST[@]}" "${OPTIONS[@]}" env --default-signal bash -c '
		ulimit -c 0
		for code in {0..255}; do
			"$0" --quiet -- sh -c "exit $code" && r=0 || r=$?
			[ $r = $code ] || echo "exit $code: $r"
		done
		for sig in {1..64}; do
			case $sig in 17 | 18 | 19 | 20 | 21 | 22 | 23 | 28 | 32 | 33) continue ;; esac # ignored, stop, or the C library keeps them
			"$0" --quiet -- sh -c "kill -$sig \$\$" && r=0 || r=$?
			[ $r = $((128 + sig)) ] || echo "signal $sig: $r"
		done
		echo all' "$MY_INIT" >out 2>>err
	wait $!
	is_file out all
}

@test "not broken: a stop is 0; with CMD its code; what had to be killed is 137 and has a name" {
	notes a
	boots
	up a
	kill "$SCANNER"
	ends 0
	says '^runsvdir /etc/service: info: ended by signal Terminated, exit code 0$'
	boots -- sh -c "trap 'exit 9' TERM; echo >$PWD/ready; while :; do read -r x <>$NEVER; done"
	eventually test -s ready
	kill "$SCANNER"
	ends 9
	service etc/service/a "trap '' TERM" "echo >>$PWD/a.up" "while :; do read -r x <>$NEVER; done"
	rm a.up
	FIRST+=(KILL_PROCESS_TIMEOUT=0 KILL_ALL_PROCESSES_TIMEOUT=1)
	boots
	up a
	kill "$SCANNER"
	ends 137
	says 'killed because the time is up: a$'
}

@test "not broken: INT, QUIT, PWR and RTMIN+3 stop it, HUP without CMD, too; HUP, USR1, USR2, WINCH are CMD's" {
	local sig code
	for sig in INT QUIT PWR 37 HUP; do
		rm -f a.up
		notes a
		boots
		up a
		kill "-$sig" "$SCANNER"
		code=0
		[ $sig != HUP ] || code=111
		ends $code
	done
	boots --skip-runit -- bash -c "for s in HUP USR1 USR2 WINCH; do trap \"echo \$s >>$PWD/got\" \$s; done; echo >$PWD/ready; while :; do read -r -t 0.1 x <>$NEVER; done"
	eventually test -s ready
	for sig in HUP USR1 USR2 WINCH; do
		kill "-$sig" "$SCANNER"
		eventually grep -qx $sig got
	done
	kill "$SCANNER"
	ends 143
}

@test "not broken: a service that ignores TERM: the others end in order, finish and loggers run, all in its time" {
	service etc/service/a "trap '' TERM" "echo >>$PWD/a.up" "while :; do read -r x <>$NEVER; done"
	script etc/service/a/finish "echo finish >>$PWD/order"
	service etc/service/b "trap 'echo bye; exit 0' TERM" "echo >>$PWD/b.up" "while :; do read -r x <>$NEVER; done"
	script etc/service/b/log/run "exec cat >$PWD/b.log"
	FIRST+=(KILL_PROCESS_TIMEOUT=1 KILL_ALL_PROCESSES_TIMEOUT=0)
	boots
	up a
	up b
	kill "$SCANNER"
	ends 137
	is_file b.log bye
	[ "$(order)" = 'finish ' ]
}

# At each moment: before it watches, in a startup file, while it becomes runsvdir, while services start. `make term`
# gives it a second, which a busy machine may need for itself.
@test "not broken: TERM 0, 5, 10 ... 500 ms after the start: it ends, and nothing is started after" {
	local sleep="sleep 36000$$"
	startup 1 "read -r -t 0.1 x <>$NEVER || :"
	sed -i '1s/sh$/bash/' etc/my_init.d/1
	startup 2 :
	service etc/service/a "exec $sleep"
	service etc/service/b "exec $sleep"
	daemon in_image env -i "${FIRST[@]}" "${OPTIONS[@]}" bash -c '
		for ((ms = 0; ms <= 500; ms += 5)); do
			timeout --foreground --preserve-status -k "$2" "$(printf 0.%03d1 $ms)" env --default-signal "$0" --quiet && r=0 || r=$?
			[ $r = 0 ] || [ $r = 143 ] || echo "$ms ms: $r"
			! pgrep -fx "$1" || echo "$ms ms: a service is left"
		done
		echo all' "$MY_INIT" "$sleep" "${TERM_WITHIN:-10}" >out 2>>err
	wait $!
	is_file out all
}

@test "not broken: TERM in a startup file: it gets TERM, then KILL; 143, 137, and no other is started" {
	notes a
	startup 1 "trap 'exit 0' TERM" "echo >$PWD/ready" "while :; do read -r x <>$NEVER; done"
	startup 2 "echo wrong >>$PWD/order"
	local sig
	for sig in TERM HUP 37; do
		rm -f ready
		boots -- touch order
		eventually test -s ready
		kill "-$sig" "$SCANNER"
		ends 143
	done
	startup 1 "trap '' TERM" "echo >$PWD/ready" "while :; do read -r x <>$NEVER; done"
	rm ready
	FIRST+=(KILL_PROCESS_TIMEOUT=1)
	boots
	eventually test -s ready
	kill "$SCANNER"
	ends 137
	says 'killed because the time is up: /etc/my_init.d/1$'
	# a second one is patient no longer
	rm ready
	FIRST+=(KILL_PROCESS_TIMEOUT=1000)
	boots
	eventually test -s ready
	kill "$SCANNER"
	eventually says 'stopping, waiting for: /etc/my_init.d/1$'
	kill "$SCANNER"
	ends 137
	[ ! -e order ]
	[ ! -e etc/service/a/supervise ]
}

@test "not broken: what earlier startup files have left ends with a stop: TERM, then KILL" {
	startup 1 "setsid bash -c 'trap \"echo saved >>$PWD/order; exit\" TERM; echo >$PWD/polite; while :; do read -r -t 1 x <>$NEVER; done' &"
	startup 2 "setsid bash -c 'trap \"\" TERM; echo \$\$ >$PWD/stubborn; while :; do read -r -t 1 x <>$NEVER; done' &"
	startup 3 "echo >$PWD/ready" "exec sleep 3600"
	FIRST+=(KILL_ALL_PROCESSES_TIMEOUT=1)
	boots
	eventually test -s polite
	eventually test -s stubborn
	eventually test -s ready
	kill "$SCANNER"
	ends 143
	[ "$(order)" = 'saved ' ]
	gone "$(cat stubborn)"
	# as process 1, too
	needs unshare -pf --mount-proc true
	rm order polite stubborn ready
	boots_as_init
	eventually test -s polite
	eventually test -s stubborn
	eventually test -s ready
	kill "$(pgrep -P "$SCANNER")"
	ends 143
	[ "$(order)" = 'saved ' ]
}

@test "not broken: as process 1, in a startup file and after it" {
	needs unshare -pf --mount-proc true
	notes a
	startup 1 "echo \$PPID >$PWD/ready" "read -r x <$PWD/hold"
	boots_as_init
	eventually test -s ready
	[ "$(cat ready)" = 1 ]
	kill "$(pgrep -P "$SCANNER")"
	ends 143
	rm ready
	boots_as_init
	eventually test -s ready
	echo >&8
	up a
	kill "$(pgrep -P "$SCANNER")"
	ends 0
	[ "$(order)" = 'a ' ]
}

@test "not broken: no polling, neither in a startup file nor beside services" {
	startup 1 "echo >$PWD/ready" "read -r x <$PWD/hold"
	notes a
	boots
	eventually test -s ready
	eventually waits_for_ever
	echo >&8
	up a
	eventually waits_for_ever
	kill "$SCANNER"
	ends 0
}

@test "not broken: the scanner is killed beside CMD: CMD ends with it, and nothing is left unnoticed" {
	boots -- sh -c "echo \$\$ >$PWD/cmd; exec sleep 3600"
	eventually test -s cmd
	kill -KILL "$SCANNER"
	ends 137
	eventually gone "$(cat cmd)"
}

# bats test_tags=memory
@test "not broken: a megabyte at most; and how soon CMD runs" {
	startup 1 "echo >$PWD/ready" "read -r x <$PWD/hold"
	variable A x
	boots
	eventually test -s ready
	[ "$(awk '/^VmRSS/ { print $2 }' "/proc/$SCANNER/status")" -le 1024 ]
	echo >&8
	eventually is_runsvdir
	[ "$(awk '/^VmRSS/ { print $2 }' "/proc/$SCANNER/status")" -le 1024 ]
	kill "$SCANNER"
	ends 0
	rm etc/my_init.d/1
	daemon in_image env -i "${FIRST[@]}" "${OPTIONS[@]}" bash -c '
		for ((i = 0; i < 20; i++)); do
			begin=${EPOCHREALTIME/./}
			end=$("$0" --quiet -- date +%s%6N)
			alone=${EPOCHREALTIME/./}
			direct=$(date +%s%6N)
			echo "$((end - begin)) $((direct - alone))"
		done' "$MY_INIT" >out
	wait $!
	echo "# until CMD says the time, median of 20: $(cut -d ' ' -f 1 out | sort -n | sed -n 10p) us; without my_init: $(cut -d ' ' -f 2 out | sort -n | sed -n 10p) us" >&3
}

@test "not broken: read-only, or no root: it runs, with one warning at most" {
	variable FILE x
	FIRST+=(OURS=y)
	startup 1 :
	MOUNTS='mount -o remount,bind,ro /etc'
	boots --quiet --skip-runit -- sh -c 'echo "$OURS $FILE" >"$0"' "$PWD/said"
	ends 0
	is_file said 'y x'
	[ "$(cat err)" = 'my_init: warning: unable to write /etc/container_environment: Read-only file system' ]
	MOUNTS=:
	local mode
	for mode in 700 755; do
		: >err
		chmod $mode etc/container_environment
		chmod 777 .
		rm said
		boots_as_user --quiet --skip-runit -- sh -c 'echo "$OURS" >"$0"' "$PWD/said"
		ends 0
		is_file said y
		[ "$(wc -l <err)" = 1 ]
		grep -q '^my_init: warning: .*/etc/container_environment: Permission denied$' err
	done
}
boots_as_user() {
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" "$BATS_FILE_TMPDIR" . 2>/dev/null || :
	chmod 777 .
	daemon in_image setpriv --reuid 1000 --regid 1000 --clear-groups env -i "${FIRST[@]}" "${OPTIONS[@]}" env --default-signal "$MY_INIT" "$@" 2>>err 8>&-
	SCANNER=$!
}

@test "not broken: a full disk: one warning, each child has its variables, and nothing half done stays" {
	local long
	long=$(printf '%05000d' 0)
	variable FILE x
	mkdir store
	# room for FILE, and for no more
	MOUNTS="mount -t tmpfs -o size=4k none store && cp -a etc/container_environment/FILE store && mount --bind store /etc/container_environment"
	startup 1 "ls -A /etc/container_environment >$PWD/there"
	FIRST+=("LONG=$long")
	boots --quiet --skip-runit -- sh -c 'echo "$LONG $FILE" >"$0"' "$PWD/said"
	ends 0
	is_file said "$long x"
	is_file there FILE
	is_file err 'my_init: warning: unable to write /etc/container_environment: No space left on device'
}

@test "not broken: what a crash has left is replaced; what can't be read, or written to, is said" {
	printf x >crashed
	mkdir etc/container_environment
	mv crashed etc/container_environment/.my_init.new
	ln -s /no/such/file etc/container_environment/DANGLING
	ln -s /no/such/directory/env.sh etc/container_environment.sh
	FIRST+=(OURS=y)
	boots --quiet --skip-runit -- true
	ends 0
	is_file etc/container_environment/OURS y
	[ ! -e etc/container_environment/.my_init.new ]
	is_file err 'my_init: warning: ignoring /etc/container_environment/DANGLING: No such file or directory
my_init: warning: unable to write /etc/container_environment.sh: No such file or directory'
	: >err
	rm -r etc/container_environment
	: >etc/container_environment
	boots --quiet --skip-runit -- true
	ends 0
	is_file err 'my_init: warning: unable to read /etc/container_environment: Not a directory'
}

# The sanitizers need /proc.
# bats test_tags=bare
@test "not broken: without /proc, and with runsvdir elsewhere in PATH" {
	notes a
	script etc/my_init.pre_shutdown.d/1 "echo pre >>$PWD/order"
	script etc/my_init.post_shutdown.d/1 "echo post >>$PWD/order"
	mkdir elsewhere
	cp "$MY_INIT" elsewhere/my_init
	local MY_INIT=$PWD/elsewhere/my_init
	boots
	up a
	kill "$SCANNER"
	ends 0
	[ "$(order)" = 'pre a post ' ]
	rm a.up order
	# the hooks are run by a my_init in PATH
	FIRST[0]="PATH=$PWD/elsewhere:$BIN:$PATH"
	MOUNTS='mount -t tmpfs none /proc'
	boots -- sh -c "while [ ! -s $PWD/a.up ]; do read -r -t 0.02 x <>$NEVER; done; exit 5"
	ends 5
	[ "$(order)" = 'pre a post ' ]
}

# boots_under FAULT [ARG...]: the same with a fault, as strace injects it.
boots_under() {
	daemon in_image strace -D -qq -o /dev/null -e "inject=$1" env -i "${FIRST[@]}" "${OPTIONS[@]}" env --default-signal "$MY_INIT" "${@:2}" 2>>err 8>&-
	SCANNER=$!
}

@test "not broken: no process, no descriptor, nobody who takes the help: that is said, and the code is 111" {
	startup 1 "echo wrong >>$PWD/order"
	boots_under fork,vfork,clone,clone3:error=EAGAIN -- touch order
	ends 111
	says '^my_init: warning: unable to fork for /etc/my_init.d/1: Resource temporarily unavailable$'
	[ ! -e order ]
	FIRST+=(OURS=y)
	boots_under signalfd4:error=EACCES -- touch order
	ends 111
	says '^my_init: fatal: unable to watch signals: Permission denied$'
	[ ! -e order ]
	run -111 sh -c '"$0" --help >/dev/full' "$MY_INIT"
	# of an owner that a user namespace does not know, or on a file system without modes
	local call
	mkdir etc/container_environment
	for call in fchown fchmod; do
		: >err
		boots_under $call:error=EACCES --quiet --skip-startup-files --skip-runit -- sh -c '[ "$OURS" = y ]'
		ends 0
		is_file err 'my_init: warning: unable to write /etc/container_environment: Permission denied'
		[ -z "$(ls -A etc/container_environment)" ]
	done
	# a hook that can't be run is one that has failed
	script etc/my_init.pre_shutdown.d/1 :
	boots_under fork,vfork,clone,clone3:error=EAGAIN --hook stop
	ends 1
	says '^my_init: warning: unable to run /etc/my_init.pre_shutdown.d/1: Resource temporarily unavailable$'
}

@test "not broken: modes and owners of what is written stay; new ones are for root and docker_env" {
	mkdir etc/container_environment
	echo 'docker_env:x:8377:' >>etc/group
	boots --skip-runit -- true
	ends 0
	[ "$(stat -c '%a %u %g' etc/container_environment.sh)" = '640 0 8377' ]
	[ "$(stat -c '%a %u %g' etc/container_environment.json)" = '640 0 8377' ]
	chmod 604 etc/container_environment.sh
	chown 1:2 etc/container_environment.sh
	echo old >etc/container_environment/OURS
	chmod 600 etc/container_environment/OURS
	chown 3 etc/container_environment/OURS
	FIRST+=(OURS=new)
	boots --skip-runit -- true
	ends 0
	[ "$(stat -c '%a %u %g' etc/container_environment.sh)" = '604 1 2' ]
	[ "$(stat -c '%a %u' etc/container_environment/OURS)" = '600 3' ]
	is_file etc/container_environment/OURS new
}

@test "not broken: .sh and .json may be links to a tmpfs, and then nothing is written to the disk" {
	mkdir etc/container_environment run
	ln -s "$PWD/run/env.sh" etc/container_environment.sh
	ln -s "$PWD/run/env.json" etc/container_environment.json
	FIRST+=(A=x)
	boots --skip-runit -- true
	ends 0
	[ -L etc/container_environment.sh ]
	grep -qx "export A='x'" run/env.sh
	grep -q '"A":"x"' run/env.json
}

@test "not broken: a name with a slash is skipped with a warning, and bytes stay bytes" {
	local latin=$'caf\xe9'
	variable LATIN "$latin"
	variable "$latin" value
	printf 'a\0b' >etc/container_environment/NUL
	printf x >'etc/container_environment/A=B'
	mkdir etc/container_environment/..data
	startup 1 :
	FIRST+=('A/B=c' $'OURS=\xff\xfe')
	# not by a shell, which keeps names of its own kind only
	boots -- env -0 >variables
	ends 0
	has variables "LATIN=$latin"
	has variables "$latin=value"
	has variables 'A/B=c'
	has variables $'OURS=\xff\xfe'
	is_file etc/container_environment/OURS $'\xff\xfe'
	[ "$(grep -c '^my_init: warning' err)" = 3 ]
	says '^my_init: warning: no file for the variable A/B: its name has a /$'
	says '^my_init: warning: ignoring /etc/container_environment/NUL: it contains a NUL$'
	says '^my_init: warning: ignoring /etc/container_environment/A=B: its name has a =$'
	grep -qaF $'"LATIN":"caf\xef\xbf\xbd"' etc/container_environment.json
}

@test "not broken: what a service without a logger says is on the container's output" {
	service etc/service/a 'echo to stdout' 'echo to stderr >&2' "echo >>$PWD/a.up" 'exec sleep 3600'
	boots >out
	up a
	kill "$SCANNER"
	ends 0
	is_file out 'to stdout'
	says '^to stderr$'
}

@test "not broken: dependencies.d says in which order a stop goes" {
	notes db
	notes web
	mkdir etc/service/web/dependencies.d
	: >etc/service/web/dependencies.d/db
	boots
	up db
	up web
	kill "$SCANNER"
	ends 0
	[ "$(order)" = 'web db ' ]
}

@test "not broken: each second a stop names what it waits for, and the last line says who has ended it" {
	service etc/service/a "trap 'read -r x <$PWD/hold; exit 0' TERM" "echo >>$PWD/a.up" "while :; do read -r x <>$NEVER; done"
	boots
	up a
	kill "$SCANNER"
	eventually says '^runsvdir /etc/service: warning: stopping, waiting for: a$'
	echo >&8
	ends 0
	[ "$(tail -n 1 err)" = 'runsvdir /etc/service: info: ended by signal Terminated, exit code 0' ]
}

@test "not broken: as any process: another init before it, and what loses its parent is still ours" {
	needs unshare -pf --mount-proc true
	service etc/service/a "(setsid sh -c 'cut -d \" \" -f 4 /proc/\$\$/stat >$PWD/parent.new; exec sleep 3600' &)" "echo \$PPID >$PWD/runsv" "while [ ! -s $PWD/parent ]; do read -r x <$PWD/hold; done" 'exec sleep 3600'
	daemon in_image unshare -pf --mount-proc --kill-child env -i "${FIRST[@]}" "${OPTIONS[@]}" sh -c '"$0" & wait $!' "$MY_INIT" 2>>err 8>&-
	SCANNER=$!
	eventually test -s runsv
	eventually has_grandchild
	local init
	init=$(pgrep -P "$(pgrep -P "$SCANNER")")
	# the orphan is a child of my_init, not of the process 1 before it
	eventually has_child "$init" sleep
	kill "$init"
	ends 0
}
has_child() { pgrep -P "$1" -x "$2"; }
