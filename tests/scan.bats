#!/usr/bin/env bats
# runsvdir: the contract's §3 rule by rule, beside runsvdir.bats. What is tagged "contract" is also true of runit's.
#
# stderr is set by bats' run, PATIENCE is for helpers.bash; each test is a subshell of its own with its own
# SCANNER; what is in single quotes is for another shell.
# shellcheck disable=SC2154,SC2034,SC2030,SC2031,SC2016

load helpers
load services

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	# shellcheck disable=SC2153 # of helpers.bash
	PATH=${RUNSV%/*}:$PATH
	mkdir sv bin
}

# Reference: up to five seconds until it looks, and one more for the clock.
PATIENCE=15

# Runs $RUNSVDIR on sv.
scan() {
	daemon env --default-signal "$RUNSVDIR" sv 2>>scan.err
	SCANNER=$!
}

# scan_with COMMAND...: runs it with a runsv that says what it was given, and stays.
scan_with() {
	script bin/runsv "echo \"\$0 \$# \$1 \$PWD \$WORD\" >>$PWD/said.tmp" "grep -E '^Sig(Blk|Ign)' /proc/self/status >>$PWD/said.tmp" \
		"mv $PWD/said.tmp $PWD/said" 'exec sleep 3600'
	[ -e bin/runsvdir ] || cp "$RUNSVDIR" bin/runsvdir
	PATH=$PWD/bin:$PATH daemon "$@" 2>>scan.err
	SCANNER=$!
}

runsv_of() { pgrep -P "$SCANNER" -f -x "runsv $1"; }
has_runsv() { runsv_of "$1" >/dev/null; }
up() { [ "$(cat "sv/$1/supervise/stat" 2>/dev/null)" = run ]; }
title() { tr '\0' '\n' <"/proc/$SCANNER/cmdline" | tail -n 1; }
title_is_like() { title | grep -q -e "$1"; }

# bats test_tags=contract
@test "the usage of runsvdir is one line and an empty one" {
	"$RUNSVDIR" 2>text || :
	printf 'usage: %s [-P] dir\n\n' "$RUNSVDIR" | cmp - text
	run -1 "$RUNSVDIR" --
}

# bats test_tags=contract
@test "runsv is found in PATH and gets the entry's name, the scan directory and the environment" {
	mkdir sv/a
	WORD=word scan_with bin/runsvdir sv
	eventually test -s said
	[ "$(head -n 1 said)" = "$PWD/bin/runsv 1 a $PWD/sv word" ]
}

# bats test_tags=contract
@test "without PATH runsv is looked for in /bin and /usr/bin" {
	needs test -x /usr/bin/runsv
	service sv/a
	daemon env -u PATH --default-signal "$RUNSVDIR" sv
	SCANNER=$!
	eventually up a
	[ "$(readlink "/proc/$(runsv_of a)/exe")" = "$(readlink -f /usr/bin/runsv)" ]
}

# bats test_tags=contract
@test "runsv has TERM and HUP at default and nothing blocked; what else was ignored stays so" {
	mkdir sv/a
	scan_with env --default-signal --ignore-signal=HUP,TERM,USR1 bin/runsvdir sv
	eventually test -s said
	grep -q '^SigBlk:.0*$' said
	[ $((0x$(sed -n 's/^SigIgn:.//p' said) & 0x4201)) = $((0x200)) ]
}

# bats test_tags=contract
@test "-P may have more behind it, -- is skipped, and another word is the directory" {
	mkdir -p sv/a ./-x/b
	scan_with bin/runsvdir -Pxyz sv
	eventually test -s said
	local child
	child=$(pgrep -P "$SCANNER")
	[ "$(ps -o sid= -p "$child" | tr -d ' ')" = "$child" ]
	rm said
	scan_with bin/runsvdir --foo sv
	eventually test -s said
	[[ $(head -n 1 said) == *' 1 a '* ]]
	rm said
	scan_with bin/runsvdir -x
	eventually test -s said
	[[ $(head -n 1 said) == *" 1 b $PWD/-x"* ]]
	rm said
	scan_with bin/runsvdir -P -x
	eventually test -s said
	[[ $(head -n 1 said) == *" 1 b $PWD/-x"* ]]
}

# bats test_tags=contract
@test "arguments behind LOG mean nothing" {
	service sv/a
	daemon "$RUNSVDIR" sv 'log: ..........' more -x 2>scan.err
	SCANNER=$!
	eventually up a
	kill "$SCANNER"
	wait "$SCANNER"
}

# bats test_tags=contract
@test "it works in the directory it was started in" {
	service sv/a
	scan
	eventually up a
	[ "$(readlink "/proc/$SCANNER/cwd")" = "$PWD" ]
}

# bats test_tags=contract
@test "a scan directory that can't be read is said, and taken up when it can" {
	chmod 755 .
	chmod 711 sv
	script sv/a/run 'exec sleep 3600'
	mkdir sv/a/supervise
	chown 65534 sv/a/supervise
	daemon setpriv --reuid 65534 --regid 65534 --clear-groups "$RUNSVDIR" sv 2>scan.err
	SCANNER=$!
	eventually grep -q '^runsvdir sv: warning: unable to open directory sv: ' scan.err
	chmod 755 sv
	mkdir sv/.new
	eventually up a
	kill -HUP "$SCANNER"
	eventually stat_is sv/a down
}

# bats test_tags=contract
@test "a renamed entry has its new name after a restart of its runsv" {
	service sv/a
	scan
	eventually up a
	mv sv/a sv/z
	"$SV" exit ./sv/z
	eventually has_runsv z
	eventually up z
}

# bats test_tags=contract
@test "HUP does not wait for the services" {
	service sv/a "trap '' TERM" "echo ready >>$PWD/sv/a.trace" "while :; do read -r x <>$NEVER; done"
	scan
	eventually traced sv/a ready
	eventually up a
	kill -HUP "$SCANNER"
	local code=0
	wait "$SCANNER" || code=$?
	[ "$code" = 111 ]
	kill -0 "$(pid_of sv/a)"
	eventually stat_is sv/a 'run, got TERM, want exit'
}

# bats test_tags=contract
@test "INT and QUIT end it as any program, and every runsv lives on" {
	local sig code
	service sv/a
	for sig in INT QUIT; do
		scan
		eventually up a
		kill "-$sig" "$SCANNER"
		code=0
		wait "$SCANNER" || code=$?
		[ "$code" = $((128 + $(kill -l "$sig"))) ]
		"$SV" status ./sv/a | grep -q '^run: '
		"$SV" -w 5 shutdown ./sv/a
	done
}

# bats test_tags=contract
@test "LOG of seven characters is enough, its first five stay, and a dot is written at the start" {
	daemon "$RUNSVDIR" sv 'abcdefg' 2>scan.err
	SCANNER=$!
	eventually title_is_like '^abcde.\.$'
	[ ! -s scan.err ]
}

# bats test_tags=contract
@test "LOG scrolls in its place: the last text is at its end, without NUL, with newlines" {
	service sv/a 'printf "x\000y\nlast" >&2' 'exec sleep 3600'
	daemon "$RUNSVDIR" sv 'log: ....................'
	SCANNER=$!
	# the dot of the start may come after it in the reference
	eventually title_is_like 'last\.\?$'
	tr '\0' '|' <"/proc/$SCANNER/cmdline" | sed 's/\.|$/|/' >title
	[ "$(tail -c 8 title)" = $'xy\nlast|' ]
	[[ $(tr '\0' '|' <"/proc/$SCANNER/cmdline") == *'|log: '* ]]
}

# bats test_tags=contract
@test "fork fails for a service: a warning with its name, and it is tried again" {
	service sv/a
	strace -qq -o /dev/null -e trace=fork,vfork,clone,clone3 -e inject=fork,vfork,clone,clone3:error=EAGAIN:when=1 \
		"$RUNSVDIR" sv 2>scan.err 3>&- &
	eventually grep -q '^runsvdir sv: warning: unable to fork for a: ' scan.err
	eventually up a
	pkill -TERM -P "$!"
}

# bats test_tags=contract
@test "as process 1 it reaps what loses its parent" {
	needs unshare -pf --mount-proc true
	mkfifo hold
	service sv/a "(sh -c 'echo \$\$ >$PWD/orphan; read -r x <$PWD/hold' &)" 'exec sleep 3600'
	daemon unshare -pf --mount-proc --kill-child "$RUNSVDIR" -P sv 2>scan.err
	eventually test -s orphan
	local machine
	machine=$(pgrep -P "${PIDS[-1]}")
	echo >hold
	eventually nsenter -t "$machine" -p -m sh -c "! test -e /proc/$(cat orphan)"
	kill -KILL "$machine"
}

# bats test_tags=contract
@test "the process list shows runsvdir -P DIR LOG and runsv NAME" {
	service sv/a
	mkdir bin2
	ln -s "$RUNSVDIR" bin2/runsvdir
	PATH=$PWD/bin2:$PATH daemon runsvdir -P sv 'log: ..........'
	SCANNER=$!
	eventually up a
	[[ $(tr '\0' ' ' <"/proc/$SCANNER/cmdline") == 'runsvdir -P sv log: '* ]]
	[ "$(tr '\0' ' ' <"/proc/$(runsv_of a)/cmdline")" = 'runsv a ' ]
}

@test "more than 1,000 services (better: contract 8, 23)" {
	local i
	for i in {1..1003}; do mkdir "sv/s$i" && : >"sv/s$i/down" && printf '#!/bin/sh\nexit 1\n' >"sv/s$i/run"; done
	scan
	PATIENCE=60 eventually all_have_runsv 1003
	[ ! -s scan.err ]
}
all_have_runsv() { [ "$(pgrep -P "$SCANNER" -c runsv)" = "$1" ]; }

@test "a current directory that can't be opened is no obstacle (better: the reference exits 100)" {
	chmod 755 .
	mkdir -m 711 closed
	script sv/a/run 'exec sleep 3600'
	mkdir sv/a/supervise
	chown 65534 sv/a/supervise
	daemon sh -c 'cd closed && exec setpriv --reuid 65534 --regid 65534 --clear-groups "$0" ../sv' "$RUNSVDIR"
	eventually up a
}

@test "a directory that is not there is said once, and that it is there again seen at once (better: no looking each second)" {
	rmdir sv
	scan
	eventually grep -q '^runsvdir sv: warning: unable to stat sv: ' scan.err
	service other 'exit 0'
	daemon "$RUNSV" other 2>/dev/null
	eventually times other run 3
	[ "$(wc -l <scan.err)" = 1 ]
	service new/a
	mv new sv
	PATIENCE=2 eventually up a
}

@test "what it can't do without ends it with 100 (better: there is less of it)" {
	run -100 strace -qq -o /dev/null -e trace=signalfd4 -e inject=signalfd4:error=EMFILE "$RUNSVDIR" sv
	[[ $output == 'runsvdir sv: fatal: unable to '* ]]
}

# --- runsvs that live already

# It watches a runsv that is not its child.
watches() { [[ $(readlink "/proc/$SCANNER/fd/"*) == *pidfd* ]]; }

# scan_under INJECTION [ARG...]: the same as scan, with that fault.
scan_under() {
	local fault=$1
	shift
	daemon strace -D -qq -o /dev/null -e inject="$fault" "$RUNSVDIR" sv "$@" 2>scan.err
	SCANNER=$!
}

# outsider NAME: a runsv of somebody else on sv/NAME.
outsider() {
	daemon "$RUNSV" "sv/$1"
	eventually up "$1"
}

# is_taken_up NAME: it is ours, and stopped when its entry goes. And there was no other.
is_taken_up() {
	eventually watches
	mv "sv/$1" "$1"
	eventually stat_is "$1" down
	[ "$(wc -l <"sv/$1.trace")" = 1 ]
}

@test "a living runsv that can't be found or watched just now: that is said, and it is taken up later" {
	service sv/a
	outsider a
	scan_under pidfd_open:error=EMFILE:when=1
	eventually grep -q '^runsvdir sv: warning: unable to find the runsv that supervises a: ' scan.err
	is_taken_up a
	kill "$SCANNER"
	service sv/b
	outsider b
	scan_under epoll_create1:error=EMFILE:when=1
	eventually grep -q '^runsvdir sv: warning: unable to watch the runsv of b: ' scan.err
	is_taken_up b
}

@test "a runsv whose lock and record were removed is taken up all the same" {
	service sv/a
	outsider a
	rm sv/a/supervise/{lock,record}
	scan
	is_taken_up a
	[ ! -s scan.err ]
}

@test "a runsv of somebody else that was faster is taken up" {
	service sv/a
	mkfifo hold
	script bin/runsv "echo waits >>$PWD/bin.trace" "read x <$PWD/hold" "exec $RUNSV \"\$@\""
	PATH=$PWD/bin:$PATH scan
	eventually traced bin waits
	outsider a
	echo >hold
	eventually grep -q '^runsv a: fatal: unable to lock supervise/lock: ' scan.err
	is_taken_up a
}

@test "a runsv whose process it can't see: that is said, there is no second one, and its own comes when that has gone" {
	needs unshare -pf --mount-proc true
	service sv/a
	outsider a
	daemon unshare -pf --mount-proc --kill-child "$RUNSVDIR" sv 2>scan.err
	eventually grep -q '^runsvdir sv: warning: unable to find the runsv that supervises a: ' scan.err
	run ! times sv/a run 2
	letter sv/a x
	eventually times sv/a run 2
	[ "$(grep -c 'unable to find' scan.err)" = 1 ]
}

@test "a runsv whose supervise/ two entries share is taken up once" {
	mkdir state
	service sv/a
	service sv/b
	ln -s "$PWD/state" sv/a/supervise
	ln -s "$PWD/state" sv/b/supervise
	outsider a
	scan
	eventually watches
	kill -HUP "$SCANNER"
	wait "$SCANNER" || :
	eventually stat_is sv/a down
	[ ! -e sv/b.trace ]
	[ ! -s scan.err ]
}

@test "two entries that share a supervise/: one of them runs, and the other one when that has gone" {
	local first second
	mkdir state
	for first in a b; do
		service "sv/$first"
		ln -s "$PWD/state" "sv/$first/supervise"
	done
	scan
	eventually stat_is sv/a run
	if traced sv/a run; then first=a second=b; else first=b second=a; fi
	[ ! -e "sv/$second.trace" ]
	mv "sv/$first" gone
	eventually times "sv/$second" run 1
	[ "$(wc -l <"sv/$first.trace")" = 1 ]
}

# --- what is short, refused or in the way

@test "a scan directory that can't be read just now: nothing is stopped on half a view, and what has gone is later" {
	service sv/a
	service sv/b
	scan
	eventually up a
	eventually up b
	prlimit --pid "$SCANNER" --nofile=5:
	mv sv/b b
	eventually grep -q '^runsvdir sv: warning: unable to open directory sv: ' scan.err
	stat_is b run
	prlimit --pid "$SCANNER" --nofile=1024:
	eventually stat_is b down
	up a
	kill -HUP "$SCANNER"
	eventually stat_is sv/a down
	mv b sv/b
	# it is read to its end at the start
	daemon strace -D -qq -o /dev/null -P "$PWD/sv" -e inject=getdents64:error=EIO:when=3 "$RUNSVDIR" sv 2>scan.err
	eventually up a
	eventually up b
	mv sv/b b
	eventually grep -q '^runsvdir sv: warning: unable to read directory sv: ' scan.err
	eventually stat_is b down
	up a
	times sv/a run 2
	run ! times sv/a run 3
}

@test "without inotify, or on a file system that tells of nothing, it looks every five seconds" {
	local fault n=0
	for fault in inotify_init1:error=EMFILE inotify_add_watch:error=ENOSPC fstatfs:poke_exit=@arg2=6969000000000000; do
		n=$((n + 1))
		scan_under "$fault"
		eventually grep -qx 'runsvdir sv: warning: no events can be had for sv: looking every 5 seconds' scan.err
		service "sv/s$n"
		eventually up "s$n"
		kill -KILL "$SCANNER"
	done
}

@test "a scan directory that is a link to itself is said, and taken up when it is one" {
	rmdir sv
	ln -s sv sv
	scan
	eventually grep -q '^runsvdir sv: warning: unable to stat sv: ' scan.err
	service new/a
	rm sv
	mv new sv
	eventually up a
}

@test "no pipe for LOG: that is said, and it goes on without" {
	service sv/a
	scan_under pipe2:error=EMFILE 'log: ..........'
	eventually up a
	grep -q '^runsvdir sv: warning: unable to create pipe for log: ' scan.err
	title_is_like '^log: \.*$'
}
