#!/usr/bin/env bats
# Bad input, hostile input and scarce resources: a clear message, the contract's exit code, and nothing that
# runs already is lost. What is tagged "contract" is also true of runit's.
#
# RUNSV is set by helpers.bash, which shellcheck does not see behind load; what is in single quotes is for
# another shell; each test is a subshell with its own SUPERVISOR.
# shellcheck disable=SC2153,SC2016,SC2030,SC2031

load helpers
load services

NOBODY=65534

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	PATH=${RUNSV%/*}:$PATH
}

# refused TEXT: runsv a leaves with 111 and says TEXT.
refused() {
	run -111 "$RUNSV" a
	[[ $output == *"runsv a: fatal: $1"* ]] || { echo "it said: $output"; return 1; }
}

as_nobody() { setpriv --reuid "$NOBODY" --regid "$NOBODY" --clear-groups "$@"; }

# fails_each_second TEXT: a run that can't be executed is a run that ended with 111.
fails_each_second() {
	script a/finish "echo finish \$* >>$PWD/a.trace"
	supervise a
	eventually times a 'finish 111 0' 2
	grep -q "^runsv a: fatal: unable to start ./run: ." a.err
	letter a d
	eventually stat_is a down
}

# bats test_tags=contract
@test "run is missing" { mkdir a && fails_each_second; }
# bats test_tags=contract
@test "run is not executable" { service a && chmod -x a/run && fails_each_second; }
# bats test_tags=contract
@test "run is a directory" { mkdir -p a/run && fails_each_second; }
# bats test_tags=contract
@test "run is a dangling link" { mkdir a && ln -s nowhere a/run && fails_each_second; }
# bats test_tags=contract
@test "run has an interpreter that is missing" { service a && sed -i '1s:.*:#!/no/such/sh:' a/run && fails_each_second; }
# bats test_tags=contract
@test "run has no interpreter line" { mkdir a && echo exit >a/run && chmod +x a/run && fails_each_second; }

# bats test_tags=contract
@test "supervise is a file" { service a && touch a/supervise && refused 'unable to open supervise/lock: '; }
# bats test_tags=contract
@test "supervise is a link to nowhere that can be made" {
	service a && touch file && ln -s ../file/x a/supervise && refused 'unable to open supervise/lock: '
}
# bats test_tags=contract
@test "the target of supervise is too long" {
	service a && ln -s "$(printf 'x%.0s' {1..300})" a/supervise && refused 'unable to readlink ./supervise: '
}
# bats test_tags=contract
@test "supervise is on a read-only file system" {
	service a
	mkdir a/supervise
	needs unshare -m true
	mount -t tmpfs -o ro none a/supervise
	RUNSVDIR_STATE=/proc/none run "$RUNSV" a
	umount a/supervise
	[ "$status" = 111 ]
	[[ $output == "runsv a: fatal: unable to open supervise/lock: "* ]]
}
# bats test_tags=contract
@test "control is a file" {
	service a && mkdir a/supervise && echo d >a/supervise/control && refused 'supervise/control exists but is not a fifo'
}
@test "the logger's control is a file (better: §8, 16)" {
	service a && logger a && mkdir a/log/supervise && echo d >a/log/supervise/control
	refused 'log/supervise/control exists but is not a fifo'
}
@test "ok is a file: it would say for ever that a runsv lives" {
	service a && mkdir a/supervise && touch a/supervise/ok && refused 'supervise/ok exists but is not a fifo'
}
@test "control is a link: nobody else's FIFO is read" {
	service a && mkdir a/supervise && mkfifo fifo && ln -s ../../fifo a/supervise/control
	refused 'supervise/control exists but is not a fifo'
}
@test "lock is a link: nothing is made where it leads" {
	service a && mkdir a/supervise && ln -s ../../made a/supervise/lock
	refused 'unable to open supervise/lock: '
	[ ! -e made ]
}

@test "links, FIFOs and other links in the place of new files are neither followed nor written" {
	service a
	mkdir a/supervise
	echo precious >target
	ln -s ../../target a/supervise/pid.new
	ln target a/supervise/stat.new
	mkfifo a/supervise/status.new
	ln -s ../../target a/supervise/record
	supervise a
	eventually runs a
	[ "$(cat target)" = precious ]
	[ "$(stat -c %s a/supervise/status)" = 20 ]
	local name
	for name in pid stat status; do
		rm -f "a/supervise/$name"
		ln -s ../../target "a/supervise/$name"
		ln -s ../../target "a/supervise/$name.new"
	done
	letter a p
	eventually stat_is a 'run, paused'
	[ "$(cat target)" = precious ]
}

@test "the log pipe is a link: nothing is written where it leads" {
	service a 'echo line' 'exec sleep 3600'
	logger a
	mkdir a/supervise
	echo precious >target
	ln -s ../../target a/supervise/pipe
	refused 'supervise/pipe exists but is not a fifo'
	[ "$(cat target)" = precious ]
}

@test "a status that is garbage, or short, is replaced" {
	service a
	mkdir a/supervise
	echo short >a/supervise/status
	echo garbage >a/supervise/stat
	echo 1 >a/supervise/pid
	supervise a
	eventually runs a
	[ "$(stat -c %s a/supervise/status)" = 20 ]
}

@test "a record that is garbage is ignored, and said" {
	service a
	mkdir a/supervise
	head -c 3000 /dev/urandom >a/supervise/record
	chmod 600 a/supervise/record
	supervise a
	eventually runs a
	grep -q 'warning: ignoring supervise/record: bad format' a.err
}

# A record that names a process of the service, as its supervisor would write it.
take_record() {
	service a
	supervise a
	eventually runs a
	kill -KILL "$SUPERVISOR"
	wait "$SUPERVISOR" || :
	VICTIM=$(pid_of a)
}

@test "a record of another user is not believed: a forged one gets nobody killed" {
	take_record
	chown "$NOBODY" a/supervise a/supervise/record
	supervise a
	eventually times a run 2
	letter a k
	eventually times a run 3
	kill -0 "$VICTIM"
	grep -q 'warning: replacing supervise/record' a.err
	[ "$(stat -c %u a/supervise/record)" = 0 ]
}

@test "a record that was moved here from another service is not believed" {
	take_record
	service b
	mkdir b/supervise
	mv a/supervise/record b/supervise/record
	supervise b
	eventually runs b
	[ "$(pid_of b)" != "$VICTIM" ]
	letter b k
	eventually times b run 2
	kill -0 "$VICTIM"
}

@test "a pid that came again is another process: the start time tells" {
	take_record
	kill -KILL "$VICTIM"
	stranger a/supervise/record 'process run'
	supervise a
	eventually times a run 2
	letter a k
	eventually times a run 3
	kill -0 "${PIDS[-1]}"
}

@test "supervise of another user, in a directory that others can write, is refused" {
	service a
	mkdir a/supervise
	chown "$NOBODY" a/supervise
	chmod 777 a
	refused 'supervise is owned by another user, in a directory that others can write'
	chmod 755 a
	supervise a
	eventually runs a
}

@test "a FIFO that another user has put into a supervise/ that others can write is refused" {
	service a
	mkdir -m 777 a/supervise
	chmod 777 a/supervise
	as_nobody mkfifo a/supervise/control
	refused 'supervise/control is owned by another user'
}

@test "a user supervises directories of his own" {
	mkdir mine
	chmod 755 . mine
	service mine/a
	logger mine/a
	script mine/a/log/run 'exec cat >../../a.log'
	chown -R "$NOBODY" mine
	sed -i 's:>>.*trace:>>../a.trace:' mine/a/run
	daemon as_nobody "$RUNSV" mine/a 2>err
	eventually runs mine/a
	"$SV" -w 5 restart ./mine/a
	# root in a container may not see where others work, so no sweep would find it
	"$SV" -w 5 shutdown ./mine/a
}

@test "a letter stream without end keeps nothing from being reaped, and d gets through" {
	service a 'exit 0'
	supervise a
	eventually traced a run
	daemon sh -c 'yes h | tr -d "\n" >a/supervise/control'
	local writer=${PIDS[-1]}
	eventually times a run 3
	pkill -KILL -P "$writer" yes || :
	letter a d
	eventually stat_is a down
}

@test "few descriptors: the soft limit is raised, children get the one that was given" {
	service a "ulimit -n >$PWD/limit" 'exec sleep 3600'
	logger a
	daemon bash -c 'ulimit -Sn 16; exec "$0" a' "$RUNSV"
	eventually runs a
	eventually test -s limit
	[ "$(cat limit)" = 16 ]
}

@test "no descriptors: a clear error" {
	service a
	run -111 bash -c 'ulimit -n 6; exec "$0" a' "$RUNSV"
	[[ $output == "runsv a: fatal: "*"Too many open files" ]] || [[ $output == "runsv a: fatal: "*"No file descriptors available" ]]
}

@test "fork fails: it is said, and tried again at growing distance; what runs goes on" {
	mkdir mine
	chmod 755 .
	service mine/a 'exit 0'
	sed -i 's:>>.*trace:>>../a.trace:' mine/a/run
	chown -R "$NOBODY" mine
	daemon as_nobody "$RUNSV" mine/a 2>err
	local runsv
	eventually test -s mine/a.trace
	# the shell's child, or the shell itself, if it has executed it
	runsv=$(pgrep -P "${PIDS[-1]}") || runsv=${PIDS[-1]}
	as_nobody prlimit --pid "$runsv" --nproc=0:64
	eventually grep -q 'warning: unable to fork, sleeping: ' err
	kill -0 "$runsv"
	local n
	n=$(wc -l <mine/a.trace)
	as_nobody prlimit --pid "$runsv" --nproc=64:64
	eventually test_grew "$n"
	letter mine/a x
	eventually gone "$runsv"
}
test_grew() { [ "$(wc -l <mine/a.trace)" -gt "$1" ]; }

@test "a user's runsv names those that keep its log pipe open, though others' descriptors are hidden from it" {
	mkdir mine
	chmod 755 . mine
	service mine/a 'sleep 3600 &' 'echo $! >child' 'exec sleep 3600'
	logger mine/a
	script mine/a/log/run 'exec cat >>../../a.log'
	sed -i 's:>>.*trace:>>../a.trace:' mine/a/run
	chown -R "$NOBODY" mine
	daemon as_nobody "$RUNSV" mine/a 2>err
	eventually runs mine/a
	letter mine/a x
	PATIENCE=20 eventually grep -qx 'runsv mine/a: warning: the logger has not ended; its pipe is held open by: [0-9]* (sleep)' err
	kill "$(cat mine/a/child)"
	wait "${PIDS[-1]}"
}

@test "a full disk: warnings, the older files stay, the service runs and stops" {
	service a
	script a/finish 'exit 0'
	mkdir a/supervise
	needs unshare -m true
	mount -t tmpfs -o size=64k none a/supervise
	supervise a
	eventually runs a
	head -c 100000 /dev/zero >a/supervise/filler 2>/dev/null || :
	letter a o
	eventually grep -q 'warning: unable to .*supervise/.*: No space left on device' a.err
	kill -KILL "$(pid_of a)"
	rm a/supervise/filler
	letter a u
	eventually times a run 2
	eventually stat_is a run
	kill -KILL "$SUPERVISOR" "$(pid_of a)"
	umount -l a/supervise
}

@test "a disk that is full from the start: it runs, and no second copy can start" {
	service a
	mkdir a/supervise
	needs unshare -m true
	mount -t tmpfs -o size=16k none a/supervise
	head -c 100000 /dev/zero >a/supervise/filler 2>/dev/null || :
	daemon "$RUNSV" a 2>a.err
	SUPERVISOR=${PIDS[-1]}
	eventually traced a run
	grep -q 'it keeps supervise/lock instead' a.err
	kill -KILL "$SUPERVISOR"
	refused 'unable to lock supervise/lock: '
	run ! times a run 2
	kill -KILL "$(sed 's/run //' a.trace)"
	umount -l a/supervise
}

@test "the directory is removed and made anew under a running service" {
	mkdir sv
	service sv/a
	daemon "$RUNSVDIR" sv 2>err
	eventually runs sv/a
	local old
	old=$(pid_of sv/a)
	rm -rf sv/a
	service new
	mv new sv/a
	eventually runs sv/a
	eventually gone "$old"
	"$SV" -w 5 restart ./sv/a
	"$SV" -w 5 stop ./sv/a
}

# bats test_tags=contract
@test "runsv is not in PATH: said, and tried again" {
	mkdir sv bin
	service sv/a
	cp "$RUNSVDIR" bin/runsvdir
	PATH=$PWD/bin daemon bin/runsvdir sv 2>err
	PATIENCE=15 eventually grep -q '^runsvdir sv: fatal: unable to start runsv a: ' err
	kill -0 "${PIDS[-1]}"
}

@test "a runsv in PATH that may not be executed is the reason that is given, and the search goes on behind it" {
	mkdir sv bin
	service sv/a
	cp "$RUNSVDIR" bin/runsvdir
	touch bin/runsv
	PATH=$PWD/bin daemon bin/runsvdir sv 2>err
	eventually grep -qx 'runsvdir sv: fatal: unable to start runsv a: Permission denied' err
	kill "${PIDS[-1]}"
	PATH=$PWD/bin:$PATH daemon bin/runsvdir sv 2>err
	eventually runs sv/a
	[ ! -s err ]
}

@test "a disk without room for a record: it runs, and no second copy can start" {
	service a
	mkdir a/supervise
	needs unshare -m true
	mount -t tmpfs -o nr_inodes=16 none a/supervise
	mkfifo a/supervise/control a/supervise/ok
	touch a/supervise/lock
	local i=0
	while true 2>/dev/null >"a/supervise/$i"; do i=$((i + 1)); done
	daemon "$RUNSV" a 2>a.err
	eventually traced a run
	grep -q '^runsv a: warning: unable to open supervise/record: ' a.err
	grep -q 'it keeps supervise/lock instead' a.err
	letter a k
	eventually times a run 2
	kill -KILL "${PIDS[-1]}"
	refused 'unable to lock supervise/lock: '
	kill -KILL "$(tail -n 1 a.trace | sed 's/run //')"
	umount -l a/supervise
}

# bats test_tags=bare
@test "without /proc it runs, and what may still live is not started again" {
	service a
	needs unshare -m true
	local alone=(unshare -m sh -c 'mount -t tmpfs none /proc && exec "$0" a' "$RUNSV")
	daemon "${alone[@]}" 2>a.err
	eventually runs a
	letter a o
	eventually stat_is a 'run, want down'
	kill -KILL "${PIDS[-1]}"
	wait "${PIDS[-1]}" || :
	run -111 "${alone[@]}"
	[[ $output == 'runsv a: fatal: process '*' of an earlier runsv may still live, and /proc does not tell' ]]
	kill -0 "$(pid_of a)"
	run ! times a run 2
	# nor can it be found which runsv that is
	mkdir sv
	service sv/b
	daemon "$RUNSV" sv/b
	eventually runs sv/b
	rm sv/b/supervise/record
	service sv/c
	daemon unshare -m sh -c 'mount -t tmpfs none /proc && exec "$0" sv' "$RUNSVDIR" 2>err
	eventually runs sv/c
	eventually grep -q '^runsvdir sv: warning: unable to find the runsv that supervises b: ' err
	run ! times sv/b run 2
}

@test "the /proc of another pid namespace is not believed" {
	needs unshare -pf true
	service a
	daemon unshare -pf --kill-child "$RUNSV" a 2>a.err
	eventually runs a
	grep -qxE 'process run [0-9]+ 0' a/supervise/record
}

@test "no descriptor is left: letters are obeyed all the same, and what came of them is shown when there is one" {
	service a
	supervise a
	eventually runs a
	local pid
	pid=$(pid_of a)
	prlimit --pid "$SUPERVISOR" --nofile=3:
	letter a d
	eventually gone "$pid"
	eventually grep -q '^runsv a: warning: unable to open supervise/' a.err
	kill -0 "$SUPERVISOR"
	prlimit --pid "$SUPERVISOR" --nofile=1024:
	letter a h
	eventually stat_is a down
	letter a u
	eventually runs a
}

# Of its first three descriptors none is a file of the service.
standard_is_foreign() {
	local fd
	for fd in 0 1 2; do
		[[ $(readlink "/proc/$1/fd/$fd") != "$PWD"/* ]]
	done
}

@test "with closed standard descriptors no file of its own takes their place" {
	local fds
	mkdir sv
	service sv/a
	for fds in '<&-' '>&-' '2>&-' '<&- >&- 2>&-'; do
		daemon bash -c "exec \"\$0\" sv/a $fds" "$RUNSV"
		eventually runs sv/a
		standard_is_foreign "${PIDS[-1]}"
		standard_is_foreign "$(pid_of sv/a)"
		letter sv/a x
		wait "${PIDS[-1]}"
		daemon bash -c "exec \"\$0\" sv $fds" "$RUNSVDIR"
		eventually runs sv/a
		standard_is_foreign "${PIDS[-1]}"
		standard_is_foreign "$(pid_of sv/a)"
		kill -HUP "${PIDS[-1]}"
		wait "${PIDS[-1]}" || :
		eventually ended ./sv/a
	done
}

@test "a log pipe that was replaced while it was closed: u has none, and says so" {
	mkfifo hold
	service a
	logger a 'cat' "echo eof >>$PWD/a.trace" "read x <$PWD/hold"
	supervise a
	eventually runs a
	letter a x
	eventually traced a eof
	rm a/supervise/pipe
	mkfifo a/supervise/pipe
	letter a u
	eventually times a run 2
	grep -q '^runsv a: warning: unable to open supervise/pipe: ' a.err
	letter a x
	eventually stat_is a down
	rm a/supervise/pipe
	letter a u
	eventually times a run 3
	[ "$(grep -c 'unable to open supervise/pipe: ' a.err)" = 2 ]
}
