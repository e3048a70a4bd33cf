#!/usr/bin/env bats
# The man pages against the sources: what a program knows is in its page. Nothing is listed here a second
# time; letters, options and exit codes are taken from where the programs have them.

load helpers

setup() {
	cd "$BATS_TEST_DIRNAME/.." || exit
}

programs() { sed -n 's/^PROGRAMS := //p' Makefile; }
# page PROGRAM, sources PROGRAM: the directory is not always called as the program.
page() { echo */"$1.8"; }
sources() { dirname "$(page "$1")"; }

# A line for each letter: it, that of its script or 0, sv's word.
letters() {
	sed -nE "s/'\\\\f'/'^L'/; s/'\\\\v'/'^K'/; s/^[[:space:]]*\{ '(\^?.)', *'?(.)'?, *LETTER_[A-Z]+, *[A-Z0-9]+, *\"?([^\" ]*)\"? \},?.*/\1 \2 \3/p" lib/letters.c
}

# section PAGE NAME: its .Sh or .Ss of that name, without the heading.
section() { awk -v name="$2" '/^\.S[hs] /{ on = (substr($0, 5) == name); next } on' "$1"; }

# words MACRO: of list items ".It MACRO a , b" the words, one a line.
words() { sed -n "s/^\.It $1 //p" | tr -d ',' | tr -s ' ' '\n'; }

# holds TEXT WORD WHAT: WORD is a line of TEXT.
holds() { grep -qxF -e "$2" <<<"$1" || { echo "not documented: $3"; return 1; }; }

@test "every program has a page, and every page is without warnings" {
	local p
	for p in $(programs); do [ -s "$(page "$p")" ]; done
	for p in */*.8; do
		run -0 mandoc -Tlint -Wwarning "$p"
		[ -z "$output" ]
	done
}

@test "every page has the sections that are looked for, in order" {
	local p
	for p in $(programs); do
		[ "$(sed -n 's/^\.Sh //p' "$(page "$p")" | grep -vx -e ENVIRONMENT -e FILES -e NOTES | tr '\n' ',')" = \
			"NAME,SYNOPSIS,DESCRIPTION,EXIT STATUS,EXAMPLES,DIAGNOSTICS,SEE ALSO,STANDARDS," ] ||
			{ page "$p"; return 1; }
	done
}

@test "the table of letters is read whole here" {
	[ "$(letters | wc -l)" = "$(sed -n 's/^#define LETTERS //p' lib/letters.h)" ]
}

@test "every letter is in runsv.8, and no other" {
	local told letter rest
	told=$(section runsv/runsv.8 Letters | words Ic)
	while read -r letter rest; do
		holds "$told" "$letter" "the letter $letter"
	done < <(letters)
	[ "$(sort <<<"$told")" = "$(letters | cut -d ' ' -f 1 | sort)" ]
}

@test "every letter that a control script may take is among the scripts of runsv.8" {
	local told _ script
	told=$(section runsv/runsv.8 'Control scripts' | words Pa | sed 's:^control/::')
	while read -r _ script _; do
		[ "$script" = 0 ] || holds "$told" "$script" "control/$script"
	done < <(letters)
	[ "$(sort <<<"$told")" = "$(letters | cut -d ' ' -f 2 | grep -v 0 | sort)" ]
}

@test "the word of every letter is in sv.8" {
	local told word _
	told=$(section sv/sv.8 'Commands that send a letter' | words Cm
		section sv/sv.8 'Commands that wait' | words Cm)
	while read -r _ _ word; do
		[ "$word" = NULL ] || holds "$told" "$word" "the word $word"
	done < <(letters)
}

@test "every word that sv spells out is in sv.8" {
	local told word
	told=$(grep -E '^\.It Cm ' sv/sv.8 | words Cm)
	while read -r word; do
		holds "$told" "$word" "the command $word"
	done < <(sed -nE 's/^[[:space:]]*\{ "([a-z-]{2,})",.*/\1/p' sv/command.c
		sed -nE 's/^static char const \*const verbs.*\{ (.*) \};/\1/p' sv/look.c | tr -d ' "' | tr , '\n')
}

# flags PAGE NAME: the options in the forms of NAME in its SYNOPSIS, sorted, one a line.
flags() {
	section "$1" SYNOPSIS | awk -v name="$2" -v page="$(basename "$1" .8)" '
		/^\.Nm/ { on = $2 == name || (NF == 1 && name == page) }
		on && sub(/^\.(Op )?Fl /, "") { for (i = 1; i <= NF && $i !~ /^(Ar|Cm)$/; i++) if ($i != "|") print $i }' |
		fold -w 1 | sort -u
}

# documented PAGE NAME OPTIONS: as getopt has them; they are the SYNOPSIS, no more and no less.
documented() {
	diff <(tr -d ':\n' <<<"$3" | fold -w 1 | sed -n p | sort -u) <(flags "$1" "$2")
}

@test "the options of sv and svlogd are those of their pages' SYNOPSIS" {
	documented sv/sv.8 sv "$(sed -nE 's/.*subgetopt_r\(argc, argv, "([^"]*)".*/\1/p' sv/sv.c
		sed -nE 's/.*VERB_LOG \? "([^"]*)".*/\1/p' sv/look.c)"
	documented svlogd/svlogd.8 svlogd "$(sed -nE 's/^#define OPTIONS "(.*)"/\1/p' svlogd/svlogd.c)"
}

@test "the options of sv-from-supervisord are those of its page's SYNOPSIS" {
	# words are long options: tests/convert.bats has those
	grep -v '^\.Op Fl -' convert/sv-from-supervisord.8 >"$BATS_TEST_TMPDIR/sv-from-supervisord.8"
	documented "$BATS_TEST_TMPDIR/sv-from-supervisord.8" sv-from-supervisord \
		"$(sed -nE 's/^#define OPTIONS "(.*)"/\1/p' convert/sv-from-supervisord.c)"
}

@test "the options of chpst and its other names are those of the SYNOPSIS of chpst.8" {
	local name options
	documented chpst/chpst.8 chpst "$(sed -nE 's/^#define CHPST_OPTIONS "(.*)"/\1/p' chpst/plan.c)"
	while read -r name options; do
		section chpst/chpst.8 SYNOPSIS | grep -qx "\.Nm $name"
		[ "$options" = CHPST_OPTIONS ] || documented chpst/chpst.8 "$name" "$options"
	done < <(sed -nE 's/^[[:space:]]*\{ "([a-z]+)", *("([^"]*)"|NULL|(CHPST_OPTIONS)),.*/\1 \3\4/p' chpst/plan.c)
}

@test "the options of runsv (none) and runsvdir are those of their pages' SYNOPSIS" {
	documented runsv/runsv.8 runsv ''
	documented runsvdir/runsvdir.8 runsvdir "$(grep -oE "'[a-zA-Z]'|\"-[a-zA-Z]\"" runsvdir/options.c | tr -cd 'a-zA-Z')"
}

@test "the options of my_init are in its page and in its --help" {
	local option options
	mapfile -t options < <(sed -nE 's/^[[:space:]]*\[[A-Z_]+\] = "--([a-z-]+)",/\1/p' my_init/args.c)
	[ "${#options[@]}" = 7 ]
	for option in "${options[@]}"; do
		section my_init/my_init.8 DESCRIPTION | grep -qE "^\.It Fl .*-$option( |\$)" || { echo "$option"; return 1; }
		[ "$option" = hook ] || "$BIN/my_init" --help | grep -q -e "--$option "
	done
}

# codes PROGRAM: what it ends with: numbers and named constants where it ends, and all constants that are
# named after a code. (The children that become a check or
# process a file end elsewhere; 0 is asked for below.)
codes() {
	local files name
	mapfile -t files < <(printf '%s\n' "$(sources "$1")"/*.c | grep -vxE "sv/check.c|svlogd/process.c")
	{
		sed -nE 's/.*(strerr_die[a-z]*|_exit|exit)\(([0-9]+)[,)].*/\2/p; s/.*\.code = ([0-9]+).*/\1/p; s/.*return (1[0-9]{2});.*/\1/p' "${files[@]}"
		awk '/"usage: /{ near = 2 } near-- > 0 && match($0, /return [0-9]+/) { print substr($0, RSTART + 7, RLENGTH - 7) }' "${files[@]}"
		sed -nE 's/.*strerr_die[a-z]*\(([A-Z_]+),.*/\1/p' "${files[@]}" | sort -u | while read -r name; do
			sed -nE "s/^#define $name ([0-9]+).*/\1/p" "${files[@]}"
		done
		grep -ohE '(CODE|LSB)_[A-Z]+ = [0-9]+' "${files[@]}" | sed 's/.* //'
	} | sort -un | grep -vx 0
}

@test "every exit code is in its page" {
	local p code told
	for p in $(programs); do
		told=$(section "$(page "$p")" 'EXIT STATUS' | tr -cs '0-9' '\n')
		[ "$(codes "$p" | wc -l)" -ge 1 ]
		while read -r code; do
			holds "$told" "$code" "$p: exit code $code"
		done < <(codes "$p")
		holds "$told" 0 "$p: exit code 0" || [ "$p" = chpst ] # which becomes the program
	done
}

# messages FILE...: the constant beginnings of what is said to go wrong.
messages() {
	sed -nE 's/.*strerr_(warnw|dief)\(([0-9]+, |[A-Z]+, )?"([^"]+)".*/\3/p
		s/.*strerr_(warnwu|warnwusys|diefusys)\(([0-9]+, |[A-Z]+, )?"([^"]+)".*/unable to \3/p' "$@" |
		sed -E 's/[: ]+$//' | sort -u
}

@test "every message of runsv, runsvdir and sv-from-supervisord is in its page" {
	local p message
	for p in runsv runsvdir sv-from-supervisord; do
		[ "$(messages "$(sources "$p")"/*.c | wc -l)" -gt 5 ]
		while read -r message; do
			grep '^\.It "' "$(page "$p")" | grep -qF -e "$message" || { echo "$p: $message"; return 1; }
		done < <(messages "$(sources "$p")"/*.c)
	done
}
