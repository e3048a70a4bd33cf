#!/usr/bin/env bats
# chpst's other names, its usage texts and the corners of its options. What is tagged "contract" is also true of
# runit's.
#
# stderr is set by bats' run; what is in single quotes is for the shell that is started.
# shellcheck disable=SC2016,SC2154

load helpers

NOBODY=65534

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir env
}

# The other names, as links.
name() {
	local n
	for n; do ln -sf "$CHPST" "./$n"; done
}

root() {
	[ "$(id -u)" -eq 0 ] || skip "only root may do that"
}

# usage NAME TEXT [ARG...]: ./NAME ARG... exits 100, with that usage and an empty line on stderr.
usage() {
	local name=$1 text=$2 code=0
	shift 2
	"./$name" "$@" 2>said >out || code=$?
	[ "$code" = 100 ] && [ ! -s out ] && printf 'usage: %s\n\n' "$text" | cmp - said
}

# --- usage

# bats test_tags=contract
@test "the usage of each name, and its empty line" {
	local n
	name setuidgid envuidgid envdir pgrphack setlock softlimit
	usage setuidgid 'setuidgid account child'
	usage envuidgid 'envuidgid account child' nobody
	usage envdir 'envdir dir child'
	usage envdir 'envdir dir child' env
	usage pgrphack 'pgrphack child'
	usage setlock 'setlock [ -nNxX ] file program [ arg ... ]'
	usage setlock 'setlock [ -nNxX ] file program [ arg ... ]' -x lock
	usage softlimit 'softlimit [-a allbytes] [-c corebytes] [-d databytes] [-f filebytes] [-l lockbytes] [-m membytes] [-o openfiles] [-p processes] [-r residentbytes] [-s stackbytes] [-t cpusecs] child'
	for n in setuidgid envuidgid envdir pgrphack setlock softlimit; do
		name "d$n"
		run -100 --separate-stderr "./d$n"
		[[ $stderr == "usage: $n "* ]]
	done
}

@test "the usage of chpst is its options and an empty line (better: with those that runit has not)" {
	"$CHPST" 2>said || :
	[[ $(head -n 1 said) == 'usage: chpst [-'*'] [-u user[:group]] [-U user[:group]] '*' prog' ]]
	tail -n +2 said | cmp - <(echo)
}

# bats test_tags=contract
@test "a name that is none of these is chpst, and named in its usage" {
	name foo
	run -100 ./foo
	[[ ${lines[0]} == 'usage: foo ['*'] prog' ]]
	run -7 ./foo -b x sh -c 'exit 7'
}

# bats test_tags=contract
@test "a bad option is told before the usage, an option without its value as well" {
	run -100 "$CHPST" -x true
	[ "${lines[0]}" = 'chpst: illegal option -- x' ]
	[[ ${lines[1]} == 'usage: chpst ['* ]]
	run -100 "$CHPST" -vm
	[ "${lines[0]}" = 'chpst: option requires an argument -- m' ]
	name setlock softlimit
	run -100 ./setlock -q lock true
	[ "${lines[0]}" = 'setlock: illegal option -- q' ]
	[[ ${lines[1]} == 'usage: setlock ['* ]]
	run -100 ./softlimit -z true
	[ "${lines[0]}" = 'softlimit: illegal option -- z' ]
}

# bats test_tags=contract
@test "-V is a line of the version, then the usage" {
	run -100 --separate-stderr "$CHPST" -V
	[ "${#stderr_lines[@]}" = 2 ]
	[[ ${stderr_lines[1]} == 'usage: chpst ['* ]]
	[ -z "$output" ]
}

# bats test_tags=contract
@test "options are bundled, their values attached or not, and end with the first word or --" {
	run -0 "$CHPST" -vP0bx -- sh -c 'echo $0; test -e /proc/$$/fd/0 || echo closed'
	[ "$output" = $'x\nclosed' ]
	run -0 "$CHPST" -b x sh -c 'echo $0 $1' -- -v
	[ "$output" = '-- -v' ]
	run -111 "$CHPST" -
	[[ $output == 'chpst: fatal: unable to run: -: '* ]]
}

# bats test_tags=contract
@test "a softlimit that is no number is answered with chpst's usage in softlimit's name" {
	name softlimit
	run -100 ./softlimit -m x true
	[[ ${lines[0]} == 'usage: softlimit ['*'[-u user[:group]]'* ]]
}

# --- running the program

# bats test_tags=contract
@test "without PATH the program is looked for in /bin and /usr/bin" {
	run -0 env -u PATH "$CHPST" true
	run -111 env -u PATH "$CHPST" chroot --version
}

# bats test_tags=contract
@test "a file without an interpreter is not given to a shell" {
	echo exit >script
	chmod 755 script
	run -111 "$CHPST" ./script
	[[ $output == 'chpst: fatal: unable to run: ./script: '* ]]
	# nor does the search go on behind it
	mkdir b
	printf '#!/bin/sh\necho found\n' >b/script
	chmod 755 b/script
	run -111 env PATH="$PWD:$PWD/b" "$CHPST" script
	[[ $output == 'chpst: fatal: unable to run: script: '* ]]
}

# bats test_tags=contract
@test "the search goes on behind a directory of that name" {
	mkdir -p a/prog b
	printf '#!/bin/sh\necho found\n' >b/prog
	chmod 755 b/prog
	run -0 env PATH="$PWD/a:$PWD/b" "$CHPST" prog
	[ "$output" = found ]
}

# bats test_tags=contract
@test "messages are on stderr and begin with chpst: fatal, by whatever name" {
	name setlock
	run -111 --separate-stderr ./setlock lock no-such-program
	[[ $stderr == 'chpst: fatal: unable to run: no-such-program: '* ]]
	[ -z "$output" ]
}

# --- options

# bats test_tags=contract
@test "-n takes + and -, and nothing is no change" {
	root
	local n
	for n in '' 0 - +; do
		run -0 "$CHPST" -n "$n" nice
		[ "$output" = "$(nice)" ]
	done
	needs sh -c '[ "$(nice -n -3 nice)" -lt "$(nice)" ]'
	run -0 "$CHPST" -n -3 nice
	[ "$output" = $(($(nice) - 3)) ]
	run -0 "$CHPST" -n 3 nice
	[ "$output" = $(($(nice) + 3)) ]
}

# bats test_tags=contract
@test "one lock only; its file is made with 0600, and stays open in the program" {
	run -100 "$CHPST" -l a -l b true
	run -100 "$CHPST" -L a -L b true
	run -100 "$CHPST" -L a -l b true
	[ ! -e a ]
	run -0 "$CHPST" -l a sh -c 'stat -c %a a; readlink /proc/$$/fd/* | grep "/a$"; flock -n a true || echo locked'
	[ "$output" = $'600\n'"$PWD/a"$'\nlocked' ]
	echo kept >a
	run -0 "$CHPST" -L a sh -c ': '
	[ "$(cat a)" = kept ]
}

# bats test_tags=contract
@test "-d -f -c -r and -t set their limits, -o '' is none, and an empty or wrong number is told" {
	run -0 "$CHPST" -d 104857600 -f 1048576 -c 2048 -r 4096 -t 77 cat /proc/self/limits
	[ "$(awk '/^Max (data|file s|core|resident)/ { print $(NF - 2) } /^Max cpu/ { print $4 }' <<<"$output" | sort -n | xargs)" = '77 2048 4096 1048576 104857600' ]
	run ! "$CHPST" -o '' cat /proc/self/limits
	for n in unlimited = -1 1k ' 1' +1; do
		run -100 "$CHPST" -o "$n" true
	done
}

# bats test_tags=contract
@test "-m limits locked memory as well, to the hard limit" {
	run -0 "$CHPST" -m 4096000000 bash -c 'ulimit -Sl; ulimit -Hl'
	[ "${lines[0]}" = "${lines[1]}" ]
	run -0 bash -c 'ulimit -Sl 16; exec "$0" -m 4096000000 bash -c "ulimit -Sl"' "$CHPST"
	[ "$output" = "${lines[0]}" ]
	[ "$output" != 16 ]
}

# bats test_tags=contract
@test "what can't be closed is named" {
	run -111 bash -c '"$0" -1 true >&-' "$CHPST"
	[[ $output == 'chpst: fatal: unable to close stdout: '* ]]
	run -111 bash -c '"$0" -2 true 2>&-' "$CHPST"
	run -111 bash -c '"$0" -0 true <&-' "$CHPST"
	[[ $output == 'chpst: fatal: unable to close stdin: '* ]]
	run -0 "$CHPST" -1 sh -c 'test ! -e /proc/$$/fd/1'
}

# bats test_tags=contract
@test "-u takes 60 numbers of groups, and not one more" {
	root
	run -0 "$CHPST" -u ":5:$(seq 101 160 | paste -sd:)" id -G
	[ "$output" = "$(seq 101 160 | xargs)" ]
	run -111 "$CHPST" -u ":5:$(seq 101 161 | paste -sd:)" true
	[[ $output == 'chpst: fatal: invalid uid/gids: 5:101:'* ]]
}

# bats test_tags=contract
@test "users and groups of -u and -U are looked up inside the new root" {
	root
	mkdir -p jail/etc
	echo 'jailed:x:5:6::/:/x' >jail/etc/passwd
	echo 'jailgroup:x:66:' >jail/etc/group
	for o in -u -U; do
		run -111 "$CHPST" "$o" jailed:jailgroup -/ jail /nope
		[[ $output == 'chpst: fatal: unable to run: /nope: '* ]]
		run -111 "$CHPST" "$o" root -/ jail /nope
		[ "$output" = 'chpst: fatal: unknown user/group: root' ]
	done
}

# bats test_tags=contract
@test "-e is read outside of the new root, and the lock is taken inside" {
	root
	mkdir jail
	echo x >env/A
	run -111 "$CHPST" -l /lock -e env -/ jail /nope
	[[ $output == 'chpst: fatal: unable to run: /nope: '* ]]
	[ -e jail/lock ]
	run -111 "$CHPST" -e /env -/ jail /nope
	[[ $output == 'chpst: fatal: unable to switch to directory: /env: '* ]]
}

# bats test_tags=contract
@test "an envdir sets names as they are, also with = in them" {
	echo q >env/F=G
	run -0 env -i "$CHPST" -e env /usr/bin/env
	[ "$output" = F=G=q ]
}

# bats test_tags=contract
@test "a file of an envdir that can't be read is fatal" {
	root
	echo x >env/A
	chmod 000 env/A
	chmod 755 . env
	run -111 setpriv --reuid "$NOBODY" --regid "$NOBODY" --clear-groups "$CHPST" -e env true
	[[ $output == 'chpst: fatal: unable to read env/A: '* ]]
}

# --- the other names

# bats test_tags=contract
@test "setuidgid, envuidgid, envdir and pgrphack take no options" {
	name setuidgid envuidgid envdir pgrphack
	run -111 ./setuidgid -x true
	[ "$output" = 'chpst: fatal: unknown account: -x' ]
	run -111 ./envuidgid -x true
	[ "$output" = 'chpst: fatal: unknown account: -x' ]
	run -111 ./envdir -x true
	[[ $output == 'chpst: fatal: unable to switch to directory: -x: '* ]]
	run -111 ./pgrphack -P true
	[[ $output == 'chpst: fatal: unable to run: -P: '* ]]
}

# bats test_tags=contract
@test "setuidgid drops all other groups, envuidgid becomes nobody" {
	root
	name setuidgid envuidgid
	run -0 ./setuidgid nobody sh -c 'id -u; id -G'
	[ "$output" = "$NOBODY"$'\n'"$(id -g nobody)" ]
	run -0 ./envuidgid nobody id -u
	[ "$output" = 0 ]
}

# bats test_tags=contract
@test "setlock: -N fails at once and -X says why, each takes back the other" {
	name setlock
	mkfifo held go
	daemon ./setlock lock sh -c 'echo >held; read x <go'
	read -r _ <held
	run -111 ./setlock -N lock true
	[[ $output == 'chpst: fatal: unable to lock: lock: '* ]]
	run -111 ./setlock -nNX lock true
	run -111 ./setlock -xX lock true
	run -0 ./setlock -Xx lock true
	[ -z "$output" ]
	echo >go
	run -111 ./setlock -X free no-such-program
	[[ $output == 'chpst: fatal: unable to run: no-such-program: '* ]]
}

# bats test_tags=contract
@test "softlimit: each of its limits, and -m is four of them" {
	name softlimit
	run -0 ./softlimit -a 4096000000 -c 2048 -d 104857600 -f 1048576 -l 8192 -o 90 -p 4000 -r 4096 -s 2097152 -t 77 cat /proc/self/limits
	[ "$(awk '/^Max (address|data|file s|core|resident|locked|stack)/ { print $(NF - 2) } /^Max (cpu|open|proc)/ { print /processes/ ? $3 : $4 }' <<<"$output" | sort -n | xargs)" = \
		'77 90 2048 4000 4096 8192 1048576 2097152 104857600 4096000000' ]
	run -0 ./softlimit -m 1048576000 bash -c 'ulimit -Sd; ulimit -Ss; ulimit -Sv; ulimit -Sl; ulimit -Hl'
	[ "$(head -n 3 <<<"$output" | xargs)" = '1024000 1024000 1024000' ]
	[ "${lines[3]}" = "${lines[4]}" ] || [ "${lines[3]}" = 1024000 ]
}

# bats test_tags=contract
@test "the usage has the name without its leading d, an illegal option has it whole" {
	name dchpst
	run -100 ./dchpst
	[[ $output == 'usage: chpst ['* ]]
	run -100 ./dchpst -Q x
	[ "${lines[0]}" = 'dchpst: illegal option -- Q' ]
}
