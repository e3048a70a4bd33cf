# A container's files for my_init: our etc/ lies over /etc in a mount namespace of its own.
#
# shellcheck shell=bash
# shellcheck disable=SC2016,SC2034

MY_INIT=${MY_INIT:-$BIN/my_init}

setup() {
	needs unshare -m true
	cd "$BATS_TEST_TMPDIR" || exit
	mkdir -p etc/service etc/my_init.d
	cp -a /etc/passwd /etc/group /etc/alternatives etc
	[ ! -e /etc/ld.so.cache ] || cp -a /etc/ld.so.cache etc
	mkfifo hold
	exec 8<>hold
	FIRST=(PATH="$BIN:$PATH" HOME=/root)
	# a sanitizer's, last in the environment
	OPTIONS=(${ASAN_OPTIONS:+"ASAN_OPTIONS=$ASAN_OPTIONS"})
}

# in_image COMMAND...: with that /etc, and what MOUNTS (sh) does before; the same process.
in_image() {
	exec unshare -m sh -ec 'mount --bind etc /etc; eval "$1"; shift; exec "$@"' - "${MOUNTS:-:}" "$@"
}

# boots [ARG...]: my_init with these; its variables are those of FIRST.
boots() {
	daemon in_image env -i "${FIRST[@]}" "${OPTIONS[@]}" env --default-signal "$MY_INIT" "$@" 2>>err 8>&-
	SCANNER=$!
}

# boots_as_init [ARG...]: the same as process 1; SCANNER waits for it.
boots_as_init() {
	daemon in_image unshare -pf --mount-proc --kill-child env -i "${FIRST[@]}" "${OPTIONS[@]}" env --default-signal "$MY_INIT" "$@" 2>>err 8>&-
	SCANNER=$!
}

# ends CODE: it does, with that code.
ends() {
	local code=0

	wait "$SCANNER" || code=$?
	[ "$code" = "$1" ] || { echo "exit code $code, expected: $1" >&2 && cat err >&2 && return 1; }
}

# variable NAME TEXT: a file in /etc/container_environment.
variable() {
	mkdir -p etc/container_environment
	printf '%s' "$2" >"etc/container_environment/$1"
}

says() { grep -q -e "$1" err; }
is_file() { [ "$(cat "$1")" = "$2" ] || { cat -v "$1" >&2 && return 1; }; }
