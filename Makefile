# SPDX-License-Identifier: MIT
# hookwalk - "make demo" and "make check" do everything on a fresh Debian 12.
# V=1 shows the commands; SAN=1 builds and runs under ASan and UBSan.

PREFIX  ?= /usr/local
CC      ?= cc
BUILD   := build/$(if $(SAN),san,rel)
Q       := $(if $(V),,@)
PACKAGES := gcc make pkg-config libpcap-dev zlib1g-dev libjansson-dev libbdd-dev libgraphviz-dev fonts-dejavu-core libcunit1-dev libmnl-dev libcap-ng-dev uthash-dev liblua5.4-dev python3 iproute2 iptables ipset

# -Wconversion is on but not for sign: header arithmetic mixes both on purpose.
WARN    := -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes \
           -Wmissing-prototypes -Wpointer-arith -Wvla -Werror
SANFLAGS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# GCC clears structs by "rep stos" on x86, which takes longer than all else that a packet needs of some functions.
MEMSET  := -mmemset-strategy=vector_loop:1024:noalign,libcall:-1:noalign
MEMSET  := $(shell $(CC) $(MEMSET) -S -o /dev/null -x c /dev/null 2>/dev/null && echo $(MEMSET))
OPT     := $(if $(SAN),$(SANFLAGS),-O2 -g $(MEMSET))
CFLAGS  ?=
LDFLAGS ?=
ALLFLAGS = -std=c11 -D_GNU_SOURCE $(WARN) $(OPT) -fno-strict-aliasing -I. -I$(BUILD)/gen -isystem /usr/include/lua5.4 -MMD -MP $(CFLAGS)
LIBS    := -lpcap -ljansson -llua5.4 -lz -lm -lgvc -lcgraph -lbdd -lmnl -lcap-ng

DIRS    := sim/base sim/packet sim/trace sim/ipset sim/net sim/hook sim/conntrack sim/nat sim/world sim/report sim/verify sim/why sim/draw \
           rules/ipset rules/parse rules/cmd rules/model rules/compile rules/eval rules/explain rules/analyse rules/ext \
           lua/bind
SRC     := $(sort $(wildcard $(addsuffix /*.c,$(DIRS))))
EXT     := $(sort $(wildcard rules/ext/*.c))
LUALIB  := $(sort $(filter-out %.test.lua %.d.lua,$(wildcard lua/lib/*.lua)))
CLI     := $(sort $(wildcard sim/cli/*.c))
UNIT    := $(sort $(wildcard tests/unit/*/test_*.c))
MAN     := $(sort $(wildcard docs/man/*.1))
# Programs of one file over the library: tests that need a process of their own, fuzz targets, yardsticks.
FUZZ    := $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
FAULTS  := $(patsubst tests/faults/%.c,$(BUILD)/faults/%,$(wildcard tests/faults/*.c))
BENCH   := $(BUILD)/bench/bench $(BUILD)/bench/sets
OBJ     := $(SRC:%.c=$(BUILD)/%.o) $(BUILD)/gen/ext_list.o $(BUILD)/gen/lua_lib.o
CLIOBJ  := $(CLI:%.c=$(BUILD)/%.o)
UNITOBJ := $(UNIT:%.c=$(BUILD)/%.o)

all: $(BUILD)/libhookwalk.a $(BUILD)/hookwalk

$(BUILD)/libhookwalk.a: $(OBJ)
	$(Q)rm -f $@; ar rcs $@ $(OBJ)

$(BUILD)/hookwalk: $(CLIOBJ) $(BUILD)/libhookwalk.a
	@echo "  LINK  $@"
	$(Q)$(CC) $(ALLFLAGS) -o $@ $(CLIOBJ) $(BUILD)/libhookwalk.a $(LDFLAGS) $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(ALLFLAGS) -c -o $@ $<

# Every rules/ext file ends in one or more tables: "const struct match_ext ext_*" and
# "const struct target_ext ext_*"; the list of all of them is made from the files.
$(BUILD)/gen/ext_list.c: $(EXT) tests/mkextlist.sh
	@mkdir -p $(@D)
	$(Q)sh tests/mkextlist.sh $(EXT) > $@.tmp && mv $@.tmp $@

$(BUILD)/gen/ext_list.o: $(BUILD)/gen/ext_list.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALLFLAGS) -c -o $@ $<

# The Lua half of the labs is part of the program.
$(BUILD)/gen/lua_lib.c: $(LUALIB) tests/mklua.sh
	@mkdir -p $(@D)
	$(Q)sh tests/mklua.sh $(LUALIB) > $@.tmp && mv $@.tmp $@

$(BUILD)/gen/lua_lib.o: $(BUILD)/gen/lua_lib.c
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALLFLAGS) -c -o $@ $<

# One test program; each tests/unit/*/test_NAME.c has "void suite_NAME(void)".
$(BUILD)/gen/unit_main.c: $(UNIT) tests/mkunit.sh
	@mkdir -p $(@D)
	$(Q)sh tests/mkunit.sh $(UNIT) > $@.tmp && mv $@.tmp $@

$(BUILD)/unit: $(UNITOBJ) $(BUILD)/gen/unit_main.c $(BUILD)/libhookwalk.a
	@echo "  LINK  $@"
	$(Q)$(CC) $(ALLFLAGS) -o $@ $(UNITOBJ) $(BUILD)/gen/unit_main.c $(BUILD)/libhookwalk.a -lcunit $(LDFLAGS) $(LIBS)

$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/rig.o $(BUILD)/tests/fuzz/driver.o $(BUILD)/libhookwalk.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALLFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/libhookwalk.a $(LDFLAGS) $(LIBS)

$(BUILD)/faults/%: $(BUILD)/tests/faults/%.o $(BUILD)/libhookwalk.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALLFLAGS) -o $@ $< $(BUILD)/libhookwalk.a $(LDFLAGS) $(LIBS)

$(BUILD)/bench/bench: $(BUILD)/tests/bench/jobs.o $(BUILD)/tests/bench/kernel.o
$(BUILD)/bench/%: $(BUILD)/tests/bench/%.o $(BUILD)/libhookwalk.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALLFLAGS) -o $@ $(filter %.o,$^) $(BUILD)/libhookwalk.a $(LDFLAGS) $(LIBS)

# clang's libFuzzer over the targets: "make fuzz", then build/fuzz/fuzz/NAME CORPUSDIR...
FUZZFLAGS := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
fuzz:
	$(Q)$(MAKE) --no-print-directory BUILD=build/fuzz CC=clang CFLAGS=-Wno-error OPT="$(FUZZFLAGS)" build/fuzz/libhookwalk.a build/fuzz/tests/fuzz/rig.o
	@mkdir -p build/fuzz/fuzz
	$(Q)for t in $(FUZZ:$(BUILD)/fuzz/%=%); do \
		clang -std=c11 -D_GNU_SOURCE -I. $(FUZZFLAGS) -fsanitize=fuzzer -o build/fuzz/fuzz/$$t tests/fuzz/fuzz_$$t.c \
			build/fuzz/tests/fuzz/rig.o build/fuzz/libhookwalk.a $(LIBS) || exit 1; \
	done

deps:
	$(Q)sh tests/deps.sh $(PACKAGES)

check: deps
	$(Q)$(MAKE) --no-print-directory all $(BUILD)/unit $(FUZZ) $(FAULTS)
	$(Q)BUILD=$(BUILD) SAN=$(SAN) bash tests/run.sh

# ONLY=text takes the jobs whose names have it.
BENCHDIR := $(BUILD)/bench/data
bench: $(BENCH) $(BUILD)/hookwalk
	$(Q)$(BUILD)/bench/bench --json build/bench.json $(if $(ONLY),--only "$(ONLY)") $(BENCHDIR) $(BUILD)/hookwalk; \
		status=$$?; rm -rf $(BENCHDIR); exit $$status

# This tree against revision BASE, in turn, pair by pair.
bench-compare: $(BENCH) $(BUILD)/hookwalk
	$(Q)[ -n "$(BASE)" ] || { echo "which revision? make bench-compare BASE=HEAD~1"; exit 2; }
	$(Q)git worktree remove --force build/bench-base 2>/dev/null; git worktree add -q --detach build/bench-base $(BASE)
	$(Q)$(MAKE) --no-print-directory -C build/bench-base all >build/bench-base.log 2>&1 && \
		$(BUILD)/bench/bench --json build/bench-compare.json $(if $(ONLY),--only "$(ONLY)") --base build/bench-base/build/rel/hookwalk \
			$(BENCHDIR) $(BUILD)/hookwalk; \
		status=$$?; git worktree remove --force build/bench-base; rm -rf $(BENCHDIR); exit $$status

demo: deps
	$(Q)$(MAKE) --no-print-directory all
	$(Q)BUILD=$(BUILD) sh scenarios/demo.sh

# The pages of all extensions as one.
docs: docs/ext/index.md
docs/ext/index.md: $(sort $(wildcard rules/ext/*.md)) tests/mkdocs.sh
	@mkdir -p $(@D)
	$(Q)sh tests/mkdocs.sh $(filter %.md,$^) > $@.tmp && mv $@.tmp $@

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(MAN) $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 755 $(BUILD)/hookwalk $(DESTDIR)$(PREFIX)/bin/hookwalk
	install -d $(DESTDIR)$(PREFIX)/share/hookwalk/lua
	install -m 644 lua/lib/hookwalk.d.lua $(DESTDIR)$(PREFIX)/share/hookwalk/lua/hookwalk.d.lua
	install -m 644 $(BUILD)/libhookwalk.a $(DESTDIR)$(PREFIX)/lib/libhookwalk.a

uninstall:
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/share/man/man1/,$(notdir $(MAN)))
	rm -f $(DESTDIR)$(PREFIX)/share/hookwalk/lua/hookwalk.d.lua $(DESTDIR)$(PREFIX)/bin/hookwalk $(DESTDIR)$(PREFIX)/lib/libhookwalk.a

ALLC    = $(sort $(shell git ls-files '*.c' '*.h'))
fmt:
	clang-format -i $(ALLC)

tidy:
	clang-tidy --quiet $(SRC) $(CLI) -- -std=c11 -D_GNU_SOURCE -I. -I$(BUILD)/gen -isystem /usr/include/lua5.4

clean:
	rm -rf build

.SECONDARY: $(patsubst tests/%.c,$(BUILD)/tests/%.o,$(wildcard tests/fuzz/*.c tests/faults/*.c tests/bench/*.c))
.PHONY: all fuzz deps check demo bench bench-compare docs install uninstall fmt tidy clean
-include $(OBJ:.o=.d) $(CLIOBJ:.o=.d) $(UNITOBJ:.o=.d) $(wildcard $(BUILD)/tests/*/*.d)
