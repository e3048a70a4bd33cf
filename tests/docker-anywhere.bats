#!/usr/bin/env bats
# The recipe's image as people run it: at a terminal, under another init, beside other processes, with any environment.

# What is in single quotes is for the shell in the container.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154

load helpers
load services
load docker

setup_file() {
	never
	build tend-anywhere-$$ .
}

# A service that says when it begins, /tmp/never is there then, and when it is told to end.
services() {
	SERVICES=$BATS_TEST_TMPDIR/service
	script "$SERVICES/a/run" "trap 'echo a got TERM; exit 0' TERM" 'echo a is up' 'mkfifo /tmp/never' 'while :; do read -r x <>/tmp/never; done'
	chmod 755 "$SERVICES" "$SERVICES"/*
}
with_services() { docker run --name "tend-$$-$BATS_TEST_NUMBER" -v "$SERVICES:/etc/service" "$@"; }
works_in_it() { docker top "$CONTAINER" | grep -q "$1"; }
screen_has() { grep -q "$1" screen; }

@test "docker run -it IMAGE runsvdir -c /etc/service -- bash: job control, Ctrl-C and the exit code are the shell's" {
	cd "$BATS_TEST_TMPDIR"
	services
	CONTAINER=tend-$$-$BATS_TEST_NUMBER
	mkfifo keys
	exec 7<>keys
	timeout 300 script -qec "docker run -it --name $CONTAINER -v $SERVICES:/etc/service $IMAGE runsvdir -c /etc/service -- bash --norc" /dev/null <keys >screen 2>&1 3>&- 7>&- &
	local terminal=$! code=0
	eventually screen_has 'a is up'
	echo 'sleep 1111' >&7
	eventually works_in_it 'sleep 1111'
	printf '\003' >&7
	eventually run ! works_in_it 'sleep 1111'
	echo 'echo code $?' >&7
	eventually screen_has 'code 130'
	echo 'sleep 2222' >&7
	eventually works_in_it 'sleep 2222'
	printf '\032' >&7
	eventually screen_has 'Stopped .*sleep 2222'
	# exit asks once more while a job is stopped
	echo 'kill %1; fg; exit 5' >&7
	wait "$terminal" || code=$?
	[[ $code == 5 ]]
	[[ $(code) == 5 ]]
	[[ $(grep -c 'no job control\|cannot set terminal' screen) == 0 ]]
	[[ $(grep -c 'a got TERM' screen) == 1 ]]
	grep -q 'a got TERM' <(sed -n '/exit 5/,$p' screen)
}

@test "under --init, below a shell, in docker exec and in the host's own pid namespace: the same stop, the same code" {
	services
	local how
	# a shell has nothing to wait with but a command
	local -a up=(sh -c 'until [ -p /tmp/never ]; do sv check a >/dev/null; done; exit "$0"')
	CONTAINER=tend-$$-$BATS_TEST_NUMBER
	for how in '--init' '--pid host' ''; do
		# shellcheck disable=SC2086
		run -7 --separate-stderr with_services --rm $how "$IMAGE" runsvdir -c /etc/service -- "${up[@]}" 7
		[[ $output == $'a is up\na got TERM' ]]
		[[ $stderr == *'info: ended by sh, exit code 7' ]]
	done
	with_services -d --init "$IMAGE" sh -c 'true; runsvdir -c /etc/service -- sleep 4444; echo "code $?"; exec sleep 3333' >/dev/null
	eventually said 'a is up'
	eventually works_in_it 'sleep 4444'
	inside sh -c 'kill $(cat /proc/[0-9]*/stat | sed -n "s/ (runsvdir).*//p")'
	eventually said 'code 143'
	said 'a got TERM'
	eventually run ! works_in_it 'runsv a'
	inside rm /tmp/never
	run -3 inside runsvdir -c /etc/service -- "${up[@]}" 3
	[[ $output == *'a is up'*'a got TERM'* ]]
	run ! works_in_it 'runsv a'
}

@test "services and CMD have the container's environment as it is, also a large one" {
	services
	mkdir -m 777 "$BATS_TEST_TMPDIR/out"
	script "$SERVICES/b/run" 'env -0 | sort -z >/out/new' 'mv /out/new /out/b' 'exec sleep 3600'
	script "$SERVICES/b/finish" 'env -0 | sort -z >/out/finish'
	export LARGE
	LARGE=$(printf '%0100000d' 7)
	local -a env=(-h host -e LARGE -e EMPTY= -e 'BLANKS= a  b ' -e 'QUOTES="x'\''$y' -e BASH_ENV=/none -e IFS=x -v "$BATS_TEST_TMPDIR/out:/out")
	with_services --rm "${env[@]}" "$IMAGE" sh -c 'env -0 | sort -z >/out/plain'
	with_services --rm "${env[@]}" "$IMAGE" runsvdir -c /etc/service -- sh -c 'env -0 | sort -z >/out/cmd; until [ -e /out/b ]; do sv check b >/dev/null; done'
	[[ $(wc -c <"$BATS_TEST_TMPDIR/out/plain") -gt 100000 ]]
	cmp "$BATS_TEST_TMPDIR"/out/{plain,cmd}
	# a shell tells its children where it is
	cmp <(own plain) <(own b)
	cmp <(own plain) <(own finish)
}
own() { grep -zv ^PWD= "$BATS_TEST_TMPDIR/out/$1"; }
