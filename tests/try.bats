#!/usr/bin/env bats
# ./try, as a user meets it: with programs that are built already.

load helpers

TRY=$BATS_TEST_DIRNAME/../try

# bash ignores INT for what runs in the background; a terminal does not.
try() {
	OUT=$BATS_TEST_TMPDIR/out
	SVWAIT=2 TMPDIR=$BATS_TEST_TMPDIR BUILD=$(dirname "$BIN") daemon env --default-signal=INT "$TRY" "$@" >"$OUT" 2>&1
	TRIED=${PIDS[0]}
	eventually grep -q 'Ctrl-C' "$OUT"
	SVDIR=$(sed -n 's/^Supervising \(.*\)\. In.*/\1/p' "$OUT")
	export SVDIR
}

# Processes that work in this test's directory.
ours() { find /proc/[0-9]*/cwd -lname "$BATS_TEST_TMPDIR*" 2>/dev/null; }

interrupt() {
	kill -INT "$TRIED"
	local code=0
	wait "$TRIED" || code=$?
	cat "$OUT"
	[[ $code == 0 ]]
	[[ -z $(pgrep -f "runsvdir -P $SVDIR") ]]
	[[ -z $(ours) ]]
}

@test "the examples run, restart and end with Ctrl-C; the scan directory is gone" {
	try
	eventually test -e "$SVDIR/hello/supervise/ok"
	"$SV" -w 10 start hello flaky
	"$SV" -w 10 restart hello
	eventually grep -q works "$SVDIR/hello/log/main/current"
	interrupt
	[[ ! -e $SVDIR && -z $(ls "$BATS_TEST_TMPDIR"/tmp.* 2>/dev/null) ]]
}

@test "a directory of the user's own is supervised and stays; what ignores TERM is killed" {
	local dir=$BATS_TEST_TMPDIR/own
	mkdir -p "$dir/deaf"
	printf '#!/bin/sh\ntrap "" TERM INT\necho up\nexec tail -f /dev/null\n' >"$dir/deaf/run"
	chmod 755 "$dir/deaf/run"
	try "$dir"
	[[ $SVDIR == "$dir" ]]
	eventually grep -q up "$OUT"
	interrupt
	[[ -x $dir/deaf/run ]]
}

@test "a directory that is not there is said" {
	run -1 "$TRY" "$BATS_TEST_TMPDIR/none"
	[[ $output == *none* ]]
}
