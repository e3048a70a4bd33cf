#!/usr/bin/env bats
# What config of a log directory can say beyond runit: S, 1 and D.

# shellcheck disable=SC2016,SC2030,SC2031,SC2119,SC2120
load helpers
load logger

bytes() {
	find "${1:-d}" \( -name '@*' -o -name current \) -printf '%s\n' | awk '{ n += $1 } END { print n }'
}

@test "S is the most that the directory holds" {
	printf 'S20k\ns4k\nn0\n' >d/config
	start -l 20 -b 30 d
	for _ in {1..20}; do
		seq 1000 1999 >&7
		[ "$(bytes)" -le 20480 ]
	done
	echo last >&7
	eventually has last
	exec 7>&-
	wait "$LOG"
	[ "$(bytes)" -le 20480 ]
	[ "$(bytes)" -ge 12000 ]
	# the newest are there
	cmp <(all) <({ for _ in {1..20}; do seq 1000 1999; done; echo last; } | tail -c "$(bytes)")
}

@test "S shrinks what is there already, at the start and after HUP" {
	printf '%01000d' 0 >d/@400000006b05b5dd0c7bd6c4.s
	printf '%01000d' 0 >d/@400000006b05b5dd0c7bd6c5.s
	printf '%01000d' 0 >d/@400000006b05b5dd0c7bd6c6.s
	printf 'S2500\ns500\n' >d/config
	start d
	old_are 2
	[ ! -e d/@400000006b05b5dd0c7bd6c4.s ]
	printf 'S2500\ns2000\n' >d/config
	kill -HUP "$LOG"
	eventually old_are 0
}

@test "S below s: current has no more than S" {
	printf 'S1000\nn0\n' >d/config
	seq 1000 1999 | "$SVLOGD" -l 20 -b 30 d
	[ "$(bytes)" -le 1000 ]
	[ "$(tail -n 1 <(all))" = 1999 ]
}

@test "S deletes files that wait for their processor, and says so" {
	printf '%01000d' 0 >d/@400000006b05b5dd0c7bd6c4.u
	printf 'S1500\ns1000\n!false\n' >d/config
	start d
	eventually grep -qx 'svlogd: warning: deleted before it was processed: d/@400000006b05b5dd0c7bd6c4.u' err
	old_are 0
}

@test "1 copies the lines that are logged to standard output, with the service's name" {
	mkdir -p web/log/main
	printf '1\np: \n-no*\n' >web/log/main/config
	cd web/log
	printf 'one\nno\ntwo' | "$SVLOGD" ./main >out
	[ "$(cat out)" = $'[web] : one\n[web] : two' ]
	[ "$(cat main/current)" = $': one\n: two' ]
	printf '1\n' >main/config
	printf 'three\n' | "$SVLOGD" -t main >out
	grep -qE '^\[web\] @[0-9a-f]{24} three$' out
}

@test "the name of 1 is the service's, the log directory's, or one's own" {
	mkdir -p elsewhere log/log
	printf '1\n' | tee d/config elsewhere/config >log/config
	[ "$(printf 'x\n' | "$SVLOGD" "$PWD/d/" 3>&-)" = "[d] x" ]
	[ "$(cd d && printf 'x\n' | "$SVLOGD" . 3>&-)" = "[d] x" ]
	printf '1web 1\n' >d/config
	[ "$(printf 'x\n' | "$SVLOGD" d 3>&-)" = "[web 1] x" ]
	# two directories: each line from each
	run -0 "$SVLOGD" d elsewhere <<<y
	[ "$output" = $'[web 1] y\n[elsewhere] y' ]
}

@test "1 cuts what is longer than -l, so that each line is one write" {
	printf '1\n' >d/config
	printf '12345678901\nx\n' | strace -qq -e trace=writev,write -o tr "$SVLOGD" -l 10 -b 20 d >out
	[ "$(cat out)" = $'[d] 1234567890...\n[d] x' ]
	[ "$(cat d/current)" = $'12345678901\nx' ]
	[ "$(grep -c '(1, ' tr)" -eq 2 ]
}

waits_in_write() {
	[[ $(cat "/proc/$1/syscall") == '1 '* ]]
}

@test "standard output that nobody reads holds the log up, but not TERM" {
	mkfifo out
	exec 8<>out
	printf '1\n' >d/config
	log_to out err d
	exec 7<>in
	eventually running d
	# more than a pipe holds
	seq 100000 199999 >&7 7>&- &
	local writer=$!
	eventually waits_in_write "$writer"
	kill -TERM "$LOG"
	wait "$LOG"
	kill "$writer" 2>/dev/null || :
	exec 8>&-
}

@test "standard output that is closed, or that nobody reads any more, is no trouble" {
	printf '1\n' >d/config
	seq 100 | "$SVLOGD" d >&-
	seq 101 200 | "$SVLOGD" d > >(:)
	cmp <(all) <(seq 200)
}

# A full disk: everything is taken by a file, which goes when there is to be space.
fill() {
	small 256k
	mkdir small/d
	printf '%s\n' "$@" >small/d/config
	dd if=/dev/zero of=small/ballast bs=4k 2>/dev/null || :
}

# dropped DIR: as many lines as its log says; space may have come back for a moment
dropped() {
	all "$1" | sed -n 's/^warning: out of disk space, lines dropped: //p' | awk '{ n += $1 } END { print n }'
}

@test "D drops lines on a full disk instead of waiting, and says afterwards how many" {
	fill D
	log small/d
	exec 7<>in
	eventually running small/d
	seq 1000 >&7
	eventually grep -qx 'svlogd: warning: out of disk space, dropping lines: small/d' err
	# nobody waits
	seq 1001 100000 >&7
	rm small/ballast
	echo after >&7
	eventually has after small/d/current
	exec 7>&-
	wait "$LOG"
	# what was dropped and what is there make up what came
	local n
	n=$(dropped small/d)
	[ "$(grep -cvF warning small/d/current)" -eq $((100001 - n)) ]
	[ "$(sed -n 's/^svlogd: warning: out of disk space, lines dropped: //; s/: small.d$//p' err | awk '{ n += $1 } END { print n }')" = "$n" ]
	# only whole lines
	run ! grep -qvxE '[0-9]+|after|warning: out of disk space, lines dropped: [0-9]+' small/d/current
}

@test "D: what the log could not be told of is said at the end" {
	fill D
	log small/d
	exec 7<>in
	eventually running small/d
	seq 1000 >&7
	eventually grep -q 'dropping lines' err
	kill -TERM "$LOG"
	wait "$LOG"
	grep -qxE 'svlogd: warning: out of disk space, lines dropped: [0-9]+: small/d' err
}

@test "D: what the log could not be told of, the next svlogd tells it" {
	small 256k
	mkdir small/d
	printf 'D\n' >small/d/config
	start small/d
	echo before >&7
	eventually has before small/d/current
	dd if=/dev/zero of=small/ballast bs=1k 2>/dev/null || :
	seq 1000000 1000999 >&7
	eventually grep -q 'dropping lines' err
	kill -TERM "$LOG"
	wait "$LOG"
	local n
	n=$(sed -n 's/^svlogd: warning: out of disk space, lines dropped: \(.*\): small.d$/\1/p' err)
	rm small/ballast
	start small/d
	echo after >&7
	eventually has after small/d/current
	exec 7>&-
	wait "$LOG"
	[ "$(dropped small/d)" = "$n" ]
	[ ! -s small/d/lock ]
}

@test "D and t: without room for the next current it rests (law 2)" {
	small 256k,nr_inodes=8
	mkdir small/d
	printf 'D\nt1\n' >small/d/config
	start small/d
	echo x >&7
	eventually has x small/d/current
	local i=0
	while true 2>/dev/null >"small/$i"; do i=$((i + 1)); done
	eventually old_are 1 small/d
	local before
	before=$(grep ctxt "/proc/$LOG/status" | awk '{ n += $2 } END { print n }')
	read -r -t 1 <>"$NEVER" || :
	[ $(($(grep ctxt "/proc/$LOG/status" | awk '{ n += $2 } END { print n }') - before)) -le 3 ]
}

# A line that a full disk has cut in the middle, in small/d: cut_line ARG...
cut_line() {
	log "$@" small/d
	exec 7<>in
	eventually running small/d
	rm small/ballast
	echo begin >&7
	eventually grep -q begin small/d/current
	dd if=/dev/zero of=small/ballast bs=1k 2>/dev/null || :
	# fills the rest of its page in the middle of a line
	seq 1000000 1000999 >&7
	eventually grep -q 'dropping lines' err
	rm small/ballast
}

@test "D with stamps: the line that says so has one, and a line that was cut ends before it" {
	fill D 'pweb: '
	cut_line -t
	echo after >&7
	eventually grep -q after small/d/current
	exec 7>&-
	wait "$LOG"
	grep -qxE '@[0-9a-f]{24} web: warning: out of disk space, lines dropped: [0-9]+' small/d/current
	tail -n 1 small/d/current | grep -qxE '@[0-9a-f]{24} web: after'
	# one line at most is less than it was
	[ "$(grep -cvxE '@[0-9a-f]{24} web: ([0-9]{7}|begin|after|warning: .*)' small/d/current)" -le 1 ]
}

@test "D: a line that was cut has its end in its own file" {
	fill D
	cut_line
	kill -ALRM "$LOG"
	eventually old_are 1 small/d
	echo after >&7
	eventually grep -q after small/d/current
	head -n 1 small/d/current | grep -q '^warning: out of disk space, lines dropped: '
}

@test "D first deletes what N allows" {
	small 256k
	mkdir small/d
	printf 'D\nN0\ns20000\nn0\n' >small/d/config
	seq 100000 | "$SVLOGD" small/d 2>err
	grep -q 'out of disk space, delete: ' err
	run ! grep -q dropp err
	[ "$(tail -n 1 <(all small/d))" = 100000 ]
}

@test "D does not wait when the next current can't be made" {
	small 256k
	mkdir small/d
	printf 'D\ns20000\nn0\n' >small/d/config
	timeout 60 "$SVLOGD" small/d < <(seq 200000) 2>err
	grep -qx 'svlogd: warning: out of disk space, dropping lines: small/d' err
	run ! grep -q pausing err
	# from the first on, without a gap
	cmp <(all small/d | head -n 10000) <(seq 10000)
}

@test "killed while the disk is full, the next one knows how many lines were dropped" {
	fill D
	mkdir other
	log other small/d
	exec 7<>in
	eventually running small/d
	seq 5000 >&7
	# part of a line, so that the ledger is needed
	printf begun >&7
	eventually has 5000 other/current
	eventually grep -q 'dropping' err
	kill -KILL "$LOG"
	wait "$LOG" || :
	rm small/ballast
	log other small/d
	eventually running small/d
	printf ' and ended\n' >&7
	eventually has 'begun and ended' small/d/current
	exec 7>&-
	wait "$LOG"
	local n
	n=$(dropped small/d)
	[ "$(all small/d | grep -cvF warning)" -eq $((5001 - n)) ]
	cmp <(all other) <(seq 5000; echo begun and ended)
}

@test "a current that is a link to a device: its mode is not ours (better: the reference makes /dev/null 0744)" {
	mknod -m 666 null c 1 3
	ln -s ../null d/current
	start d
	echo x >&7
	eventually consumed
	kill -TERM "$LOG"
	wait "$LOG"
	[ "$(mode null)" = 666 ]
	[ -L d/current ]
}

@test "a config that is no file is said, and the defaults hold" {
	mkdir e f d/config
	mkfifo e/config
	ln -s config f/config
	seq 3 | "$SVLOGD" d e f 2>err
	[ "$(cat d/current)" = $'1\n2\n3' ]
	[ "$(cat e/current)" = $'1\n2\n3' ]
	[ "$(cat f/current)" = $'1\n2\n3' ]
	grep -qx 'svlogd: warning: not a regular file, ignored: d/config' err
	grep -qx 'svlogd: warning: not a regular file, ignored: e/config' err
	grep -q '^svlogd: warning: unable to read config: f: ' err
	[ "$(wc -l <err)" = 3 ]
}

@test "of a config of more than 64 KiB the rest is ignored, and that is said" {
	{ echo 'pfirst: ' && head -c 70000 /dev/zero | tr '\0' '\n' && echo 'plast: '; } >d/config
	echo x | "$SVLOGD" d 2>err
	[ "$(cat d/current)" = 'first: x' ]
	grep -qx 'svlogd: warning: too long, the rest is ignored: d/config' err
}

@test "an old file that can't be deleted is said, and is no reason to stop" {
	mkdir d/@400000006b08751a0330a0a1.s d/@400000006b08751a0330a0a2.s d/@400000006b08751a0330a0a3.s
	printf 's1000\nn1\n' >d/config
	seq 3 | "$SVLOGD" d 2>err
	grep -q '^svlogd: warning: unable to unlink oldest logfile: d/@400000006b08751a0330a0a1.s: ' err
	[ "$(all | grep -cx '[123]')" = 3 ]
}

@test "N: an old file that can't be deleted on a full disk is said, and no more lines are lost than without N" {
	fill N0
	mkdir small/d/@400000006b08751a0330a0a1.s
	log small/d
	exec 7<>in
	eventually running small/d
	seq 1000 >&7
	eventually grep -q '^svlogd: warning: unable to unlink oldest logfile: small/d/@400000006b08751a0330a0a1.s: ' err
	eventually grep -q 'pausing: unable to write' err
	rm small/ballast
	kill -HUP "$LOG"
	eventually has 1000 small/d/current
	seq 1000 | cmp - small/d/current
}

# adds_up N: the N lines that were sent to small/d are there or were dropped; what is there of a long one is its beginning.
adds_up() {
	{ cat kept; echo; cat small/d/current; } | awk -v n="$1" '
		/^web: warning: out of disk space, lines dropped: [0-9]+$/ { sum += $NF; next }
		/^web: (begin|after)$/ || /^web: x+$/ && length($0) == 100005 { sum++; next }
		!/^(web: )?x*$/ && !/^w?e?b?:? ?$/ { print "what is this: " substr($0, 1, 80); bad = 1 }
		END { print sum " of " n; exit bad || sum != n }'
}

# long_lines OPTION...: lines of 100,000 bytes on a disk of 256 KiB.
long_lines() {
	local i
	small 256k
	mkdir small/d
	printf 'D\npweb: \ns0\n' >small/d/config
	start "$@" small/d
	for i in 1 2 3 4 5; do printf '%0100000d\n' 0 | tr 0 x >&7; done
	eventually grep -q 'dropping lines' err
	eventually consumed
	kill -ALRM "$LOG"
	eventually old_are 1 small/d
	cat small/d/@*.s >kept
	rm small/d/@*.s
	echo after >&7
	eventually has 'web: after' small/d/current
	exec 7>&-
	wait "$LOG"
	adds_up 6
}

@test "D: of a long line that does not fit, what is there and what was dropped add up" { long_lines; }
@test "D: the same where a line is more than one write" {
	long_lines -l 200000 -b 400000
	[ "$(grep -c 'dropping lines' err)" = 1 ]
	[ "$(sed -n 's/.*lines dropped: \([0-9]*\): .*/\1/p' err | awk '{ n += $1 } END { print n }')" = 3 ]
}
@test "D: and where it is more than one piece" { long_lines -l 70000 -b 140000; }
@test "D: and where it is many" { long_lines -l 4000 -b 8000; }

@test "D: space for the notice and not for the line behind it" {
	fill D 'pweb: '
	rm small/ballast
	dd if=/dev/zero of=small/page bs=4k count=1 2>/dev/null
	# a read takes more than the page that there will be
	start -l 4000 -b 8000 small/d
	echo begin >&7
	eventually has 'web: begin' small/d/current
	dd if=/dev/zero of=small/ballast bs=1k 2>/dev/null || :
	printf '%0100000d\n' 0 | tr 0 x >&7
	eventually grep -q 'dropping lines' err
	eventually consumed
	rm small/page
	printf '%020000d\n' 0 | tr 0 x >&7
	eventually grep -q 'lines dropped: 1: small/d' err
	rm small/ballast
	echo after >&7
	eventually has 'web: after' small/d/current
	exec 7>&-
	wait "$LOG"
	: >kept
	adds_up 4
}
