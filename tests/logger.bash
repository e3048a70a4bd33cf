# What the tests of svlogd share: loaded after helpers.bash.
# shellcheck shell=bash

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir d
	mkfifo in
}

# svlogd with the FIFO as its stdin, and without the descriptors of the test.
log() {
	"$SVLOGD" "$@" <in 3>&- 7>&- 2>>err &
	LOG=$!
}

# The same, with other standard output and error than the test's; descriptor 8 is the test's own.
log_to() {
	"$SVLOGD" "${@:3}" <in 3>&- 7>&- 8>&- >"$1" 2>"$2" &
	LOG=$!
}

# A logger that works, with descriptor 7 for writing to it; closing that is the end of its input.
# 7 reads as well, so that a write between two loggers finds a reader.
start() {
	log "$@"
	exec 7<>in
	eventually running "${!#}"
	eventually test -e "${!#}/current"
}

# It has opened the directory, and so hears signals.
running() {
	[[ $(readlink "/proc/$LOG/fd/"*) == *"/$1/lock"* ]]
}

old() {
	find "${1:-d}" -name '@*.[su]' | sort
}

old_are() {
	[ "$(old "${2:-d}" | wc -l)" -eq "$1" ]
}

has() {
	grep -qxF -- "$1" "${2:-d/current}"
}

# Everything logged to the directory, in order.
all() {
	local f
	for f in $(old "${1:-d}") "${1:-d}/current"; do cat "$f"; done
}

# What was written to 7 has been read.
consumed() {
	! read -r -t 0 -u 7
}

mode() {
	stat -c %a "$1"
}

# A small file system of its own; gone with the test.
small() {
	mkdir -p small
	needs unshare -m true
	mount -t tmpfs -o "size=$1" tmpfs small
	SMALL=$PWD/small
}

teardown() {
	exec 7>&-
	signal_jobs KILL
	wait
	[ -z "$SMALL" ] || umount "$SMALL"
}

# Killed again and again while numbered lines come: crashed DIR...: each has them all, once.
crashed() {
	local last=$1 dir
	shift
	for dir; do
		eventually has_end "$last" "$dir"
		all "$dir" | cut -d ' ' -f 2- | cmp - <(seq "$last")
		run ! grep -qvE '^@[0-9a-f]{24} [0-9]+$' <(all "$dir")
	done
}

has_end() {
	[ "$(all "$2" | tail -n 1 | cut -d ' ' -f 2-)" = "$1" ]
}
