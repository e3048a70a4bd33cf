#!/usr/bin/env bats
# The reference passes every test tagged "contract". The others show a decision of ours that is
# better than it; each says which.

load helpers
load logger

# bats test_tags=contract
@test "usage errors exit 111" {
	run "$SVLOGD"
	[ "$status" -eq 111 ]
	[ "${lines[0]}" = "usage: $SVLOGD [-ttv] [-r c] [-R abc] [-l len] [-b buflen] dir ..." ]
	run "$SVLOGD" -q d
	[ "$status" -eq 111 ]
	[ "${lines[0]}" = "${SVLOGD##*/}: illegal option -- q" ]
	run "$SVLOGD" -l
	[ "$status" -eq 111 ]
	[ "${lines[0]}" = "${SVLOGD##*/}: option requires an argument -- l" ]
	run "$SVLOGD" -r ab d
	[ "$status" -eq 111 ]
}

# bats test_tags=contract
@test "a buffer that is not larger than the line length is a usage error" {
	run "$SVLOGD" -l 100 -b 100 d </dev/null
	[ "$status" -eq 111 ]
	run "$SVLOGD" -l 1024 d </dev/null
	[ "$status" -eq 111 ]
	run "$SVLOGD" -l 100 -b 101 d </dev/null
	[ "$status" -eq 0 ]
}

# bats test_tags=contract
@test "lines go to current, which is marked complete at end-of-file" {
	start d
	[ "$(mode d/current)" = 644 ]
	printf 'one\ntwo\n' >&7
	eventually has two
	[ "$(mode d/current)" = 644 ]
	exec 7>&-
	wait "$LOG"
	[ "$(cat d/current)" = $'one\ntwo' ]
	[ "$(mode d/current)" = 744 ]
}

# bats test_tags=contract
@test "a line is in current as soon as it has ended" {
	start d
	for i in 1 2 3; do
		echo "line $i" >&7
		eventually has "line $i"
	done
}

# bats test_tags=contract
@test "a locked directory is left alone" {
	start d
	run "$SVLOGD" d </dev/null
	[ "$status" -eq 111 ]
	[[ ${lines[0]} == "svlogd: warning: unable to lock directory: d: "* ]]
	[ "${lines[1]}" = "svlogd: fatal: no functional log directories." ]
	[ "$(mode d/lock)" = 600 ]
}

# bats test_tags=contract
@test "one missing directory does not stop the others" {
	mkdir e
	printf 'x\n' | "$SVLOGD" d missing e 2>err
	[ "$(cat d/current)" = x ]
	[ "$(cat e/current)" = x ]
	grep -q '^svlogd: warning: unable to open log directory: missing: ' err
}

# bats test_tags=contract
@test "a directory that was missing takes part after HUP" {
	start late d
	mkdir late
	kill -HUP "$LOG"
	eventually test -e late/current
	echo x >&7
	eventually has x late/current
	eventually has x d/current
}

# bats test_tags=contract
@test "-t, -tt and -ttt stamp each line in UTC" {
	for o in -t -tt -ttt -tttt; do
		mkdir "x$o"
		printf 'a b\n\n' | TZ=Asia/Tokyo "$SVLOGD" "$o" "x$o"
	done
	grep -qE '^@400000006[0-9a-f]{15} a b$' x-t/current
	grep -qE '^@400000006[0-9a-f]{15} $' x-t/current
	local day
	day=$(date -u +%Y-%m-%d)
	grep -qE "^${day}_[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{5} a b$" x-tt/current
	grep -qE "^${day}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{5} a b$" x-ttt/current
	grep -qE "^${day}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{5} a b$" x-tttt/current
	[ "$(wc -l <x-tt/current)" -eq 2 ]
}

# bats test_tags=contract
@test "p puts a text between the stamp and the line" {
	echo 'pweb:  ' >d/config
	echo x | "$SVLOGD" -tt d
	grep -qE '^.{25} web:  x$' d/current
}

# bats test_tags=contract
@test "+ and - select lines: all are at first, the last pattern that matches decides" {
	mkdir e
	printf -- '-*\n+*: err*\n# +*\n-*: err, not\n+\n' >d/config
	printf -- '-*pid*\n' >e/config
	printf 'a: err\na: ok\na: err, not\n\npid: err 2\n' | "$SVLOGD" d e
	[ "$(cat d/current)" = $'a: err\n\npid: err 2' ]
	[ "$(cat e/current)" = $'a: err\na: ok\na: err, not' ]
}

# bats test_tags=contract
@test "a pattern is compared with the first -l bytes, after -r and without stamp and prefix" {
	printf 'pweb: \n-*\n+a.b\n+xxxxx\n' >d/config
	printf 'a\tb\nweb: a\tb\nxxxxxyyyyyyyyyyyy\nxxxxyy\n' | "$SVLOGD" -tt -r . -l 5 d
	[ "$(cut -d ' ' -f 2- d/current)" = $'web: a.b\nweb: xxxxxyyyyyyyyyyyy' ]
}

# bats test_tags=contract
@test "of a long line that is not selected nothing is written, however it comes" {
	printf -- '-no*\n' >d/config
	start -l 20 d
	printf 'no%0100d' 1 >&7
	printf '%0100d\nyes%0100d' 2 3 >&7
	eventually grep -q '^yes' d/current
	printf '%0100d\nno\nlast\n' 4 >&7
	eventually has last
	[ "$(cat d/current)" = "yes$(printf '%0100d%0100d' 3 4)"$'\nlast' ]
}

# bats test_tags=contract
@test "e shows lines on standard error, whether selected or not, cut at -l" {
	mkdir e
	printf 'pweb: \ne*\nE*b\n-*\n' >d/config
	echo 'eab' >e/config
	printf 'x\nab\n\nabcdefgh\nabcde\nabcd\n' | "$SVLOGD" -tt -r . -l 5 d e 2>err
	[ ! -s d/current ]
	# in the order of the lines
	[ "$(cut -d ' ' -f 2- err)" = $'web: x\nab\nweb: \nweb: abcde...\nweb: abcde...\nweb: abcd' ]
	[ "$(cut -d ' ' -f 2- e/current)" = $'x\nab\n\nabcdefgh\nabcde\nabcd' ]
}

@test "the log goes on when nobody reads standard error any more (better: the reference is killed)" {
	mkfifo nobody
	echo 'e*' >d/config
	exec 8<>nobody
	"$SVLOGD" d <in 2>nobody 8>&- 3>&- 7>&- &
	local logger=$!
	exec 7>in
	echo x >&7
	eventually has x
	exec 8>&-
	seq 100 >&7
	exec 7>&-
	wait "$logger"
	[ "$(wc -l <d/current)" = 101 ]
}

# bats test_tags=contract
@test "patterns are read again at HUP" {
	echo '-a*' >d/config
	start d
	printf 'a1\nb1\n' >&7
	eventually has b1
	echo '-b*' >d/config
	kill -HUP "$LOG"
	printf 'c\n' >&7
	eventually has c
	printf 'b2\na2\n' >&7
	eventually has a2
	run ! has a1
	run ! has b2
}

# bats test_tags=contract
@test "a line longer than -l is written whole" {
	local long
	long=$(printf '%05000d' 7)
	printf '%s\nshort\n' "$long" | "$SVLOGD" -l 100 d
	[ "$(cat d/current)" = "$long"$'\nshort' ]
}

# bats test_tags=contract
@test "a long line without an end is kept and gets one" {
	printf '%02000d' 7 | "$SVLOGD" d
	[ "$(wc -c <d/current)" -eq 2001 ]
	[ "$(wc -l <d/current)" -eq 1 ]
}

@test "a last line without a newline is kept and gets one (better: contract 8, 29)" {
	printf 'x\nlast' | "$SVLOGD" -tt d
	[ "$(wc -l <d/current)" -eq 2 ]
	grep -qE '^.{25} last$' d/current
}

# bats test_tags=contract
@test "-r and -R replace characters, in the first -l bytes" {
	printf 'a\tb\303\244:c\n' | "$SVLOGD" -r . d
	[ "$(cat d/current)" = 'a.b..:c' ]
	rm d/current
	printf 'a\tb:c;d\n' | "$SVLOGD" -R ':;' d
	[ "$(cat d/current)" = 'a_b_c_d' ]
	rm d/current
	printf '\t\t\t\t\n' | "$SVLOGD" -l 2 -r + -R x d
	[ "$(cat d/current)" = $'++\t\t' ]
}

# bats test_tags=contract
@test "current is rotated when a line ends within -l of the size" {
	printf 's2000\n' >d/config
	# 100 bytes a line: the tenth one ends at 1,000, which is 2,000 less 1,000
	for i in {1..25}; do printf '%099d\n' "$i"; done | "$SVLOGD" d
	old_are 2
	for f in $(old); do
		[ "$(wc -c <"$f")" -eq 1000 ]
		[ "$(mode "$f")" = 744 ]
		[[ $f =~ ^d/@400000006[0-9a-f]{15}\.s$ ]]
	done
	[ "$(wc -l <d/current)" -eq 5 ]
	[ "$(all | sort -n | uniq | wc -l)" -eq 25 ]
}

# bats test_tags=contract
@test "a size below -l cuts in the middle of a line" {
	echo s10 >d/config
	printf 'abc\ndef\nghijklmnopqrstu\nx\n' | "$SVLOGD" d
	[ "$(old | xargs cat | cut -c 1-)" = $'abc\ndef\nghijklmnopqr' ]
	[ "$(cat d/current)" = $'stu\nx' ]
	old_are 2
}

# bats test_tags=contract
@test "s0 never rotates" {
	echo s0 >d/config
	seq 300000 | "$SVLOGD" d
	old_are 0
	[ "$(wc -l <d/current)" -eq 300000 ]
}

# bats test_tags=contract
@test "no more than n old files are kept, the newest" {
	printf 's2000\nn3\n' >d/config
	for i in {1..85}; do printf '%099d\n' "$i"; done | "$SVLOGD" d
	old_are 3
	[ "$(all | head -n 1 | sed 's/^0*//')" = 51 ]
	[ "$(all | wc -l)" -eq 35 ]
}

# bats test_tags=contract
@test "n0 keeps all" {
	printf 's2000\nn0\n' >d/config
	for i in {1..205}; do printf '%099d\n' "$i"; done | "$SVLOGD" d
	old_are 20
}

@test "a lowered n shrinks what is there (better: contract 8, 33)" {
	printf 's2000\nn0\n' >d/config
	for i in {1..205}; do printf '%099d\n' "$i"; done | "$SVLOGD" d
	start d
	printf 's2000\nn4\n' >d/config
	kill -HUP "$LOG"
	eventually old_are 4
	[ "$(all | head -n 1 | sed 's/^0*//')" = 161 ]
}

# bats test_tags=contract
@test "ALRM rotates what is not empty" {
	mkdir e
	start -v d e
	kill -ALRM "$LOG"
	eventually grep -q sigalarm err
	echo x >&7
	eventually has x e/current
	old_are 0
	kill -ALRM "$LOG"
	eventually old_are 1
	eventually old_are 1 e
	eventually test -e e/current
	[ "$(cat "$(old)")" = x ]
	[ "$(wc -c <d/current)" -eq 0 ]
	[ "$(mode d/current)" = 644 ]
}

# bats test_tags=contract
@test "HUP rereads config" {
	start d
	echo a >&7
	eventually has a
	echo 'pnew: ' >d/config
	kill -HUP "$LOG"
	# the effect is seen in a line, and which line is the first to have it is not said
	new() { echo b >&7 && eventually has b && has 'new: b'; }
	b_or_new() { echo b >&7; grep -q '^new: b' d/current; }
	eventually b_or_new
	[ "$(head -n 1 d/current)" = a ]
}

# bats test_tags=contract
@test "HUP goes on in a current of that name" {
	start d
	echo a >&7
	eventually has a
	mv d/current d/kept
	kill -HUP "$LOG"
	eventually test -e d/current
	echo b >&7
	eventually has b
	[ "$(cat d/kept)" = a ]
	[ "$(mode d/kept)" = 744 ]
}

# bats test_tags=contract
@test "t rotates a current that is old and not empty" {
	echo t1 >d/config
	start d
	echo x >&7
	eventually old_are 1
	[ "$(cat "$(old)")" = x ]
}

@test "t: the age of an empty current counts from its first line (better: the reference counts on while it is empty)" {
	local line name
	echo t1 >d/config
	start -t d
	read -r -t 1.2 <>"$NEVER" || :
	echo x >&7
	eventually old_are 1
	line=$(head -c 25 "$(old)")
	name=$(basename "$(old)")
	[ "$(($(ms_of "$name") - $(ms_of "$line")))" -ge 990 ]
}

# A stamp in milliseconds.
ms_of() { echo $(((16#${1:2:15}) * 1000 + 16#${1:17:8} / 1000000)); }

# bats test_tags=contract
@test "TERM ends it with 0 and marks current complete" {
	start d
	echo x >&7
	eventually has x
	kill -TERM "$LOG"
	wait "$LOG"
	[ "$(mode d/current)" = 744 ]
	[ "$(cat d/current)" = x ]
}

@test "what came together with TERM is kept (better: contract 8, 30)" {
	start d
	kill -STOP "$LOG"
	printf 'a\nb\n' >&7
	kill -TERM "$LOG"
	kill -CONT "$LOG"
	wait "$LOG"
	[ "$(cat d/current)" = $'a\nb' ]
}

@test "TERM in a line waits for its end, and leaves the next line in the pipe (better: contract 8, 30)" {
	start -v d
	printf 'first ' >&7
	eventually consumed
	kill -TERM "$LOG"
	eventually grep -q sigterm err
	printf 'half\nnext\n' >&7
	wait "$LOG"
	[ "$(cat d/current)" = 'first half' ]
	log d
	eventually has next
}

# Nothing is left in the FIFO.
@test "TERM in a line that never ends keeps what there is (better: contract 8, 30)" {
	start d
	printf 'half' >&7
	eventually consumed
	kill -TERM "$LOG"
	wait "$LOG"
	[ "$(cat d/current)" = half ]
}

# bats test_tags=contract
@test "an unfinished current is put aside as it is" {
	start d
	echo x >&7
	eventually has x
	kill -KILL "$LOG"
	wait "$LOG" || :
	log d
	echo y >&7
	eventually old_are 1
	eventually has y
	[[ $(old) == *.u ]]
	[ "$(mode "$(old)")" = 644 ]
	[ "$(cat "$(old)")" = x ]
}

# bats test_tags=contract
@test "a complete current and an empty one are appended to" {
	echo x | "$SVLOGD" d
	echo y | "$SVLOGD" d
	[ "$(cat d/current)" = $'x\ny' ]
	mkdir e
	: >e/current
	chmod 644 e/current
	echo z | "$SVLOGD" e
	[ "$(cat e/current)" = z ]
	old_are 0
	old_are 0 e
}

# bats test_tags=contract
@test "what was not read when it was killed is there for the next one" {
	start d
	kill -STOP "$LOG"
	printf '%s\n' a b c >&7
	kill -KILL "$LOG"
	wait "$LOG" || :
	log d
	eventually has c
	[ "$(cat d/current)" = $'a\nb\nc' ]
}

# bats test_tags=contract
@test "a renamed directory goes on being written to" {
	start d
	mv d e
	echo x >&7
	eventually has x e/current
	kill -ALRM "$LOG"
	eventually old_are 1 e
}

# bats test_tags=contract
@test "a full disk blocks and loses nothing" {
	small 64k
	mkdir small/d
	printf 's0\n' >small/d/config
	start small/d
	seq 100000 199999 >numbers
	cat numbers >&7 7>&- &
	eventually grep -q '^svlogd: pausing: unable to write to current: small/d: ' err
	mount -o remount,size=4m small
	wait "$!"
	exec 7>&-
	wait "$LOG"
	cmp numbers small/d/current
}

@test "TERM ends one that can't write, and the next one goes on there (better: contract 8, 31)" {
	small 16k
	mkdir small/d
	printf 's0\n' >small/d/config
	start small/d
	seq 100000 109999 >&7 7>&- &
	eventually grep -q 'pausing: unable to write' err
	kill -TERM "$LOG"
	wait "$LOG"
	grep -qE '^svlogd: warning: kept for the next start because of TERM: small/d: [0-9]+ bytes' err
	# what is there is a beginning of what was written
	head -c "$(stat -c %s small/d/current)" <(seq 100000 109999) | cmp - small/d/current
	mount -o remount,size=4m small
	log small/d
	eventually has 109999 small/d/current
	all small/d | cmp - <(seq 100000 109999)
}

@test "without space for the ledger TERM says what is lost" {
	small 16k
	mkdir small/d
	printf 's0\n' >small/d/config
	head -c 12k /dev/zero >small/d/fill || :
	start small/d
	seq 100000 104999 >&7 7>&- &
	eventually grep -q 'pausing: unable to write' err
	kill -TERM "$LOG"
	wait "$LOG"
	grep -qE '^svlogd: warning: lost because of TERM: small/d: [0-9]+ bytes' err
	[ ! -s small/d/lock ]
}

@test "HUP tries again at once (better: contract 8, 31)" {
	small 16k
	mkdir small/d
	start small/d
	seq 100000 109999 >&7 7>&- &
	eventually grep -q 'pausing: unable to write' err
	mount -o remount,size=4m small
	export PATIENCE=2
	kill -HUP "$LOG"
	eventually has 109999 small/d/current
	[ "$(grep -c pausing err)" -eq 1 ]
}

@test "N deletes the oldest on a full disk, and nothing without N (better: contract 8, 33)" {
	small 64k
	mkdir small/d
	printf 's8000\nn0\nN2\n' >small/d/config
	seq 100000 129999 | "$SVLOGD" small/d 2>err
	grep -q '^svlogd: warning: out of disk space, delete: small/d/@' err
	run ! grep -q pausing err
	[ "$(all small/d | tail -n 1)" = 129999 ]
	# the lines that are left are the last ones, without a gap
	local first
	first=$(all small/d | head -n 1)
	diff <(all small/d) <(seq "$first" 129999)
}

@test "a directory that was removed and made again is taken up (better: pausing that can end)" {
	start d
	rm -r d
	echo x >&7
	eventually consumed # an empty one would not be rotated
	kill -ALRM "$LOG"
	eventually grep -q '^svlogd: pausing: unable to rename current: d: ' err
	mkdir d
	echo y >&7
	eventually has y
	kill -TERM "$LOG"
	wait "$LOG"
	[ "$(cat d/current)" = y ]
}

# bats test_tags=contract
@test "a closed stdin is the end of it, and no file takes its place" {
	# shellcheck disable=SC2016
	run bash -c '"$1" d <&-' - "$SVLOGD"
	[ "$status" -eq 0 ]
	[[ $output == "svlogd: warning: unable to read standard input: "* ]]
}

@test "the pipe stays blocking for those who share it (better: contract 5.1)" {
	start d
	echo x >&7
	eventually has x
	run ! grep -qE '^flags:.*[4567]...$' "/proc/$LOG/fdinfo/0"
}

@test "a burst is one write (better: the reference writes each line)" {
	start d
	kill -STOP "$LOG"
	seq 1000 >&7
	local before after
	before=$(awk '/^syscw/ {print $2}' "/proc/$LOG/io")
	kill -CONT "$LOG"
	eventually has 1000
	after=$(awk '/^syscw/ {print $2}' "/proc/$LOG/io")
	[ $((after - before)) -eq 1 ]
}

# The calls from the arrival of a line to its write.
calls_for() {
	sed -E 's/^[0-9]+ +//' trace | awk -v line="\"$1\\\\n\"" '
		/^ppoll/ { calls = "" }
		{ call = $0; sub(/\(.*/, "", call); calls = calls " " call }
		/^write/ && index($0, line) { print calls; exit }'
}

# It waits without a deadline; the call that has not returned has no end in the trace.
rests() {
	[[ $(tail -n 1 trace) == *'ppoll('*', NULL, NULL, 8' ]]
}

@test "a line after a rest is written at once, and after a stream nothing wakes it (better: the reference polls)" {
	printf 's0\n' >d/config
	strace -f -qq -o trace "$SVLOGD" d <in 3>&- 7>&- 2>>err &
	exec 7<>in
	eventually test -e d/current
	seq 100000 >&7
	eventually has 100000
	# the memory of the burst goes a second later, and then it rests
	eventually rests
	local before
	before=$(wc -l <trace)
	read -r -t 1.2 <>"$NEVER" || :
	[ "$(wc -l <trace)" = "$before" ]
	echo once >&7
	eventually has once
	[ "$(calls_for once)" = " ppoll read write" ]
	exec 7>&-
}

@test "an idle one does not wake up (better: the reference polls)" {
	start d
	echo x >&7
	eventually has x
	switches() { awk '/^voluntary/ {print $2}' "/proc/$LOG/status"; }
	local before
	before=$(switches)
	mkdir e
	echo y | "$SVLOGD" e
	[ "$(switches)" -eq "$before" ]
}

# storm PID: signals as long as that writer lives; then the logger's end.
storm() {
	while kill -0 "$1" 2>/dev/null; do
		kill -ALRM "$LOG"
		kill -HUP "$LOG"
	done
	exec 7>&-
	wait "$LOG"
}

# Numbered lines through storms of ALRM, HUP and rotation.
# bats test_tags=contract
@test "a storm of signals and rotations loses, doubles and tears nothing" {
	printf 's3000\nn0\n' >d/config
	start -t d
	seq 200000 >&7 7>&- &
	storm $!
	all | cut -d ' ' -f 2- | diff - <(seq 200000)
	run ! grep -qvE '^@[0-9a-f]{24} [0-9]+$' <(all)
}

# bats test_tags=contract
@test "a storm of signals between lines that come one by one loses, doubles and tears nothing" {
	printf 's3000\nn0\n' >d/config
	start d
	# builtins, for a line each few microseconds
	(for ((i = 0; i < 2000; i++)); do echo "$i"; done) >&7 7>&- 3>&- &
	storm $!
	all | diff - <(seq 0 1999)
}

@test "a storm of TERM, with one logger after the other, loses, doubles and tears nothing (better: contract 8, 30)" {
	printf 'n0\n' >d/config
	start -t d
	seq 200000 >&7 7>&- &
	local writer=$!
	while kill -0 "$writer" 2>/dev/null; do
		kill -TERM "$LOG"
		wait "$LOG"
		log -t d
		eventually running d
	done
	exec 7>&-
	wait "$LOG"
	all | cut -d ' ' -f 2- | diff - <(seq 200000)
}

# Kills come at any instant, also between two system calls.
@test "a storm of KILL, with one logger after the other, loses, doubles and tears nothing (better)" {
	mkdir e f
	printf 's30000\nn0\n' | tee e/config >d/config
	printf 's30000\nn0\n-*\n+*0\n' >f/config
	start -t d e f
	seq 300000 >&7 7>&- &
	local writer=$! kills=0
	# where a start takes long, each life moves little: at some time one has to get through
	while kill -0 "$writer" 2>/dev/null && [ "$kills" -lt 100 ]; do
		# at any moment of its work: it has just written
		eventually has_grown d/current
		kill -KILL "$LOG"
		wait "$LOG" 2>/dev/null || :
		log -t d e f
		kills=$((kills + 1))
	done
	wait "$writer"
	[ "$kills" -ge 10 ]
	crashed 300000 d e
	eventually has_end 299990 f
	all f | cut -d ' ' -f 2- | cmp - <(seq 300000 | grep -x '[^0]*0')
}

has_grown() {
	[ -s "$1" ]
}

@test "killed at each of its system calls it loses, doubles and tears nothing (better)" {
	local n=0 line=0 code=0
	[ -n "$KILLAT" ]
	mkdir e
	printf 's3000\nn0\n' | tee e/config >d/config
	exec 7<>in
	while [ "$code" = 0 ]; do
		n=$((n + STRIDE))
		# a part of a line, lines, and a part of the next: what is read here is for this life and the next
		printf '%s\n%s\n%s' $((line + 1)) $((line + 2)) $((line + 3)) >&7
		code=0
		KILLAT_RESTS=2 "$KILLAT" self "$n" "$SVLOGD" -t d e <in 2>>err 3>&- 7>&- || code=$?
		printf '\n' >&7
		line=$((line + 3))
	done
	[ "$code" = 3 ]
	[ "$n" -ge 30 ]
	# the last one lives on
	crashed "$line" d e
	fuser -k -KILL d/lock
}

@test "the ledger is gone after an orderly end" {
	start d
	echo x >&7
	eventually has x
	[ -s d/lock ]
	exec 7>&-
	wait "$LOG"
	[ ! -s d/lock ]
}

@test "a burst's ledger shrinks when it is quiet" {
	start d
	head -c 60000 /dev/zero | tr '\0' x >&7
	eventually lock_is_more_than 60000
	eventually lock_is_page
	echo >&7
	eventually has "$(head -c 60000 /dev/zero | tr '\0' x)"
}

lock_is_more_than() { [ "$(stat -c %s d/lock)" -gt "$1" ]; }
lock_is_page() { [ "$(stat -c %s d/lock)" -eq 4096 ]; }

@test "a ledger that somebody truncates, or overwrites, costs the log nothing" {
	local i
	start d
	for i in 1 2 3; do
		echo "a$i" >&7
		eventually has "a$i"
		: >d/lock
		echo "b$i" >&7
		eventually has "b$i"
	done
	echo c >&7
	eventually has c
	[ -s d/lock ]
	kill -KILL "$LOG"
	wait "$LOG" || :
	head -c 8192 /dev/urandom >d/lock
	log d
	echo d >&7
	eventually has d
	[ "$(all d)" = $'a1\nb1\na2\nb2\na3\nb3\nc\nd' ]
	[ ! -s err ]
}

@test "nothing is written through a lock that is a link, has another name, or is open to others" {
	echo kept >precious
	ln -s ../precious d/lock
	echo x | "$SVLOGD" d
	rm d/lock
	ln precious d/lock
	echo y | "$SVLOGD" d
	rm d/lock
	cp precious d/lock
	chmod 666 d/lock
	echo z | "$SVLOGD" d
	[ "$(cat precious d/lock)" = $'kept\nkept' ]
	[ "$(cat d/current)" = $'x\ny\nz' ]
}

@test "more directories than a ledger holds are written as well" {
	local dirs
	dirs=$(seq -f n%g 20)
	# shellcheck disable=SC2086
	mkdir $dirs
	# shellcheck disable=SC2086
	seq 3 | "$SVLOGD" $dirs
	# shellcheck disable=SC2086
	for d in $dirs; do [ "$(cat "$d/current")" = $'1\n2\n3' ]; done
}

@test "a killed one's lines go to where they were to go, also if the next has other directories" {
	mkdir e f
	start d e
	kill -STOP "$LOG"
	printf 'a\nb' >&7
	kill -KILL "$LOG"
	wait "$LOG" || :
	start e d
	eventually has a e/current
	kill -KILL "$LOG"
	wait "$LOG" || :
	# the line that waits is in the ledger of the first directory, which is the second one here
	start f e
	printf 'c\n' >&7
	eventually has bc e/current
	eventually has bc f/current
	[ "$(all d)" = a ]
}

@test "two killed ones have left half a line each: the next one loses none of them" {
	mkdir e
	start d
	printf one >&7
	eventually consumed
	kill -KILL "$LOG"
	wait "$LOG" || :
	start e
	printf two >&7
	eventually consumed
	kill -KILL "$LOG"
	wait "$LOG" || :
	start d e
	eventually has one
	printf '%s\n' ' and more' >&7
	eventually has 'two and more' e/current
	exec 7>&-
	wait "$LOG"
	has one
	[ ! -s d/lock ]
	[ ! -s e/lock ]
}

@test "a killed one's long line is whole, also if the next has a smaller buffer" {
	local line
	line=$(head -c 150000 /dev/zero | tr '\0' x)
	log -l 200000 -b 400000 d
	exec 7<>in
	eventually running d
	printf %s "$line" >&7
	eventually consumed
	kill -KILL "$LOG"
	wait "$LOG" || :
	start d
	echo end >&7
	exec 7>&-
	wait "$LOG"
	printf '%send\n' "$line" | cmp - d/current
}

@test "a lock that is larger than any ledger is none" {
	truncate -s 2G d/lock
	chmod 600 d/lock
	echo x | "$SVLOGD" d
	[ "$(cat d/current)" = x ]
	[ ! -s d/lock ]
}

@test "without a ledger, too, the memory of a burst is given back" {
	local dirs
	dirs=$(seq -f n%g 17)
	# shellcheck disable=SC2086
	mkdir $dirs
	# shellcheck disable=SC2086
	log_traced $dirs
	exec 7<>in
	seq 100000 >&7
	eventually gives_back 2
	seq 100001 200000 >&7
	exec 7>&-
	wait "$LOG"
	seq 200000 >lines
	for d in $dirs; do all "$d" | cmp - lines; done
}

log_traced() {
	strace -D -qq -o trace -e trace=madvise "$SVLOGD" "$@" <in 3>&- 7>&- 2>>err &
	LOG=$!
}

gives_back() { [ "$(grep -c MADV_DONTNEED trace)" -ge "$1" ]; }

@test "a line of more than is written at once, with a prefix, is whole" {
	local line
	line=$(head -c 150000 /dev/zero | tr '\0' x)
	printf 'pweb: \n' >d/config
	printf '%s\nshort\n' "$line" | "$SVLOGD" -l 200000 -b 400000 d
	printf 'web: %s\nweb: short\n' "$line" | cmp - d/current
}

# killed_after K ARG...: svlogd ARG..., killed when its Kth call is made and nothing else is. False: there is none.
killed_after() {
	KILLAT_AFTER=1 KILLAT_RESTS=1000000 "$KILLAT" self "$1" "$SVLOGD" "${@:2}" 2>>err
}

# The same, of its writes.
killed_after_write() {
	KILLAT_CALL=1 killed_after "$@"
}

@test "killed right after each of its calls, and once more while it recovers, it loses, doubles and tears nothing (better)" {
	local k=0 killed=1 again
	{ seq 3 && head -c 60 /dev/zero | tr '\0' x && printf '\nhalf'; } >lines
	{ cat lines && echo; } >whole
	while [ "$killed" = 1 ]; do
		k=$((k + STRIDE))
		for again in 0 $((k % 4 ? -1 : k * 7 % 60 + 1)); do
			[ "$again" -ge 0 ] || continue
			rm -rf d e f
			mkdir d e f
			printf 's50\nn0\np: \n' | tee e/config f/config >d/config
			printf -- '-*1*\n-xx*\n' >>f/config
			exec 6<lines
			killed_after "$k" -l 40 d e f <&6 || killed=0
			[ "$again" = 0 ] || killed_after "$again" -l 40 d e f <&6 || :
			# the rest; and what waits for its end at last is ended by this one's end
			"$SVLOGD" -l 40 d e f <&6
			exec 6<&-
			all d | sed 's/^: //' | cmp - whole
			all e | sed 's/^: //' | cmp - whole
			all f | sed 's/^: //' | cmp - <(grep -v '1\|xx' whole)
			[ ! -s d/lock ]
		done
	done
	[ "$k" -gt 100 ]
}

@test "what a killed one wrote is known also when stamps and prefix are others now (better)" {
	seq 100 >lines
	printf 'pa long prefix: \n' >d/config
	killed_after_write 1 -tt d <lines
	: >d/config
	"$SVLOGD" d </dev/null
	all d | sed 's/.* //' | cmp - lines
}

@test "lines that are selected otherwise now: those that a killed one had written are there, and no other is lost (better)" {
	seq 100 >lines
	printf -- '-*\n+*1*\n' >d/config
	killed_after_write 1 d <lines
	: >d/config
	"$SVLOGD" d </dev/null
	all d | sort -nu | cmp - lines
}

@test "two directories with one inode number are two (better)" {
	mkdir m n
	needs unshare -m true
	mount -t tmpfs tmpfs m
	mount -t tmpfs tmpfs n
	mkdir m/d n/d
	[ "$(stat -c %i m/d)" = "$(stat -c %i n/d)" ]
	seq 20 >lines
	killed_after_write 1 m/d n/d <lines
	"$SVLOGD" m/d n/d </dev/null
	all m/d | cmp - lines
	all n/d | cmp - lines
	umount m n
}

@test "TERM that comes while nothing can be written ends it also if nothing more comes (better: contract 8, 31)" {
	start d
	echo x >&7
	eventually has x
	rm -r d
	kill -ALRM "$LOG"
	eventually grep -q pausing err
	kill "$LOG"
	wait "$LOG"
}

@test "a directory replaced before HUP takes the line that waits along (better)" {
	start d
	printf 'one\nhalf ' >&7
	eventually has one
	mv d gone
	mkdir d
	kill -HUP "$LOG"
	eventually test -s d/lock
	[ ! -s gone/lock ]
	kill -KILL "$LOG"
	wait "$LOG" || :
	log d
	echo rest >&7
	eventually has 'half rest'
	[ "$(cat gone/current)" = one ]
}

@test "a directory that is replaced while its line waits for it, with a prefix (better)" {
	printf 's20\npa prefix of more than twenty bytes: \n' >d/config
	start d
	rm -r d
	echo x >&7
	eventually grep -q pausing err
	mkdir d
	kill -HUP "$LOG"
	eventually test -s d/current
	kill -0 "$LOG"
}

@test "a limit of file size is no end" {
	seq 100000 104000 >lines
	printf 's8000\nn0\n' >d/config
	bash -c 'ulimit -f 16; exec "$0" d <lines' "$SVLOGD"
	all d | cmp - lines
}

@test "the room for a burst goes before a log on a full disk" {
	small 80k
	mkdir small/d
	seq 100000 101700 | "$SVLOGD" small/d 2>err
	[ ! -s err ]
	all small/d | cmp - <(seq 100000 101700)
}

# bats test_tags=memory
@test "a large -b costs nothing while it is not needed" {
	start -b 100000000 d
	echo x >&7
	eventually has x
	[ "$(stat -c %s d/lock)" -le 8192 ]
	[ "$(awk '/^VmRSS/ {print $2}' "/proc/$LOG/status")" -lt 1000 ]
}
