#!/usr/bin/env bats
# What breaks around svlogd: nothing is lost, and nothing is there twice.

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
