#!/usr/bin/env bats
# The reference passes every test tagged "contract". The others show a decision of ours; each says
# which.
# shellcheck disable=SC2016,SC2030,SC2031 # what is in single quotes is for the shell that is started; run's
# variables are the test's, also in a function

load helpers

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir env
}

# The other names, as links.
name() {
	ln -sf "$CHPST" "./$1"
}

root() {
	[ "$(id -u)" -eq 0 ] || skip "only root may do that"
}

# bats test_tags=contract
@test "usage errors exit 100" {
	run "$CHPST"
	[ "$status" -eq 100 ]
	[[ ${lines[0]} == "usage: chpst ["* ]]
	for o in -x -u; do
		run "$CHPST" "$o"
		[ "$status" -eq 100 ]
	done
	[ "${lines[0]}" = "chpst: option requires an argument -- u" ]
	for o in "-m 1k" "-o =" "-o -1" "-n 5x" "-l a -L b" "-V"; do
		# shellcheck disable=SC2086
		run "$CHPST" $o true
		[ "$status" -eq 100 ]
	done
}

# bats test_tags=contract
@test "the program's own exit code is ours" {
	run "$CHPST" sh -c 'exit 7'
	[ "$status" -eq 7 ]
}

# bats test_tags=contract
@test "a program that is not there exits 111" {
	run "$CHPST" no-such-program
	[ "$status" -eq 111 ]
	[[ $output == "chpst: fatal: unable to run: no-such-program: "* ]]
}

# bats test_tags=contract
@test "the search goes on behind a file that may not be executed" {
	mkdir a b
	echo 'exit 1' >a/prog
	printf '#!/bin/sh\necho found\n' >b/prog
	chmod 755 b/prog
	run env PATH="$PWD/a:$PWD/b" "$CHPST" prog
	[ "$output" = found ]
	rm b/prog
	run env PATH="$PWD/a:$PWD/b" "$CHPST" prog
	[ "$status" -eq 111 ]
}

# bats test_tags=contract
@test "an empty element of PATH is the directory we are in, and a slash is no search" {
	printf '#!/bin/sh\necho here\n' >prog
	chmod 755 prog
	run env PATH=":/nowhere" "$CHPST" prog
	[ "$output" = here ]
	run env PATH=/nowhere "$CHPST" ./prog
	[ "$output" = here ]
}

@test "a file in PATH does not end the search (better: as every shell)" {
	: >file
	run env PATH="$PWD/file:$PATH" "$CHPST" echo x
	[ "$output" = x ]
}

# bats test_tags=contract
@test "-b sets argv[0] of the program that was looked for" {
	run "$CHPST" -b other sh -c 'echo $0'
	[ "$output" = other ]
}

# bats test_tags=contract
@test "-e sets the first line of each file" {
	printf 'val  \t\nx\n' >env/A
	printf '\n' >env/EMPTY
	printf ' lead\0b' >env/NUL
	: >env/GONE
	echo x >env/.hidden
	run env -i GONE=x A=old KEPT=y "$CHPST" -e env /usr/bin/env
	[ "$status" -eq 0 ]
	[ "$(sort <<<"$output")" = "$(printf '%s\n' A=val EMPTY= KEPT=y 'NUL= lead' b | sort)" ]
}

# bats test_tags=contract
@test "-e skips a directory, and says so with -v only" {
	mkdir env/sub
	run "$CHPST" -e env true
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run "$CHPST" -v -e env true
	[ "$status" -eq 0 ]
	[[ $output == "chpst: warning: unable to read env/sub: "* ]]
}

# bats test_tags=contract
@test "-e of a directory that is not there exits 111" {
	run "$CHPST" -e nowhere true
	[ "$status" -eq 111 ]
	[[ $output == "chpst: fatal: unable to switch to directory: nowhere: "* ]]
}

# bats test_tags=contract
@test "a PATH from -e is the program's, but not the search's" {
	echo /nowhere >env/PATH
	run "$CHPST" -e env sh -c 'echo "$PATH"'
	[ "$output" = /nowhere ]
}

@test "-e skips a link to nowhere (better: contract 8, 37)" {
	echo val >env/A
	ln -s nowhere env/B
	run env -i B=old "$CHPST" -e env /usr/bin/env
	[ "$(sort <<<"$output")" = $'A=val\nB=old' ]
}

# bats test_tags=contract
@test "-u becomes a user and drops every other group" {
	root
	local group
	group=$(id -gn nobody)
	run "$CHPST" -u nobody sh -c 'id -un; id -Gn'
	[ "$output" = "nobody"$'\n'"$group" ]
	run "$CHPST" -u nobody:daemon:bin sh -c 'id -gn; id -Gn'
	[ "$output" = $'daemon\ndaemon bin' ]
}

# bats test_tags=contract
@test "-u with a colon in front takes numbers, and needs a group" {
	root
	run "$CHPST" -u :12345:2:3 sh -c 'id -u; id -G'
	[ "$output" = $'12345\n2 3' ]
	run "$CHPST" -u :1 true
	[ "$status" -eq 111 ]
	[ "$output" = "chpst: fatal: invalid uid/gids: 1" ]
	run "$CHPST" -u :1x:2 true
	[ "$status" -eq 111 ]
}

@test "-u with an empty group is refused (better: the reference becomes group 0)" {
	run "$CHPST" -u :5: true
	[ "$status" -eq 111 ]
	[ "$output" = "chpst: fatal: invalid uid/gids: 5:" ]
}

# bats test_tags=contract
@test "a user or group that is not there exits 111" {
	for a in no-such-user nobody:no-such-group 0 "" nobody:; do
		for o in -u -U; do
			run "$CHPST" "$o" "$a" true
			[ "$status" -eq 111 ]
			[ "$output" = "chpst: fatal: unknown user/group: $a" ]
		done
	done
}

# bats test_tags=contract
@test "-U sets UID and GID only" {
	run "$CHPST" -U :5:6:7 sh -c 'echo $UID $GID; id -u'
	[ "$output" = "5 6"$'\n'"$(id -u)" ]
}

# bats test_tags=contract
@test "the order of effects is not that of the options" {
	root
	# the environment is read before the user changes, and the lock taken after
	mkdir -m 700 secret
	echo x >secret/A
	: >lock
	chmod 600 lock
	run "$CHPST" -u nobody -e secret sh -c 'echo $A'
	[ "$output" = x ]
	run "$CHPST" -L "$PWD/lock" -u nobody true
	[ "$status" -eq 111 ]
	[[ $output == "chpst: fatal: unable to open lock: "* ]]
}

# bats test_tags=contract
@test "limits are soft, and one above the hard limit is cut to it" {
	run "$CHPST" -o 100 bash -c 'ulimit -Sn; ulimit -Hn'
	[ "$output" = "100"$'\n'"$(ulimit -Hn)" ]
	run "$CHPST" -o 99999999 bash -c 'ulimit -Sn'
	[ "$output" = "$(ulimit -Hn)" ]
	run "$CHPST" -d 1048576000 -p 4000 -f 1048576 -c 0 -t 77 bash -c 'ulimit -Sd; ulimit -Su; ulimit -Sc; ulimit -St'
	[ "$output" = $'1024000\n4000\n0\n77' ]
}

# bats test_tags=contract
@test "-m limits data, stack, locked and all memory" {
	run "$CHPST" -m 1048576000 bash -c 'ulimit -Sd; ulimit -Ss; ulimit -Sv'
	[ "$output" = $'1024000\n1024000\n1024000' ]
}

# bats test_tags=contract
@test "-P begins a session" {
	run "$CHPST" -P bash -c '[ "$(ps -o sid= -p $$ | tr -d " ")" = $$ ] && echo session'
	[ "$output" = session ]
}

# bats test_tags=contract
@test "-0, -1 and -2 close, and fail when there is nothing to close" {
	run "$CHPST" -0 -2 sh -c 'test -e /proc/self/fd/1 && ! test -e /proc/$$/fd/0 && ! test -e /proc/$$/fd/2 && echo closed'
	[ "$output" = closed ]
	# shellcheck disable=SC2016
	run bash -c '"$1" -0 true <&-' - "$CHPST"
	[ "$status" -eq 111 ]
	[[ $output == "chpst: fatal: unable to close stdin: "* ]]
}

# bats test_tags=contract
@test "-n adds to the nice level" {
	run "$CHPST" -n +5 nice
	[ "$output" -eq $(($(nice) + 5)) ]
}

# bats test_tags=contract
@test "-/ changes the root" {
	root
	mkdir empty
	run "$CHPST" -/ empty /bin/sh
	[ "$status" -eq 111 ]
	[[ $output == "chpst: fatal: unable to run: /bin/sh: "* ]]
	run "$CHPST" -/ nowhere true
	[ "$status" -eq 111 ]
	[[ $output == "chpst: fatal: unable to change directory: nowhere: "* ]]
}

@test "-C changes the directory, inside the new root (newer runit has it)" {
	run "$CHPST" -C / pwd
	[ "$output" = / ]
	run "$CHPST" -C nowhere true
	[ "$status" -eq 111 ]
	[[ $output == "chpst: fatal: unable to change directory: nowhere: "* ]]
}

# bats test_tags=contract
@test "-L fails at once while somebody holds the lock, which the program keeps" {
	mkfifo held go
	daemon "$CHPST" -l lock sh -c 'echo >held; read x <go'
	read -r _ <held
	run "$CHPST" -L lock true
	[ "$status" -eq 111 ]
	[[ $output == "chpst: fatal: unable to lock: lock: "* ]]
	"$CHPST" -l lock touch taken 3>&- &
	echo >go
	wait "$!"
	[ -e taken ]
	run "$CHPST" -L lock true
	[ "$status" -eq 0 ]
}

# bats test_tags=contract
@test "setuidgid and envuidgid take an account without groups" {
	root
	name setuidgid
	name envuidgid
	run ./setuidgid nobody id -un
	[ "$output" = nobody ]
	run ./envuidgid nobody sh -c 'echo $UID $GID'
	[ "$output" = "$(id -u nobody) $(id -g nobody)" ]
	for n in setuidgid envuidgid; do
		run "./$n" nobody:daemon true
		[ "$status" -eq 111 ]
		[ "$output" = "chpst: fatal: unknown account: nobody:daemon" ]
		run "./$n" nobody
		[ "$status" -eq 100 ]
		[ "${lines[0]}" = "usage: $n account child" ]
	done
}

# bats test_tags=contract
@test "envdir is -e, but a directory in it is fatal; a leading d is skipped" {
	name denvdir
	echo x >env/A
	run ./denvdir env sh -c 'echo $A'
	[ "$output" = x ]
	mkdir env/sub
	run ./denvdir env true
	[ "$status" -eq 111 ]
	[[ $output == "chpst: fatal: unable to read env/sub: "* ]]
}

# bats test_tags=contract
@test "pgrphack is -P and has no options" {
	name pgrphack
	run ./pgrphack bash -c '[ "$(ps -o sid= -p $$ | tr -d " ")" = $$ ] && echo session'
	[ "$output" = session ]
	run ./pgrphack -x
	[ "$status" -eq 111 ]
}

# bats test_tags=contract
@test "setlock: -n waits, the default does not, -x is silent" {
	name setlock
	mkfifo held go
	daemon ./setlock lock sh -c 'echo >held; read x <go'
	read -r _ <held
	run ./setlock lock true
	[ "$status" -eq 111 ]
	run ./setlock -x lock true
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	./setlock -n lock touch taken 3>&- &
	echo >go
	wait "$!"
	[ -e taken ]
	run ./setlock -x lock no-such-program
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

# bats test_tags=contract
@test "softlimit takes = for the hard limit" {
	name softlimit
	run ./softlimit -o 100 -c 0 -s 1048576 bash -c 'ulimit -Sn; ulimit -Sc; ulimit -Ss'
	[ "$output" = $'100\n0\n1024' ]
	run bash -c 'ulimit -Sn 64; ./softlimit -o = bash -c "ulimit -Sn"'
	[ "$output" = "$(ulimit -Hn)" ]
	run ./softlimit -m x true
	[ "$status" -eq 100 ]
}

@test "-a becomes a user with everything that is theirs, and so does setuser (runit has neither)" {
	root
	name setuser
	local show='echo "$USER $LOGNAME $HOME $SHELL $UID $GID"; id -u; id -G'
	local want
	IFS=: read -r _ _ uid gid _ home shell <<<"$(getent passwd games)"
	want="games games $home $shell $uid $gid"$'\n'"$uid"$'\n'"$(id -G games)"
	export HOME=/nowhere
	run "$CHPST" -a games sh -c "$show"
	[ "$output" = "$want" ]
	run "$CHPST" -a "$uid" sh -c "$show"
	[ "$output" = "$want" ]
	run ./setuser games sh -c "$show"
	[ "$output" = "$want" ]
	run "$CHPST" -a nobody-there true
	[ "$status" -eq 111 ]
	[ "$output" = "chpst: fatal: unknown user: nobody-there" ]
	run "$CHPST" -a games -u games true
	[ "$status" -eq 100 ]
	run ./setuser games
	[ "$status" -eq 100 ]
	[ "${lines[0]}" = "usage: setuser user child" ]
}

@test "-a has all groups of the user, however many (better: musl's initgroups ends at 32)" {
	root
	needs unshare -m true
	echo 'many:x:1234:1000::/:' >passwd
	seq 1000 1199 | sed 's/.*/g&:x:&:many/' >group
	# shellcheck disable=SC2016
	run unshare -m sh -c 'mount --bind passwd /etc/passwd && mount --bind group /etc/group && exec "$1" -a many id -G' - "$CHPST"
	[ "$output" = "$(seq -s ' ' 1000 1199)" ]
}

@test "-N: a program with a set-user-ID bit gains nothing" {
	run "$CHPST" -N grep NoNewPrivs /proc/self/status
	[ "$output" = $'NoNewPrivs:\t1' ]
	run "$CHPST" grep NoNewPrivs /proc/self/status
	[ "$output" = $'NoNewPrivs:\t0' ]
}

@test "what its user may not do is a reason not to run the program" {
	root
	local words what
	while IFS=: read -r words what; do
		# shellcheck disable=SC2086
		run -111 setpriv --reuid 65534 --regid 65534 --clear-groups "$CHPST" $words echo ran
		[[ $output == "chpst: fatal: unable to $what: "* ]]
	done <<-EOF
		-u root:setgroups
		-u nobody:setgroups
		-a nobody:setgroups
		-/ /:change root directory
		-n -5:set nice level
	EOF
}

# sets OPTION...: the program's Inh Prm Eff Bnd Amb.
sets() { "$CHPST" "$@" sed -n 's/^Cap[A-Za-z]*:\t0*\(.\)/\1/p' /proc/self/status | xargs; }

# ours SET: the same of this shell.
ours() { sed -n "s/^Cap$1:\t0*\(.\)/\1/p" /proc/self/status; }

# bits N...: a set of these, as /proc shows it. without SET N...: SET less these.
bits() {
	local set=0 n
	for n in "$@"; do set=$((set | 1 << n)); done
	printf '%x' "$set"
}
without() { printf '%x' $((16#$1 & ~16#$(bits "${@:2}"))); }

# Under strace a sanitizer cannot look for leaks, and ends the program for it.
traced() { ASAN_OPTIONS=detect_leaks=0 strace -qq -o trace "$@"; }

# refused WHAT CALLS:ERROR ARG...: for that failure it says that it is unable to WHAT, and does not run the program.
refused() {
	run -111 traced -e inject="$2" "$CHPST" "${@:3}" echo ran
	[[ $output == "chpst: fatal: unable to $1: "* ]]
}

# bats test_tags=bare
@test "a user, a limit or -N that the kernel refuses is a reason not to run the program" {
	root
	local call
	for call in setgroups setgid setuid; do
		refused "$call" "$call:error=EPERM" -u nobody
		refused "$call" "$call:error=EPERM" -a nobody
	done
	refused 'getrlimit()' prlimit64,getrlimit:error=EPERM -o 100
	refused 'give up new privileges' prctl:error=EINVAL -N
}

@test "where users can't be looked up, or only half of an envdir be read, the program does not run" {
	local o
	for o in -u -U -a; do
		run -111 traced -P /etc/passwd -e inject=open,openat:error=EIO "$CHPST" "$o" games echo ran
		# glibc takes what it can't read for empty
		[[ $output == "chpst: fatal: unable to get password/group file entry: "* || $output == "chpst: fatal: unknown user"* ]]
	done
	echo 1 >env/A
	run -111 traced -P "$PWD/env" -e inject=getdents64:error=EIO "$CHPST" -e env echo ran
	[[ $output == "chpst: fatal: unable to read directory: env: "* ]]
}

@test "-k keeps these capabilities in every set, also beyond a change of the user (runit has it not)" {
	root
	local want
	want=$(bits 0 10)
	want="$want $want $want $want $want"
	[ "$(sets -k chown,net_bind_service)" = "$want" ]
	[ "$(sets -k CAP_CHOWN,cap_Net_Bind_Service -u nobody)" = "$want" ]
	[ "$(sets -u :12345:2 -N -k chown,net_bind_service -P -o 100)" = "$want" ]
	[ "$(sets -a nobody -k net_bind_service,chown)" = "$want" ]
	for none in '' none; do
		[ "$(sets -k "$none")" = "0 0 0 0 0" ]
		[ "$(sets -k "$none" -u nobody)" = "0 0 0 0 0" ]
	done
}

@test "-K drops these capabilities and leaves the others as they were (runit has it not)" {
	root
	local bounds
	bounds=$(without "$(ours Bnd)" 0 21)
	[ "$(sets -K chown,sys_admin)" = "$(ours Inh) $(without "$(ours Prm)" 0 21) $(without "$(ours Eff)" 0 21) $bounds $(ours Amb)" ]
	# what is needed to become a user is there until then
	[ "$(sets -K chown,sys_admin -u nobody)" = "0 0 0 $bounds 0" ]
	[ "$(sets -K setuid,setgid,setpcap,chown -u nobody)" = "0 0 0 $(without "$(ours Bnd)" 0 6 7 8) 0" ]
	# also one that the user had been left
	[ "$("$CHPST" -k chown,kill,setpcap -u nobody "$CHPST" -K kill sed -n 's/^CapAmb:\t0*//p' /proc/self/status)" = "$(bits 0 8)" ]
}

@test "-k net_bind_service: an ordinary user may take port 80, and no other one may" {
	root
	needs unshare -n true
	local take='use Socket; socket(S, PF_INET, SOCK_STREAM, 0) and bind(S, sockaddr_in(80, INADDR_ANY)) or die "$!\n"; print "mine\n"'
	run unshare -n "$CHPST" -k net_bind_service -u nobody perl -e "$take"
	[ "$output" = mine ]
	for o in '-u nobody' '-k chown -u nobody' '-K net_bind_service' '-k none'; do
		# shellcheck disable=SC2086
		run unshare -n "$CHPST" $o perl -e "$take"
		[ "$output" = "Permission denied" ]
	done
}

@test "a program with a set-user-ID bit gains nothing beyond -k" {
	root
	cp "$(type -P sed)" suid
	chmod 4755 suid
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" "${BATS_TEST_TMPDIR%/*}"
	run "$CHPST" -k chown -u nobody ./suid -n 's/^CapEff:\t0*//p; s/^Uid:\t[0-9]*\t//p' /proc/self/status
	[ "$output" = $'0\t0\t0\n1' ]
}

@test "a capability that is none is a usage error, and before anything is done" {
	for list in chown,foo 'chown,' ',chown' chown,,kill '*' 0 cap_ 'chown kill' all; do
		for o in -k -K; do
			run "$CHPST" "$o" "$list" -e nowhere true
			[ "$status" -eq 100 ]
			[[ $output == "chpst: fatal: unknown capability: "* ]]
		done
	done
	# an empty variable in place of a list keeps none, but must not drop none
	for list in '' none; do
		run "$CHPST" -K "$list" true
		[ "$status" -eq 100 ]
	done
	for o in '-k chown -k kill' '-K chown -K kill' '-k chown -K kill'; do
		# shellcheck disable=SC2086
		run "$CHPST" $o true
		[ "$status" -eq 100 ]
		[[ ${lines[0]} == "usage: chpst ["* ]]
	done
}

@test "a capability that we lack can't be kept, and none can be dropped without CAP_SETPCAP" {
	root
	run "$CHPST" -k chown,setuid,setpcap "$CHPST" -k chown,kill echo ran
	[ "$status" -eq 111 ]
	[ "$output" = "chpst: fatal: unable to keep capability kill: Operation not permitted" ]
	run "$CHPST" -k chown,setuid "$CHPST" -k chown echo ran
	[ "$status" -eq 111 ]
	[ "$output" = "chpst: fatal: unable to drop the other capabilities: Operation not permitted" ]
	run "$CHPST" -k chown,setuid "$CHPST" -K setuid echo ran
	[ "$status" -eq 111 ]
	[ "$output" = "chpst: fatal: unable to drop capability setuid: Operation not permitted" ]
	# what has gone already needs nobody's leave
	run "$CHPST" -k chown "$CHPST" -k chown "$CHPST" -K kill echo ran
	[ "$output" = ran ]
}

@test "a kernel without capabilities, or without one of them, is a reason not to run the program" {
	root
	run traced -e inject=capget:error=ENOSYS "$CHPST" -k chown echo ran
	[ "$status" -eq 111 ]
	[ "$output" = "chpst: fatal: unable to read the capabilities: Function not implemented" ]
	run traced -e inject=capset:error=EPERM "$CHPST" -k chown echo ran
	[ "$status" -eq 111 ]
	[ "$output" = "chpst: fatal: unable to keep capabilities: Operation not permitted" ]
	run traced -e inject=prctl:error=EINVAL "$CHPST" -K checkpoint_restore echo ran
	[ "$status" -eq 111 ]
	[ "$output" = "chpst: fatal: unable to drop capability checkpoint_restore: the kernel has none of that name" ]
}

@test "whichever system call about capabilities fails, the program has no more of them than it should, or does not run" {
	root
	local n=0 ran=0 calls show='echo ran; exec sed -n "s/^Cap[A-Z].*:\t0*\(.\)/\1/p" /proc/self/status'
	traced -e trace=prctl,capset,capget "$CHPST" -k setpcap -u nobody true
	calls=$(grep -c '^[a-z]*(' trace)
	[ "$calls" -gt 40 ]
	while ((++n <= calls)); do
		run traced -e inject=prctl,capset,capget:error=EPERM:when="$n" "$CHPST" -k setpcap -u nobody sh -c "$show"
		if [ "$status" -eq 0 ]; then
			# only what libcap-ng tries at its start
			[ "$(xargs <<<"$output")" = "ran 100 100 100 100 100" ]
			((++ran))
		else
			[ "$status" -eq 111 ]
			[[ $output == "chpst: fatal: unable to "* ]]
		fi
	done
	[ "$ran" -lt 10 ]
}

@test "capabilities need no /proc" {
	root
	needs unshare -m true
	# setpriv has another way to tell
	run unshare -m sh -c 'mount -t tmpfs none /proc && exec "$1" -k chown,kill -u nobody setpriv --dump' - "$CHPST"
	[ "$status" -eq 0 ]
	for set in 'Inheritable capabilities' 'Ambient capabilities' 'Capability bounding set'; do
		[[ $output == *"$set: chown,kill"* ]]
	done
	run unshare -m sh -c 'mount -t tmpfs none /proc && exec "$1" -K chown setpriv --dump' - "$CHPST"
	[ "$status" -eq 0 ]
	[[ $output != *chown* && $output == *kill* ]]
}

@test "who keeps and drops no capabilities pays nothing for it" {
	traced -e trace=capget,capset,prctl,open,openat "$CHPST" true
	run ! grep -E 'cap_last_cap|capget|PR_CAP' trace
}

# What the kernel of this machine can do for -R and -W, by its own answer; empty: nothing.
abi() {
	traced -e trace=landlock_create_ruleset "$CHPST" -R / true || :
	sed -nE 's/^landlock_create_ruleset\(NULL, 0, .*\) = ([0-9]+)$/\1/p' trace
}

# landlock: whether there is something to see. If not: that -R and -W are refused, which ends the test.
landlock() {
	[ -z "$(abi)" ] || return 0
	run "$CHPST" -R / echo ran
	[ "$status" -eq 111 ]
	[[ $output == "chpst: fatal: unable to restrict file access: "* ]]
	return 1
}

# denied OPTION... SCRIPT: the shell's command in bin/ and env/ fails for want of access. allowed: it does not.
tried() { run -"$1" "$CHPST" -R /bin -R /usr -R /lib -R /etc "${@:2:$#-2}" sh -c "${*: -1}"; }
denied() {
	tried 0 "${@:1:$#-1}" "if ${*: -1}; then exit 1; fi"
	[[ $output == *"Permission denied"* || $output == *"cross-device link"* ]]
}
allowed() { tried 0 "$@"; }

@test "-R and -W: a kernel without Landlock is a reason not to run the program" {
	local o
	for o in '-R /' '-W /' '-R / -W .'; do
		# shellcheck disable=SC2086
		run traced -e inject=landlock_create_ruleset:error=ENOSYS "$CHPST" $o echo ran
		[ "$status" -eq 111 ]
		[ "$output" = "chpst: fatal: unable to restrict file access: the kernel has no Landlock" ]
	done
	run traced -e inject=landlock_create_ruleset:error=EOPNOTSUPP "$CHPST" -R / echo ran
	[ "$status" -eq 111 ]
	[ "$output" = "chpst: fatal: unable to restrict file access: Landlock is disabled" ]
}

@test "-R and -W: whichever of its system calls fails, the program does not run" {
	local call n path fakes=()
	# where this kernel has none the others succeed nevertheless
	[ -n "$(abi)" ] || fakes=(-e inject=landlock_create_ruleset:retval=7 -e "inject=landlock_add_rule,landlock_restrict_self:retval=0")
	for call in open,openat fstat,newfstatat landlock_create_ruleset:2 landlock_add_rule landlock_add_rule:2 \
		prctl landlock_restrict_self; do
		n=1
		[[ $call != *:* ]] || n=${call#*:}
		# the loader of a program that is not static opens files as well
		path=()
		[[ $call != *open* && $call != *stat* ]] || path=(-P "$PWD/env")
		run traced "${path[@]}" "${fakes[@]}" -e inject="${call%:*}:error=EIO:when=$n" "$CHPST" -R / -W "$PWD/env" echo ran
		[ "$status" -eq 111 ] || { echo "$call"; return 1; }
		[[ $output == "chpst: fatal: unable to "*": "* ]]
	done
}

@test "-R and -W: the rules follow what the kernel can do, and whether the path is a directory" {
	local abi read write
	touch file
	for abi in 1 2 3 4 5 6 99; do
		traced -v -X raw -e trace=landlock_create_ruleset,landlock_add_rule,landlock_restrict_self,prctl \
			-e inject=landlock_create_ruleset:retval="$abi" -e inject=landlock_add_rule,landlock_restrict_self:retval=0 \
			"$CHPST" -R / -W . -R file -W file true 2>err
		write=$((0x17be)) read=13
		((abi < 2)) || ((write |= 0x2000))
		((abi < 3)) || ((write |= 0x4000))
		((abi < 5)) || ((write |= 0x8000))
		# execute, read a file, read a directory; of a file only what files have
		[ "$(sed -nE 's/^landlock_add_rule.*allowed_access=(0x[0-9a-f]+).*/\1/p' trace | xargs)" = \
			"$(printf '%#x %#x %#x %#x' "$read" "$write" $((read & 0xc007)) $((write & 0xc007)))" ]
		[ "$(sed -nE 's/^landlock_create_ruleset.*handled_access_fs=(0x[0-9a-f]+).*/\1/p' trace)" = \
			"$(printf '%#x' $((write | 0x1fff)))" ]
		[ "$(tail -n 2 trace | sed 's/(.*//' | xargs)" = "prctl landlock_restrict_self" ]
		if ((abi < 3)); then
			[ "$(cat err)" = "chpst: warning: this kernel cannot keep files from being truncated" ]
		else
			[ ! -s err ]
		fi
	done
}

@test "-R: files beneath can be read and executed, and not be changed; others are not there" {
	landlock || return 0
	echo x >env/file
	mkdir other
	echo y >other/file
	allowed -R env 'cat env/file && ls env'
	[ "$output" = $'x\nfile' ]
	cp "$(type -P true)" env/prog
	allowed -R env './env/prog'
	denied -R env 'cat other/file'
	denied -R env 'ls other'
	denied -R env 'ls .'
	local change
	for change in 'echo z >env/file' 'echo z >>env/file' 'rm env/file' 'echo z >env/new' 'mkdir env/new' 'mv env/file env/new' \
		'ln -s x env/new' 'ln env/file env/new' 'mkfifo env/new' 'rm -r env' 'cat other/file' 'mv other/file env'; do
		denied -R env "$change"
	done
	[ "$(cat env/file)$(cat other/file)" = xy ]
	# one file
	allowed -R other/file 'cat other/file'
	denied -R other/file 'ls other'
}

@test "-R: nor emptied, where the kernel can deny it" {
	landlock || return 0
	echo x >env/file
	if (($(abi) < 3)); then
		run "$CHPST" -R / true
		[ "$output" = "chpst: warning: this kernel cannot keep files from being truncated" ]
		return
	fi
	denied -R env "perl -e 'truncate(\"env/file\", 0) or die \"\$!\\n\"'"
	[ "$(cat env/file)" = x ]
}

@test "-W: everything beneath, but not to execute and not to make devices" {
	landlock || return 0
	mkdir other
	echo x >other/file
	allowed -W env 'echo a >env/a && cat env/a && mv env/a env/b && mkdir env/d && mv env/b env/d/b && ln env/d/b env/c && ln -s c env/s &&
		mkfifo env/f && : >env/c && rm -r env/d && ls env'
	[ "$output" = $'a\nc\nf\ns' ]
	denied -W env 'cat other/file'
	denied -W env 'mv env/c other/c'
	denied -W env 'echo x >other/file'
	cp "$(type -P true)" env/prog
	denied -W env 'env/prog'
	allowed -W env -R env 'env/prog && echo a >env/a'
	denied -R other -W env 'ln other/file env/linked'
	# one file, which need not be a regular one
	allowed -W other/file -W /dev/null 'echo y >other/file && echo y >/dev/null'
	denied -W other/file 'rm other/file'
	root
	mknod env/null c 1 3
	rm env/null
	denied -W env 'mknod env/null c 1 3'
}

@test "-R and -W: the program must be within, and no path may be missing" {
	landlock || return 0
	run "$CHPST" -R /etc true
	[ "$status" -eq 111 ]
	[ "$output" = "chpst: fatal: unable to run within -R and -W: true: Permission denied" ]
	run env PATH=/usr/bin:/bin "$CHPST" -R / no-such-program
	[ "$output" = "chpst: fatal: unable to run: no-such-program: No such file or directory" ]
	for o in -R -W; do
		for path in nowhere ''; do
			run "$CHPST" -R / "$o" "$path" echo ran
			[ "$status" -eq 111 ]
			[ "$output" = "chpst: fatal: unable to allow access to $path: No such file or directory" ]
		done
	done
}

@test "-R and -W: no new privileges, the directory of -C, the user of -u, every limit" {
	landlock || return 0
	local descriptors
	run "$CHPST" -R / grep NoNewPrivs /proc/self/status
	[ "$output" = $'NoNewPrivs:\t1' ]
	echo x >env/file
	run "$CHPST" -C env -R . -R /bin -R /usr -R /lib cat file
	[ "$output" = x ]
	descriptors=$("$CHPST" ls /proc/self/fd | wc -l)
	[ "$("$CHPST" -R / ls /proc/self/fd | wc -l)" = "$descriptors" ]
	# a limit is the program's, which does not get far with this one
	run -127 "$CHPST" -R / -o 0 true
	[[ $output == *"shared libraries"* ]]
	root
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" "${BATS_TEST_TMPDIR%/*}"
	mkdir -m 700 env/secret
	run "$CHPST" -u nobody -R / -W env/secret/x true
	[ "$status" -eq 111 ]
	[ "$output" = "chpst: fatal: unable to allow access to env/secret/x: Permission denied" ]
	[ "$(sets -u nobody -k chown -R /)" = "1 1 1 1 1" ]
}

@test "an envdir of many files" {
	local i
	mkdir many
	for i in {1..300}; do echo "$i" >"many/V$i"; done
	[ "$(env -i "$CHPST" -e many /usr/bin/env | grep -cE '^V([0-9]+)=\1$')" = 300 ]
}
