#!/usr/bin/env bats
# `make release`: what is packed, that it works where it is unpacked, and that it is the same each time.

load helpers

# release DIR: builds one from a copy of the sources in DIR, so that no other build is disturbed.
release() {
	mkdir -p "$1"
	(cd "$BATS_TEST_DIRNAME/.." && tar -cf - --exclude=./build --exclude=./.git --exclude=./tests .) | tar -xf - -C "$1"
	env -u MAKEFLAGS -u CC -u CFLAGS -u LDFLAGS SOURCE_DATE_EPOCH=1700000000 \
		make -s -C "$1" BUILD="${2:-build}" release 3>&-
}

# One for all tests of this file, unpacked.
setup_file() {
	never
	release "$BATS_FILE_TMPDIR/one"
	ARCHIVE=$(echo "$BATS_FILE_TMPDIR"/one/build/tend-*.tar.gz)
	mkdir "$BATS_FILE_TMPDIR/local"
	# a directory that is there already keeps its mode
	mkdir -m 2775 "$BATS_FILE_TMPDIR/local/bin"
	tar -xzf "$ARCHIVE" -C "$BATS_FILE_TMPDIR/local"
	export ARCHIVE
}

setup() {
	LOCAL=$BATS_FILE_TMPDIR/local
	cd "$BATS_TEST_TMPDIR" || return
}

@test "its name has the version of NEWS.md and the machine's architecture" {
	local version
	version=$(sed -n 's/^## \([^ ]*\).*/\1/p' "$BATS_TEST_DIRNAME/../NEWS.md" | head -n 1)
	[ "$(basename "$ARCHIVE")" = "tend-$version-$(uname -m).tar.gz" ]
}

@test "it has what make install brings and the licences, belongs to root, and everybody may read it" {
	make -s -C "$BATS_FILE_TMPDIR/one" DESTDIR="$PWD/to" install 3>&-
	diff <(cd to/usr/local && find . -type f -printf '%P %m\n' | sort) \
		<(cd "$LOCAL" && find . -type f -not -path './share/doc/*' -printf '%P %m\n' | sort)
	[ "$(tar -tvzf "$ARCHIVE" | awk '{ print $2 }' | sort -u)" = 0/0 ]
	run ! grep -v '^-rw[x-]r-[x-]r-[x-]' <(tar -tvzf "$ARCHIVE")
	[ "$(stat -c %a "$LOCAL/bin")" = 2775 ]
	for f in README.md NEWS.md LICENSE linked/musl-dev linked/skalibs-dev linked/libcap-ng-dev \
		linked/libinih-dev linked/libyajl-dev; do
		[ -s "$LOCAL/share/doc/tend/$f" ]
	done
}

@test "its programs are static and stripped, and need nothing but themselves" {
	local p
	for p in "$LOCAL"/bin/*; do
		run -0 file -b "$p"
		[[ $output == *"statically linked, stripped"* ]]
	done
	mkdir scan scan/web
	cat >scan/web/run <<-EOF
		#!/bin/sh
		exec '$LOCAL/bin/chpst' -e env sh -c 'echo \$A; exec sleep 1000'
	EOF
	mkdir scan/web/env scan/web/log logged
	echo packed >scan/web/env/A
	printf '#!/bin/sh\nexec '\''%s'\'' '\''%s'\''\n' "$LOCAL/bin/svlogd" "$PWD/logged" >scan/web/log/run
	chmod +x scan/web/run scan/web/log/run
	PATH=$LOCAL/bin:/usr/bin:/bin daemon "$LOCAL/bin/runsvdir" scan
	eventually grep -qx packed logged/current
	run -0 env SVDIR="$PWD/scan" "$LOCAL/bin/sv" status web
	[[ $output == "run: web: (pid "*"; run: log: (pid "* ]]
	kill -HUP "${PIDS[0]}"
	wait "${PIDS[0]}" || :
}

@test "its man pages and completions are those of the sources" {
	local p
	for p in "$LOCAL"/bin/*; do
		p=$(basename "$p")
		cmp "$LOCAL/share/man/man8/$p.8" "$BATS_TEST_DIRNAME"/../*/"$p.8"
		run -0 mandoc -Tutf8 "$LOCAL/share/man/man8/$p.8"
		[ "${#lines[@]}" -gt 20 ]
	done
	bash -n "$LOCAL/share/bash-completion/completions/sv"
	zsh -n "$LOCAL/share/zsh/site-functions/_sv"
}

@test "the same sources give the same bytes, wherever they are built" {
	umask 077
	release "$PWD/other/place" elsewhere
	cmp "$ARCHIVE" other/place/elsewhere/"$(basename "$ARCHIVE")"
}
