#!/usr/bin/env bats
# sv-from-supervisord: what it says and writes, beside what supervisord itself makes of the same files. Those are in
# tests/convert, each with what is expected of it; `make golden` writes that anew.
#
# shellcheck disable=SC2154,SC2016

load helpers
load services

CONVERT=${CONVERT:-$BIN/sv-from-supervisord}
FILES=$BATS_TEST_DIRNAME/convert
# Debian's own: supervisor is a package of its Python
REFERENCE=(/usr/bin/python3 "$FILES/reference.py")

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	# what the files ask the environment for
	export PORT=8080 NAME=box WHERE=/srv LOGS=/var/log QUEUES=high,low
}

# plain COMMAND...: without what bats has in its environment, of which a shell leaves out a part.
plain() { env -i PATH=/usr/bin:/bin HOME=/root PORT=$PORT NAME=$NAME WHERE=$WHERE LOGS=$LOGS QUEUES=$QUEUES "$@"; }

# conf NAME: a configuration from standard input.
conf() { printf '%s\n' '[supervisord]' 'nodaemon = true' >"$1" && cat >>"$1"; }

golden() { diff "$FILES/$1.expected" <("$FILES/show" "$CONVERT" "$FILES/$1.conf" "${@:2}"); }

@test "every configuration has what is expected of it, and a test" {
	local f name
	for f in "$FILES"/*.conf; do
		name=$(basename "$f" .conf)
		[ -s "$FILES/$name.expected" ]
		grep -q "^@test .*{ golden $name" "$BATS_TEST_FILENAME" || { echo "$name"; return 1; }
	done
	[ "$(find "$FILES" -name '*.expected' | wc -l)" = "$(find "$FILES" -maxdepth 1 -name '*.conf' | wc -l)" ]
}

@test "recipe: Apache and Tomcat" { golden recipe; }
@test "php: a web server and its interpreter" { golden php; }
@test "django: gunicorn, celery" { golden django; }
@test "laravel: workers by number" { golden laravel; }
@test "host: sshd, cron, syslog" { golden host; }
@test "redis: and its sentinel" { golden redis; }
@test "environment: quotes, percent signs, what is known only at the start" { golden environment; }
@test "listener: listeners, FastCGI, plugins" { golden listener; }
@test "groups: names and priorities" { golden groups --order; }
@test "include: other files" { golden include; }
@test "remote: sockets, passwords, what is lost" { golden remote; }
@test "oneshot: what is not restarted" { golden oneshot; }
@test "syntax: lines as Python takes them" { golden syntax; }
@test "wrong: what supervisord refuses" { golden wrong; }
@test "daemons: what goes into the background" { golden daemons; }
@test "same: nothing is changed" { golden same; }

# agrees NAME [OPTION...]
agrees() {
	run "$CONVERT" -o "$1" "${@:2}" "$FILES/$1.conf"
	((status <= 2)) || { echo "$output"; return 1; }
	plain "${REFERENCE[@]}" "$FILES/$1.conf" "$1"
}

@test "supervisord makes of each configuration the same processes: words, environment, umask, directory, signals" {
	agrees recipe -f tomcat
	agrees php -f bare
	agrees django
	agrees laravel
	agrees host -f quiet-cron
	agrees redis -f default -f forks
	agrees environment
	agrees listener
	agrees include
	agrees remote
	agrees oneshot
	agrees syntax
	agrees same
}

@test "the comparison above sees a difference" {
	"$CONVERT" -o same "$FILES/same.conf"
	sed -i 's,exec /usr/bin/app,& x,' same/app/run
	run -1 "${REFERENCE[@]}" "$FILES/same.conf" same
	[[ $output == "app: command: "* ]]
	echo 9s >same/app/timeout-kill
	run -1 "${REFERENCE[@]}" "$FILES/same.conf" same
	[[ $output == *"app: stopwaitsecs: "* ]]
}

@test "what is refused as wrong, supervisord refuses, and nothing else" {
	run -3 "$CONVERT" -n "$FILES/wrong.conf"
	diff <("${REFERENCE[@]}" --refused "$FILES/wrong.conf" one.conf) \
		<(sed -n 's/^[^[]*\[\([^]]*\)\].*: refused: .*/\1/p' <<<"$output" | sort -u)
}
