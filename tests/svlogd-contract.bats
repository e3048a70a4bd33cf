#!/usr/bin/env bats
# svlogd: the contract's §5 rule by rule, beside svlogd.bats. What is tagged "contract" is also true of runit's.
#
# stderr is set by bats' run.
# shellcheck disable=SC2154

load helpers
load logger

NOBODY=65534

# label FILE: the time of the TAI64N label in its name or first word, in nanoseconds.
label() {
	local hex=${1##*@}
	echo $(((16#${hex:0:16} - 4611686018427387914) * 1000000000 + 16#${hex:16:8}))
}

now() { date +%s%N; }

# written N: lines of 80 bytes, N of them.
written() {
	local i
	for ((i = 1; i <= $1; i++)); do printf '%079d\n' "$i"; done
}

# --- arguments

# bats test_tags=contract
@test "the usage is one line and an empty one" {
	"$SVLOGD" 2>said || :
	printf 'usage: %s [-ttv] [-r c] [-R abc] [-l len] [-b buflen] dir ...\n\n' "$SVLOGD" | cmp - said
}

# bats test_tags=contract
@test "-V is a line of the version, then the usage, and 111" {
	run -111 --separate-stderr "$SVLOGD" -V
	[ "${#stderr_lines[@]}" = 2 ]
	[[ ${stderr_lines[1]} == "usage: "*" dir ..." ]]
	[ -z "$output" ]
}

# bats test_tags=contract
@test "-r wants one character, not none" {
	run -111 "$SVLOGD" -r '' d
	[[ ${lines[0]} == 'usage: '* ]]
}

# bats test_tags=contract
@test "numbers of -l and -b end with the digits, and 0 or none is the default" {
	echo x | "$SVLOGD" -l 5x -b 6y d
	run -111 "$SVLOGD" -l 5x -b 5y d
	run -0 "$SVLOGD" -l 0 -b 1001 d </dev/null
	run -111 "$SVLOGD" -l 0 -b 1000 d </dev/null
	run -0 "$SVLOGD" -l 1023 -b 0 d </dev/null
	run -111 "$SVLOGD" -l 1024 -b 0 d </dev/null
	run -0 "$SVLOGD" -l x d </dev/null
	[ "$(cat d/current)" = x ]
}

# bats test_tags=contract
@test "options are bundled, their values attached or not, and end with the first word or --" {
	mkdir -- -v
	printf 'a\tb\n' | "$SVLOGD" -vttr. -l10 -- d -v 2>err
	grep -qE '^.{25} a\.b$' d/current
	grep -qE '^.{25} a\.b$' ./-v/current
}

# bats test_tags=contract
@test "-v tells what it does with each directory and file" {
	printf 's200\nn1\n' >d/config
	start -vv -l 10 d
	grep -qx 'svlogd: info: read: d/config' err
	grep -qx 'svlogd: info: new: d/current' err
	written 3 >&7
	eventually old_are 1
	local first
	first=$(old)
	grep -qx "svlogd: info: rename: d/current ${first#d/} 200" err
	written 3 >&7
	eventually grep -q '^svlogd: info: delete: ' err
	grep -qx "svlogd: info: delete: $first" err
	kill -ALRM "$LOG"
	eventually grep -qx 'svlogd: info: sigalarm received.' err
	kill -HUP "$LOG"
	eventually grep -qx 'svlogd: info: sighangup received.' err
	kill -TERM "$LOG"
	wait "$LOG"
	grep -qx 'svlogd: info: sigterm received.' err
	grep -qx 'svlogd: info: close: d' err
	echo x | "$SVLOGD" -v d 2>again
	echo y | "$SVLOGD" -v d 2>again
	grep -qx 'svlogd: info: append: d/current' again
}

# bats test_tags=contract
@test "without -v it says nothing" {
	printf 's100\nn1\n' >d/config
	written 9 | "$SVLOGD" -l 10 d 2>err
	[ ! -s err ]
}

# --- directories

# bats test_tags=contract
@test "the lock is a flock, and stays empty of meaning for who only looks" {
	start d
	run ! flock -n d/lock true
	exec 7>&-
	wait "$LOG"
	flock -n d/lock true
	[ ! -s d/lock ]
}

# bats test_tags=contract
@test "a lock that can't be opened is told as one that is held" {
	touch d/lock
	chmod 000 d/lock
	chmod 755 . d
	run -111 setpriv --reuid "$NOBODY" --regid "$NOBODY" --clear-groups "$SVLOGD" d </dev/null
	[[ ${lines[0]} == 'svlogd: warning: unable to lock directory: d: '* ]]
	[ "${lines[1]}" = 'svlogd: fatal: no functional log directories.' ]
}

# bats test_tags=contract
@test "a directory is opened anew at HUP, by its name" {
	start d
	echo a >&7
	eventually has a
	mv d e
	mkdir d
	kill -HUP "$LOG"
	eventually test -e d/current
	echo b >&7
	eventually has b
	[ "$(cat e/current)" = a ]
	[ "$(mode e/current)" = 744 ]
}

# bats test_tags=contract
@test "no directory left after HUP is fatal" {
	start d
	mv d e
	kill -HUP "$LOG"
	local code=0
	wait "$LOG" || code=$?
	[ "$code" = 111 ]
	grep -q '^svlogd: warning: unable to open log directory: d: ' err
	grep -qx 'svlogd: fatal: no functional log directories.' err
}

# bats test_tags=contract
@test "directories are relative to where it was started" {
	mkdir -p d/e e
	printf 'x\n' | "$SVLOGD" d e ./d/e "$PWD/d/.." 2>err
	[ "$(cat d/current e/current d/e/current current)" = $'x\nx\nx\nx' ]
}

# bats test_tags=contract
@test "a current that can't be opened is pausing" {
	mkdir d/current
	log d
	exec 7<>in
	eventually grep -q '^svlogd: pausing: unable to open current: d: ' err
	kill -0 "$LOG"
}

# bats test_tags=contract
@test "the size of a current that is continued counts" {
	printf 's200\n' >d/config
	written 1 | "$SVLOGD" -l 10 d
	written 1 | "$SVLOGD" -l 10 d
	old_are 0
	written 1 | "$SVLOGD" -l 10 d
	old_are 1
	[ "$(stat -c %s "$(old)")" = 200 ]
	[ "$(stat -c %s d/current)" = 40 ]
}

# bats test_tags=contract
@test "a directory that another logger has written is taken over" {
	echo old >d/@400000006b05b5dd0c7bd6c4.s
	echo older >d/@400000006b05b5dd0c7bd6c3.u
	echo last >d/current
	chmod 744 d/current
	: >d/lock
	: >d/state
	chmod 644 d/lock
	start d
	echo new >&7
	eventually has new
	kill -ALRM "$LOG"
	eventually old_are 3
	[ "$(all)" = $'older\nold\nlast\nnew' ]
}

# --- lines

# bats test_tags=contract
@test "a stamp of -t is TAI64N with 10 seconds, in whole microseconds and a half, of the line's first byte" {
	local before between stamp
	start -t d
	before=$(now)
	printf 'first ' >&7
	eventually taken
	between=$(now)
	printf 'rest\n' >&7
	eventually grep -q rest d/current
	stamp=$(label "$(cut -d ' ' -f 1 d/current)")
	((stamp >= before - 1000 && stamp <= between))
	((stamp % 1000 == 500))
}
taken() { ! read -r -t 0 -u 7; }

# bats test_tags=contract
@test "-tt and -ttt are the same moment, in UTC" {
	local before after
	for t in -tt -ttt; do
		before=$(date -u +%Y-%m-%d_%H:%M:%S)
		echo x | "$SVLOGD" $t d
		after=$(date -u +%Y-%m-%d_%H:%M:%S)
		stamp=$(tail -n 1 d/current | cut -c 1-19 | tr T _)
		[[ ! $stamp < $before && ! $stamp > $after ]]
	done
}

# bats test_tags=contract
@test "the name of a rotated file is the moment of its rotation" {
	local before after
	start d
	echo x >&7
	eventually has x
	before=$(now)
	kill -ALRM "$LOG"
	eventually old_are 1
	after=$(now)
	local name
	name=$(label "$(old)")
	((name >= before - 1000 && name <= after))
}

# bats test_tags=contract
@test "-r replaces bytes below 32 and above 126, and no others" {
	local all
	all=$(printf '%b' "$(printf '\\x%x' {1..9} {11..255})" | tr -d '\n' | LC_ALL=C sed 's/$/./')
	printf '%s\n' "$all" | "$SVLOGD" -r _ d
	printf '%s\n' "$all" | LC_ALL=C tr '\1-\11\13-\37\177-\377' _ | cmp - d/current
}

# --- config

# bats test_tags=contract
@test "comments, empty and unknown lines of config are nothing, and a leading blank makes one unknown" {
	printf '\n# s100\n s100\nz\ns200 bytes\n n1\nxs100' >d/config
	written 9 | "$SVLOGD" -l 10 d 2>err
	[ ! -s err ]
	old_are 3
	[ "$(stat -c %s "$(old | head -n 1)")" = 200 ]
}

# bats test_tags=contract
@test "the last line of config needs no newline, and a later directive takes an earlier one's place" {
	printf 's5000\nn3\ns200\nn1' >d/config
	written 9 | "$SVLOGD" -l 10 d
	old_are 1
	[ "$(stat -c %s "$(old)")" = 200 ]
}

# bats test_tags=contract
@test "a size in k is of 1024, in m of 1024 times that, and K is none" {
	mkdir e f
	echo s1k >d/config
	echo s1m >e/config
	echo s900K >f/config
	written 30 | "$SVLOGD" -l 50 d e f
	for f in $(old); do (($(stat -c %s "$f") <= 1024 && $(stat -c %s "$f") >= 974)); done
	old_are 2
	old_are 0 e
	old_are 2 f
	seq 200000 300000 | head -c 1000000 >lines
	cat lines lines | "$SVLOGD" e
	old_are 1 e
	(($(stat -c %s "$(old e)") <= 1048576 && $(stat -c %s "$(old e)") >= 1047576))
}

# bats test_tags=contract
@test "without config the size is 1000000, and 10 old files are kept" {
	seq 1000000 3000000 | head -c 13500000 | "$SVLOGD" d
	old_are 10
	for f in $(old); do (($(stat -c %s "$f") <= 1000000 && $(stat -c %s "$f") >= 999000)); done
}

# bats test_tags=contract
@test "p counts blanks, and is in no pattern" {
	printf 'p  a b  \n-*\n+x\n' >d/config
	printf 'x\ny\n' | "$SVLOGD" d
	[ "$(cat d/current)" = '  a b  x' ]
}

# selects PATTERN LINE: does it?
selects() {
	printf -- '-*\n+%s\n' "$1" >d/config
	rm -f d/current
	printf '%s\n' "$2" | "$SVLOGD" d
	[ -s d/current ]
}

# bats test_tags=contract
@test "patterns: * runs to the next character, + is one or more of it, all else is itself" {
	local pattern line want
	while IFS='|' read -r pattern line want; do
		if selects "$pattern" "$line"; then got=yes; else got=no; fi
		[ "$got" = "$want" ] || { echo "$pattern with $line: $got" && return 1; }
	done <<-END
		||yes
		|a|no
		abc|abc|yes
		abc|ab|no
		ab|abc|no
		a.c|abc|no
		[ab]|a|no
		\\*|x|no
		*||yes
		a*|a|yes
		a*|ba|no
		*b|b|yes
		*b|ab|yes
		*b|aab|yes
		*b|abb|no
		*b|abab|no
		*b||no
		*b*|abab|yes
		*: *: pid *|host: daemon: pid 7 ended|yes
		*: *: pid *|host: daemon: uid 7|no
		+a|aaa|yes
		+a||no
		+a|b|no
		a+b|abb|yes
		a+b|a|no
		+ab|aab|yes
		+ab|a|yes
		+ab|aac|no
		**|a*b|yes
		**|ab|no
		*+a|x+a|no
	END
}

# bats test_tags=contract
@test "e and E are independent of + and -, and the last that matches decides" {
	printf -- 'e*\nE*no\ne!no\n-a*\n' >d/config
	printf 'a\nb\nxno\n!no\n' | "$SVLOGD" d 2>err
	[ "$(cat err)" = $'a\nb\n!no' ]
	[ "$(cat d/current)" = $'b\nxno\n!no' ]
}

# --- rotation

# bats test_tags=contract
@test "what is rotated is synced and made 0744 before it gets its name" {
	local calls
	start d
	echo x >&7
	eventually has x
	strace -qq -p "$LOG" -o trace -e trace=fsync,fdatasync,fchmod,rename,renameat,renameat2 3>&- 7>&- 2>strace.err &
	local tracer=$!
	eventually traced_by
	kill -ALRM "$LOG"
	eventually old_are 1
	exec 7>&-
	wait "$LOG"
	wait "$tracer" || :
	calls=$(sed -nE 's/^(f[a-z]*sync|fchmod|rename)[a-z0-9]*\(.*/\1/p' trace | head -n 3 | xargs)
	[ "$calls" = 'fsync fchmod rename' ]
	grep -q '^fchmod([0-9]*, 0744)' trace
}
traced_by() { ! grep -q '^TracerPid:.0$' "/proc/$LOG/status"; }

# bats test_tags=contract
@test "the current that follows a rotation is 0644" {
	start d
	echo x >&7
	eventually has x
	kill -ALRM "$LOG"
	eventually old_are 1
	eventually current_is_644
	echo y >&7
	eventually has y
	[ "$(mode "$(old)")" = 744 ]
}
current_is_644() { [ -e d/current ] && [ "$(mode d/current)" = 644 ]; }

# bats test_tags=contract
@test "files with other names are not counted and stay" {
	printf 's200\nn1\n' >d/config
	touch d/@short.s d/kept d/@400000006b05b5dd0c7bd6c4.s.gz
	written 9 | "$SVLOGD" -l 10 d
	[ -e d/@short.s ] && [ -e d/kept ] && [ -e d/@400000006b05b5dd0c7bd6c4.s.gz ]
	[ "$(find d -name '@4*.s' | wc -l)" = 1 ]
}

# bats test_tags=contract
@test "t counts from the opening, and an empty current is not rotated" {
	mkdir e
	echo t1 | tee e/config >d/config
	start d
	echo x >&7
	eventually old_are 1
	echo y >&7
	eventually old_are 2
	[ ! -s d/current ]
}

# bats test_tags=contract
@test "one full disk stops all directories" {
	small 64k
	mkdir small/d
	printf 's0\n' | tee small/d/config >d/config
	start small/d d
	seq 100000 199999 >numbers
	cat numbers >&7 7>&- &
	local writer=$!
	eventually grep -q '^svlogd: pausing: unable to write to current: small/d: ' err
	kill -0 "$writer"
	mount -o remount,size=4m small
	wait "$writer"
	exec 7>&-
	wait "$LOG"
	cmp numbers d/current
	cmp numbers small/d/current
}

# bats test_tags=contract
@test "who writes into the pipe waits while svlogd can't, and no later" {
	small 16k
	mkdir small/d
	start small/d
	seq 100000 159999 >&7 7>&- &
	local writer=$!
	eventually grep -q '^svlogd: pausing: unable to write to current: small/d: ' err
	kill -0 "$writer"
	mount -o remount,size=4m small
	wait "$writer"
}

# bats test_tags=contract
@test "u without a port sends to 514" {
	echo u127.0.0.1 >d/config
	echo x | strace -qq -o trace -e trace=sendto,sendmsg,connect "$SVLOGD" d
	# runit leaves the family out, so that it is shown as bytes
	grep -qE 'htons\(514\), sin_addr=inet_addr\("127.0.0.1"\)|"\\2\\2\\177\\0\\0\\1' trace
	[ "$(cat d/current)" = x ]
}

# bats test_tags=contract
@test "n counts and deletes what is done, and leaves what was left by a crash" {
	printf 's100\nn1\n' >d/config
	echo old >d/@400000006b05b5dd0c7bd6c3.u
	echo old >d/@400000006b05b5dd0c7bd6c4.u
	for i in 1 2 3; do printf '%090d\n' "$i"; done | "$SVLOGD" -l 20 -b 30 d
	old_are 3
	[ -e d/@400000006b05b5dd0c7bd6c3.u ]
	[ -e d/@400000006b05b5dd0c7bd6c4.u ]
	[ "$(cat d/*.s)" = "$(printf '%090d' 3)" ]
}

# bats test_tags=contract
@test "an output left by a processor is deleted at the next rotation" {
	printf 's100\n' >d/config
	echo half >d/@400000006b05b5dd0c7bd6c1.t
	printf '%090d\n' 1 | "$SVLOGD" -l 20 -b 30 d
	[ ! -e d/@400000006b05b5dd0c7bd6c1.t ]
	old_are 1
}

@test "a buffer that can't be had is fatal" {
	mkdir -p d
	run -111 "$SVLOGD" -l 1100000000 -b 1100000001 d
	[[ $output == 'svlogd: fatal: unable to allocate buffers: '* ]]
}
