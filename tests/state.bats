#!/usr/bin/env bats
# Where the state lies if supervise/ can't be written: RUNSVDIR_STATE.
#
# shellcheck disable=SC2154,SC2016,SC2030,SC2031,SC2153

load helpers
load services
load init

NOBODY=65534

# read_only COMMAND...: with sv/ read-only, in a mount namespace of its own.
read_only() {
	exec unshare -m sh -c 'mount --bind sv sv && mount -o remount,bind,ro sv && exec "$@"' sh "$@"
}

web() {
	script sv/web/run 'trap "echo bye; exit 0" TERM' 'echo hello' "while :; do read -r x <>$NEVER; done"
	script sv/web/log/run "exec cat >>$PWD/logged"
}

logged() { grep -qx "$1" logged; }

# runsvdir -c on a read-only sv/, with its state in state/, until web runs.
read_only_tree() {
	needs unshare -m true
	export RUNSVDIR_STATE=$PWD/state SVDIR=$PWD/sv
	daemon read_only env --default-signal "$RUNSVDIR" -c sv 2>>err 8>&-
	SCANNER=$!
	eventually logged hello
}

@test "a read-only scan directory: state is in RUNSVDIR_STATE, sv finds it, and all verbs work" {
	web
	read_only_tree
	[ -p state/web/control ]
	[ -p state/web.log/control ]
	[[ $("$SV" status web) == "run: web: (pid "*"run: log: (pid "* ]]
	"$SV" -w 5 stop web
	eventually logged bye
	"$SV" -w 5 start web
	"$SV" -w 5 restart "$PWD/sv/web"
	cd sv/web
	"$SV" status . | grep -q '^run: \.: '
	cd ../..
	kill -TERM "$SCANNER"
	ends 0
	run -1 "$SV" status web
	[ ! -e sv/web/supervise ]
}

@test "a read-only scan directory: restart-budget counts services and loggers there" {
	web
	mkdir sv/.runsvdir
	echo '1 in 1h' >sv/.runsvdir/restart-budget
	read_only_tree
	kill -KILL "$(cat state/web.log/pid)"
	eventually grep -q ' 1 signal 9 ' state/web.log/deaths
	kill -0 "$SCANNER"
	kill -KILL "$(cat state/web/pid)"
	ends 111
}

@test "a read-only scan directory: a killed runsv is replaced by one that finds the service" {
	web
	read_only_tree
	pid=$(cat state/web/pid)
	runsv=$(pgrep -P "$SCANNER" -x runsv)
	kill -KILL "$runsv"
	eventually sh -c '[ "$(pgrep -P '"$SCANNER"' -x runsv)" != '"$runsv"' ] && "$1" status web | grep -q "^run"' sh "$SV"
	[ "$(cat state/web/pid)" = "$pid" ]
	kill -TERM "$SCANNER"
	ends 0
	[ "$(grep -c hello logged)" = 1 ]
}

@test "state that an image brings with it, read-only, is not taken for the truth" {
	web
	mkdir -p sv/web/supervise
	mkfifo sv/web/supervise/ok sv/web/supervise/control
	: >sv/web/supervise/lock
	read_only_tree
	[[ $("$SV" status web) == "run: web: (pid "* ]]
	kill -TERM "$SCANNER"
	ends 0
}

@test "no rights in the service directory: a user's own RUNSVDIR_STATE is taken, and another's is refused" {
	web
	script sv/web/log/run 'exec cat'
	# the way to this test's own directory is root's
	local top
	top=$(mktemp -d)
	chmod 755 "$top"
	mkdir -m 700 "$top/mine"
	mkdir -m 777 "$top/shared"
	chown "$NOBODY" "$top/mine"
	chmod 755 . sv sv/web
	RUNSVDIR_STATE=$top/mine daemon setpriv --reuid "$NOBODY" --regid "$NOBODY" --clear-groups "$RUNSV" sv/web 2>>err
	eventually test -p "$top/mine/web/ok"
	[ "$(stat -c %u "$top/mine/web")" = "$NOBODY" ]
	mkdir "$top/shared/web"
	chown daemon "$top/shared/web"
	RUNSVDIR_STATE=$top/shared run -111 setpriv --reuid "$NOBODY" --regid "$NOBODY" --clear-groups "$RUNSV" sv/web
	[[ $output == *"supervise is owned by another user, in a directory that others can write"* ]]
	rm -r "$top"
}

@test "a STATE that is too long is none: neither for runsv nor for runsvdir nor for sv" {
	needs unshare -m true
	web
	local length long
	# for sv: the name does not fit; for runsvdir also: the files of the service do not
	for length in 4088 4094; do
		long=$PWD/$(printf '%05000d' 0)
		export RUNSVDIR_STATE=${long:0:length}
		run -111 read_only "$RUNSV" sv/web
		[ "$output" = "runsv sv/web: fatal: unable to open supervise/lock: No such file or directory" ]
		: >err
		daemon read_only env --default-signal "$RUNSVDIR" -c sv 2>>err 8>&-
		SCANNER=$!
		eventually grep -q '^runsv web: fatal: unable to open supervise/lock: No such file or directory$' err
		kill -TERM "$SCANNER"
		ends 0
	done
	# where supervise/ can be written, it is of no concern
	supervise sv/web
	eventually runs sv/web
	SVDIR=$PWD/sv run -0 "$SV" status web
	[[ $output == 'run: web: '* ]]
}

@test "a service whose logger would have too long a name there: the error is that of the service directory" {
	needs unshare -m true
	local name
	name=$(printf '%0252d' 0)
	web
	mv sv/web "sv/$name"
	RUNSVDIR_STATE=$PWD/state run -111 read_only "$RUNSV" "sv/$name"
	[[ $output == *'fatal: unable to open log/supervise/lock: No such file or directory' ]]
	[ -d "state/$name" ]
}

@test "a service directory that has no name, or has gone" {
	run -1 "$SV" status /
	[ "$output" = 'warning: /: unable to open supervise/ok: No such file or directory' ]
	mkdir gone
	cd gone
	rmdir ../gone
	run -1 "$SV" status .
	[ "$output" = 'warning: .: unable to open supervise/ok: No such file or directory' ]
}

@test "no STATE that can be written: the error is that of the service directory, as ever" {
	needs unshare -m true
	web
	RUNSVDIR_STATE=$PWD/none/of/it run -111 read_only "$RUNSV" sv/web
	[ "$output" = "runsv sv/web: fatal: unable to open supervise/lock: No such file or directory" ]
}
