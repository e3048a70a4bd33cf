#!/usr/bin/env bats
# The smallest image, and how it and the recipe are deployed: kubernetes.yaml and compose.yaml of service-examples/docker.

# shellcheck disable=SC2030,SC2031

load helpers
load services
load docker

MANIFEST=$ROOT/service-examples/docker/kubernetes.yaml

setup_file() {
	never
	build tend-images-$$-recipe . && build tend-images-$$ smallest
}

teardown_file() {
	compose down --rmi local >/dev/null 2>&1 || :
	remove_images
}

# start [OPTION...]
start() { CONTAINER=$(docker run -d "$@" "$IMAGE"); }
ready() { inside sv ready >/dev/null; }
answers() { curl -sf -m 5 "$(url 8080)" | grep -qx 'It works, supervised.'; }
deaths() { logs | grep -c 'web: PORT is no port: none'; }
loops() { (($(deaths) > $1)); }

# manifest WHAT: what the manifest means to docker, as tests/kubernetes tells.
manifest() { "$BATS_TEST_DIRNAME/kubernetes" "$1" "$MANIFEST"; }

# start_pod [OPTION...]: a container as the manifest wants it.
start_pod() {
	local -a flags
	manifest flags >"$BATS_TEST_TMPDIR/flags"
	mapfile -t flags <"$BATS_TEST_TMPDIR/flags"
	start "${flags[@]}" "$@"
}

# probe NAME: runs the manifest's in the container, and has the time that it has there.
probe() {
	local -a words
	mapfile -t words < <(manifest "$1")
	timeout "${words[0]}" docker exec "$CONTAINER" "${words[@]:1}"
}

# status_of_1: the kernel's. Another container has to read it, as nothing in this one could.
status_of_1() { docker run --rm --pid "container:$CONTAINER" debian:bookworm-slim cat /proc/1/status; }

@test "the smallest image is three programs and a service, which answers; it is healthy just as long as that one works" {
	start -p 127.0.0.1::8080 --health-interval 1s --health-retries 1
	eventually health_is healthy
	answers
	[[ $(docker export "$CONTAINER" | tar -tv --exclude='run/*' | awk '/^-/ && $3 { print $6 }' | sort | xargs) == 'bin/runsv bin/runsvdir bin/sv etc/service/web/run' ]]
	echo "# the image has $(docker image inspect -f '{{.Size}}' "$IMAGE") bytes" >&3
	inside sv restart web
	answers
	inside sv pause web
	eventually health_is unhealthy
	inside sv cont web
	eventually health_is healthy
	stop 10
	[[ $(code) == 0 ]]
	said 'info: ended by signal Terminated, exit code 0$'
}

@test "the smallest image needs no right, no file that can be written but those in /run, and no user that it knows" {
	start -p 127.0.0.1::8080 --read-only --user 54321 --cap-drop ALL --security-opt no-new-privileges --tmpfs /run
	eventually ready
	answers
	inside sv list | grep -q '^web .* run '
	stop 10
	[[ $(code) == 0 ]]
}

@test "the manifest's container has its restrictions, is ready under them, and ends in its time" {
	start_pod
	eventually probe startupProbe
	eventually probe readinessProbe
	probe livenessProbe
	answers
	local grace line
	status_of_1 | tr -s '[:blank:]' ' ' >"$BATS_TEST_TMPDIR/status"
	for line in 'Uid: 1000 1000 1000 1000' 'Gid: 1000 1000 1000 1000' 'CapBnd: 0000000000000000' 'NoNewPrivs: 1' 'Seccomp: 2'; do
		grep -qx "$line" "$BATS_TEST_TMPDIR/status"
	done
	run docker cp "$MANIFEST" "$CONTAINER:/etc/"
	[[ $status != 0 && $output == *'read-only'* ]]
	grace=$(manifest grace)
	# what does not obey is gone after 8 seconds, and one and a half
	((grace >= 10))
	stop "$grace"
	((TOOK < grace * 1000))
	[[ $(code) == 0 ]]
	said 'info: ended by signal Terminated, exit code 0$'
}

@test "the manifest's probes: a service that hangs is neither ready nor alive, and both when it goes on" {
	start_pod
	eventually probe readinessProbe
	inside sv pause web
	run -1 probe readinessProbe
	[[ $output == 'not ready: web: is paused'* ]]
	run -1 probe livenessProbe
	[[ $output == 'timeout: run: web: '* ]]
	inside sv cont web
	eventually probe readinessProbe
	probe livenessProbe
	# one that is paused obeys as well
	inside sv pause web
	stop "$(manifest grace)"
	[[ $(code) == 0 ]]
}

@test "the manifest's probes: in a crash loop the service is not ready at any moment, and the container is not killed for it" {
	local end=$((SECONDS + PATIENCE))
	start_pod --env PORT=none
	eventually loops 0
	until loops 4; do
		((SECONDS < end))
		run -1 probe readinessProbe
		[[ $output == 'not ready: web: '* ]]
		probe startupProbe
		probe livenessProbe
	done
	[[ $(state Running) == true ]]
	stop "$(manifest grace)"
	[[ $(code) == 0 ]]
}

# compose ARG...: docker compose, or the older program, with a project of this file's; docker chooses the ports.
compose() {
	local -a program=(docker compose)
	docker compose version >/dev/null 2>&1 || program=(docker-compose)
	APACHE_PORT=0 TOMCAT_PORT=0 timeout 600 "${program[@]}" -p "$IMAGE" -f "$ROOT/service-examples/docker/compose.yaml" "$@"
}

@test "the Compose file: Apache and Tomcat serve, what it asks for reaches the engine, and its stop is in time" {
	compose config -q
	compose up -d --build
	CONTAINER=$(compose ps -q supervised)
	eventually apache
	eventually tomcat
	eventually ready
	[[ $(docker inspect -f '{{.HostConfig.RestartPolicy.Name}} {{json .Config.Healthcheck.Test}}' "$CONTAINER") == 'unless-stopped ["CMD","sv","ready"]' ]]
	stops compose stop
	((TOOK < 10000))
	[[ $(code) == 0 ]]
}

@test "a fork bomb under --pids-limit: the others still get their TERM and their finish, in their time" {
	local dir=$BATS_TEST_TMPDIR/service
	script "$dir/bomb/run" 'exec perl -e "fork while 1"'
	script "$dir/good/run" 'mkfifo /tmp/never' 'trap "echo good got TERM; exit 0" TERM' 'echo good is up' 'while :; do read -r x <>/tmp/never; done'
	script "$dir/good/finish" 'echo good has ended'
	: >"$dir/bomb/down"
	chmod 755 "$dir" "$dir"/*
	CONTAINER=$(docker run -d --pids-limit 60 -v "$dir:/etc/service" "$IMAGE-recipe")
	eventually said 'good is up'
	inside sv start bomb
	eventually is_full
	stop 10
	[[ $(code) == 0 ]]
	[[ $(logs | grep "^good") == 'good is up'$'\n''good got TERM'$'\n''good has ended' ]]
	((TOOK < 10000))
}
is_full() { (($(docker top "$CONTAINER" | wc -l) >= 60)); }
