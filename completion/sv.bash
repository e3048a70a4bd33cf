# shellcheck shell=bash
# Completion of sv for bash. The directories are only listed; nothing in them is read or executed.

# _sv_services DIR WORD: the directories in DIR that begin with WORD, each with a NUL behind it.
_sv_services() (
	# as the user set these, a pattern might say something or match too much
	set +f
	shopt -u dotglob failglob nocaseglob
	shopt -s nullglob
	unset GLOBIGNORE
	for name in "$1/$2"*; do
		[[ ! -d $name ]] || printf '%s\0' "${name#"$1"/}"
	done
)

# _sv_reply QUOTE SKIP WORD...: what is to be typed for these words behind an open QUOTE. The first SKIP
# characters are left out.
_sv_reply() {
	local backslash=\\ quote=$1 skip=$2 word c
	local -i i

	shift 2
	for word; do
		word=${word:skip}
		case $quote in
		\")
			c=$word word=
			for ((i = 0; i < ${#c}; i++)); do
				[[ ${c:i:1} != [\"\$\`\\] ]] || word+=$backslash
				word+=${c:i:1}
			done
			;;
		\') word=${word//\'/"'\''"} ;;
		*) printf -v word %q "$word" ;;
		esac
		COMPREPLY+=("$word")
	done
}

_sv() {
	local verbs='status up down once exit term kill pause cont hup alarm interrupt quit 1 2 winch
		start stop shutdown restart try-restart reload reexec check
		force-stop force-reload force-restart force-shutdown list ready why log'
	local line=${COMP_LINE:0:COMP_POINT} quote='' word='' c
	local -a words=() found=()
	local -i i skip=0 verb=1 options=1

	# COMP_WORDS has the quotes in its words, and a name with @ or : in pieces; so the line is read here.
	# Bash replaces $2 only, the last piece: skip is the length of the word before it.
	for ((i = 0; i <= ${#line}; i++)); do
		((i != ${#line} - ${#2})) || skip=${#word}
		((i < ${#line})) || break
		c=${line:i:1}
		case $quote$c in
		\"\" | \'\') quote= ;;
		\\ | \"\\)
			((++i))
			word+=${line:i:1}
			;;
		\" | \') quote=$c ;;
		[[:blank:]] | $'\n')
			[[ -z $word ]] || words+=("$word")
			word='' skip=0
			;;
		*) word+=$c ;;
		esac
	done

	while ((verb < ${#words[@]})); do
		case ${words[verb]} in
		--) options=0 ;;
		-*w) ((++verb)) ;; # the seconds are the next word
		-*) ;;
		*) break ;;
		esac
		((++verb))
		((options)) || break
	done

	COMPREPLY=()
	((verb <= ${#words[@]})) || return 0
	if ((verb == ${#words[@]})); then
		! ((options)) || [[ $word != -* ]] || verbs='-v -w'
		mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$word")
		return
	fi

	# where sv takes a path for a path
	[[ $word == [./~]* ]] || mapfile -d '' -t found < <(_sv_services "${SVDIR:-/etc/service}" "$word")
	if ((${#found[@]})); then
		_sv_reply "$quote" "$skip" "${found[@]}"
	elif [[ $word == [.~]* || $word == */* ]]; then
		# Readline quotes file names and puts the slash behind. Only in a completion it can be told so.
		compopt -o filenames 2>/dev/null
		mapfile -t found < <(compgen -d -- "$word")
		COMPREPLY=("${found[@]#"${word:0:skip}"}")
	fi
}

complete -F _sv sv
