#!/usr/bin/env bats
# The service directories of service-examples/, with the daemons of Debian's packages: as root. Each test
# has a machine of its own, made of namespaces: no port, process or file of the real one is used.

load helpers

# Network, processes, /run, /etc and /var (over the real ones) are this test's; runsvdir is process 1.
setup() {
	needs unshare -nmp --fork true
	export SVDIR=$BATS_TEST_TMPDIR/service
	mkdir "$SVDIR"
	# shellcheck disable=SC2016
	daemon unshare -nmp --fork --kill-child --mount-proc sh -ec '
		ip link set lo up
		mount -t tmpfs -o mode=755 tmpfs /run
		for d in etc var; do
			mkdir -p "/run/over/$d" "/run/scratch/$d"
			mount -t overlay -o "lowerdir=/$d,upperdir=/run/over/$d,workdir=/run/scratch/$d" overlay "/$d"
		done
		cp -R "$1" /run/bin # where a daemon that is not root can reach them
		: >"$2/ready"
		PATH=/run/bin:$PATH exec runsvdir -P "$2/service"' \
		sh "$BIN" "$BATS_TEST_TMPDIR"
	eventually test -e "$BATS_TEST_TMPDIR/ready"
	MACHINE=$(pgrep -P "${PIDS[0]}")
}

# All that runs in it ends with its process 1.
teardown() {
	[ -z "${MACHINE:-}" ] || kill -KILL "$MACHINE"
	wait
}

inside() {
	nsenter -t "$MACHINE" -n -m -p env PATH="/run/bin:$PATH" "$@" 3>&-
}

# Puts a service directory into the scan directory, whole.
drop() {
	cp -R "$BATS_TEST_DIRNAME/../service-examples/$1" "$BATS_TEST_TMPDIR/$1"
	mv "$BATS_TEST_TMPDIR/$1" "$SVDIR/$1"
	eventually test -e "$SVDIR/$1/supervise/ok"
	inside sv -w 30 start "$1"
}

pid() { cat "$SVDIR/$1/supervise/pid"; }
other_pid() { [[ -n $(pid "$1") && $(pid "$1") != "$2" ]]; }
says() { inside grep -q "$2" "/var/log/sv/$1/current"; }
processes() { inside ps -eo comm= | grep -vx ps | sort | xargs; }
nothing_left() { [[ $(processes) == "runsv runsvdir svlogd" ]]; }
owner() { inside ps -o user= -p "$(pid "$1")"; }
page() { inside curl -sf -m 5 "http://127.0.0.1:$1/" | grep -q "$2"; }

# serves NAME REQUEST...: started, restarted, killed and stopped, and the request goes well throughout.
serves() {
	local name=$1 old
	shift

	drop "$name"
	"$@"
	[[ $(inside ps -o user= -C svlogd) == nobody ]]

	old=$(pid "$name")
	inside sv -w 30 restart "$name"
	other_pid "$name" "$old"
	"$@"

	old=$(pid "$name")
	inside kill -KILL "$old"
	eventually other_pid "$name" "$old"
	inside sv -w 30 start "$name"
	"$@"
	[[ $(inside sv status "$name") == "run: $name: "* ]]

	inside sv -w 30 stop "$name"
	eventually nothing_left
}

@test "nginx serves, and a killed one leaves no worker with the port" {
	serves nginx page 80 '<html'
	says nginx 'GET / HTTP'
}

apache() { page 80 'Apache2 Debian Default Page'; }

@test "apache2 serves, and a killed one leaves no worker with the port" {
	serves apache2 apache
	says apache2 'GET / HTTP'
	says apache2 'resuming normal operations'
}

@test "apache2 with mpm_prefork ends neither its logger nor its runsv" {
	inside sh -c 'a2dismod mpm_event && a2enmod mpm_prefork'
	serves apache2 apache
	[[ $(pgrep -P "$MACHINE" -x runsv | wc -l) == 1 ]]
}

@test "a reload of apache2 is graceful" {
	drop apache2
	local old
	old=$(pid apache2)
	inside sv reload apache2
	eventually says apache2 'Doing graceful restart'
	apache
	[[ $(pid apache2) == "$old" ]]
}

@test "apache2 starts although an older life left a pid file" {
	inside sh -c 'mkdir -p /run/apache2 && echo 1 >/run/apache2/apache2.pid'
	drop apache2
	apache
}

tomcat() { [[ $(owner tomcat) == tomcat ]] && page 8080 'It works'; }

@test "tomcat serves, as user tomcat" {
	serves tomcat tomcat
	says tomcat 'Server startup in'
}

greets() { inside ssh-keyscan 127.0.0.1 2>/dev/null | grep -q ssh-ed25519; }

@test "sshd greets" {
	serves sshd greets
	says sshd 'Server listening'
}

@test "a session of sshd outlives a restart" {
	local t=$BATS_TEST_TMPDIR
	ssh-keygen -q -t ed25519 -N '' -f "$t/key"
	mkfifo "$t/in" "$t/out"
	inside sh -c "echo \"SSHD_OPTS='-o AuthorizedKeysFile=$t/key.pub -o StrictModes=no'\" >/etc/default/ssh"
	drop sshd
	daemon inside ssh -i "$t/key" -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@127.0.0.1 \
		"echo in >$t/out; read -r x <$t/in; echo \$x >$t/out"
	[[ $(cat "$t/out") == in ]]
	inside sv -w 30 restart sshd
	echo 'still there' >"$t/in"
	[[ $(cat "$t/out") == 'still there' ]]
}

cron_is_main() { [[ $(inside cat /run/crond.pid) == "$(pid cron)" ]]; }

@test "cron runs" {
	serves cron cron_is_main
	says cron 'starting cron'
}

redis() { [[ $(owner redis) == redis && $(inside redis-cli ping) == PONG ]]; }

@test "redis answers, as user redis" {
	serves redis redis
	says redis 'Ready to accept connections'
}

@test "redis keeps its data through a restart" {
	drop redis
	inside redis-cli set key value
	inside sv -w 30 restart redis
	[[ $(inside redis-cli get key) == value ]]
}

query() { [[ $(owner postgresql) == postgres && $(inside chpst -u postgres psql -Atc 'select 6*7') == 42 ]]; }

@test "postgresql answers, as user postgres" {
	serves postgresql query
	says postgresql 'ready to accept connections'
}

sleeps() {
	[[ $(inside chpst -u postgres psql -Atc "select count(*) from pg_stat_activity where wait_event='PgSleep'") == 1 ]]
}

@test "postgresql stops while a client is connected" {
	drop postgresql
	daemon inside chpst -u postgres psql -c 'select pg_sleep(1000)'
	eventually sleeps
	inside sv -w 30 stop postgresql
	says postgresql 'fast shutdown request'
	eventually nothing_left
}

version() {
	[[ $(owner memcached) == memcache ]]
	# shellcheck disable=SC2016
	inside bash -c 'exec 3<>/dev/tcp/127.0.0.1/11211; echo version >&3; read -r a <&3; [[ $a == VERSION* ]]'
}

@test "memcached answers, as user memcache" {
	serves memcached version
}

@test "hello says when it starts, works and stops; flaky is started again after a crash" {
	drop hello
	drop flaky
	local log=$SVDIR/hello/log/main/current old
	old=$(pid flaky)
	inside sv stop hello
	for word in started works stopped; do
		eventually grep -q "hello [0-9]*: $word" "$log"
	done
	eventually other_pid flaky "$old"
	inside sv -w 30 start flaky
}
