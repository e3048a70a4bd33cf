#!/usr/bin/env bats
# The image of service-examples/docker/baseimage, built and run by the Docker that is there, and one that is made of it
# as users make theirs. What is in single quotes is for another shell.
#
# shellcheck disable=SC2016,SC2030,SC2031

load helpers
load docker

setup_file() {
	never
	build tend-base-$$ baseimage
	cd "$BATS_FILE_TMPDIR" || return
	mkdir app
	script app/10_first 'echo first >>/order; echo from-startup >/etc/container_environment/SET' 'exit 0'
	script app/20_second 'echo second $SET >>/order'
	script app/90_plain 'echo wrong >>/order'
	chmod -x app/90_plain
	script app/app/run 'env >/app.env' 'trap "echo app >>/order; exit 0" TERM' 'echo the app speaks' 'tail -f /dev/null &' wait
	script app/pre 'echo pre >>/order'
	script app/post 'echo post >>/order'
	cat >app/Dockerfile <<-END
		FROM $IMAGE
		ENV FROM_IMAGE="of the image"
		RUN echo 'from a file' >/etc/container_environment/FROM_FILE
		COPY 10_first 20_second 90_plain /etc/my_init.d/
		COPY app /etc/service/app
		COPY pre /etc/my_init.pre_shutdown.d/
		COPY post /etc/my_init.post_shutdown.d/
	END
	build_in app "$IMAGE-app"
}

script() {
	local file=$1
	shift
	mkdir -p "${file%/*}"
	printf '%s\n' '#!/bin/sh' "$@" >"$file"
	chmod +x "$file"
}

# start [OPTION...]: the image with the app.
start() { CONTAINER=$(docker run -d "$@" "$IMAGE-app"); }
is_up() { inside sv check "$1" | grep -q "^ok: run: $1:"; }

@test "syslog, cron and the app are up, sshd is down; what is sent to syslog is on the output and in the log" {
	start
	eventually is_up syslog
	eventually is_up cron
	eventually is_up app
	inside sv status sshd | grep -q '^down: sshd: '
	[[ $(inside cat /proc/1/comm) == runsvdir ]]
	inside sh -c 'ls /etc/ssh/ssh_host_* 2>/dev/null | wc -l' | grep -qx 0
	inside busybox logger -t test hello
	eventually said 'user.notice test: hello'
	inside grep -q 'test: hello' /var/log/sv/syslog/current
	said 'the app speaks'
	# once for each, two of them the image's, and no more
	[[ $(logs | grep -c '^\*\*\* Running ') == 4 ]]
	# root lacks CAP_SYS_PTRACE here, and the logger is another user
	inside sv log -n 1 syslog | grep -q 'test: hello'
}

@test "syslog has the lines of startup files, of CMD at once and of a service that ends, also when its runsv is killed" {
	for _ in 1 2 3; do
		run -3 docker run --rm "$IMAGE" /sbin/my_init --quiet -- sh -c 'busybox logger of CMD; exit 3'
		[[ $output == *'root: of CMD'* ]]
		run -3 --separate-stderr docker run --rm "$IMAGE" /sbin/my_init --quiet --skip-runit -- sh -c 'busybox logger of CMD; echo CMD; exit 3'
		[[ $stderr == *'root: of CMD'* ]]
		[[ $output == CMD ]]
	done
	mkdir last
	script last/30_says 'busybox logger first words'
	script last/last/run 'trap "busybox logger last words; exit 0" TERM' 'echo up' 'tail -f /dev/null & wait'
	mkdir last/last/dependencies.d
	touch last/last/dependencies.d/syslog
	printf '%s\n' "FROM $IMAGE" 'COPY 30_says /etc/my_init.d/' 'COPY last /etc/service/last' >last/Dockerfile
	build_in last "$IMAGE-last"
	CONTAINER=$(docker run -d "$IMAGE-last")
	eventually said up
	said 'root: first words'
	inside sh -c 'kill -9 $(ps -eo pid,args | awk "\$2 == \"runsv\" && \$3 == \".\" { print \$1 }")'
	eventually is_up syslog
	stop 10
	[[ $(code) == 0 ]]
	said 'root: last words'
	docker rmi -f "$IMAGE-last"
}

@test "startup files in order; a file and a startup file reach the service, docker exec and a login shell" {
	start -e FROM_RUN='docker run' -e "ODD=it's \$HOME"
	eventually is_up app
	[[ $(inside cat /order) == $'first\nsecond from-startup' ]]
	local variable
	for variable in 'FROM_IMAGE=of the image' 'FROM_FILE=from a file' 'SET=from-startup' 'FROM_RUN=docker run' "ODD=it's \$HOME"; do
		inside grep -qxF "$variable" /app.env
		inside bash -lc env | grep -qxF "$variable"
	done
	[[ $(inside stat -c '%a %G' /etc/container_environment.sh) == '640 docker_env' ]]
}

@test "sshd: its down file goes, and it makes its own host keys" {
	start
	eventually is_up app
	inside rm /etc/service/sshd/down
	inside sv start sshd
	eventually is_up sshd
	inside sh -c 'ls /etc/ssh/ssh_host_*_key' | grep -q ed25519
	inside sshd -T | grep -qx 'passwordauthentication no'
	inside sshd -T | grep -qx 'kbdinteractiveauthentication no'
}

@test "sshd as the words of baseimage-docker's own documentation have it in a Dockerfile" {
	mkdir keys
	cat >keys/Dockerfile <<-END
		FROM $IMAGE
		RUN rm -f /etc/service/sshd/down
		RUN /etc/my_init.d/00_regen_ssh_host_keys.sh
		RUN echo key >>/root/.ssh/authorized_keys
	END
	build_in keys "$IMAGE-keys"
	CONTAINER=$(docker run -d "$IMAGE-keys")
	eventually is_up sshd
	[[ $(inside stat -c '%a %s' /root/.ssh /etc/ssh/ssh_host_ed25519_key | head -1) == 700* ]]
	# they are the image's: none is made anew
	[[ $(docker run --rm "$IMAGE-keys" sha256sum /etc/ssh/ssh_host_ed25519_key) == "$(inside sha256sum /etc/ssh/ssh_host_ed25519_key)" ]]
	docker rmi -f "$IMAGE-keys"
}

@test "its services under --read-only, and a service of one's own without root, as the documentation says" {
	CONTAINER=$(docker run -d --read-only --tmpfs /run --tmpfs /tmp --tmpfs /var/log "$IMAGE-app")
	eventually said 'my_init: fatal: '
	docker rm -f "$CONTAINER" >/dev/null
	CONTAINER=$(docker run -d --read-only --tmpfs /run --tmpfs /tmp --tmpfs /var/log "$IMAGE")
	eventually is_up syslog
	eventually is_up cron
	docker rm -f "$CONTAINER" >/dev/null
	mkdir own
	script own/own/run 'echo own says' 'exec tail -f /dev/null'
	printf '%s\n' "FROM $IMAGE" 'COPY own /etc/service/own' >own/Dockerfile
	build_in own "$IMAGE-own"
	CONTAINER=$(docker run -d --user 1000 --tmpfs /run:uid=1000 "$IMAGE-own")
	eventually is_up own
	docker rm -f "$CONTAINER" >/dev/null
	CONTAINER=$(docker run -d --user 1000 -e RUNSVDIR_STATE=/tmp/state "$IMAGE-own")
	eventually is_up own
	stop 10
	[[ $(code) == 0 ]]
	docker rmi -f "$IMAGE-own"
}

@test "docker stop: in order, at once, with 0" {
	start
	eventually is_up cron
	eventually is_up app
	stop 10
	[[ $(code) == 0 ]]
	said 'info: ended by signal Terminated, exit code 0$'
	run ! said killed
	docker cp "$CONTAINER:/order" "$BATS_TEST_TMPDIR/order"
	[[ $(tr '\n' ' ' <"$BATS_TEST_TMPDIR/order") == 'first second from-startup pre app post ' ]]
}

@test "docker stop of a service that does not obey: within docker's ten seconds, 137, and it is named" {
	start -e KILL_PROCESS_TIMEOUT=1 -e KILL_ALL_PROCESSES_TIMEOUT=0
	eventually is_up app
	inside sh -c 'printf "#!/bin/sh\ntrap \"\" TERM\nexec tail -f /dev/null\n" >/etc/service/app/run; sv restart app'
	eventually is_up app
	stop 10
	[[ $(code) == 137 ]]
	said 'killed because the time is up: app$'
}

@test "docker run IMAGE /sbin/my_init -- CMD: its code is the container's, also of a signal" {
	run -42 docker run --rm "$IMAGE" /sbin/my_init -- sh -c 'exit 42'
	run -137 docker run --rm "$IMAGE" /sbin/my_init -- sh -c 'kill -9 $$'
	run -0 --separate-stderr docker run --rm "$IMAGE" /sbin/my_init --quiet --skip-startup-files --skip-runit -- setuser www-data sh -c 'echo "$USER $HOME $(id -un)"'
	[[ $output == 'www-data /var/www www-data' ]]
	[[ -z $stderr ]]
	run -3 docker run --rm --init "$IMAGE" /sbin/my_init --quiet --skip-runit -- sh -c 'exit 3'
}

@test "--read-only, and without root" {
	run -0 --separate-stderr docker run --rm --read-only -e A=x "$IMAGE" /sbin/my_init --quiet --skip-startup-files --skip-runit -- sh -c 'echo $A'
	[[ $output == x ]]
	[[ $stderr == 'my_init: warning: unable to write /etc/container_environment: Read-only file system' ]]
	run -0 --separate-stderr docker run --rm --user 1000 -e A=x "$IMAGE" /sbin/my_init --quiet --skip-startup-files --skip-runit -- sh -c 'echo $A'
	[[ $output == x ]]
	[[ $stderr == 'my_init: warning: unable to read /etc/container_environment: Permission denied' ]]
}
