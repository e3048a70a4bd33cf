# make            programs in build/bin, static, on musl (LIBC=glibc: dynamic, on glibc; CC=clang: the other compiler)
# make help       the other targets

PROGRAMS := runsvdir runsv sv svlogd chpst sv-from-supervisord my_init
LIBC ?= musl
BUILD ?= build
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions

lib_OBJ := lib/stamp.o lib/death.o lib/state.o lib/value.o lib/setting.o lib/status.o lib/letters.o lib/replace.o lib/spawn.o lib/events.o lib/pidfd.o lib/proc.o lib/std.o lib/env.o
include objects.mk

# Of libcap-ng chpst calls nothing that prints, scans or logs. What does is in the same object, and wants functions that
# only glibc has (_FORTIFY_SOURCE), or half of stdio: in our copy these names mean caps_unused(), which aborts.
CAPNG_UNUSED := sprintf __printf_chk __asprintf_chk __sprintf_chk __snprintf_chk __syslog_chk __isoc99_sscanf
CAPNG := $(BUILD)/skalibs/libcap-ng.a
chpst_LIB = $(CAPNG) $(CAPNG_UNUSED:%=-Wl,--defsym=capng_%=caps_unused)

# JSON and INI. Debian's yajl was built to call what only glibc has: a program that links it on musl needs $(YAJL_OBJ), too.
YAJL := $(BUILD)/skalibs/libyajl_s.a
YAJL_OBJ = $(if $(filter musl,$(LIBC)),lib/fortify.o)
INIH := $(BUILD)/skalibs/libinih.a
sv-from-supervisord_OBJ += $(YAJL_OBJ)
sv-from-supervisord_LIB = $(INIH) $(YAJL)
sv_OBJ += $(YAJL_OBJ)
sv_LIB = $(YAJL)
my_init_OBJ += $(YAJL_OBJ)
my_init_LIB = $(YAJL)
dump_UNIT += $(YAJL_OBJ)
dump_LIB = $(YAJL)

# Where the distribution keeps what a compiler for musl does not look for: skalibs' and the kernel's headers.
ARCH_INCLUDE := $(firstword $(wildcard /usr/include/*/skalibs /usr/include/skalibs))
ARCH := $(shell gcc -print-multiarch 2>/dev/null)

ifeq ($(origin CC),default)
CC := gcc
endif
LINK := $(CC)
# gcc has a wrapper for musl. clang is shown musl's headers and its own, and that wrapper links.
ifeq ($(LIBC),musl)
LINK := musl-gcc
ifeq ($(findstring clang,$(CC)),)
override CC := musl-gcc
else
MUSL_INCLUDE := -nostdinc -isystem /usr/include/$(subst -gnu,-musl,$(ARCH)) -isystem $(shell $(CC) -print-resource-dir)/include
endif
endif

WARN := -Wall -Wextra -Wswitch-enum -Wshadow -Wconversion -Werror
# Not with glibc: where a user is looked up it loads modules of the system, and a static program crashes in them.
STATIC ?= $(if $(filter musl,$(LIBC)),-static)
comma := ,
# nothing unwinds: the tables for it would be a page in memory
OPT ?= -Os -g -fno-asynchronous-unwind-tables -fno-unwind-tables -ffunction-sections -fdata-sections
# a program at a fixed place needs no relocation at its start
PIE ?= $(if $(STATIC),-fno-pie)
override CFLAGS := -std=c11 -D_GNU_SOURCE $(WARN) $(OPT) $(PIE) -isystem $(BUILD)/include $(MUSL_INCLUDE) -Ilib $(CFLAGS)
# one mapping, and nothing in it that is not called
override LDFLAGS := $(STATIC) -Wl,--gc-sections $(if $(STATIC),-Wl$(comma)-z$(comma)noseparate-code) $(LDFLAGS)
LDLIBS := -l:libskarnet.a
ifeq ($(LIBC),musl)
override LDFLAGS += -L$(BUILD)/skalibs
endif

bin: $(PROGRAMS:%=$(BUILD)/bin/%)
all: bin
.DEFAULT_GOAL := all

# A compiler for musl must not see glibc's headers, so only these are shown to it. libcap-ng's constructor (nine system calls) is
# left out of the copy: its functions call it by themselves, and most starts of chpst need none of them.
$(BUILD)/include/.ok: Makefile
	@mkdir -p $(BUILD)/include $(BUILD)/skalibs
	@test -n "$(ARCH_INCLUDE)" || { echo "skalibs' headers are missing: install skalibs-dev" >&2; exit 1; }
	@test -e /usr/include/cap-ng.h || { echo "libcap-ng's header is missing: install libcap-ng-dev" >&2; exit 1; }
	@test -e /usr/include/ini.h || { echo "inih's header is missing: install libinih-dev" >&2; exit 1; }
	@test -e /usr/include/yajl/yajl_gen.h || { echo "yajl's headers are missing: install libyajl-dev" >&2; exit 1; }
	@ln -sfn $(ARCH_INCLUDE) $(BUILD)/include/skalibs
	@ln -sfn /usr/include/ini.h $(BUILD)/include/ini.h
	@ln -sfn /usr/include/yajl $(BUILD)/include/yajl
	@ln -sfn /usr/include/cap-ng.h $(BUILD)/include/cap-ng.h
	@ln -sfn /usr/include/linux $(BUILD)/include/linux
	@ln -sfn /usr/include/$(ARCH)/asm $(BUILD)/include/asm
	@ln -sfn /usr/include/asm-generic $(BUILD)/include/asm-generic
	@ln -sf "$$(gcc -print-file-name=libskarnet.a)" $(BUILD)/skalibs/libskarnet.a
	@ln -sf "$$(gcc -print-file-name=libinih.a)" $(INIH)
	@ln -sf "$$(gcc -print-file-name=libyajl_s.a)" $(YAJL)
	@objcopy --remove-section=.init_array --remove-section=.rela.init_array \
		$(foreach s,$(CAPNG_UNUSED),--redefine-sym $(s)=capng_$(s)) "$$(gcc -print-file-name=libcap-ng.a)" $(CAPNG)
	@touch $@

$(BUILD)/obj/%.o: %.c $(BUILD)/include/.ok
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(PRIVATE_INCLUDE) -MMD -MP -c -o $@ $<

define program
$(BUILD)/bin/$(1): $(addprefix $(BUILD)/obj/,$($(1)_OBJ)) $(BUILD)/obj/lib.a
	@mkdir -p $$(@D)
	$$(LINK) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$($(1)_LIB) $$(LDLIBS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

$(BUILD)/obj/lib.a: $(addprefix $(BUILD)/obj/,$(lib_OBJ))
	$(AR) rcs $@ $^

# The tests of a program's pure parts see its own headers; not those of chpst, whose limits.h would hide the system's.
$(BUILD)/obj/tests/unit/%.o: PRIVATE_INCLUDE := $(addprefix -iquote ,runsv runsvdir sv svlogd convert)

# Unit tests: tests/unit/X.t.c, with the pure objects named in X_UNIT of objects.mk.
define unit
$(BUILD)/unit/$(1): $(BUILD)/obj/tests/unit/$(1).t.o $(addprefix $(BUILD)/obj/,$($(1)_UNIT)) $(BUILD)/obj/lib.a
	@mkdir -p $$(@D)
	$$(LINK) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$($(1)_LIB) $$(LDLIBS)
endef
UNITS := $(patsubst tests/unit/%.t.c,%,$(wildcard tests/unit/*.t.c))
$(foreach u,$(UNITS),$(eval $(call unit,$(u))))

$(BUILD)/unit/table: $(BUILD)/obj/tests/unit/table.o $(addprefix $(BUILD)/obj/,$(table_UNIT)) $(BUILD)/obj/lib.a
	@mkdir -p $(@D)
	$(LINK) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# What the machine of runsv does, by running it; the golden copy shows every change as a diff.
table: $(BUILD)/unit/table
	@$(BUILD)/unit/table

golden: $(BUILD)/unit/table $(BUILD)/bin/sv-from-supervisord
	$(BUILD)/unit/table >tests/golden/slot.txt
	tests/convert/golden $(abspath $(BUILD)/bin/sv-from-supervisord)

check-golden: $(BUILD)/unit/table
	@$(BUILD)/unit/table | diff -u tests/golden/slot.txt - && echo "tests/golden/slot.txt: the same"

unit: $(UNITS:%=$(BUILD)/unit/%)
	@set -e; for t in $(UNITS); do echo "# $$t"; $(BUILD)/unit/$$t; done

# not in a copy without tests
-include tests/sim/sim.mk

# Either compiler with either libc: no warning, and each one's unit tests. `make matrix-clang-musl` is one of them.
MATRIX := $(foreach c,gcc clang,$(foreach l,musl glibc,$(c)-$(l)))
.PHONY: matrix $(MATRIX:%=matrix-%)
matrix: $(MATRIX:%=matrix-%)
$(MATRIX:%=matrix-%): matrix-%:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/matrix/$* CC=$(word 1,$(subst -, ,$*)) LIBC=$(word 2,$(subst -, ,$*)) all unit

# Fuzzers: tests/fuzz/X.c, with the objects named in X_FUZZ of objects.mk. clang's library for them needs glibc, and
# the sanitizers end them at the first error.
FUZZ_CC ?= clang
FUZZ_CFLAGS := -std=c11 -D_GNU_SOURCE $(WARN) -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=all -isystem $(BUILD)/include -Ilib
FUZZERS := $(sort $(patsubst %_FUZZ,%,$(filter %_FUZZ,$(.VARIABLES))))
T ?= 60

# -iquote: <limits.h> is not that of chpst
$(BUILD)/fuzz/obj/tests/fuzz/%.o: FUZZ_CFLAGS += $(addprefix -iquote ,runsv runsvdir sv svlogd chpst convert)

$(BUILD)/fuzz/obj/%.o: %.c $(BUILD)/include/.ok
	@mkdir -p $(@D)
	$(FUZZ_CC) $(FUZZ_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/obj/lib.a: $(addprefix $(BUILD)/fuzz/obj/,$(lib_OBJ))
	$(AR) rcs $@ $^

define fuzzer
$(BUILD)/fuzz/$(1): $(addprefix $(BUILD)/fuzz/obj/,tests/fuzz/$(1).o $($(1)_FUZZ) lib.a)
	$$(FUZZ_CC) -g -fsanitize=fuzzer,address,undefined -o $$@ $$^ $$(LDLIBS)
endef
$(foreach f,$(FUZZERS),$(eval $(call fuzzer,$(f))))

fuzz-programs: $(FUZZERS:%=$(BUILD)/fuzz/%)

# Each for T seconds, from its corpus in the tree.
fuzz: fuzz-programs
	tests/fuzz/run $(BUILD)/fuzz $(T) $(FUZZERS)

# The corpus anew: the fewest inputs that reach what is known to be reachable, and those that once failed (regress-*).
fuzz-corpus: fuzz-programs
	for f in $(FUZZERS); do tests/fuzz/merge $(BUILD)/fuzz $$f || exit 1; done

-include $(shell find $(BUILD)/obj $(BUILD)/fuzz/obj -name '*.d' 2>/dev/null)

# What the bats files need beside the programs.
test-programs: $(BUILD)/tests/killat

$(BUILD)/tests/killat: tests/killat.c
	@mkdir -p $(@D)
	gcc -std=c11 $(WARN) -O1 -o $@ $<

check:
	tests/run

# Every test that describes runit's contract (tests/contract.md), with the programs in BIN.
CONTRACT := $(shell grep -l '^\# bats test_tags=.*contract' tests/*.bats)
check-reference: BIN = /usr/bin
check-reference: $(BUILD)/tests/killat
	BIN=$(BIN) bats -T --filter-tags contract $(CONTRACT)

bench: all
	tests/bench/run BIN=$(BUILD)/bin

# Needs a Docker engine on this machine, and root.
.PHONY: bench-container
bench-container: all
	tests/bench/container BIN=$(BUILD)/bin

# Programs that check themselves (on glibc); their unit tests run at once. The suite: tests/report.
asan-programs:
	$(MAKE) BUILD=$(BUILD)/asan LIBC=glibc OPT='-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all' \
		all unit test-programs

# For tests/valgrind.bats: valgrind knows the allocator of glibc, and needs no static program.
valgrind-programs:
	$(MAKE) BUILD=$(BUILD)/valgrind LIBC=glibc OPT='-O1 -g' all

# Which lines the tests run. clang's counters lie in mapped files here: neither _exit, exec nor kill -9 takes them back.
COVERAGE := $(abspath $(BUILD))/coverage
.PHONY: coverage coverage-programs print-pure
coverage-programs:
	$(MAKE) BUILD=$(COVERAGE) LIBC=glibc CC=clang OPT='-O0 -g -fcoverage-mapping -mllvm -runtime-counter-relocation \
		-fprofile-instr-generate=$(COVERAGE)/raw/%c%m.profraw -Wno-unused-command-line-argument' \
		all $(UNITS:%=$(COVERAGE)/unit/%) $(COVERAGE)/unit/table test-programs

coverage: coverage-programs
	tests/coverage $(COVERAGE)

# Many services, letters and kills for T seconds, and what must hold afterwards.
.PHONY: term
term: all
	TERM_STEP=1 TERM_ROUNDS=2 TERM_WITHIN=1 BIN=$(abspath $(BUILD))/bin tests/run tests/stop.bats tests/my_init.bats
.PHONY: soak
soak: T = 600
soak: bin
	tests/soak/run $(BUILD)/bin T=$(T) $(if $(SEED),SEED=$(SEED))

print-pure:
	@echo $(PURE)

SOURCES := $(wildcard lib/*.c runsv/*.c runsvdir/*.c sv/*.c svlogd/*.c chpst/*.c convert/*.c my_init/*.c)
FORMATTED := $(SOURCES) $(wildcard */*.h) tests/killat.c $(wildcard tests/unit/*.[ch] tests/fuzz/*.[ch] tests/sim/*.[ch] tests/soak/*.c tests/bench/container-image/*.[ch] service-examples/docker/*/*.c)
SCRIPTS := try .ci/run tests/run tests/report tests/fuzz/run tests/fuzz/merge tests/coverage tests/soak/run tests/soak/verify completion/sv.bash $(wildcard tests/*.bats tests/*.bash tests/bench/run tests/bench/container tests/bench/container-image/scenes)
lint: $(BUILD)/include/.ok
	clang-format --dry-run -Werror $(FORMATTED)
	clang-tidy --quiet $(SOURCES) -- -std=c11 -D_GNU_SOURCE -Ilib
	cppcheck --quiet --std=c11 --error-exitcode=1 --enable=warning,performance,portability --inline-suppr -Ilib $(SOURCES)
	cppcheck --quiet --std=c11 --error-exitcode=1 --enable=warning,performance,portability --inline-suppr -Ilib -Irunsv \
		-Isvlogd $(wildcard tests/sim/*.c)
	shellcheck -x $(SCRIPTS)
	mandoc -Tlint -Wwarning $(wildcard */*.8)
	@echo 'lint: nothing to say'

format:
	clang-format -i $(FORMATTED)

clean:
	rm -rf $(BUILD)

install: bin
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(BASHDIR) $(DESTDIR)$(ZSHDIR)
	install -m 755 $(PROGRAMS:%=$(BUILD)/bin/%) $(DESTDIR)$(BINDIR)
	install -m 644 $(foreach p,$(PROGRAMS),$(wildcard */$(p).8)) $(DESTDIR)$(MANDIR)/man8
	install -m 644 completion/sv.bash $(DESTDIR)$(BASHDIR)/sv
	install -m 644 completion/_sv $(DESTDIR)$(ZSHDIR)/_sv

uninstall:
	rm -f $(PROGRAMS:%=$(DESTDIR)$(BINDIR)/%) $(PROGRAMS:%=$(DESTDIR)$(MANDIR)/man8/%.8)
	rm -f $(DESTDIR)$(BASHDIR)/sv $(DESTDIR)$(ZSHDIR)/_sv

# A tar.gz to unpack under /usr/local: only files, so that no directory that is there is changed, and the same bytes
# for the same sources and tools. What is linked in has licences that want to be told.
VERSION ?= $(word 2,$(shell grep -m 1 '^\#\# ' NEWS.md))
SOURCE_DATE_EPOCH ?= $(or $(shell git log -1 --format=%ct 2>/dev/null),$(shell stat -c %Y NEWS.md))
RELEASE = $(BUILD)/tend-$(VERSION)-$(firstword $(subst -, ,$(ARCH)))
LINKED := musl-dev skalibs-dev libcap-ng-dev libinih-dev libyajl-dev
.PHONY: release
release: bin
	@test "$(LIBC)" = musl || { echo 'a release is static: on musl' >&2; exit 1; }
	rm -rf $(RELEASE) $(RELEASE).tar.gz
	@$(MAKE) -s install DESTDIR=$(RELEASE) PREFIX= BINDIR=/bin MANDIR=/share/man \
		BASHDIR=/share/bash-completion/completions ZSHDIR=/share/zsh/site-functions
	strip $(PROGRAMS:%=$(RELEASE)/bin/%)
	@mkdir -p $(RELEASE)/share/doc/tend/linked
	@cp README.md NEWS.md LICENSE docs/coming-from-runit.md docs/coming-from-supervisord.md docs/coming-from-baseimage.md docs/containers.md docs/measured.md $(RELEASE)/share/doc/tend
	@dpkg-query -W $(LINKED) >$(RELEASE)/share/doc/tend/linked/versions
	@for p in $(LINKED); do cp /usr/share/doc/$$p/copyright $(RELEASE)/share/doc/tend/linked/$$p || exit; done
	@cp /usr/share/common-licenses/LGPL-2.1 $(RELEASE)/share/doc/tend/linked
	@cd $(RELEASE) && find . -type f -printf '%P\n' | LC_ALL=C sort | \
		tar --format=ustar --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --mtime=@$(SOURCE_DATE_EPOCH) \
		--no-recursion -T - -cf $(abspath $(RELEASE)).tar
	@gzip -9nf $(RELEASE).tar
	@ls -l $(RELEASE).tar.gz

help:
	@echo 'all (default)  the programs in $(BUILD)/bin'
	@echo 'install, uninstall, clean   with DESTDIR, PREFIX, BINDIR, MANDIR, BASHDIR, ZSHDIR'
	@echo 'release        a tar.gz of the static programs, man pages and completions, for /usr/local'
	@echo 'check          everything: tests/run'
	@echo 'unit           C unit tests'
	@echo 'matrix         gcc and clang, each on musl and on glibc: builds all, and runs the unit tests'
	@echo 'table, golden, check-golden  what the machine of runsv does; its copy; the difference'
	@echo 'check-reference BIN=/usr/bin  the tests of the contract, on runit itself'
	@echo 'coverage       which lines the tests run, beside tests/coverage.txt (half an hour)'
	@echo 'term           TERM to a tree at each of the first 500 milliseconds, a thousand runs'
	@echo 'soak T=600     300 services, random letters, kills, renames and rotations for T seconds; then what must hold'
	@echo 'bench          measures beside runit, s6, daemontools and the least that must be done'
	@echo 'bench-container  the same of a container: image, start, memory, docker stop, exit codes; as root, with Docker'
	@echo 'fuzz T=60      the fuzzers of tests/fuzz, each for T seconds (clang); fuzz-corpus: what they found, into the tree'
	@echo 'asan-programs, valgrind-programs   in $(BUILD)/asan, $(BUILD)/valgrind: for the suite'
	@echo 'sim [T=60]     the simulation: the seeds that ever failed, then fresh ones for T seconds'
	@echo 'sim SEED=n [V=1]  plays that one; V=1 shows each call'
	@echo 'sim-mutants    that each error of the model is found'
	@echo 'lint, format'

.PHONY: sim sim-program sim-mutants valgrind-programs check check-reference bench fuzz fuzz-programs fuzz-corpus asan-programs lint format test-programs all bin unit table golden check-golden clean install uninstall help
