#!/usr/bin/env bats
# The simulation: the daemons in a model of the kernel (DESIGN.md). A seed that fails goes into tests/sim/seeds.

load helpers

SIM=${SIM:-$BATS_TEST_DIRNAME/../build/tests/sim}

setup() {
	needs test "$(uname -m)" = x86_64
	cd "$BATS_TEST_TMPDIR" || exit
}

@test "all seeds that ever failed" {
	"$SIM" -f "$BATS_TEST_DIRNAME/sim/seeds"
}

@test "fresh seeds for 10 seconds" {
	# what is shown by a failure is the world of its seed
	"$SIM" -t 10 "$(date +%s)000"
}

@test "a seed is a world: played twice it is the same" {
	"$SIM" -vv 7 | grep -v ' a second' >first
	"$SIM" -vv 7 | grep -v ' a second' >second
	[ "$(wc -l <first)" -gt 100 ]
	cmp first second
}

@test "each mutant is caught" {
	[ "$("$SIM" -l | wc -l)" -ge 12 ]
	for mutant in $("$SIM" -l); do
		run -1 "$SIM" -q -m "$mutant" -t 60 1
		echo "$mutant: $output"
	done
}
