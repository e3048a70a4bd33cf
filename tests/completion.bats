#!/usr/bin/env bats
# The completion of sv, in the shells it is for. The verbs are taken from the program's tables.

load helpers

COMPLETION=$BATS_TEST_DIRNAME/../completion
OPTIONS=()

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export COMPLETION SVDIR=$PWD/service TERM=dumb
	mkdir -p service/alpha service/alpine service/my\ web service/web/log service/.hidden elsewhere/.away
	ln -s "$PWD/elsewhere" service/linked
	ln -s /nowhere service/dangling
	printf '#!/bin/sh\necho ran >>%q\n' "$PWD/ran" >service/alpha/run
	chmod +x service/alpha/run
	cp service/alpha/run service/plain
	cp service/alpha/run service/alpha/check
}

# What sv spells out, and the words of the letters.
verbs() {
	{
		sed -nE 's/^[[:space:]]*\{ "([a-z-]{2,})",.*/\1/p' "$BATS_TEST_DIRNAME/../sv/command.c"
		sed -nE 's/^static char const \*const verbs.*\{ (.*) \};/\1/p' "$BATS_TEST_DIRNAME/../sv/look.c" | tr -d ' "' | tr , '\n'
		sed -nE "s/^[[:space:]]*\{ '.', .*\"([^\"]*)\" \},?.*/\1/p" "$BATS_TEST_DIRNAME/../lib/letters.c"
	} | sort -u
}

# replies LINE [LAST]: what bash is offered at the end of LINE, sorted, one a line. LAST is what would be
# replaced, where it is not what follows the last blank. OPTIONS are those of the shell, IGNORE is its GLOBIGNORE.
replies() {
	# shellcheck disable=SC2016
	bash --norc "${OPTIONS[@]}" -c '
		. "$COMPLETION/sv.bash" || exit
		[[ -z ${IGNORE:-} ]] || GLOBIGNORE=$IGNORE
		COMP_LINE=$1 COMP_POINT=${#1}
		read -r -a COMP_WORDS <<<"$1"
		[[ $1 != *" " ]] || COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		read -r _ _ function _ <<<"$(complete -p sv)"
		"$function" sv "$2" "${COMP_WORDS[COMP_CWORD - 1]}" || exit
		((${#COMPREPLY[@]} == 0)) || printf "%s\n" "${COMPREPLY[@]}"
	' bash "$1" "${2-${1##* }}" 2>&1 | sort
}

# offers "A B": the replies to the arguments behind are these, and nothing else is said.
offers() {
	local expected=$1

	shift
	diff <(tr ' ' '\n' <<<"$expected" | sed '/^$/d' | sort) <(replies "$@")
}

# on_terminal SHELL...: an interactive shell on a terminal of its own. At its prompt "READY" it is given $KEYS.
on_terminal() {
	# shellcheck disable=SC2016
	timeout 60 zsh -f -c '
		zmodload zsh/zpty
		zpty shell "${(@q)argv}"
		if [[ -n $KEYS ]]; then
			zpty -r shell said "*READY" || exit
			zpty -w -n shell "$KEYS"
		fi
		while zpty -r shell said; do :; done
	' zsh "$@" 3>&-
}

# in_bash LINE: types it and a tab; what the line has become.
in_bash() {
	cat >bashrc <<-'END'
		. "$COMPLETION/sv.bash"
		PS1=READY
		unset HISTFILE
		bind -x '"\C-x": printf "%s\n" "$READLINE_LINE" >typed; exit'
	END
	rm -f typed
	INPUTRC=/dev/null KEYS=$1$'\t\030' on_terminal bash --rcfile bashrc -i
	cat typed
}

# in_zsh LINE: completes at its end. What the line has become, without what zsh would take back, is in "typed",
# what was offered in "offered".
in_zsh() {
	cat >.zshrc <<-'END'
		fpath=($COMPLETION $fpath)
		autoload -U compinit
		compinit -u -D
		setopt globdots markdirs
		compadd() {
			local -a hits
			if [[ " ${argv[1,(i)--]} " != *' -'[OAD]' '* ]]; then
				builtin compadd -O hits "$@"
				((!$#hits)) || print -rl -- $hits >>offered
			fi
			builtin compadd "$@"
		}
		complete-and-tell() {
			BUFFER=$LINE
			CURSOR=$#BUFFER
			zle complete-word
			zle auto-suffix-remove
			print -r -- "$BUFFER" >typed
			exit
		}
		zle -N zle-line-init complete-and-tell
	END
	rm -f typed
	: >offered
	LINE=$1 KEYS='' ZDOTDIR=$PWD on_terminal zsh -d -i
	[ -e typed ]
}

@test "bash: every verb, and no other" {
	[ "$(verbs | wc -l)" -gt 25 ]
	diff <(verbs) <(replies 'sv ')
	diff <(verbs) <(replies 'sv -v -w 5 ')
	diff <(verbs) <(replies 'sv -vw 5 ')
	diff <(verbs) <(replies 'sv -w5 -- ')
}

@test "bash: a verb that is begun" {
	offers 'restart reload reexec ready' 'sv re'
	offers 'force-stop' 'sv -v force-st'
	offers '' 'sv alp'
}

@test "bash: options, and nothing for the seconds" {
	offers '-v -w' 'sv -'
	offers '-w' 'sv -v -w'
	offers '' 'sv -w '
	offers '' 'sv -vw '
	offers '' 'sv -w s'
	offers '' 'sv -- -'
	offers '' 'sv status -'
}

@test "bash: services, without files, what is hidden and dangling links" {
	offers 'alpha alpine' 'sv status alp'
	offers 'web/log' 'sv status web/'
	offers 'alpha alpine' 'sv -w 5 status web alp'
	diff <(printf '%s\n' alpha alpine linked 'my\ web' web) <(replies 'sv status ')
	SVDIR=$SVDIR/ offers 'alpha alpine' 'sv status alp'
	cd service
	SVDIR=. offers 'alpha alpine' 'sv status alp'
}

@test "bash: a name with blanks or quotes is one word to the shell" {
	mkdir "service/two words" "service/\$a\`\"\\b" "service/it's so"
	diff - <(replies 'sv status my') <<<'my\ web'
	diff - <(replies 'sv status my\ w' 'my\ w') <<<'my\ web'
	diff - <(replies 'sv status "my w' 'my w') <<<'my web'
	diff - <(replies "sv status 'it" 'it') <<<"it'\''s so"
	diff - <(replies "sv status 'my web' two") <<<'two\ words'
	# shellcheck disable=SC2016
	diff - <(replies 'sv status "\$' '\$') <<<'\$a\`\"\\b'
}

@test "bash: names with @ and :, where it breaks words" {
	mkdir service/getty@tty1 service/a:b
	offers 'getty@tty1' 'sv status ge'
	offers 'tty1' 'sv status getty@t' t
	offers 'b' 'sv status a:' ''
}

@test "bash: a path where sv takes one" {
	mkdir -p sub/one sub/two .dot
	offers './sub/one ./sub/two' 'sv status ./sub/'
	offers 'sub/one' 'sv status sub/o'
	offers "$PWD/service" "sv status $PWD/ser"
	offers "$SVDIR/.hidden" "sv status $SVDIR/.h"
	offers '.dot' 'sv status .d'
	offers '' 'sv status su'
}

@test "bash: silent without SVDIR, and whatever is set in the shell" {
	SVDIR=/nowhere offers '' 'sv status '
	SVDIR=/nowhere offers '' 'sv status a/'
	OPTIONS=(-fu -O failglob -O dotglob -O nocaseglob)
	offers 'web/log' 'sv status web/'
	diff <(printf '%s\n' alpha alpine linked 'my\ web' web) <(replies 'sv status ')
	export IGNORE=$SVDIR/alpha
	diff <(printf '%s\n' alpha alpine linked 'my\ web' web) <(replies 'sv status ')
	offers '' 'sv status AL'
	SVDIR=/nowhere offers '' 'sv status '
	SVDIR=/nowhere offers '' 'sv status a/'
}

@test "bash on a terminal: what is typed becomes one word" {
	mkdir -p sub/one web
	diff - <(in_bash 'sv force-sh') <<<'sv force-shutdown '
	diff - <(in_bash 'sv stop my') <<<'sv stop my\ web '
	diff - <(in_bash 'sv stop "my w') <<<'sv stop "my web" '
	diff - <(in_bash 'sv stop we') <<<'sv stop web ' # no slash, in a directory that has one, too
	diff - <(in_bash 'sv stop sub/o') <<<'sv stop sub/one/'
}

@test "zsh: the file is well-formed, and every verb is offered, and no other" {
	zsh -n "$COMPLETION/_sv"
	in_zsh 'sv '
	diff <(verbs) <(sort -u offered)
	in_zsh 'sv -w 5 '
	diff <(verbs) <(sort -u offered)
	in_zsh 'sv force-sh'
	diff - typed <<<'sv force-shutdown'
}

@test "zsh: options, and nothing for the seconds" {
	in_zsh 'sv -'
	diff - <(sort -u offered) <<<$'-v\n-w'
	in_zsh 'sv -w '
	[ ! -s offered ]
}

@test "zsh: services, without files, what is hidden and dangling links; blanks are quoted" {
	in_zsh 'sv status '
	diff - <(sort -u offered) <<<$'alpha\nalpine\nlinked\nmy web\nweb'
	in_zsh 'sv status web alp'
	diff - typed <<<'sv status web alp'
	in_zsh 'sv status my'
	diff - typed <<<'sv status my\ web'
	in_zsh 'sv status "my w'
	diff - typed <<<'sv status "my web"'
	in_zsh 'sv status web/'
	diff - typed <<<'sv status web/log'
}

@test "zsh: a path where sv takes one; silent without SVDIR" {
	mkdir -p sub/one
	touch .file
	in_zsh 'sv status .f'
	diff - typed <<<'sv status .f'
	in_zsh 'sv status ./su'
	diff - typed <<<'sv status ./sub/'
	in_zsh 'sv status sub/o'
	diff - typed <<<'sv status sub/one/'
	in_zsh "sv status $SVDIR/.h"
	diff - typed <<<"sv status $SVDIR/.hidden/"
	: >offered
	SVDIR=/nowhere in_zsh 'sv status '
	[ ! -s offered ]
}

@test "nothing in the directories is executed" {
	replies 'sv status '
	replies "sv status $SVDIR/"
	in_zsh 'sv status '
	in_zsh "sv status $SVDIR/"
	[ ! -e ran ]
}

@test "make install puts both where the shells look, and uninstall takes them away" {
	make -s -C "$BATS_TEST_DIRNAME/.." BUILD="$(dirname "$BIN")" DESTDIR="$PWD/to" PREFIX=/usr install
	cmp "$COMPLETION/sv.bash" to/usr/share/bash-completion/completions/sv
	cmp "$COMPLETION/_sv" to/usr/share/zsh/site-functions/_sv
	make -s -C "$BATS_TEST_DIRNAME/.." BUILD="$(dirname "$BIN")" DESTDIR="$PWD/to" PREFIX=/usr uninstall
	[ -z "$(find to ! -type d)" ]
}
