# Images of service-examples/docker, and a container of one in each test. Loaded after helpers.bash.
# shellcheck shell=bash disable=SC2034

ROOT=$BATS_TEST_DIRNAME/..

# build NAME DIR: IMAGE is NAME, made as service-examples/docker/DIR tells; its first stage by name as well, so that it
# can be removed in the end.
build() {
	local file=$ROOT/service-examples/docker/$2/Dockerfile

	export IMAGE=$1
	build_in "$ROOT" "$1-build" -f "$file" --target build && build_in "$ROOT" "$1" -f "$file"
}

# build_in DIR NAME [OPTION...]
build_in() {
	export IMAGES="$2 ${IMAGES:-}"
	docker build -q -t "$2" "${@:3}" "$1" >"$BATS_FILE_TMPDIR/build" 2>&1 || {
		cat "$BATS_FILE_TMPDIR/build" >&2
		return 1
	}
}

remove_images() {
	# shellcheck disable=SC2086
	docker rmi $IMAGES >/dev/null || :
}

teardown_file() { remove_images; }

setup() {
	PATIENCE=60 # how many seconds eventually tries
	CONTAINER=
}

teardown() {
	[[ -z $CONTAINER ]] || docker rm -f "$CONTAINER" >/dev/null
}

inside() { docker exec "$CONTAINER" "$@"; }
logs() { docker logs "$CONTAINER" 2>&1; }
said() { logs | grep -q -e "$1"; }
state() { docker inspect -f "{{.State.$1}}" "$CONTAINER"; }
code() { state ExitCode; }
health_is() { [[ $(state Health.Status) == "$1" ]]; }
# url PORT: where that port of the container's is.
url() { docker port "$CONTAINER" "$1" | sed -n '1s,^,http://,p'; }
apache() { curl -sf -m 5 "$(url 80)" | grep -q 'Apache2 Debian Default Page'; }
tomcat() { curl -sf -m 5 "$(url 8080)" | grep -q 'It works'; }

# stops COMMAND...: what the command, which stops it, takes in milliseconds is TOOK.
stops() {
	local begin=${EPOCHREALTIME/./}

	"$@" >/dev/null
	TOOK=$(((${EPOCHREALTIME/./} - begin) / 1000))
	echo "# the stop took $TOOK ms" >&3
}

# stop SECONDS: docker would kill after these.
stop() { stops timeout 60 docker stop -t "$1" "$CONTAINER"; }
