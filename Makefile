# Sluice: the only entrance.
#
#	make			build build/sluice
#	make run		build and start everything, until Ctrl-C
#	make start | stop	the same in the background
#	make status | psql	what runs; a look at the tables
#	make restart		put a new build into service, worker by worker
#	make deps		install the Debian packages that are missing
#	make install		below PREFIX=/usr/local; make uninstall
#	make deb		a Debian package, build-deb/sluice_*.deb
#	make test		every suite; the last line sums them up:
#	make lint | manual | unit | sql-test | http | race | fuzz | sanitize | tsan
#	make conformance	the public suite of the streams protocol
#	make client-test	the public client of that protocol
#	make package-test	make install, the .deb, the systemd unit
#	make operations-test	backup, recovery, a full disk, few rights
#	make differential	random commands beside redis-server; SEED=7
#	make avro		schemas and payloads beside avsc; SEED=7
#	make misuse		bad requests; SEED=7 COUNT=1000000 CASE=4711
#	make http ONLY=ack	a suite's tests that have "ack" in their names
#	make bench		how fast it is, as ratios; BENCH_ONLY=a,c chooses
#	make soak		ten minutes of churn: does anything grow? SOAK_MINUTES=
#	make tsan-http		http against a build that watches for data races
#	make docs		write the generated pages of docs/ anew
#	make format		what clang-format thinks of the source
#	make clean		remove what was built; var/ stays
#
# Another build of the whole tree, beside the first:
#	make BUILD=build-asan SANITIZE=address,undefined unit http
#
# Settings are environment variables or arguments: make run SLUICE_HTTP_PORT=80

BUILD ?= build
SANITIZE ?=
OPTIMIZE = -O2
CFLAGS = -std=gnu11 -Wall -Wextra -Werror $(OPTIMIZE) -g
CPPFLAGS = -I. -I$(BUILD) -I/usr/include/postgresql
LDLIBS = -lfcgi -lpq -lyajl -ljansson -lavro -ljwt -largon2 -lcurl -lcrypto -lpthread

ifneq ($(SANITIZE),)
CFLAGS += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
    -fno-omit-frame-pointer
endif

# As many compilers as there are cores. Of several goals each waits for the
# one before it.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
ifneq ($(word 2,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

# --- the program ----------------------------------------------------------

sources := $(sort $(wildcard fcgi/*.c sql/*.c auth/*.c handlers/*.c \
    handlers/*/*.c))
main := handlers/main.c
library_objects := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(main),$(sources))) \
    $(BUILD)/statements.o $(BUILD)/migrations.gen.o
library := $(BUILD)/libsluice.a

all: $(BUILD)/sluice
.PHONY: all

# Of objects: of two functions with one name an archive gives the first.
$(BUILD)/sluice: $(BUILD)/handlers/main.o $(library_objects) $(library)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LDLIBS)

# The archive is made anew: a member whose source has gone must not stay.
$(library): $(library_objects) $(BUILD)/sources.list
	@rm -f $@
	$(AR) rcs $@ $(library_objects)

$(BUILD)/%.o: %.c $(BUILD)/flags | $(BUILD)/statements.gen.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: $(BUILD)/%.c $(BUILD)/flags | $(BUILD)/statements.gen.h
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# --- generated sources ----------------------------------------------------

statements := $(sort $(filter-out sql/fn/% sql/views/%,$(wildcard sql/*/*.sql)))
functions := $(sort $(wildcard sql/fn/*.sql)) $(sort $(wildcard sql/views/*.sql))
migrations := $(sort $(wildcard migrations/*.sql))
rights := sql/append_rights.sql sql/reader.sql
embed = LC_ALL=C awk -f sql/embed.awk

$(BUILD)/statements.gen.h: $(statements) sql/embed.awk $(BUILD)/sql.list
	$(embed) -v as=names $(statements) >$@.new && mv $@.new $@

$(BUILD)/statements.c: $(statements) sql/embed.awk $(BUILD)/sql.list
	$(embed) -v as=statements $(statements) >$@.new && mv $@.new $@

$(BUILD)/migrations.gen.c: $(migrations) $(functions) $(rights) \
    sql/embed.awk $(BUILD)/sql.list
	{ echo '#include "sql/migrations.h"' && \
	  $(embed) -v as=files -v table=migration_files $(migrations) && \
	  $(embed) -v as=files -v table=function_files $(functions) && \
	  $(embed) -v as=files -v table=rights_files $(rights); \
	} >$@.new && mv $@.new $@

# Files that hold a list change only when the list does, so that removing a
# source, or building with other flags, makes what depends on it anew.
define list
	@mkdir -p $(BUILD)
	@printf '%s\n' '$(1)' | cmp -s - $@ || printf '%s\n' '$(1)' >$@
endef

$(BUILD)/sources.list: FORCE
	$(call list,$(sources))
$(BUILD)/sql.list: FORCE
	$(call list,$(statements) $(functions) $(migrations) $(rights))
$(BUILD)/flags: FORCE
	$(call list,$(CC) $(CPPFLAGS) $(CFLAGS))
FORCE:
.PHONY: FORCE

# --- running --------------------------------------------------------------

run start: packages all
	@fcgi/run.sh $@
restart: all
	@fcgi/run.sh restart
stop status:
	@fcgi/run.sh $@
# make psql ARGS="-c 'select * from sluice.queue_depth'"
psql:
	@fcgi/run.sh psql $(ARGS)
.PHONY: run start restart stop status psql

# Pages that are printed from the tables; lint checks that they are current.
docs: all
	@for page in settings errors metrics routes; do \
		BUILD=$(BUILD) docs/generate.sh $$page >docs/$$page.md; done
	@for file in sluice.1 openapi.json; do \
		BUILD=$(BUILD) docs/generate.sh $$file >docs/$$file; done
.PHONY: docs

# --- installing -----------------------------------------------------------

# What is copied where: docs/package/install.sh. State and settings are let be.
PREFIX = /usr/local
BINDIR = $(PREFIX)/bin
LIBDIR = $(PREFIX)/lib/sluice
UNITDIR = $(PREFIX)/lib/systemd/system
SHAREDIR = $(PREFIX)/share/sluice
DOCDIR = $(PREFIX)/share/doc/sluice
MANDIR = $(PREFIX)/share/man
COMPLETIONDIR = $(PREFIX)/share/bash-completion/completions
SYSCONFDIR = /etc
CONFDIR = $(SYSCONFDIR)/sluice
CRONDIR = $(SYSCONFDIR)/cron.d
STATEDIR = /var/lib/sluice
places = DESTDIR='$(DESTDIR)' $(foreach place,BINDIR LIBDIR UNITDIR SHAREDIR \
    DOCDIR MANDIR COMPLETIONDIR CONFDIR CRONDIR STATEDIR,$(place)='$($(place))')

install: all
	@$(places) BUILD=$(BUILD) STRIP='$(STRIP)' docs/package/install.sh $@
uninstall:
	@$(places) docs/package/install.sh $@

# A package for Debian 12 in build-deb/, made of a build of its own.
deb: packages-deb
	@docs/package/deb.sh $(REVISION)
.PHONY: install uninstall deb

# --- packages -------------------------------------------------------------

packages_run := gcc libc6-dev libfcgi-dev libpq-dev libyajl-dev \
    libjansson-dev libavro-dev libjwt-dev libargon2-dev libssl-dev \
    libcurl4-openssl-dev ca-certificates postgresql-15 nginx \
    spawn-fcgi multiwatch openssl curl
packages_deb := dpkg-dev
packages_test := clang libclang-rt-14-dev python3 jq git redis-server cron \
    prometheus mandoc zsh $(packages_deb) lintian systemd systemd-container
packages_bench := python3 wrk beanstalkd redis-server webdis
# A node from elsewhere does as well, and would not bear Debian's beside it.
packages_node := $(if $(shell command -v npm),,nodejs npm)

packages:
	@fcgi/packages.sh $(packages_run)
packages-test:
	@fcgi/packages.sh $(packages_run) $(packages_test) $(packages_node)
packages-bench:
	@fcgi/packages.sh $(packages_run) $(packages_bench)
packages-deb:
	@fcgi/packages.sh $(packages_run) $(packages_deb)
deps: packages-test
.PHONY: packages packages-test packages-bench packages-deb deps

# Nothing can be compiled before the compiler is there.
goals := $(MAKECMDGOALS)
$(BUILD)/flags: | $(if $(filter test deps,$(goals)),packages-test,\
    $(if $(filter bench,$(goals)),packages-bench,\
    $(if $(filter run start,$(goals)),packages)))

# --- tests ----------------------------------------------------------------

suites = lint manual unit sql-test http misuse differential avro conformance \
    client-test race package-test operations-test fuzz sanitize tsan

test: packages-test
	@tests/sum.sh test $(suites:%='$(MAKE) --no-print-directory %')
.PHONY: test

lint: all
	@BUILD=$(BUILD) CC=$(CC) tests/sum.sh lint tests/lint.sh
# Where clang-format would have written it otherwise: advice, no rule.
format:
	@for f in $(filter-out $(BUILD)/%,$(sources) $(wildcard */*.h)); do \
		clang-format $$f | diff -u $$f -; done || :
.PHONY: lint format

# Suites of scripts: tests/NAME/run.py starts what it needs. ONLY chooses
# among the tests by parts of their names: make http ONLY=ack
http: all
	@tests/sum.sh http 'python3 tests/http/run.py $(ONLY)' \
	    $(if $(ONLY),,$(patsubst %,\
	    'python3 tests/http/docs_examples.py docs/%.md',queue streams \
	    plates doors))
race: all
	@tests/sum.sh race 'python3 tests/race/run.py $(ONLY)'
# 100,000 bad requests. SEED= chooses others, COUNT= how many, CASE= one alone.
misuse: all
	@tests/sum.sh misuse 'python3 tests/misuse/run.py $(ONLY)'
.PHONY: misuse
# The plates door beside Debian's redis-server. SEED= chooses other sequences,
# SEQUENCES= how many, SHOWN= how many of those that differ are shrunk.
differential: all
	@tests/sum.sh differential 'python3 tests/differential/run.py $(ONLY)'
# What is installed, how it runs there, and the life of the .deb.
package-test: all
	@tests/sum.sh package 'python3 tests/package/run.py $(ONLY)'
# Backup and recovery, databases with few rights, read-only, without room.
operations-test: all
	@tests/sum.sh operations 'python3 tests/operations/run.py $(ONLY)'
.PHONY: http race differential package-test operations-test

# Suites that come from npm, with exactly what the lock file names. npm leaves
# out optional packages that do not suit the node that runs it, so once it has
# brought a newer one than Debian's, that one runs it again.
node_modules := tests/node_modules/.package-lock.json
node = $(firstword $(wildcard tests/node_modules/node-linux-*/bin/node) node)
npm_ci := ci --ignore-scripts --no-audit --no-fund

$(node_modules): tests/package-lock.json | packages-test
	@cd tests && npm $(npm_ci) && \
	    cp node_modules/node-linux-*/bin/node $(abspath $(BUILD))/node && \
	    $(abspath $(BUILD))/node "$$(readlink -f "$$(command -v npm)")" \
	    $(npm_ci)
	@touch $@

# The man page, the completions of shells, the description of the API.
manual: all $(node_modules)
	@tests/sum.sh manual 'python3 tests/manual/run.py $(ONLY)' \
	    $(if $(ONLY),,'$(node) tests/manual/openapi.js')
.PHONY: manual

conformance: all $(node_modules)
	@tests/sum.sh conformance 'python3 tests/conformance/run.py $(ONLY)'
client-test: all $(node_modules)
	@tests/sum.sh client 'python3 tests/client/run.py $(ONLY)'
.PHONY: conformance client-test

# The same tests in a build that stops at the first undefined behaviour, and
# at the first byte that is touched out of turn.
sanitize:
	@$(MAKE) --no-print-directory BUILD=build-asan \
	    SANITIZE=address,undefined sanitized
sanitized:
	@tests/sum.sh sanitize '$(MAKE) unit' '$(MAKE) stress' '$(MAKE) http'
# A data race ends the worker, and no test wants to lose one.
tsan: tsan-stress
tsan-stress tsan-http: tsan-%:
	@TSAN_OPTIONS=halt_on_error=1 $(MAKE) --no-print-directory \
	    BUILD=build-tsan SANITIZE=thread $*
# The engine under load, in whatever build.
stress: $(BUILD)/tests/tsan/engine_stress
	@tests/sum.sh stress $<
.PHONY: sanitize sanitized tsan tsan-stress tsan-http stress

$(BUILD)/tests/tsan/%: $(BUILD)/tests/tsan/%.o $(library)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# What topics' schemas take, beside npm's avsc. SEED= chooses other schemas,
# SCHEMAS= how many.
avro: $(BUILD)/tests/avro/judge $(node_modules)
	@tests/sum.sh avro 'python3 tests/avro/run.py $<'
.PHONY: avro

$(BUILD)/tests/avro/%: $(BUILD)/tests/avro/%.o $(library)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# A unit test is one C file; what it needs it takes from the library.
unit_tests := $(patsubst %.c,$(BUILD)/%,$(sort $(wildcard tests/unit/*.c)))

$(BUILD)/tests/unit/%: $(BUILD)/tests/unit/%.o $(library)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

unit: $(unit_tests)
	@tests/sum.sh unit $(unit_tests)
.PHONY: unit

# The SQL tests run against a scratch cluster that they make and remove.
sql-test: $(BUILD)/tests/sql/migrate_test
	@tests/sum.sh sql 'tests/sql/run.py $< $(ONLY)'
.PHONY: sql-test

$(BUILD)/tests/sql/%: $(BUILD)/tests/sql/%.o $(library)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Fuzzers are built by clang into a tree of their own: tests/fuzz/x.c, whose
# first inputs are the files in tests/fuzz/x/, if there are any.
fuzz_build := build-fuzz
FUZZ_SECONDS = 20
fuzz_tests := $(patsubst %.c,$(fuzz_build)/%,$(sort $(wildcard tests/fuzz/*.c)))

ifeq ($(BUILD),$(fuzz_build))
$(fuzz_build)/tests/fuzz/%: $(fuzz_build)/tests/fuzz/%.o $(library)
	$(CC) $(CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $^ $(LDLIBS)
fuzz-programs: $(fuzz_tests)
endif

fuzz:
	@$(MAKE) --no-print-directory BUILD=$(fuzz_build) CC=clang \
	    SANITIZE=fuzzer-no-link,address,undefined fuzz-programs
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tests/sum.sh fuzz \
	    'tests/fuzz.sh $(fuzz_tests)'
.PHONY: fuzz fuzz-programs

# Minutes at full speed on an instance of its own: no part of make test.
SOAK_MINUTES = 10
soak: all
	@SOAK_MINUTES=$(SOAK_MINUTES) python3 tests/soak/run.py
.PHONY: soak

# Not a test: what misses its goal is said, and fails nothing.
bench: packages-bench all $(BUILD)/tests/bench/libpq_read
	@python3 tests/bench/run.py
.PHONY: bench

$(BUILD)/tests/bench/%: $(BUILD)/tests/bench/%.o
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< -lpq

clean:
	rm -rf build build-*
help:
	@sed -n 's/^#	make/	make/p' Makefile
.PHONY: clean help

objects := $(library_objects) $(BUILD)/handlers/main.o $(unit_tests:=.o) \
    $(BUILD)/tests/tsan/engine_stress.o
-include $(objects:.o=.d) $(patsubst %,%.d,$(fuzz_tests))

.SECONDARY:
.DELETE_ON_ERROR:
