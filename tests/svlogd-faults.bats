#!/usr/bin/env bats
# What breaks around svlogd: nothing is lost, and nothing is there twice.

# shellcheck disable=SC2030,SC2031 # each test is a subshell with its own variables, run's as well
load helpers
load logger

# log under strace with one fault injected; LOG is svlogd itself. Numbered lines come meanwhile.
faulty() {
	strace -D -qq -o trace -e "inject=$1" "$SVLOGD" -l 20 -b 30 d <in 3>&- 7>&- 2>>err &
	LOG=$!
	exec 7<>in
	eventually test -e d/current
}


# All lines up to N are in d, once.
complete() {
	exec 7>&-
	wait "$LOG" || :
	all | cmp - <(seq 1000 "$1")
}

@test "EIO for a write: it is tried again, and nothing is lost" {
	printf 's2000\nn0\n' >d/config
	faulty 'write,writev:error=EIO:when=2..3'
	seq 1000 1499 >&7
	eventually grep -q 'pausing: unable to write to current: d: ' err
	seq 1500 1999 >&7
	eventually has_after_hup 1999
	complete 1999
}

has_after_hup() {
	kill -HUP "$LOG"
	[ "$(all | tail -n 1)" = "$1" ]
}

@test "each step of a rotation fails, for a while: nothing is lost" {
	local call what
	printf 's2000\nn0\n' >d/config
	while read -r call what; do
		rm -f d/@* d/current err
		faulty "$call"
		seq 1000 1999 >&7
		eventually grep -q "pausing: unable to $what: d: " err
		eventually has_after_hup 1999
		complete 1999
	done <<-EOF
		fsync:error=EIO:when=1..2 fsync current logfile
		fchmod:error=EIO:when=2..3 set mode of current
		rename,renameat,renameat2:error=EROFS:when=1..2 rename current
		fchmod:error=EIO:when=3..4 open current
	EOF
}

@test "no descriptor is left: it waits until there is one, and nothing is lost" {
	printf 's2000\nn0\n!cat\n' >d/config
	start -l 20 -b 30 d
	prlimit --pid "$LOG" --nofile=4:
	seq 1000 1999 >&7
	eventually grep -q '^svlogd: pausing: unable to open current: d: ' err
	prlimit --pid "$LOG" --nofile=1024:
	eventually has_after_hup 1999
	complete 1999
	[ "$(find d -name '@*.u')" = "" ]
}

@test "the clock was set back: the newest files stay, in their order" {
	printf 's2000\nn3\n' >d/config
	# written when the clock was a year ahead
	local future
	future=$(printf '%x' $(($(date +%s) + 4611686018427387914 + 31536000)))
	seq 1000 1099 >"d/@${future}00000000.s"
	chmod 744 "d/@${future}00000000.s"
	start -l 20 -b 30 d
	seq 1100 2999 >&7
	eventually has 2999
	exec 7>&-
	wait "$LOG"
	old_are 3
	# without a gap up to the last
	local first
	first=$(all | head -n 1)
	all | cmp - <(seq "$first" 2999)
}

@test "the directory is removed while a processor works: its child ends, the log goes on elsewhere" {
	mkfifo gate
	printf 's2000\n!read x <%s; cat\n' "$PWD/gate" >d/config
	start -l 20 -b 30 d
	seq 1000 1499 >&7
	eventually test -e d/state
	rm -rf d
	mkdir d
	echo go >gate
	kill -HUP "$LOG"
	seq 1500 1550 >&7
	eventually has 1550
	exec 7>&-
	wait "$LOG"
}

@test "a processor hangs in a directory that was replaced: the new one has its own" {
	mkfifo gate
	printf 's2000\n!read x <%s; cat\n' "$PWD/gate" >d/config
	start -l 20 -b 30 d
	seq 1000 1499 >&7
	eventually test -e d/state
	mv d e
	mkdir d
	printf 's2000\n!tr 1 x\n' >d/config
	kill -HUP "$LOG"
	seq 1500 1999 >&7
	eventually processed_line x500
	echo go >gate
	eventually none_waits e
	exec 7>&-
	wait "$LOG"
	run ! pgrep -P "$LOG"
}

none_waits() {
	[ -z "$(find "$1" -name '@*.u')" ]
}

processed_line() {
	cat d/@*.s 2>/dev/null | grep -qx "$1"
}

@test "thousands of old files that are too many go after a few looks at the directory" {
	local i looks
	for i in {10000..11999}; do : >"d/@40000000000${i}00000000.s"; done
	printf 'n10\n' >d/config
	echo x | strace -qq -o trace -e trace=getdents64 "$SVLOGD" d
	looks=$(grep -c ' = 0$' trace)
	[ "$(old | wc -l)" -le 10 ]
	[ "$looks" -le 100 ]
}

# A pipe that nobody reads, with descriptor 8 on it, for which this is full: only a page is left, or nothing.
stuck() {
	mkfifo stuck
	exec 8<>stuck
	dd if=/dev/zero bs=4096 count="$1" >&8 2>/dev/null
}
stuck_off() { exec 8>&-; }


# A line that was read is not in the log: somebody does not read what is said of it.
held_up() {
	exec 7<>in
	eventually running d
	echo one >&7
	eventually consumed
	[ ! -s d/current ]
}

goes_on_after_hup() {
	kill -HUP "$LOG"
	eventually has one
	echo two >&7
	eventually has two
	stuck_off
}

@test "nobody reads its messages: TERM ends it, and nothing is lost" {
	stuck 16
	printf 's2000\nn0\n' >d/config
	log_to out stuck -v -l 20 -b 30 d
	exec 7<>in
	eventually waits_at_pipe
	seq 1000 1999 >&7
	kill -TERM "$LOG"
	wait "$LOG"
	stuck_off
	all | cmp - <(seq 1000 1999)
}

# Blocked in poll, since it is able to hear.
waits_at_pipe() {
	grep -q poll "/proc/$LOG/wchan" && [ -e d/lock ]
}

@test "nobody reads what 1 copies: TERM ends it, also in a line of more than a pipe takes at once" {
	local line
	line=$(head -c 9000 /dev/zero | tr '\0' x)
	stuck 15
	printf '1\n' >d/config
	log_to stuck err -l 10000 -b 20000 d
	exec 7<>in
	eventually running d
	printf '%s\nshort\n' "$line" >&7
	eventually consumed
	kill -TERM "$LOG"
	wait "$LOG"
	stuck_off
	all | cmp - <(printf '%s\nshort\n' "$line")
}

@test "nobody reads what 1 copies: HUP takes the 1 away, and the log goes on" {
	stuck 16
	printf '1\n' >d/config
	log_to stuck err d
	held_up
	: >d/config
	goes_on_after_hup
}

@test "a long line reaches who reads slowly, whole" {
	local line
	line=$(head -c 300000 /dev/zero | tr '\0' x)
	mkfifo copies
	printf '1\n' >d/config
	log_to copies err -l 400000 -b 800000 d
	exec 7<>in 8<copies
	eventually running d
	printf '%s\nshort\n' "$line" >&7
	exec 7>&-
	cmp - <(printf '[d] %s\n[d] short\n' "$line") <&8
	stuck_off
	wait "$LOG"
}

@test "nobody reads its messages: HUP is not held up by its own" {
	mkdir e
	printf 'e*\n' >d/config
	stuck 16
	log_to out stuck e d
	held_up
	: >d/config
	rm -r e # which is worth a warning
	goes_on_after_hup
}

@test "ALRM that comes while a message waits is obeyed" {
	mkdir e
	printf 't1\n' >d/config
	mkfifo messages
	exec 8<>messages
	log_to out messages -v d e
	exec 7<>in
	eventually test -e e/current
	echo x >&7
	eventually has x e/current
	# full before the rotation by age, which says so
	dd if=/dev/zero bs=1 count=65536 oflag=nonblock >&8 2>/dev/null || :
	eventually old_are 1
	kill -ALRM "$LOG"
	eventually heard_alarm
	cat <&8 >/dev/null &
	eventually old_are 1 e
	stuck_off
}

# It has been taken: nothing is pending.
heard_alarm() {
	grep -q '^ShdPnd:.*0000000000000000$' "/proc/$LOG/status"
}

@test "a processor and rotations look at a directory of many files at once: each file in its turn" {
	local i
	printf 's1000\nn2000\n!cat\n' >d/config
	for i in {10000..11500}; do : >"d/@400000006000000000${i}00.s"; done
	for i in {1000..1299}; do printf '%d%0900d\n' "$i" 0; done | "$SVLOGD" -v d 2>err
	sed -n 's/.*info: processing: //p' err >order
	[ "$(wc -l <order)" -eq 300 ]
	sort -c order
}

@test "at the end it rests also while one processor works and another one has failed too often" {
	mkdir e
	mkfifo gate
	printf 's1000\n!exit 1\n' >d/config
	printf 's1000\n!read x <%s; cat\n' "$PWD/gate" >e/config
	start -l 20 -b 30 d e
	seq 1000 1199 >&7
	eventually old_are 1 e
	exec 7>&-
	PATIENCE=20 eventually grep -q 'kept for the next start: d$' err
	# what the third failure would wait for
	read -r -t 4.2 <>"$NEVER" || :
	local before
	before=$(switches)
	read -r -t 1 <>"$NEVER" || :
	[ $(($(switches) - before)) -le 3 ]
	echo go >gate
	wait "$LOG"
}

switches() {
	awk '/ctxt/ { n += $2 } END { print n }' "/proc/$LOG/status"
}

@test "S: a file that was processed and what it was made of, left by a kill, go as one" {
	local i
	printf 's1000\nS4k\nn0\n!cat\n' >d/config
	for i in 1 2 3 4 5 6; do head -c 900 /dev/zero | tr '\0' a >"d/@400000006b08751a0330a0a$i.s"; done
	cp d/@400000006b08751a0330a0a1.s d/@400000006b08751a0330a0a1.u
	chmod 744 d/@*
	"$SVLOGD" d </dev/null 2>err
	[ ! -s err ]
	[ "$(old | xargs cat | wc -c)" = 2700 ]
}

@test "where nothing is to be deleted, a rotation does not look at all that is there" {
	printf 's1000\nn0\n' >d/config
	seq 200 | strace -qq -o trace -e trace=getdents64 "$SVLOGD" d
	old_are 200
	[ "$(grep -c getdents64 trace)" -le 20 ]
}

@test "a directory that is replaced while it can't be written: its lock is waited for, and the log goes on there" {
	local prefix
	for prefix in '' 'pweb: '; do
		rm -rf d e err
		mkdir d
		echo "$prefix" >d/config
		faulty write:error=EIO:when=2..3
		echo one >&7
		eventually grep -q one d/current
		echo two >&7
		eventually grep -q 'pausing: unable to write to current: d: ' err
		mv d e
		mkdir d
		exec 8>d/lock
		flock 8
		eventually grep -q '^svlogd: warning: unable to lock directory: d: ' err
		exec 8>&-
		eventually grep -q two d/current
		exec 7>&-
		wait "$LOG"
		[ "$(cat e/current d/current)" = "${prefix#p}one"$'\n'"${prefix#p}two" ]
	done
}

@test "TERM while lines with a prefix can't be written: the next svlogd writes them" {
	printf 'pweb: \n' >d/config
	faulty write:error=EIO:when=2+
	echo one >&7
	eventually has 'web: one'
	seq 1000 >&7
	eventually grep -q pausing err
	kill -TERM "$LOG"
	wait "$LOG"
	grep -qE '^svlogd: warning: kept for the next start because of TERM: d: [0-9]+ bytes$' err
	"$SVLOGD" d </dev/null
	all | cmp - <({ echo one && seq 1000; } | sed 's/^/web: /')
}

@test "TERM together with the end of the input: the line that waits is ended" {
	start d
	printf half >&7
	eventually consumed
	kill -STOP "$LOG"
	exec 7>&-
	kill -TERM "$LOG"
	kill -CONT "$LOG"
	wait "$LOG"
	[ "$(cat d/current)" = half ]
	[ ! -s d/lock ]
}

# goes_on FAULT MESSAGE: with that fault it says so, and the log is what it is.
goes_on() {
	rm -f d/current d/lock
	run -0 strace -qq -o /dev/null -e inject="$1" "$SVLOGD" d < <(echo x)
	[[ $output == "svlogd: warning: unable to $2: "* ]]
	[ "$(cat d/current)" = x ]
}

@test "a directory that can't be read, or a log that can't be synced or marked at its end, is said, and no more" {
	goes_on getdents64:error=EIO 'read directory, want remove old logfile: d'
	goes_on fsync:error=EIO 'fsync current logfile: d'
	goes_on fchmod:error=EIO:when=2 'set mode of current: d'
}

@test "a config that can't be read is said, and the defaults hold" {
	printf 'pweb: \n' >d/config
	run -0 strace -qq -o /dev/null -P "$PWD/d/config" -e inject=read:error=EIO "$SVLOGD" d < <(echo x)
	[[ $output == 'svlogd: warning: unable to read config: d: '* ]]
	[ "$(cat d/current)" = x ]
}

# without_fallocate DIR: svlogd on a file system that lacks it.
without_fallocate() {
	strace -D -qq -o /dev/null -e inject=fallocate:error=EOPNOTSUPP "$SVLOGD" "$1" <in 3>&- 7>&- 2>>err &
	LOG=$!
	exec 7<>in
	eventually running "$1"
}

@test "a file system without fallocate: a kill loses nothing there either, and a full disk costs no more than the ledger" {
	small 256k
	mkdir small/d
	printf 's0\n' >small/d/config
	without_fallocate small/d
	seq 10000 >&7
	printf half >&7
	eventually has 10000 small/d/current
	eventually consumed
	kill -KILL "$LOG"
	wait "$LOG" || :
	without_fallocate small/d
	echo ' rest' >&7
	eventually has 'half rest' small/d/current
	exec 7>&-
	wait "$LOG"
	dd if=/dev/zero of=small/ballast bs=1k 2>/dev/null || :
	without_fallocate small/d
	seq 10001 15000 >&7
	eventually grep -q 'pausing: unable to write' err
	[ ! -s small/d/lock ]
	rm small/ballast
	kill -HUP "$LOG"
	eventually has 15000 small/d/current
	all small/d | cmp - <(seq 10000 && echo half rest && seq 10001 15000)
}

@test "messages and copies for what can only be read are none, and nobody waits for them" {
	printf '1\n' >d/config
	echo x | timeout 20 "$SVLOGD" -v d 2</dev/null 1</dev/null
	[ "$(cat d/current)" = x ]
}

@test "BUS that is not about the ledger ends it" {
	local code=0
	start d
	echo one >&7
	eventually has one
	# this one might be: another process may have truncated it
	kill -BUS "$LOG"
	eventually run ! test -s d/lock
	kill -BUS "$LOG"
	wait "$LOG" || code=$?
	[ "$code" = $((128 + $(kill -l BUS))) ]
}
