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
