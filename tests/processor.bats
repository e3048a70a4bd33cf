#!/usr/bin/env bats
# Processors of svlogd. The reference passes every test tagged "contract".

# shellcheck disable=SC2016,SC2030,SC2031,SC2119,SC2120
load helpers
load logger

# Each line of 90 characters fills current: three files.
three() {
	printf 's100\nn0\n%s\n' "$@" >d/config
	for i in 1 2 3; do printf '%090d\n' "$i"; done | "$SVLOGD" -l 20 -b 30 d 2>>err 3>&-
}

# The names in d with this suffix, in order, on one line.
files() {
	find d -name "@*.$1" -printf '%f ' | sort
}

count() {
	find d -name "@*.$1" | wc -l
}

counts() {
	[ "$(count "$1")" -eq "$2" ]
}

lines() {
	[ "$(wc -l <"$1")" -eq "$2" ]
}

# A FIFO at which a processor waits (read x <../gate) until it is opened for writing.
gate() {
	mkfifo gate
}

# A file that was rotated, with its text.
rotated() {
	local name=@400000006b05b5dd0c7bd6c$1.$2
	printf '%s\n' "$3" >"d/$name"
	chmod 0744 "d/$name"
}

# bats test_tags=contract
@test "what a processor writes takes the place of the rotated file" {
	three '!tr 0-9 a-j'
	counts s 3
	counts u 0
	counts t 0
	[ "$(cat d/@*.s | tr -d a | tr -d '\n')" = bcd ]
	[ "$(stat -c %a d/@*.s | sort -u)" = 744 ]
	[ ! -s d/current ]
	run ! test -s err
}

# bats test_tags=contract
@test "a processor reads what the one before has left, and leaves its own" {
	three '!read n <&4; n=$((n + 1)); echo $n; echo $n >&5; cat >/dev/null'
	[ "$(cat d/@*.s)" = $'1\n2\n3' ]
	[ "$(cat d/state)" = 3 ]
	[ ! -e d/newstate ]
	[ "$(stat -c %a d/state)" = 644 ]
}

# bats test_tags=contract
@test "a processor works in the log directory, as sh -c, on the files themselves" {
	three '!pwd; echo $0; readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/4 /proc/$$/fd/5; test -e /proc/$$/fd/3 && echo 3; :'
	local s name
	s=$(find d -name '@*.s' | sort | head -n 1)
	name=$(basename "$s" .s)
	[ "$(cat "$s")" = "$PWD/d
sh
$PWD/d/$name.u
$PWD/d/$name.t
$PWD/d/state
$PWD/d/newstate" ]
}

# bats test_tags=contract
@test "a processor that fails is warned about, and the file is processed again" {
	three '!cat; test -e ../ok || { >../ok; echo no >&5; exit 3; }; cat <&4'
	counts s 3
	all | cmp - <(for i in 1 2 3; do printf '%090d\n' "$i"; done)
	[ "$(cat err)" = "svlogd: warning: processor failed, restart: d" ]
	[ ! -s d/state ]
}

# bats test_tags=contract
@test "a processor hears TERM, HUP and ALRM" {
	three '!cat /proc/self/status'
	local mask
	mask=$(cat d/@*.s | awk '$1 == "SigBlk:" || $1 == "SigIgn:" { print $2 }' | sort -u)
	# HUP 1, PIPE 13, ALRM 14, TERM 15, XFSZ 25
	while read -r mask; do ((!(0x$mask & (1 << 0 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 24)))); done <<<"$mask"
}

# bats test_tags=contract
@test "! without a command is none, and takes nothing back" {
	three '!'
	counts s 3
	rm -r d
	mkdir d
	three '!tr 0 a' '!'
	[ "$(cat d/@*.s | tr -d 'a\n')" = 123 ]
}

# bats test_tags=contract
@test "the last processor of a config counts" {
	three '!false' '!tr 0 a'
	[ "$(cat d/@*.s | tr -d 'a\n')" = 123 ]
	run ! test -s err
}

# bats test_tags=contract
@test "what a processor says comes out on standard error" {
	three '!cat; echo hello >&2'
	[ "$(sort -u err)" = hello ]
	lines err 3
}

# bats test_tags=contract
@test "-v tells of each file that is processed" {
	printf 's100\n!cat\n' >d/config
	printf '%090d\n' 1 | "$SVLOGD" -v -l 20 -b 30 d 2>err
	local name
	name=$(basename d/@*.s .s)
	# whether its end is heard before or after is chance
	[ "$(grep -v sigchild err)" = "svlogd: info: read: d/config
svlogd: info: new: d/current
svlogd: info: rename: d/current $name.u 91
svlogd: info: processing: d/$name.u
svlogd: info: processed: d/$name.s
svlogd: info: close: d" ]
}

@test "a processor killed by a signal has failed, and the log is kept (better: contract 8, 3)" {
	three '!cat; test -e ../ok || { >../ok; kill -9 $$; }'
	counts s 3
	all | cmp - <(for i in 1 2 3; do printf '%090d\n' "$i"; done)
	[ "$(cat err)" = "svlogd: warning: processor failed, restart: d" ]
}

@test "a processor never blocks the log: files wait, and each is processed once, in order (better: contract 8, 32)" {
	gate
	printf 's100\nn2\n!read x <../gate; tee -a ../once\n' >d/config
	start -l 20 -b 30 d
	for i in 1 2 3 4 5; do printf '%090d\n' "$i" >&7; done
	eventually counts u 5
	printf last >&7
	[ ! -e once ]
	for i in 1 2 3 4 5; do
		echo go >gate
		eventually counts u $((5 - i))
	done
	cmp once <(for i in 1 2 3 4 5; do printf '%090d\n' "$i"; done)
	# those that wait have stayed, beyond n; those that are done have not, but for one, as with runit
	eventually counts s 3
	exec 7>&-
	wait "$LOG"
	[ "$(cat d/current)" = last ]
}

@test "a processor that fails is tried again after 1, 2 and 4 seconds, and at once after HUP (better: contract 8, 32)" {
	rotated 4 u one
	printf '!date +%%s%%3N >>../times; false\n' >d/config
	start d
	PATIENCE=20 eventually lines times 4
	local t
	mapfile -t t < <(cat times)
	# the clock of these stamps is not the one of the pauses
	((t[1] - t[0] >= 990 && t[2] - t[1] >= 1990 && t[3] - t[2] >= 3990))
	printf '!cat\n' >d/config
	kill -HUP "$LOG"
	eventually counts s 1
	[ "$(cat d/@*.s)" = one ]
	[ "$(sort -u err)" = "svlogd: warning: processor failed, restart: d" ]
}

@test "at the end a processor that fails has three attempts, and the file waits for the next start (better: contract 8, 32)" {
	rotated 4 u one
	rotated 5 u two
	printf '!false\n' >d/config
	"$SVLOGD" d </dev/null 2>err
	[ "$(cat err)" = "svlogd: warning: processor failed, restart: d
svlogd: warning: processor failed, restart: d
svlogd: warning: processor failed, kept for the next start: d" ]
	counts u 2
	printf '!cat\n' >d/config
	"$SVLOGD" d </dev/null 2>err
	[ "$(cat d/@*.s)" = $'one\ntwo' ]
}

@test "files left by a crash are processed at the next start (better: contract 8, 32)" {
	rotated 4 u one
	printf 'cut off' >d/current
	printf 'half' >d/@400000006b05b5dd0c7bd6c4.t
	printf '!cat\n' >d/config
	printf 'x\n' | "$SVLOGD" d
	counts u 0
	counts t 0
	[ "$(cat d/@*.s)" = $'one\ncut off' ]
	[ "$(cat d/current)" = x ]
}

@test "what an earlier attempt has left behind does not write to the state" {
	gate
	rotated 4 u one
	printf '!test -e ../again || { >../again; (read x <../gate; echo old) >&5 & exit 1; }; echo new >&5; cat\n' >d/config
	start d
	eventually counts s 1
	echo go >gate
	eventually no_workers
	[ "$(cat d/state)" = new ]
}

@test "what was done when it was killed is not done again, and the rest of it is (better)" {
	rotated 4 u one
	rotated 4 s processed
	rotated 5 u two
	echo new >d/newstate
	printf '!cat; cat <&4 >&5\n' >d/config
	"$SVLOGD" d </dev/null
	[ "$(cat d/@*.s)" = $'processed\ntwo' ]
	[ "$(cat d/state)" = new ]
	counts u 0
}

# svlogd is killed while its processor works, and another one comes.
succeeded() {
	start d
	eventually counts t 1
	kill -KILL "$LOG"
	wait "$LOG" || :
	start -v d
}

@test "svlogd is killed: its processor goes on, the next svlogd waits for it, and no file is processed twice (better: law 1)" {
	gate
	rotated 4 u one
	rotated 5 u two
	printf '!read x <../gate; tee -a ../once\n' >d/config
	succeeded
	eventually grep -qx 'svlogd: info: waiting for the processor of an earlier svlogd: d' err
	echo go >gate
	eventually counts s 1
	eventually counts t 1
	echo go >gate
	eventually counts s 2
	[ "$(cat once)" = $'one\ntwo' ]
	run ! grep failed err
	exec 7>&-
	wait "$LOG"
}

# Who works in d, except svlogd itself.
workers() {
	local p
	for p in /proc/[0-9]*; do
		if [ "${p#/proc/}" != "$LOG" ] && [ "$(readlink "$p/cwd")" = "$PWD/d" ] || [[ $(readlink "$p/fd/"* 2>/dev/null) == *"$PWD/d"* && "${p#/proc/}" != "$LOG" ]]; then
			echo "${p#/proc/}"
		fi
	done
}

no_workers() {
	[ -z "$(workers)" ]
}

@test "everything is killed: the file is processed by the next svlogd, and its output is that one's (better: law 1)" {
	gate
	rotated 4 u one
	printf '!cat; test -e ../again || read x <../gate\n' >d/config
	start d
	eventually test -s d/@400000006b05b5dd0c7bd6c4.t
	# who watches the processor goes, and the processor with it
	kill -KILL "$LOG" $(pgrep -P "$LOG")
	wait "$LOG" || :
	eventually no_workers
	touch again
	start d
	eventually counts s 1
	[ "$(cat d/@*.s)" = one ]
	counts u 0
}

@test "its child that processes is killed: so is the processor, and the file is processed again (better)" {
	gate
	rotated 4 u one
	printf '!cat; test -e ../again || read x <../gate\n' >d/config
	start d
	eventually test -s d/@400000006b05b5dd0c7bd6c4.t
	touch again
	pkill -KILL -P "$LOG"
	eventually counts s 1
	[ "$(cat d/@*.s)" = one ]
	[ "$(cat err)" = "svlogd: warning: processor failed, restart: d" ]
}

@test "TERM ends it also while a processor hangs, which goes on by itself (better: contract 8, 31)" {
	gate
	rotated 4 u one
	printf '!read x <../gate; cat\n' >d/config
	start d
	eventually counts t 1
	kill -TERM "$LOG"
	wait "$LOG"
	counts u 1
	echo go >gate
	eventually counts s 1
	eventually no_workers
	[ "$(cat d/@*.s)" = one ]
}

@test "HUP does not forget a processor (better: contract 5.6)" {
	gate
	rotated 4 u one
	printf '!read x <../gate; tee -a ../once\n' >d/config
	start d
	eventually counts t 1
	kill -HUP "$LOG"
	printf 'x\n' >&7
	eventually has x
	echo go >gate
	eventually counts s 1
	exec 7>&-
	wait "$LOG"
	[ "$(cat once)" = one ]
}

@test "a processor and who watches it hold neither the pipe of the service nor the directory's lock" {
	gate
	rotated 4 u one
	printf '!read x <../gate; cat\n' >d/config
	start d
	eventually counts t 1
	local p
	for p in $(workers); do
		run -0 readlink "/proc/$p/fd/"*
		[[ $output != *"$PWD/in"* ]]
		[[ $output != *"/d/lock"* ]]
		[[ $output != *"/d/current"* ]]
	done
	[ "$(workers | wc -l)" -ge 2 ]
	echo go >gate
	eventually counts s 1
}

@test "a directory where nothing can be made: the processor fails, and the log goes on" {
	rotated 4 u one
	mkdir d/newstate
	printf '!cat\n' >d/config
	start d
	eventually grep -q 'restart: d' err
	printf 'x\n' >&7
	eventually has x
	grep -q '^svlogd: warning: unable to open: d/newstate: ' err
	rmdir d/newstate
	kill -HUP "$LOG"
	eventually counts s 1
}

@test "a name that leads out of the directory is not followed" {
	rotated 4 u one
	echo precious >precious
	ln -s ../precious d/newstate
	printf '!cat; echo x >&5\n' >d/config
	"$SVLOGD" d </dev/null 2>err || :
	[ "$(cat precious)" = precious ]
	[ "$(cat d/state)" = x ]
	counts s 1
}

@test "N deletes files that wait, and n does not, and says so" {
	small 64k
	mkdir small/d
	printf 's8000\nn1\nN2\n!false\n' >small/d/config
	seq 12000 | head -c 56000 | "$SVLOGD" small/d 2>err
	grep -q '^svlogd: warning: out of disk space, delete: small/d/@.*\.u$' err
}

# killed_at WHOM LEAST: killed at each system call in turn, with lines, rotations and a processor.
killed_at() {
	local whom=$1 n=0 line=0 code=0
	[ -n "$KILLAT" ]
	printf 's60\nn0\n!tee -a ../once\n' >d/config
	exec 7<>in
	while [ "$code" = 0 ]; do
		n=$((n + STRIDE))
		printf '%s\n%s\n%s' $((line + 1)) $((line + 2)) $((line + 3)) >&7
		code=0
		KILLAT_RESTS=3 "$KILLAT" "$whom" "$n" "$SVLOGD" -l 20 -b 30 d <in 2>>err 3>&- 7>&- || code=$?
		# killed between fork and its child's first steps, it has left its lock to that for a moment
		[ "$code" != 111 ] || [ "$(tail -n 1 err)" != "svlogd: fatal: no functional log directories." ] || code=0
		printf '\n' >&7
		line=$((line + 3))
		[ "$whom" = self ] || ended
	done
	echo "$n calls, then $code"
	[ "$code" = 3 ]
	[ "$n" -ge "$2" ]
	LAST=$line
}

# Who writes to d ends.
ended() {
	eventually all_is "$line"
	fuser -k -TERM d/lock >/dev/null 2>&1
	eventually run ! fuser d/lock
}

# $LOG becomes who has the lock, if it is alone: a child has it, too, for a moment after its fork.
one_holder() {
	read -r LOG <<<"$(fuser d/lock 2>/dev/null)"
	[[ $LOG =~ ^[0-9]+$ ]]
}

all_is() {
	[ "$(all | tail -n 1)" = "$1" ]
}

@test "killed at each system call, through rotation and processing, it loses, doubles and tears nothing, and no file is processed twice (better)" {
	killed_at self 40
	eventually one_holder
	eventually counts u 0
	eventually no_workers
	eventually all_is "$LAST"
	all | cmp - <(seq "$LAST")
	cat once d/current | cmp - <(seq "$LAST")
	fuser -k -KILL d/lock
}

@test "a processor that still works when the config has none any more keeps its output" {
	gate
	rotated 4 u one
	printf '!read x <../gate; cat\n' >d/config
	start d
	eventually counts t 1
	: >d/config
	kill -HUP "$LOG"
	echo x >&7
	eventually has x
	kill -ALRM "$LOG"
	eventually counts s 1
	counts t 1
	echo go >gate
	eventually counts s 2
	[ "$(cat d/@400000006b05b5dd0c7bd6c4.s)" = one ]
}

@test "svlogd is killed while its processor works: the next one finds nothing left to do" {
	gate
	rotated 4 u one
	printf '!read x <../gate; tee -a ../once\n' >d/config
	succeeded
	eventually grep -q 'waiting for the processor of an earlier svlogd' err
	echo go >gate
	eventually counts u 0
	exec 7>&-
	wait "$LOG"
	[ "$(cat once)" = one ]
	[ "$(cat d/@*.s)" = one ]
	run ! grep -q failed err
}

@test "where directories can't be locked a file is processed all the same" {
	rotated 4 u one
	printf '!cat\n' >d/config
	strace -f -qq -o /dev/null -P "$PWD/d" -e inject=flock:error=ENOLCK "$SVLOGD" d </dev/null
	[ "$(cat d/@*.s)" = one ]
	counts u 0
}

# waits_after MESSAGE STRACE-ARG...: with such a fault that is said, and the file waits.
waits_after() {
	: >err
	strace -f -D -qq -o /dev/null "${@:2}" "$SVLOGD" d <in 3>&- 7>&- 2>>err &
	LOG=$!
	exec 7<>in
	eventually grep -q "^svlogd: warning: $1: .*" err
	eventually grep -qx 'svlogd: warning: processor failed, restart: d' err
	kill -KILL "$LOG"
	wait "$LOG" || :
	counts u 1
	counts s 0
}

@test "whatever cannot be done for a processor: it is said, and the file waits" {
	rotated 4 u one
	printf '!cat\n' >d/config
	local file='d/@400000006b05b5dd0c7bd6c4'
	waits_after "unable to fork for processor: $file.u" -e inject=vfork:error=EAGAIN
	waits_after "unable to read directory: d/." -e inject=getdents64:error=EIO
	waits_after "unable to finish: $file.t" -P "$PWD/$file.t" -e inject=fsync:error=EIO
	"$SVLOGD" d </dev/null
	[ "$(cat d/@*.s)" = one ]
}

@test "no process for who is to keep a processor: that is said, and it is tried again" {
	rotated 4 u one
	printf '!cat\n' >d/config
	run -0 strace -qq -o /dev/null -e inject=fork,clone,clone3:error=EAGAIN:when=1 "$SVLOGD" d </dev/null
	[[ $output == 'svlogd: warning: unable to fork for processor: d: '* ]]
	[ "$(cat d/@*.s)" = one ]
}

@test "what a kill has left to do and can't be done is said, and done later" {
	rotated 4 u one
	rotated 4 s processed
	echo new >d/newstate
	mkdir d/state
	printf '!cat\n' >d/config
	start d
	eventually grep -q '^svlogd: warning: unable to rename newstate: d/state: ' err
	rmdir d/state
	rm d/@400000006b05b5dd0c7bd6c4.u
	mkdir d/@400000006b05b5dd0c7bd6c4.u
	kill -HUP "$LOG"
	eventually grep -q '^svlogd: warning: unable to remove: d/@400000006b05b5dd0c7bd6c4.u: ' err
	[ "$(cat d/state)" = new ]
	rmdir d/@400000006b05b5dd0c7bd6c4.u
	rotated 4 u one
	kill -HUP "$LOG"
	eventually counts u 0
	[ "$(cat d/@*.s)" = processed ]
}
