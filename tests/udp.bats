#!/usr/bin/env bats
# svlogd's u and U. The reference passes every test tagged "contract".

# shellcheck disable=SC2016 # what is in single quotes is for a processor's shell
load helpers
load logger

# Datagrams to a free port of 127.0.0.1, as they come: each in brackets, in `got`.
receive() {
	# shellcheck disable=SC2016
	daemon perl -MIO::Socket::INET -e '
		$| = 1;
		my $s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.1") or die $@;
		open my $p, ">", "port.new"; print $p $s->sockport; close $p; rename "port.new", "port";
		open my $f, ">>", "got"; select $f; $| = 1;
		print $f "[$b]\n" while defined $s->recv($b, 65536);'
	eventually test -e port
	PORT=$(cat port)
}

got_lines() {
	[ "$(wc -l <got)" -ge "$1" ]
}

# bats test_tags=contract
@test "u sends each line as a datagram as well" {
	receive
	printf 'u127.0.0.1:%s\n' "$PORT" >d/config
	printf 'one\n\ntwo\n' | "$SVLOGD" d
	eventually got_lines 6
	[ "$(cat got)" = $'[one\n]\n[\n]\n[two\n]' ]
	[ "$(cat d/current)" = $'one\n\ntwo' ]
}

# bats test_tags=contract
@test "U sends lines and writes none" {
	receive
	printf 'U127.0.0.1:%s\n' "$PORT" >d/config
	printf 'one\ntwo\n' | "$SVLOGD" d
	eventually got_lines 4
	[ "$(cat got)" = $'[one\n]\n[two\n]' ]
	[ ! -s d/current ]
}

# bats test_tags=contract
@test "a datagram has stamp and prefix, and is cut at -l" {
	receive
	printf 'u127.0.0.1:%s\npweb: \n' "$PORT" >d/config
	printf '123456789\n1234567890\n12345678901\n' | "$SVLOGD" -tt -l 10 -b 20 d
	eventually got_lines 6
	local stamp='[0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{5}'
	[ "$(sed -E "s/$stamp/T/" got)" = $'[T web: 123456789\n]\n[T web: 1234567890...\n]\n[T web: 1234567890...\n]' ]
	[ "$(sed -E "s/$stamp/T/" d/current)" = $'T web: 123456789\nT web: 1234567890\nT web: 12345678901' ]
}

# bats test_tags=contract
@test "only lines that are selected are sent" {
	receive
	printf 'u127.0.0.1:%s\n-*\n+t*\n' "$PORT" >d/config
	printf 'one\ntwo\nthree\n' | "$SVLOGD" d
	eventually got_lines 4
	[ "$(cat got)" = $'[two\n]\n[three\n]' ]
}

# bats test_tags=contract
@test "a bad address is warned about and costs nothing" {
	printf 'u127.0.0.1:0\nuhost\nu1.2.3\n' >d/config
	printf 'x\n' | "$SVLOGD" d 2>err
	[ "$(cat d/current)" = x ]
	[ "$(cat err)" = "svlogd: warning: unable to scan port number: 0
svlogd: warning: unable to scan ip address: host
svlogd: warning: unable to scan ip address: 1.2.3" ]
}

@test "a bad address of U leaves the log where it is (better: the reference writes nothing anywhere)" {
	printf 'U1.2.3.4:\n' >d/config
	printf 'x\n' | "$SVLOGD" d 2>err
	[ "$(cat d/current)" = x ]
	[ "$(cat err)" = "svlogd: warning: unable to scan port number: " ]
}

# bats test_tags=contract
@test "a failure to send is a line of the log, before the line itself" {
	printf 'u127.0.0.1:9\npweb: \n' >d/config
	printf 'one\n12345678901\n' | strace -qq -o /dev/null -e inject=sendto,sendmsg:error=ENETUNREACH "$SVLOGD" -l 10 -b 20 d
	[ "$(cat d/current)" = "warning: failure sending through udp: web: one
web: one
warning: failure sending through udp: web: 1234567890...
web: 12345678901" ]
}

# bats test_tags=contract
@test "without a socket that is said, and nothing else" {
	printf 'U127.0.0.1:9\npweb: \n' >d/config
	printf 'one\n12345678901\n' | strace -qq -o /dev/null -e inject=socket:error=EMFILE "$SVLOGD" -l 10 -b 20 d
	[ "$(cat d/current)" = "warning: no udp socket available: web: one
warning: no udp socket available: web: 1234567890" ]
}

# bats test_tags=contract
@test "nobody who listens is no trouble" {
	printf 'u127.0.0.1:9\n' >d/config
	seq 100 | "$SVLOGD" d
	cmp d/current <(seq 100)
}

@test "killed at each system call it loses and tears nothing, sends each line, and tells of each failure once (better)" {
	local n=0 line=0 code=0
	[ -n "$KILLAT" ]
	receive
	printf 'n0\nu127.0.0.1:%s\n' "$PORT" >d/config
	exec 7<>in
	while [ "$code" = 0 ]; do
		n=$((n + 1))
		printf '%s\n%s\n' $((line + 1)) $((line + 2)) >&7
		code=0
		KILLAT_RESTS=2 "$KILLAT" self "$n" "$SVLOGD" d <in 2>>err 3>&- 7>&- || code=$?
		line=$((line + 2))
	done
	[ "$code" = 3 ]
	[ "$n" -ge 30 ]
	all | cmp - <(seq "$line")
	eventually grep -qx "\\[$line" got
	# twice at most, what was being sent in that instant
	tr -d '[]' <got | grep . | uniq | cmp - <(seq "$line")
	fuser -k -KILL d/lock
}

@test "a processor, and who keeps it, have no socket of svlogd's" {
	printf 's100\nu127.0.0.1:9\n!ls -l /proc/$$/fd /proc/$PPID/fd\n' >d/config
	for i in 1 2 3; do printf '%090d\n' "$i"; done | "$SVLOGD" -l 20 -b 30 d
	[ "$(cat d/@*.s | grep -c '/d/@.*\.u$')" = 6 ]
	run ! grep -q socket: d/@*.s
}
