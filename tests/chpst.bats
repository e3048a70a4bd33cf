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
