#!/usr/bin/env bats
# sv-from-supervisord: what it says and writes, beside what supervisord itself makes of the same files. Those are in
# tests/convert, each with what is expected of it; `make golden` writes that anew.
#
# shellcheck disable=SC2154,SC2016,SC2030,SC2031,SC2317

load helpers
load services

CONVERT=${CONVERT:-$BIN/sv-from-supervisord}
FILES=$BATS_TEST_DIRNAME/convert
# Debian's own: supervisor is a package of its Python
REFERENCE=(/usr/bin/python3 "$FILES/reference.py")

setup() {
	cd "$BATS_TEST_TMPDIR" || exit
	# what the files ask the environment for
	export PORT=8080 NAME=box WHERE=/srv LOGS=/var/log QUEUES="high,low"
	# and nothing that bats has in its environment, of which a shell leaves out a part; without LANG Python sets LC_CTYPE
	PLAIN=(env -i "PATH=$BIN:/usr/bin:/bin" HOME=/root LANG=C.UTF-8 PORT=8080 NAME=box WHERE=/srv LOGS=/var/log QUEUES="high,low")
}


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
@test "logs: wherever output goes" { golden logs; }

# agrees NAME [OPTION...]
agrees() {
	run "$CONVERT" -o "$1" "${@:2}" "$FILES/$1.conf"
	((status <= 2)) || { echo "$output"; return 1; }
	"${PLAIN[@]}" "${REFERENCE[@]}" "$FILES/$1.conf" "$1"
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
	agrees logs
}

@test "the comparison above sees a difference" {
	"$CONVERT" -o same "$FILES/same.conf"
	sed -i 's,/usr/bin/app$,& x,' same/app/run
	run -1 "${REFERENCE[@]}" "$FILES/same.conf" same
	[[ $output == "app: command: "* ]]
	echo 9s >same/app/timeout-kill
	run -1 "${REFERENCE[@]}" "$FILES/same.conf" same
	[[ $output == *"app: stopwaitsecs: "* ]]
}

@test "here is where the file lies by its name: a link has its own place, and a pipe can be read" {
	conf s.conf <<<$'[program:app]\ncommand = /bin/app %(here)s'
	mkdir -p etc/more real
	ln -s ../s.conf etc/link.conf
	for file in etc/link.conf etc/more/../link.conf ".//etc/link.conf" "$PWD/etc/link.conf"; do
		run -1 "$CONVERT" -o service "$file"
		grep -qx "exec chpst -P /bin/app $(pwd -P)/etc" service/app/run
		"${PLAIN[@]}" "${REFERENCE[@]}" "$file" service
		rm -r service
	done
	# beside the link, not beside what it leads to
	printf '[include]\nfiles = more/*.conf\n' >>s.conf
	printf '[program:more]\ncommand = /bin/more %%(here)s\n' >real/more.conf
	ln -s ../../real/more.conf etc/more
	run -1 "$CONVERT" -o service etc/link.conf
	grep -qx "exec chpst -P /bin/more $(pwd -P)/etc/more" service/more/run
	"${PLAIN[@]}" "${REFERENCE[@]}" etc/link.conf service
	rm -r service
	run -1 "$CONVERT" -o service <(printf '[program:app]\ncommand = /bin/app\n')
	grep -qx 'exec chpst -P /bin/app' service/app/run
	cp real/more.conf .
	mkdir gone
	cd gone
	rmdir ../gone
	run -100 "$CONVERT" -n ../more.conf
	[ "$output" = 'sv-from-supervisord: fatal: unable to find ../more.conf: No such file or directory' ]
}

@test "what is refused as wrong, supervisord refuses, and nothing else" {
	run -3 "$CONVERT" -n "$FILES/wrong.conf"
	diff <("${REFERENCE[@]}" --refused "$FILES/wrong.conf" one.conf) \
		<(sed -n 's/^[^[]*\[\([^]]*\)\].*: refused: .*/\1/p' <<<"$output" | sort -u)
}

# What a program sees, written where OUT says: one file for each NAME of it.
probe() {
	cat >probe <<-'EOF'
		#!/bin/sh
		# probe NAME [WORD...]
		name=$1
		trap 'echo "$name got INT"; exit 0' INT
		trap 'echo "$name got TERM"; exit 0' TERM
		echo "$name says"
		echo "$name errs" >&2
		{
			printf 'word <%s>\n' "$@"
			env | grep -vE '^(PWD|OLDPWD|SHLVL|_|OUT|LOGS|(SUPERVISOR|__LLVM)_[A-Z_]*)=' | LC_ALL=C sort
			echo "cwd $(pwd -P) umask $(umask) user $(id -u) groups $(id -G)"
			[ "$(cut -d " " -f 5 /proc/$$/stat)" = $$ ] && echo 'leads its process group'
		} >"$OUT/.$name"
		mv "$OUT/.$name" "$OUT/$name"
		while :; do read -r x <>"$OUT/never"; done
	EOF
	chmod 755 probe
	mkdir -m 777 there here logs logs/there logs/here
	mkfifo -m 666 there/never here/never
	# those who are not root, too
	chmod o+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test" . 2>/dev/null || :
}

# both FILE: runs it under supervisord, until FILE's programs are all there, and then under our runsvdir; their logs
# lie in logs/there and logs/here.
both() {
	local there
	daemon "${PLAIN[@]}" OUT="$PWD/there" LOGS="$PWD/logs/there" /usr/bin/supervisord -n -c "$1" >supervisord.out
	there=${PIDS[-1]}
	eventually all_in there
	eventually all_logged logs/there
	kill -TERM "$there"
	wait "$there"
	run "$CONVERT" -o service "$1"
	((status <= 2))
	daemon "${PLAIN[@]}" OUT="$PWD/here" LOGS="$PWD/logs/here" "$RUNSVDIR" -P -c service 2>runsvdir.err
	eventually all_in here
	eventually all_logged logs/here
	kill -TERM "${PIDS[-1]}"
	wait "${PIDS[-1]}" || :
}
all_in() { [ "$(find "$1" -type f -not -name '.*' | wc -l)" = "$PROGRAMS" ]; }
all_logged() { [ "$(find "$1" -type f -not -name 'config' -not -name lock -exec cat {} + | grep -c 'says$')" = "$PROGRAMS" ]; }

@test "a program gets the same words, environment, directory, umask, user and groups as under supervisord" {
	needs test "$(id -u)" = 0
	probe
	mkdir -m 755 work
	conf s.conf <<-EOF
		logfile = $PWD/supervisord.log
		pidfile = $PWD/supervisord.pid
		childlogdir = $PWD
		environment = STAGE="test",MOTTO="a \$HOME 'b' 100%%%%"
		[program:plain]
		command = $PWD/probe plain "a b" 'c"d' \\\$x * ; a comment
		  %(ENV_PORT)s-%(ENV_STAGE)s
		directory = $PWD/work
		stdout_logfile = %(ENV_LOGS)s/plain.log
		redirect_stderr = true
		[program:user]
		command = $PWD/probe user
		user = nobody
		umask = 027
		directory = $PWD/work
		environment = STAGE="mine",LIST="1,2",PATH="/opt:%(ENV_PATH)s"
		stdout_logfile = %(ENV_LOGS)s/user.log
		stderr_logfile = NONE
		[program:path]
		command = probe path
		directory = /
		environment = PATH="$PWD/bin"
		stdout_logfile = %(ENV_LOGS)s/path.log
		user = nobody
		stderr_logfile = NONE
		[program:number]
		command = $PWD/probe number_%(process_num)02d of %(numprocs)d
		process_name = %(program_name)s_%(process_num)02d
		numprocs = 2
		numprocs_start = 7
		directory = /
		stdout_logfile = %(ENV_LOGS)s/%(program_name)s_%(process_num)d.log
		stderr_logfile = %(ENV_LOGS)s/%(program_name)s_%(process_num)d.log
		[program:group]
		command = $PWD/probe group %(here)s %(group_name)s
		user = daemon
		directory = $PWD/work
		stdout_logfile = NONE
		stderr_logfile = %(ENV_LOGS)s/group.err
		stopsignal = INT
	EOF
	PROGRAMS=6
	mkdir bin
	ln -s "$(command -v env)" "$(command -v grep)" "$(command -v sort)" "$(command -v id)" "$(command -v mv)" \
		"$(command -v cut)" bin
	sed -i 's/echo "$name errs" >&2/&; [ "$name" != group ] || echo "group says" >\&2/' probe
	cp probe bin
	both "$PWD/s.conf"
	diff -r -x never there here
	# the message of the signal is the last line, and so is the order of all
	diff logs/there/plain.log logs/here/plain/current
	diff logs/there/user.log logs/here/user/current
	diff logs/there/group.err logs/here/group/current
	diff <(sort logs/there/number_7.log) <(sort logs/here/number_07/current)
	grep -qx 'plain got TERM' logs/here/plain/current
	[ "$(cat logs/here/user/current)" = $'user says\nuser got TERM' ]
}

@test "an end is a success or a failure as under supervisord, and it is started again, or not" {
	PROGRAMS=6
	mkdir -p logs/there logs/here there here
	cat >again <<-'EOF'
		#!/bin/sh
		# again NAME LIVES CODE: that many lives, of which the last ends with CODE
		echo "$1 says"
		echo x >>"$OUT/$1"
		[ "$(grep -c x "$OUT/$1")" -ge "$2" ] || exit 1
		exit "$3"
	EOF
	chmod +x again
	conf s.conf <<-EOF
		logfile = $PWD/supervisord.log
		pidfile = $PWD/supervisord.pid
		childlogdir = $PWD
		[program:expected]
		command = $PWD/again expected 3 4
		exitcodes = 0,4
		startsecs = 0
		directory = /
		stdout_logfile = %(ENV_LOGS)s/expected.log
		[program:success]
		command = $PWD/again success 2 0
		startsecs = 0
		directory = /
		stdout_logfile = %(ENV_LOGS)s/success.log
		[program:once]
		command = $PWD/again once 2 0
		autorestart = false
		startsecs = 0
		directory = /
		stdout_logfile = %(ENV_LOGS)s/once.log
	EOF
	all_in() { [ "$(cat "$1"/* 2>/dev/null | wc -l)" = "$PROGRAMS" ]; }
	both "$PWD/s.conf"
	for name in expected success once; do
		diff "there/$name" "here/$name"
		diff "logs/there/$name.log" "logs/here/$name/current"
	done
	grep -qx no service/once/restart
	grep -qx '0 4' service/expected/success-codes
}

@test "a variable that the environment lacks is said, and nothing is run" {
	conf s.conf <<-EOF
		[program:app]
		command = sh -c 'echo ran' %(ENV_LACKING)s
		stdout_logfile = /dev/stdout
	EOF
	run -1 "$CONVERT" -o service s.conf
	run -2 env "PATH=$BIN:$PATH" service/app/run
	[[ $output == *"LACKING: parameter not set"* ]]
	run -0 env "PATH=$BIN:$PATH" LACKING= service/app/run
	[ "$output" = ran ]
}

@test "what must be known now is taken from the environment, or refused" {
	conf s.conf <<-'EOF'
		[program:app]
		command = /bin/app
		autostart = %(ENV_START)s
		[program:%(ENV_START)s]
		command = /bin/app
		process_name = %(ENV_START)s
	EOF
	START=false run -1 "$CONVERT" -n s.conf
	[[ $output == *'autostart: changed: fixed at false, from the environment of the conversion: '* ]]
	run -3 "$CONVERT" -n s.conf
	[[ $output == *'autostart: refused: %(ENV_START)s must be known now, and START is not set'* ]]
}

@test "--fix-home: a user with HOME and all that, and what environment says of it still counts" {
	needs test "$(id -u)" = 0
	conf s.conf <<-EOF
		[program:app]
		command = printenv HOME USER SHELL LOGNAME
		user = daemon
		environment = SHELL="/bin/none",LANG="C"
		stdout_logfile = /dev/stdout
	EOF
	run -1 "$CONVERT" --fix-home -o service s.conf
	PATH=$BIN:$PATH run -0 service/app/run
	[ "$output" = "$(printf '%s\n' "$(getent passwd daemon | cut -d : -f 6)" daemon /bin/none daemon)" ]
}

@test "-f: the command that it names is taken as it is" {
	conf s.conf <<<$'[program:web]\ncommand = nginx\n[program:app]\ncommand = nginx'
	run -3 "$CONVERT" -f web -o service s.conf
	[ -x service/web/run ]
	[ ! -e service/app ]
	[[ $output == *"[program:app] command: refused: nginx goes into the background by itself; in the foreground it is: nginx -g 'daemon off;' (-f app if it does stay)"* ]]
}

@test "-n: nothing is written" {
	conf s.conf <<<$'[program:app]\ncommand = /bin/app'
	run -1 "$CONVERT" -n -o service s.conf
	[ ! -e service ]
	[[ $output == *'[program:app] command: same: '* ]]
}

@test "a directory that is there is left alone, and then nothing is written" {
	conf s.conf <<<$'[program:one]\ncommand = /bin/app\n[program:two]\ncommand = /bin/app'
	mkdir -p service/two
	run -111 "$CONVERT" -o service s.conf
	[ "$output" = 'sv-from-supervisord: fatal: unable to make service/two: it is there already, and is left alone' ]
	[ "$(find service)" = $'service\nservice/two' ]
}

@test "what can't be finished is taken away again" {
	local long
	long=$(printf '%0250d' 0)
	conf s.conf <<<"[program:$long]"$'\ncommand = /bin/app'
	run -111 "$CONVERT" -o service s.conf
	[[ $output == *'fatal: unable to make service/.000'*'name too long' ]]
	[ "$(find service)" = service ]
	conf s.conf <<<"[program:${long}0123456]"$'\ncommand = /bin/app'
	run -111 "$CONVERT" -o service s.conf
	[[ $output == *"fatal: unable to make service/${long}0123456: "*'name too long' ]]
	run -111 "$CONVERT" -o /proc/service s.conf
	[[ $output == 'sv-from-supervisord: fatal: unable to make /proc/service: '* ]]
}

# fails CALL=ERROR[:when=N]: with a system call that fails.
fails() {
	run -111 strace -f -o trace -e "inject=${1/=/:error=}" "$CONVERT" -o service s.conf
	# what lies there is whole, or nothing
	[ "$(find service -name '.?*' | wc -l)" = 0 ]
}

@test "a full disk, and other trouble: nothing half done stays" {
	conf s.conf <<<$'[program:one]\ncommand = /bin/app\npriority = 1\n[program:two]\ncommand = /bin/app'
	fails fsync=ENOSPC
	[ "$output" = "sv-from-supervisord: fatal: unable to write service/$(basename "${output%/run:*}")/run: No space left on device" ]
	fails fchmod=EPERM
	fails chmod=EPERM
	fails renameat2=EACCES
	[ "$output" = 'sv-from-supervisord: fatal: unable to make service/one: Permission denied' ]
	# those that were finished stay
	fails renameat2=EACCES:when=2
	[ "$(ls -A service)" = one ]
	rm -r service
	# a file system that can't rename without replacing
	run -1 strace -o trace -e inject=renameat2:error=EINVAL "$CONVERT" --order -o service s.conf
	[ "$(find service -path '*/dependencies.d/*')" = service/two/dependencies.d/one ]
	run -111 "$CONVERT" -o s.conf/service s.conf
	[ "$output" = 'sv-from-supervisord: fatal: unable to make s.conf/service: Not a directory' ]
	run -100 "$CONVERT" -n .
	[ "$output" = 'sv-from-supervisord: fatal: unable to read .: Is a directory' ]
}

@test "no inode is left: nothing half done stays" {
	needs unshare -m true
	conf s.conf <<<$'[program:one]\ncommand = /bin/app'
	mkdir small
	# a run and a log/run need no more than ten
	unshare -m sh -ec 'for n in 1 2 3 4 5 6 7 8 9 10; do
			mount -t tmpfs -o nr_inodes=$n none small
			code=0
			"$0" -o small s.conf >out 2>&1 || code=$?
			[ $code != 1 ] || exit 0
			[ $code = 111 ]
			cat out
			[ -z "$(ls -A small)" ]
			umount small
		done
		exit 1' "$CONVERT" >all
	grep -q '^sv-from-supervisord: fatal: unable to make small/\.one\.[^/]*: No space left on device$' all
	grep -q '^sv-from-supervisord: fatal: unable to make small/\.one\.[^/]*/run: No space left on device$' all
	grep -q '^sv-from-supervisord: fatal: unable to make small/\.one\.[^/]*/log: No space left on device$' all
}

@test "an include whose variable is not known" {
	printf '[include]\nfiles = %%(ENV_LACKING)s/*.conf\n' >s.conf
	run -100 "$CONVERT" -n s.conf
	[ "$output" = 'sv-from-supervisord: fatal: unable to read what s.conf includes: %(ENV_LACKING)s must be known now, and LACKING is not set' ]
	echo '[supervisord]' >more.conf
	LACKING=. run -0 "$CONVERT" -n s.conf
	[[ $output == *'files: changed: '* || $output == *'files: same: read as well: '* ]]
}

@test "usage, and files that can't be read or understood" {
	for args in '' -x '-o' '--nothing s.conf' '-n'; do
		# shellcheck disable=SC2086
		run -100 "$CONVERT" $args
		[[ $output == *'usage: sv-from-supervisord [-n] [-o dir] [-f program] [--fix-home] [--order] [--json] file ...' ]]
	done
	run -100 "$CONVERT" -n missing.conf
	[ "$output" = 'sv-from-supervisord: fatal: unable to open missing.conf: No such file or directory' ]
	echo 'key = 1' >none.conf
	run -100 "$CONVERT" -n none.conf
	[ "$output" = 'sv-from-supervisord: fatal: unable to understand none.conf:1: a key before the first section' ]
	printf '[a]\n= 1\n' >nameless.conf
	run -100 "$CONVERT" -n nameless.conf
	[ "$output" = 'sv-from-supervisord: fatal: unable to understand nameless.conf:2: neither a [section] nor a key and its value' ]
	printf '[a]\n\n# c\nwhat\n' >what.conf
	run -100 "$CONVERT" -n what.conf
	[ "$output" = 'sv-from-supervisord: fatal: unable to understand what.conf:4: neither a [section] nor a key and its value' ]
	printf '[a]\nb = \1\n' >control.conf
	run -100 "$CONVERT" -n control.conf
	[ "$output" = 'sv-from-supervisord: fatal: unable to understand control.conf: it holds a control character' ]
	printf '[a]\nb = \0\n' >nul.conf
	run -100 "$CONVERT" -n nul.conf
	[ "$output" = 'sv-from-supervisord: fatal: unable to understand nul.conf: it holds a NUL' ]
}

@test "a report that nobody takes is a failure" {
	conf s.conf <<<$'[program:one]\ncommand = /bin/app'
	run -111 sh -c '"$0" -n s.conf >/dev/full' "$CONVERT"
	[ "$output" = 'sv-from-supervisord: fatal: unable to write to standard output: No space left on device' ]
}

@test "long lines, and a byte order mark" {
	printf '\xef\xbb\xbf[program:app]\ncommand = /bin/app %s\n' "$(printf '%09000d' 0)" >s.conf
	run -1 "$CONVERT" -o service s.conf
	grep -qE '^exec chpst -P /bin/app 0{9000}$' service/app/run
}

# said KEY TEXT: a line of the report on KEY has TEXT.
said() { grep -qF -- "] $1: $2" <<<"$output" || { echo "no such line: $1: $2"; return 1; }; }

@test "what is wrong for all, or has no effect there" {
	cat >s.conf <<-'EOF'
		[unix_http_server]
		chmod = rw
		[supervisord]
		minfds = some
		minprocs = many
		environment = a.b="1",2c="2"
		umask = 077
		directory = /srv
		nodaemon = true
		[program:many]
		command = /bin/app
		process_name = %(process_num)d
		numprocs = 20000
		environment = A="%(nothing)s"
		[include]
		files = none/*
	EOF
	run -3 "$CONVERT" -n s.conf
	said chmod 'refused: supervisord does not start with this: it is no octal number'
	said minfds 'refused: supervisord does not start with this: it is no number'
	said minprocs 'refused: supervisord does not start with this: it is no number'
	said environment 'lost: no shell can set a variable of the name 2c'
	said umask 'same: with nodaemon=true supervisord does not set it'
	said directory 'same: with nodaemon=true supervisord does not change to it'
	said numprocs 'refused: more than 10000 processes'
	said environment 'refused: there is no %(nothing)s'
	said files 'same: nothing matches it, which supervisord is content with, too'
	[[ $output == *'warning: nothing matches what s.conf includes: none/*'* ]]
	conf s.conf <<<$'umask = 077\n[supervisord]\nnodaemon = no way'
	run -3 "$CONVERT" -n s.conf
	said nodaemon 'refused: supervisord does not start with this: it is neither true nor false'
	said nodaemon "same: it is given again in s.conf:5, which counts"
}

@test "the directory of [supervisord] is that of each program that has none" {
	printf '%s\n' '[supervisord]' 'directory = /srv' '[program:app]' 'command = /bin/app' '[program:own]' 'command = /bin/app' 'directory = /' >s.conf
	run -1 "$CONVERT" -o service s.conf
	said directory 'same: run changes to it, for each program without a directory'
	grep -qx 'cd /srv || exit' service/app/run
	grep -qx 'cd / || exit' service/own/run
	"${PLAIN[@]}" "${REFERENCE[@]}" s.conf service
}

@test "several files are read as one" {
	printf '[program:a]\ncommand = /bin/a\n' >a.conf
	printf '[program:b]\ncommand = /bin/b\n[program:a]\nuser = nobody\n' >b.conf
	run -1 "$CONVERT" -o service a.conf b.conf
	grep -q '^exec chpst -P -u .*nobody.* /bin/a$' service/a/run
	grep -qx 'exec chpst -P /bin/b' service/b/run
	[[ $output == *'b.conf:4: [program:a] user: same: '* ]]
}

@test "--json has what the text has" {
	diff <("$CONVERT" -n --json "$FILES/remote.conf" | /usr/bin/python3 -c '
import json, sys
r = json.load(sys.stdin)
for n in r["keys"]:
	mark = "" if n["written"] else " (not written)"
	print("%s:%d: [%s] %s%s: %s: %s" % (n["file"], n["line"], n["section"], n["key"], mark, n["verdict"], n["text"]))
print("%(same)d same, %(changed)d changed, %(lost)d lost, %(refused)d refused" % r)
') <("$CONVERT" -n "$FILES/remote.conf")
	printf '[program:\xe9]\ncommand = /bin/\xc3\xa9 \xe9\n' >latin.conf
	"$CONVERT" -n --json latin.conf | /usr/bin/python3 -c 'import json, sys; assert json.load(sys.stdin)["keys"][0]["section"] == "program:\u00e9"'
}

@test "the directories that are written are what runsv takes: no warning" {
	conf s.conf <<-EOF
		[program:app]
		command = sleep 3600
		exitcodes = 0,1
		stopsignal = usr1
		stopwaitsecs = 0
		stopasgroup = true
		stdout_logfile = NONE
		stderr_logfile = NONE
	EOF
	(umask 0 && "$CONVERT" -o . s.conf) || [ $? = 1 ]
	supervise app
	eventually runs app
	[ ! -s app.err ]
	"$SV" -w 5 stop ./app
	eventually stat_is app down
}

@test "every option that is a word is in the page" {
	local page=$BATS_TEST_DIRNAME/../convert/sv-from-supervisord.8
	diff <(sed -nE 's/.*\{ "([a-z-]+)", no_argument.*/\1/p' "$BATS_TEST_DIRNAME/../convert/sv-from-supervisord.c" | sort) \
		<(sed -nE 's/^\.Op Fl -([a-z-]+)$/\1/p' "$page" | sort)
	while read -r word; do
		grep -qx "\.It Fl -$word" "$page"
	done < <(sed -nE 's/^\.Op Fl -([a-z-]+)$/\1/p' "$page")
}

@test "every key that it knows is in the page" {
	local word page=$BATS_TEST_DIRNAME/../convert/sv-from-supervisord.8
	while read -r word; do
		grep -qw -e "$word" "$page" || { echo "$word"; return 1; }
	done < <(sed -nE 's/^\t\{ [A-Z]+, +[A-Z]+, +"([^"]+)".*/\1/p' "$BATS_TEST_DIRNAME/../convert/keys.c" | sort -u)
}

@test "the guide shows what it says of the recipe" {
	local guide=$BATS_TEST_DIRNAME/../docs/coming-from-supervisord.md
	cp "$FILES/recipe.conf" supervisord.conf
	diff <(sed -n '/^    \$ cat supervisord.conf/,/^    \$ sv-from/{/^    \$/d;s/^    //;p}' "$guide" | sed '$d') supervisord.conf
	run -3 "$CONVERT" -n supervisord.conf
	[ "$(sed -n '/^    \$ sv-from-supervisord -n/,/^$/{/^    \$/d;/^$/d;s/^    //;p}' "$guide")" = "$output" ]
	sed -i 's,^command=service.*,command=/usr/share/tomcat10/bin/catalina.sh run,' supervisord.conf
	run -1 "$CONVERT" -o service supervisord.conf
	[ -x service/tomcat/run ]
	# from the first line that does something on
	[ "$(sed -n '/^    exec 2>&1$/,/^$/{/^$/d;s/^    //;p}' "$guide")" = "$(sed '/^#/d;/^$/d' service/apache2/run)" ]
}
