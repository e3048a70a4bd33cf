#!/usr/bin/env bats
# tests/contract.md against the tests: each rule has one, and each test of the contract has a rule.

load helpers

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
}

# id, of and test of each row, with tabs between.
rows() { sed -nE 's/^\| ([^ |]+) \| .+ \| (runit|better|unit) \| (.+) \|$/\1\t\2\t\3/p' tests/contract.md; }

# "FILE: title" of each test, a tab, and runit if it is tagged contract, else better.
tests() {
	awk '
		FNR == 1 { file = FILENAME; gsub(/^tests\/|\.bats$/, "", file); tag = "better" }
		/^# bats test_tags=/ { tag = /[=,]contract(,|$)/ ? "runit" : "better"; next }
		sub(/^@test "/, "") { sub(/" \{.*/, ""); print file ": " $0 "\t" tag; tag = "better" }' tests/*.bats
}

# "unit/FILE: text" of each text in a unit test, a tab, and unit.
unit_rows() {
	grep -oE '"[^"]*"' tests/unit/*.t.c | sed -E 's/^tests\/(unit\/[^.]*)\.t\.c:"(.*)"$/\1: \2\tunit/'
}

none() {
	[ -z "$1" ] || { printf '%s:\n%s\n' "$2" "$1" && return 1; }
}

@test "each line of a table is a rule" {
	[ "$(rows | wc -l)" -gt 500 ]
	none "$(grep '^|' tests/contract.md | grep -vxE '\| id \| rule \| of \| test \||\| --- \| --- \| --- \| --- \||\| [^ |]+ \| [^|]+ \| (runit|better|unit) \| [^|]+ \|')" 'no rule'
}

@test "no id is there twice, and each begins with the number of its section" {
	none "$(rows | cut -f 1 | sort | uniq -d)" 'twice'
	none "$(awk '/^## / { n = $2 } n ~ /^[0-9]+$/ && /^\| [0-9]/ && $2 !~ "^" n "[.-]" { print n ": " $2 }' tests/contract.md)" 'elsewhere'
}

@test "no rule is without a test" {
	none "$(rows | awk -F '\t' '$3 == "TODO"')" 'without a test'
}

@test "each rule names a test that is there, of runit's as well or of ours alone, as it says" {
	none "$(awk -F '\t' 'NR == FNR { is[$1] = is[$1] " " $2; next } $3 != "TODO" && is[$3] !~ $2' <(
		tests
		unit_rows
	) <(rows))" 'no such test, or not tagged so'
}

@test "each test that is tagged contract is named by a rule" {
	none "$(comm -23 <(tests | sed -n 's/\trunit$//p' | sort -u) <(rows | cut -f 3 | sort -u))" 'without a rule'
}

@test "no two tests of a file have one title" {
	none "$(tests | cut -f 1 | sort | uniq -d)" 'twice'
}

@test "each bats file is run by the suite" {
	local file
	for file in tests/*.bats; do
		# docker.bats needs an engine, and is run by CI
		[[ $file == tests/docker*.bats ]] || grep -q -F "$file" tests/report || { echo "$file" && return 1; }
	done
}

@test "the wall clock is asked for what is shown, and for no deadline (better: contract 8, 39)" {
	# one gives the time of stamps and status, the other compares with a file's mtime
	[ "$(grep -l -E 'CLOCK_REALTIME|gettimeofday|[^_a-z]time\(|tain_now|tain_wallclock|sysclock' ./*/*.c | xargs)" = './lib/stamp.c ./runsvdir/scan.c' ]
	[ "$(grep -c CLOCK_REALTIME runsvdir/scan.c)" = 1 ]
	grep -A 4 'CLOCK_REALTIME, &now' runsvdir/scan.c | grep -q st_mtim
}
