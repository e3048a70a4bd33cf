#!/usr/bin/env bats
# Each fuzzer with its corpus, and for a few seconds from there (make fuzz gives them more). One that does not build
# fails: there is no other way to know that clang is missing.

DIR=${BUILD:-build}/fuzz

setup_file() {
	cd "$BATS_TEST_DIRNAME/.." || exit
	make -s -j"$(nproc)" fuzz-programs 3>&-
}

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
	FUZZER=${BATS_TEST_DESCRIPTION%%:*}
}

fuzz() { tests/fuzz/run "$DIR" 3 "$FUZZER" 3>&-; }

@test "config: what a log directory's config says" { fuzz; }
@test "envdir: a file of any name and content, as a variable" { fuzz; }
@test "expand: variables in a value, alone and in parts" { fuzz; }
@test "goal: when a verb of sv is satisfied" { fuzz; }
@test "ledger: any bytes, and commits that were cut short" { fuzz; }
@test "letters: any bytes for runsv, deaths, and kills of runsv itself: the last word counts" { fuzz; }
@test "line: cutting loses nothing and does not depend on how the bytes came" { fuzz; }
@test "pattern: as the sentences of the contract say" { fuzz; }
@test "plan: words of chpst and its other names, as getopt reads them" { fuzz; }
@test "queue: one child at a time, and failures are paced" { fuzz; }
@test "record: what is believed of an earlier runsv's record" { fuzz; }
@test "roster: what is there runs, and nothing else, whatever came when" { fuzz; }
@test "rotate: sizes and names of old files" { fuzz; }
@test "select: which lines the rules of a config select" { fuzz; }
@test "status: the 20 bytes, and what is shown of them" { fuzz; }
@test "stop: it ends in its time, after one KILL" { fuzz; }
@test "sv: commands and names of services" { fuzz; }
@test "words: a value that is quoted is that value again" { fuzz; }

@test "every fuzzer has a test here and a corpus" {
	local name names
	mapfile -t names < <(sed -n 's/_FUZZ :=.*//p' objects.mk)
	[ "${#names[@]}" -gt 10 ]
	for name in "${names[@]}"; do
		grep -q "^@test \"$name: " tests/fuzz.bats
		[ -n "$(ls "tests/fuzz/corpus/$name")" ]
	done
}
