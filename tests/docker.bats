#!/usr/bin/env bats
# The container of service-examples/docker, built and run by the Docker that is there.

load helpers
load docker

setup_file() {
	never
	build tend-recipe-$$ .
}

# Docker chooses the ports; --health-interval: a result in seconds, not in half a minute.
start() {
	CONTAINER=$(docker run -d -p 127.0.0.1::80 -p 127.0.0.1::8080 --health-interval 1s \
		--health-start-period 1s "$@" "$IMAGE")
}

pid() { inside cat "/etc/service/$1/supervise/pid"; }
supervisor() { inside sh -c "grep -lz '^$1\$' /proc/[0-9]*/cmdline 2>/dev/null | xargs grep -lz '^runsv\$' | cut -d/ -f3"; }
replaced() { [[ -n $(supervisor apache2) && $(supervisor apache2) != "$1" ]]; }

@test "Apache and Tomcat serve, the container is healthy and each service's log is in /var/log" {
	start
	eventually apache
	eventually tomcat
	eventually health_is healthy
	inside grep -q 'GET / HTTP' /var/log/sv/apache2/current
	inside grep -q 'Server startup in' /var/log/sv/tomcat/current
	# its logger is another user's, and root has no CAP_SYS_PTRACE here
	inside sv log -n 100 tomcat | grep -q 'Server startup in'
	[[ $(inside cat /proc/1/comm) == runsvdir ]]
}

@test "sv restart apache2 gives a new Apache and leaves Tomcat alone" {
	start
	eventually apache
	local old other
	old=$(pid apache2)
	other=$(pid tomcat)
	inside sv restart apache2
	apache
	[[ $(pid apache2) != "$old" && $(pid tomcat) == "$other" ]]
}

@test "a service directory copied in and renamed into place runs at once" {
	start
	eventually apache
	local new=$BATS_TEST_TMPDIR/new renamed first
	mkdir "$new"
	printf '#!/bin/sh\nexec date +%%s%%3N >/tmp/first\n' >"$new/run"
	chmod 755 "$new/run"
	docker cp "$new" "$CONTAINER:/etc/new"
	renamed=$(inside sh -c 'date +%s%3N; mv /etc/new /etc/service/new')
	eventually inside test -s /tmp/first
	first=$(inside cat /tmp/first)
	echo "# from the rename to the first output: $((first - renamed)) ms" >&3
	((first - renamed < 1000))
}

@test "a killed runsv is replaced by one that adopts the service" {
	start
	eventually apache
	local main old
	main=$(pid apache2)
	old=$(supervisor apache2)
	inside sh -c "kill -KILL $old"
	eventually replaced "$old"
	inside sv -w 10 check apache2
	[[ $(pid apache2) == "$main" ]]
	apache
	# and it is in command
	inside sv restart apache2
	[[ $(pid apache2) != "$main" ]]
}

@test "a killed Apache is started again" {
	start
	eventually apache
	inside sh -c "kill -KILL $(pid apache2)"
	eventually inside sh -c 'grep -q . /etc/service/apache2/supervise/pid && sv check apache2 | grep "^ok: run:"'
	apache
}

@test "the container is unhealthy when Tomcat cannot start" {
	start -v /dev/null:/etc/tomcat10/server.xml:ro --health-retries 2
	eventually apache
	eventually health_is unhealthy
	# and says why
	docker inspect -f '{{range .State.Health.Log}}{{.Output}}{{end}}' "$CONTAINER" | grep 'tomcat'
}

@test "a container that is started again serves again" {
	start
	eventually apache
	timeout 60 docker restart -t 20 "$CONTAINER" >/dev/null
	eventually apache
	eventually tomcat
	eventually health_is healthy
}

@test "docker stop: Apache and Tomcat end by themselves, and their loggers write it down" {
	start
	eventually apache
	eventually tomcat
	stop 30
	[[ $(code) == 0 ]]
	docker cp "$CONTAINER:/var/log/sv/tomcat/current" "$BATS_TEST_TMPDIR/tomcat"
	grep -q 'Destroying ProtocolHandler' "$BATS_TEST_TMPDIR/tomcat"
	docker cp "$CONTAINER:/var/log/sv/apache2/." "$BATS_TEST_TMPDIR/apache2"
	grep -q 'caught SIG[A-Z]*, shutting down' -r "$BATS_TEST_TMPDIR/apache2"
}
