#!/usr/bin/env bats
# runsvdir: the contract's §3, and entries by event. What is tagged "contract" is also true of runit's.
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
	mkdir sv
}

# scan [OPTION...]: runs $RUNSVDIR on sv.
scan() {
	daemon env --default-signal "$RUNSVDIR" "$@" sv 2>>scan.err
	SCANNER=$!
}

# Reference: up to five seconds until it looks, and one more for the clock.
PATIENCE=15

runsv_of() { pgrep -P "$SCANNER" -f -x "runsv $1"; }
has_runsv() { runsv_of "$1" >/dev/null; }
up() { [ "$(cat "sv/$1/supervise/stat" 2>/dev/null)" = run ]; }

# bats test_tags=contract
@test "no directory: usage and exit 1" {
	run -1 --separate-stderr "$RUNSVDIR"
	[[ $stderr == "usage: "*"runsvdir [-P] dir" ]]
	run -1 "$RUNSVDIR" -P
}

# bats test_tags=contract
@test "each directory gets a runsv, in the scan directory, by its name" {
	service sv/a
	service sv/b
	scan
	eventually up a
	eventually up b
	[ "$(readlink "/proc/$(runsv_of a)/cwd")" = "$PWD/sv/a" ]
}

# bats test_tags=contract
@test "names with a dot, files and dangling links get none" {
	service sv/.a
	service sv/b
	touch sv/file
	ln -s nowhere sv/dangling
	scan
	eventually up b
	[ "$(pgrep -P "$SCANNER" -c runsv)" = 1 ]
	grep -q "^runsvdir sv: warning: unable to stat dangling: " scan.err
}

# bats test_tags=contract
@test "a link to a directory counts, two links to one get one runsv" {
	service real
	ln -s ../real sv/a
	ln -s ../real sv/b
	scan
	eventually stat_is real run
	service sv/c
	eventually up c
	[ "$(pgrep -P "$SCANNER" -c runsv)" = 2 ]
}

@test "more runsvs are taken up than the soft limit of descriptors" {
	local i before
	for i in {1..30}; do service "sv/s$i"; done
	scan
	for i in {1..30}; do eventually up "s$i"; done
	before=$(pgrep -P "$SCANNER" runsv)
	kill -KILL "$SCANNER"
	wait "$SCANNER" || :
	daemon bash -c 'ulimit -Sn 24; exec env --default-signal "$0" sv' "$RUNSVDIR" 2>>scan.err
	SCANNER=$!
	eventually takes_up 30
	[ "$(cat sv/*/supervise/pid | wc -l)" = 30 ]
	[ -z "$(pgrep -P "$SCANNER")" ]
	[ ! -s scan.err ]
	# shellcheck disable=SC2086
	kill -0 $before
}

takes_up() { [ "$(find "/proc/$SCANNER/fd" -lname '*pidfd*' 2>/dev/null | wc -l)" = "$1" ]; }

# bats test_tags=contract
@test "-P: each runsv in a session of its own" {
	service sv/a
	scan -P
	eventually up a
	local pid
	pid=$(runsv_of a)
	[ "$(ps -o sid= -p "$pid" | tr -d ' ')" = "$pid" ]
}

# bats test_tags=contract
@test "without -P: in ours" {
	service sv/a
	scan
	eventually up a
	[ "$(ps -o sid= -p "$(runsv_of a)")" = "$(ps -o sid= -p "$SCANNER")" ]
}

# bats test_tags=contract
@test "one that is renamed in is started" {
	service new
	scan
	mv new sv/new
	eventually up new
}

# bats test_tags=contract
@test "one that goes gets TERM" {
	service sv/a
	service sv/b
	scan
	eventually up a
	eventually up b
	mv sv/a gone
	eventually stat_is gone down
	up b
}

# bats test_tags=contract
@test "a renamed one keeps its runsv" {
	service sv/a
	scan
	eventually up a
	local pid
	pid=$(pid_of sv/a)
	mv sv/a sv/z
	service sv/c
	eventually up c
	[ "$(pid_of sv/z)" = "$pid" ]
	up z
}

# bats test_tags=contract
@test "a dead runsv is replaced" {
	service sv/a
	scan
	eventually up a
	local pid
	pid=$(runsv_of a)
	letter sv/a d
	eventually stat_is sv/a down
	kill -KILL "$pid"
	eventually has_runsv a
}

# bats test_tags=contract
@test "after x it comes back" {
	service sv/a
	scan
	eventually up a
	letter sv/a x
	eventually times sv/a run 2
}

# bats test_tags=contract
@test "TERM: it leaves with 0, every runsv lives on" {
	service sv/a
	scan
	eventually up a
	kill -TERM "$SCANNER"
	wait "$SCANNER"
	up a
	"$SV" status ./sv/a | grep -q '^run: '
}

# bats test_tags=contract
@test "HUP: TERM to every runsv, 111" {
	service sv/a
	service sv/b
	scan
	eventually up a
	eventually up b
	kill -HUP "$SCANNER"
	local code=0
	wait "$SCANNER" || code=$?
	[ "$code" = 111 ]
	eventually stat_is sv/a down
	eventually stat_is sv/b down
}

# bats test_tags=contract
@test "a directory that isn't there yet is no error" {
	rmdir sv
	scan
	eventually grep -q "^runsvdir sv: warning: unable to stat sv: " scan.err
	service sv.new/a
	mv sv.new sv
	eventually up a
}

# bats test_tags=contract
@test "a switched link, here or further up, is followed: what is gone stops, what is in both stays" {
	rmdir sv
	service both
	service one/a
	service two/b
	ln -s ../both one/both
	ln -s ../both two/both
	mkdir etc
	ln -s ../one etc/current
	ln -s etc/current sv
	scan
	eventually up a
	eventually stat_is both run
	local pid
	pid=$(pid_of both)
	ln -s ../two etc/current.new
	mv -T etc/current.new etc/current
	eventually up b
	eventually stat_is one/a down
	[ "$(pid_of both)" = "$pid" ]
}

# bats test_tags=contract
@test "a directory that vanishes and comes back: what runs is left alone" {
	service sv/a
	scan
	eventually up a
	local pid
	pid=$(pid_of sv/a)
	mv sv away
	[ "$(pid_of away/a)" = "$pid" ]
	mv away sv
	service sv/b
	eventually up b
	[ "$(pid_of sv/a)" = "$pid" ]
}

# bats test_tags=contract
@test "LOG scrolls what the tree says, from its sixth character on" {
	service sv/a "echo 'said by a' >&2" 'exec sleep 3600'
	daemon "$RUNSVDIR" sv 'log: ......................................................'
	SCANNER=$!
	eventually grep -q 'log: .*said by a' "/proc/$SCANNER/cmdline"
}

# bats test_tags=contract
@test "LOG shorter than seven characters: two warnings, and it goes on" {
	service sv/a
	daemon "$RUNSVDIR" sv short 2>scan.err
	eventually up a
	grep -q 'warning: log must have at least seven characters.' scan.err
	grep -q 'warning: log service disabled.' scan.err
}

@test "with LOG the children's stderr is blocking (better: §8, 28)" {
	service sv/a 'grep flags /proc/self/fdinfo/2 >flags' 'exec sleep 3600'
	daemon "$RUNSVDIR" sv 'log: ................'
	eventually test -s sv/a/flags
	[ $((8#$(sed 's/.*:.*\t//' sv/a/flags) & 8#4000)) = 0 ]
}

# bats test_tags=contract
@test "a name with blanks and a newline, and one of 255 bytes" {
	local odd=$'with a blank and\na newline' long
	long=$(printf 'n%.0s' {1..255})
	mkdir "sv/$odd" "sv/$long"
	printf '#!/bin/sh\nexec sleep 3600\n' | tee "sv/$odd/run" >"sv/$long/run"
	chmod +x "sv/$odd/run" "sv/$long/run"
	scan
	eventually up "$odd"
	eventually up "$long"
	"$SV" -w 5 restart "./sv/$odd" "./sv/$long"
}

# --- entries by event: better than the reference ---

@test "one that is still being filled starts when it is complete: log and down are seen" {
	service full
	logger full
	touch full/down
	scan
	service sv/first
	eventually up first
	mkdir sv/slow
	cp full/run sv/slow/run.tmp
	mkdir sv/slow/log
	cp full/log/run sv/slow/log/run
	has_runsv slow && false
	touch sv/slow/down
	mv sv/slow/run.tmp sv/slow/run
	eventually has_runsv slow
	eventually test -s sv/slow/supervise/stat
	up slow && false
	eventually stat_is sv/slow/log run
}

@test "one without a run waits for it, while others that came later start" {
	scan
	service sv/first
	eventually up first
	mkdir sv/slow
	service sv/other
	eventually up other
	has_runsv slow && false
	service full
	mv full/run sv/slow/run
	eventually up slow
}

@test "a copied directory is started complete" {
	service full
	logger full
	touch full/down
	scan
	service sv/first
	eventually up first
	cp -r full sv/copy
	eventually stat_is sv/copy/log run
	stat_is sv/copy down
}

@test "a runsv that was killed is followed at once by one that adopts" {
	service sv/a
	logger sv/a
	scan
	eventually up a
	eventually stat_is sv/a/log run
	local pid log old
	pid=$(pid_of sv/a)
	log=$(pid_of sv/a/log)
	old=$(runsv_of a)
	kill -KILL "$old"
	eventually gone "$old"
	PATIENCE=4 eventually has_runsv a
	"$SV" -w 5 -v up ./sv/a
	[ "$(pid_of sv/a)" = "$pid" ]
	[ "$(pid_of sv/a/log)" = "$log" ]
}

@test "a new runsvdir takes up living runsvs, quietly, watches and stops them" {
	service sv/a
	service sv/b
	scan
	eventually up a
	eventually up b
	local a b
	a=$(runsv_of a)
	b=$(runsv_of b)
	kill -KILL "$SCANNER"
	wait "$SCANNER" || : # or the shell says that it was killed into scan.err
	: >scan.err
	scan
	service new
	mv new sv/c
	eventually up c
	[ "$(pgrep -P "$SCANNER" -c runsv)" = 1 ]
	[ ! -s scan.err ]
	kill -KILL "$a"
	eventually has_runsv a
	[ "$(grep -c run sv/a.trace)" = 1 ]
	mv sv/b gone
	eventually gone "$b"
	eventually stat_is gone down
}

@test "a removed one that is put back while it stops gets no second copy" {
	mkfifo hold
	service sv/a "trap 'read x <$PWD/hold; exit 0' TERM" 'while :; do sleep 3600 & wait; done'
	scan
	eventually up a
	mv sv/a away
	eventually stat_is away 'run, got TERM, want exit'
	mv away sv/a
	echo >hold
	eventually times sv/a run 2
	[ ! -s scan.err ]
}

@test "one that is put back while it stops, and told to go on, is stopped when it goes again" {
	mkfifo hold
	service sv/a "trap 'read x <$PWD/hold; exit 0' TERM" 'while :; do sleep 3600 & wait; done'
	scan
	eventually up a
	mv sv/a away
	eventually stat_is away 'run, got TERM, want exit'
	mv away sv/a
	letter sv/a u
	eventually stat_is sv/a 'run, got TERM'
	echo >hold
	eventually times sv/a run 2
	mv sv/a away
	eventually stat_is away 'run, got TERM, want exit'
	echo >hold
	eventually ended ./away
}

@test "a runsv that is killed while it stops a removed service: another one stops it" {
	mkfifo hold
	# it gets TERM from both of them
	service sv/a "trap 'trap \"\" TERM; echo term >>$PWD/a.term; read x <$PWD/hold; exit 0' TERM" 'while :; do sleep 3600 & wait; done'
	scan
	eventually up a
	local pid
	pid=$(pid_of sv/a)
	mv sv/a away
	eventually stat_is away 'run, got TERM, want exit'
	pkill -KILL -P "$SCANNER" -x runsv
	eventually pgrep -P "$SCANNER" -f -x 'runsv \.'
	kill -0 "$pid"
	echo >hold
	eventually gone "$pid"
	eventually ended ./away
	[ "$(sort -u a.term)" = term ]
}

@test "many removed at once go in one pass" {
	local i
	for i in 1 2 3 4 5 6 7 8; do service "sv/s$i"; done
	scan
	for i in 1 2 3 4 5 6 7 8; do eventually up "s$i"; done
	mkdir away
	mv sv/s* away
	for i in 1 2 3 4 5 6 7 8; do eventually stat_is "away/s$i" down; done
}

# scan_apart: scan in a mount namespace of its own.
scan_apart() {
	needs unshare -m true
	daemon unshare -m --propagation private env --default-signal "$RUNSVDIR" sv 2>>scan.err
	SCANNER=$!
}


# Apart: what other tests mount is an event for every scanner that sees it.
@test "an idle tree makes no system call: runsvdir" {
	service sv/a
	scan_apart
	eventually up a
	local status=/proc/$SCANNER/status before
	eventually waits_for_ever
	before=$(grep ctxt "$status")
	service other 'exit 0'
	daemon "$RUNSV" other 2>/dev/null
	eventually times other run 3
	[ "$before" = "$(grep ctxt "$status")" ]
}

@test "children get the limit of descriptors that runsvdir was given" {
	service sv/a "ulimit -n >$PWD/limit" 'exec sleep 3600'
	daemon bash -c 'ulimit -Sn 40; exec "$0" sv' "$RUNSVDIR"
	eventually test -s limit
	[ "$(cat limit)" = 40 ]
}

# descriptors_of NUMBER: what the service of that name has been given.
descriptors_of() {
	service "sv/.$1" "ls /proc/\$\$/fd >$PWD/$1.fds" 'exec sleep 3600'
	mv "sv/.$1" "sv/$1"
	eventually test -s "$1.fds"
	eventually up "$1"
	grep -qx 2 "$1.fds"
	grep -qx 7 "$1.fds"
	grep -qx 200 "$1.fds"
}

# bats test_tags=contract
@test "children get the descriptors that runsvdir was given, beside few services and many" {
	local i
	daemon "$RUNSVDIR" sv 7</dev/null 200</dev/null 2>>scan.err
	SCANNER=$!
	descriptors_of a
	for i in {1..40}; do
		service "sv/.s$i" 'exec sleep 3600'
		mv "sv/.s$i" "sv/s$i"
	done
	for i in {1..40}; do eventually up "s$i"; done
	descriptors_of b
	cmp a.fds b.fds
}

@test "many services where the kernel can't part descriptors" {
	local i
	for i in {1..40}; do service "sv/s$i" 'exec sleep 3600'; done
	# shellcheck disable=SC2046
	daemon strace -qq -o trace -e trace=close_range,clone,vfork -e inject=close_range:error=ENOSYS "$RUNSVDIR" sv 2>>scan.err
	for i in {1..40}; do eventually up "s$i"; done
	grep -q '^close_range(.* = -1 ENOSYS' trace
	run ! grep -q CLONE_FILES trace
	pkill -HUP -P "$!" runsvdir
	for i in {1..40}; do eventually stat_is "sv/s$i" down; done
}

# bats test_tags=contract
@test "a scan directory that is a file: it goes on, and obeys TERM" {
	rmdir sv
	touch sv
	scan
	eventually test -s scan.err || true
	kill -TERM "$SCANNER"
	wait "$SCANNER"
}

@test "many failing starts with LOG don't block the reader of the log: itself (better: §8, 28)" {
	local i n
	n=$(printf 'n%.0s' {1..200})
	for ((i = 0; i < 400; i++)); do mkdir "sv/$n$i"; done
	mkdir bin
	cp "$RUNSVDIR" bin/runsvdir
	PATH=$PWD/bin daemon bin/runsvdir sv 'log: ..........................................'
	eventually grep -q 'log: .*unable\|log: .*fatal\|log: .*nnnnnnnnnn' "/proc/${PIDS[-1]}/cmdline"
	kill -TERM "${PIDS[-1]}"
	wait "${PIDS[-1]}"
}

@test "an entry whose target has gone is forgotten when its runsv ends, and taken up when it is back" {
	service real
	ln -s ../real sv/a
	scan
	eventually stat_is real run
	mv real away
	local runsv
	runsv=$(runsv_of a)
	kill -TERM "$runsv"
	eventually gone "$runsv"
	eventually grep -q 'warning: unable to stat a: ' scan.err
	[ "$(grep -c 'fatal: unable to change' scan.err)" = 0 ]
	mv away real
	rm sv/a
	ln -s ../real sv/a
	eventually stat_is real run
}

@test "a target that was replaced gets a runsv of its own, which stays" {
	service real
	service other
	ln -s ../real sv/a
	scan
	eventually stat_is real run
	local runsv
	runsv=$(runsv_of a)
	mv real away
	mv other real
	kill -TERM "$runsv"
	eventually stat_is real run
	runsv=$(runsv_of a)
	mkdir sv/new sv/new/x
	rm -r sv/new
	service b
	mv b sv/b
	eventually up b
	[ "$(runsv_of a)" = "$runsv" ]
	stat_is real run
}

@test "events that were lost: a switched link is found all the same" {
	service one/a
	service two/b
	rmdir sv
	ln -s one sv
	scan
	eventually up a
	kill -STOP "$SCANNER"
	local most i
	most=$(cat /proc/sys/fs/inotify/max_queued_events)
	[ "$most" -le 100000 ]
	for ((i = 0; i < most; i += 2000)); do
		(cd one && touch x{1..1000} && rm -f x*)
	done
	ln -s two sv.new
	mv -T sv.new sv
	kill -CONT "$SCANNER"
	eventually up b
	eventually stat_is one/a down
}

# inside LINE: sh in the mount namespace of scan_apart, in this directory.
inside() { nsenter -t "$SCANNER" -m sh -ec "cd '$PWD'; $1"; }
said() { sed -n 's/^run //p' "$1.trace"; }

@test "a file system that is mounted over the scan directory is an event, and so is its going" {
	service sv/a
	service other/b
	service other/c
	mkdir stage
	scan_apart
	eventually up a
	inside 'mount -t tmpfs none stage; cp -r other/b stage; mount --move stage sv'
	eventually traced other/b run
	eventually stat_is sv/a down
	inside 'cp -r other/c sv/.c; mv sv/.c sv/c'
	eventually traced other/c run
	local b
	b=$(said other/b)
	inside 'umount -l sv'
	eventually times sv/a run 2
	eventually gone "$b"
	eventually up a
	kill -HUP "$SCANNER"
	eventually stat_is sv/a down
}

@test "the same on the way there: what is in both stays" {
	rmdir sv
	service both
	service way/one/a
	service other/one/b
	ln -s "$PWD/both" way/one/both
	ln -s "$PWD/both" other/one/both
	ln -s way/one sv
	scan_apart
	eventually stat_is way/one/a run
	eventually stat_is both run
	local pid
	pid=$(pid_of both)
	inside 'mount --bind other way'
	eventually stat_is other/one/b run
	eventually stat_is way/one/a down
	inside 'umount -l way'
	eventually stat_is way/one/a run
	eventually stat_is other/one/b down
	[ "$(pid_of both)" = "$pid" ]
	kill -HUP "$SCANNER"
	eventually stat_is way/one/a down
	eventually stat_is both down
}

# replaced NAME PID: its runsv is another one than that.
replaced() {
	has_runsv "$1" && [ "$(runsv_of "$1")" != "$2" ]
}

# kill_six NAME: the next one comes a second after the last.
kill_six() {
	local old=0
	for _ in 1 2 3 4 5 6; do
		eventually replaced "$1" "$old"
		old=$(runsv_of "$1")
		kill -KILL "$old"
	done
	eventually gone "$old"
}

# linked NAME: a service that runs, by a link; $service is its pid.
linked() {
	service "$1"
	ln -s "../$1" "sv/$1"
	scan
	eventually runs "$1"
	service=$(pid_of "$1")
}

@test "an entry that goes in the same turn as its runsv is killed: its service is stopped" {
	linked x
	kill -STOP "$SCANNER"
	kill -KILL "$(runsv_of x)"
	rm sv/x
	kill -CONT "$SCANNER"
	eventually gone "$service"
	eventually ended ./x
}

@test "an entry that goes while its runsv waits to be started again: its service is stopped" {
	linked x
	kill_six x
	rm sv/x
	eventually gone "$service"
	eventually ended ./x
}

@test "names swapped in the turn in which a runsv is killed: each has its own again" {
	service sv/x
	service sv/y
	scan
	eventually up x
	eventually up y
	local x y
	x=$(runsv_of x)
	y=$(pid_of sv/y)
	kill -STOP "$SCANNER"
	mv sv/x sv/.t
	mv sv/y sv/x
	mv sv/.t sv/y
	kill -KILL "$x"
	kill -CONT "$SCANNER"
	eventually has_runsv y
	[ "$(readlink "/proc/$(runsv_of y)/cwd")" = "$PWD/sv/y" ] || eventually works_in y
	[ "$(pid_of sv/x)" = "$y" ]
	kill "$SCANNER"
}

works_in() { [ "$(readlink "/proc/$(pgrep -P "$SCANNER" -n runsv)/cwd")" = "$PWD/sv/$1" ]; }

@test "renamed over in the turn in which its runsv is killed: the other one is not stopped" {
	service sv/x
	service sv/y
	scan
	eventually up x
	eventually up y
	local x y old
	x=$(runsv_of x)
	y=$(pid_of sv/y)
	old=$(pid_of sv/x)
	kill -STOP "$SCANNER"
	mv sv/x old
	mv sv/y sv/x
	kill -KILL "$x"
	kill -CONT "$SCANNER"
	eventually gone "$old"
	eventually ended ./old
	[ "$(pid_of sv/x)" = "$y" ]
	[ "$(pgrep -P "$SCANNER" -c runsv)" = 1 ]
}

@test "killed often long ago, and once more while it leaves: its service is still stopped" {
	service x "trap '' TERM" 'while :; do read -r x <>'"$NEVER"'; done'
	ln -s ../x sv/x
	scan
	eventually runs x
	kill_six x
	eventually has_runsv x
	eventually answers_as "$(runsv_of x)" x
	rm sv/x
	eventually grep -q 'want exit' x/supervise/stat
	kill -KILL "$(runsv_of x)"
	eventually pgrep -P "$SCANNER" -f -x 'runsv \.'
	letter x k
	eventually ended ./x
}

# It has taken up what the one before left.
answers_as() { [ "$(readlink "/proc/$1/cwd")" = "$PWD/$2" ] && [ -p "$2/supervise/control" ] && ! ended "./$2"; }

@test "runit's runsv is taken up, and not its service, which holds a lock of its own" {
	local i other=/usr/bin/runsv
	[ -x "$other" ] || skip "runit is not installed"
	for i in 1 2 3 4 5 6; do
		service "sv/a$i" "exec ${RUNSV%/*}/chpst -L ./mylock sleep 3600"
		(cd sv && daemon "$other" "a$i")
	done
	for i in 1 2 3 4 5 6; do
		eventually up "a$i"
		eventually locks_it "a$i"
	done
	scan
	eventually takes_up 6
	[ "$(taken_up | sort -u)" = runsv ]
	kill -HUP "$SCANNER"
	for i in 1 2 3 4 5 6; do
		eventually ended "./sv/a$i"
		[ "$(grep -c run "sv/a$i.trace")" = 1 ]
	done
}

locks_it() { [ "$(cat "/proc/$(pid_of "sv/$1")/comm")" = sleep ]; }
taken_up() {
	awk '/^Pid:/ {print $2}' "/proc/$SCANNER"/fdinfo/* | while read -r pid; do cat "/proc/$pid/comm"; done
}
