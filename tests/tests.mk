# The tests: lints, unit tests (here with the sanitizers, on the boards' CPUs under qemu), and the whole program end to end.
#: make check         all of it, with what it needs installed (Debian, as root or with sudo)
#: make unit          the unit tests; TEST=name for tests/unit/test_name.c only, BOARD=name on that board's CPU
#: make lint e2e      the other tests, each alone
#: make counts        instructions of fixed works, held to tests/bench/budgets; RECORD=y writes those anew
#: make arithmetic    our own arithmetic beside mbedtls', on COUNT random numbers (1000000) and a hundredth as many signatures of each curve
#: make boards        builds all boards, and runs the unit tests and a short end-to-end suite on each one's CPU, under qemu: half an hour
#: make board-test BOARD=name   the same for one of them; make size-check: only whether its program is as small as it should be
#: make size-record   notes the size of the program in board/sizes, which "make check" compares with
#: make primitives    which library verifies with the fewest instructions; BOARD=name on that board's CPU
#: make model         STEPS random steps (100000) at the server's core and at a model of it; SEED=n repeats a run
#: make bench         inki beside what people would use in its place: 5 minutes; ONLY='http tls works login verify memory start' for some
#: make kconfig-variants  builds and unit tests without each of Kconfig's switches, and what each costs; SWITCH=name for one
#: make bench-checks  the latency of requests beside checks that hang, fork, print and die; no part of check
#: make interop       other implementations' verdicts beside ours, and what they make is taken; make made-by: the quick part
#: make load          how long sshd waits while 500 connections keep the server busy; SECONDS=number of each kind
#: make soak          10 million requests of all kinds to one server; COUNT=number SEED=number; soak-valgrind: 20,000
#: make dropbear-test  logins by key files with newer dropbears, which are built for it
#: make testssl       what testssl.sh finds wrong with the server's TLS, and a Go client; it takes minutes, and is no part of check
#: make deb-test      the Debian package in fresh Debian systems that are booted: a minute, as root; no part of check
#: make hosts-test    that, and the other kinds of hosts: OpenRC, runit, a container, the recipes for Buildroot and Yocto
#: make rescue-test   boots rescue systems with inki in qemu: busybox (x86_64, armhf), initramfs-tools, dracut; tiny on mipsel; TEST=name
#: make openwrt-test  OpenWrt's package, built with Debian's cross compilers, and its page in a browser (which it installs)
#: make demo          tests/demo.sh: inki at work

BOARDS := $(patsubst board/%/toolchain.mk,%,$(wildcard board/*/toolchain.mk))
# Little-endian with 32 bits, and big-endian without an FPU; all of them: make boards
CHECK_BOARDS := armhf mips-24kc

UNIT_TESTS   := $(sort $(wildcard tests/unit/test_$(or $(TEST),*).c))
UNIT_HELPERS := $(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c))
UNIT_BIN     := $(UNIT_TESTS:%.c=$(O)/%)
UNIT_COMMON  := $(UNIT_HELPERS:%.c=$(O)/%.o) $(filter-out $(O)/src/main.o,$(OBJ)) $(PARTS)/cmocka.a $(LIBS)

# cmocka's header declares functions that take a double.
UNIT_FLAGS := $(filter-out -mgeneral-regs-only,$(CFLAGS)) -D_GNU_SOURCE -Itests/unit \
	-isystem $(SOURCES)/cmocka/include -DHAVE_UINTPTR_T

.PHONY: check lint unit e2e demo board-test boards size-check size-record kconfig-test

check:
	$(Q)tests/install.sh check
	$(Q)$(MAKE) --no-print-directory all asan
	$(Q)$(MAKE) --no-print-directory clang-check kconfig-test lint size-check
	$(Q)$(MAKE) --no-print-directory unit
	$(Q)$(MAKE) --no-print-directory replay
	$(Q)$(MAKE) --no-print-directory model STEPS=3000 SEED=2026
	$(Q)for board in $(CHECK_BOARDS); do $(MAKE) --no-print-directory BOARD=$$board board-test || exit 1; done
	$(Q)$(MAKE) --no-print-directory BOARD=tiny size-check
	$(Q)$(MAKE) --no-print-directory counts
	$(Q)$(MAKE) --no-print-directory made-by e2e

# ---- lints ----

lint: all
	$(Q)passed=0; failed=0; \
	for lint in $(sort $(wildcard tests/lint/*.sh tests/lint/*.py)); do \
		case $$lint in *.py) run=/usr/bin/python3 ;; *) run=bash ;; esac; \
		if O=$(O) NM=$(NM) $$run $$lint; then passed=$$((passed + 1)); \
		else failed=$$((failed + 1)); echo "$$lint: failed"; fi; \
	done; \
	echo "lint: $$passed passed, $$failed failed"; [ $$failed -eq 0 ]

# Our few lines of awk and the real tool must read Kconfig alike; boards say what differs from it, and nothing else.
kconfig-test: $(O)/.config
	$(call log,KCONFIG,Kconfig)
	$(Q)KCONFIG_CONFIG=$(O)/kconfig-test kconfig-conf --alldefconfig Kconfig >/dev/null
	$(Q)awk -f third_party/kconfig.awk -v make=header Kconfig $(O)/kconfig-test >$(O)/kconfig-test.h
	$(Q)awk -f third_party/kconfig.awk -v make=header Kconfig | cmp - $(O)/kconfig-test.h
	$(Q)for each in board/*/defconfig board/openwrt/inki/defconfig; do \
		$(call kconfig,config,$$each) >$(O)/kconfig-test && $(call kconfig,defconfig,$(O)/kconfig-test) | cmp - $$each || \
		{ echo "$$each is not as make savedefconfig writes it: make BOARD=... savedefconfig" >&2; exit 1; }; done

# Minutes: no part of check.
SWITCH := $(shell awk '$$1 == "config" { name = $$2 } $$1 == "bool" { print name }' Kconfig)
.PHONY: kconfig-variants
kconfig-variants: $(SOURCES)/.fetched
	+$(Q)tests/variants.sh $(O)/variants $(SWITCH)

# ---- unit tests: one program for each tests/unit/test_*.c, with all of ours but main ----

$(O)/tests/unit/%.o: tests/unit/%.c Makefile $(TOOLCHAIN) | parts
	$(call log,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(UNIT_FLAGS) -MMD -MP -c -o $@ $<

# Keys, signatures and messages, made anew for each build by ssh-keygen, gpg and arithmetic.
$(O)/include/generated/vectors.h: tests/unit/vectors.py tests/vectors/secret_keys.py tests/e2e/openpgp.py
	$(call log,VECTORS,$@)
	$(Q)mkdir -p $(@D)
	$(Q)/usr/bin/python3 $< >$@

$(O)/tests/unit/vectors.o: $(O)/include/generated/vectors.h

$(UNIT_BIN): %: %.o $(UNIT_COMMON)
	$(call log,LD,$@)
	$(Q)$(call link,$< $(UNIT_COMMON))

-include $(UNIT_BIN:=.d) $(UNIT_HELPERS:%.c=$(O)/%.d)

# OpenPGP messages and keyrings, good and bad, that are made once with gpg and a packet builder, and run everywhere.
CASES := out/cases
$(CASES)/pgp/index: $(wildcard tests/vectors/*.py) tests/e2e/gpg.py tests/e2e/openpgp.py
	$(call log,CASES,$(@D))
	$(Q)PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 tests/vectors/pgp_cases.py $(@D)

# Signatures for the arithmetic of points.
$(CASES)/ecdsa: tests/vectors/ecdsa_cases.py
	$(call log,CASES,$@)
	$(Q)mkdir -p $(@D)
	$(Q)/usr/bin/python3 -B $< 5 1 >$@

# The program's heap, under other names.
UNIT_HEAP := $(O)/tests/unit/small_malloc.o
$(UNIT_HEAP): third_party/small_malloc.c Makefile $(TOOLCHAIN) | parts
	$(call log,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -D_GNU_SOURCE $(foreach name,malloc calloc realloc free __libc_malloc __libc_free,-D$(name)=small_$(name)) -c -o $@ $<
$(O)/tests/unit/test_small_malloc: $(UNIT_HEAP)
$(O)/tests/unit/test_small_malloc: UNIT_COMMON += $(UNIT_HEAP)

# It asks the library.
$(O)/tests/unit/oracle.o: UNIT_FLAGS += $(ROOM_crypto)

# tests/lint/rules.py asks whether each rule has a case
lint: $(CASES)/pgp/index

ifeq ($(BOARD)$(SANITIZE),)
unit: $(O)/.config $(SOURCES)/.fetched
	$(Q)$(MAKE) --no-print-directory SANITIZE=y O=$(O)/asan unit
else
unit: $(UNIT_BIN) $(CASES)/pgp/index $(CASES)/ecdsa
	$(Q)CASES=$(CASES) FLIP_STEP=$(or $(FLIP_STEP),$(if $(BOARD),61,1)) tests/unit.sh '$(or $(BOARD),unit)' '$(QEMU)' $(UNIT_BIN)
endif

# ---- end to end ----

PYTEST := PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m pytest -q -p no:cacheprovider

# inki as somebody has it who took it over (tests/probe/probe.c), on a machine whose clock a test sets (tests/probe/clock.c),
# and where reads and writes fall short (tests/probe/short.c).
PROBE := $(O)/inki-probe
PROBE_OBJ := $(addprefix $(O)/tests/probe/,probe.o clock.o short.o)

$(O)/tests/probe/%.o: tests/probe/%.c Makefile $(TOOLCHAIN) | parts
	$(call log,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(filter-out -Wmissing-prototypes,$(CFLAGS)) -D_GNU_SOURCE -MMD -MP -c -o $@ $<

$(PROBE): $(PROBE_OBJ) $(OBJ) $(LIBS)
	$(call log,LD,$@)
	$(Q)$(call link,$^) $(addprefix -Wl$(comma)--wrap=,file_close_from api_handle call_filter_install landlock_forbid_all landlock_forbid_all_but \
		key_files_take clock_wall clock_uptime setrlimit read write recv send getrandom)

-include $(PROBE_OBJ:.o=.d)

e2e: all asan $(PROBE)
	$(Q)INKI_PROBE='$(abspath $(PROBE))' INKI='$(abspath $(O))/inki' INKI_ASAN='$(abspath $(O))/asan/inki' $(PYTEST) tests/e2e

board-test: all size-check unit
	$(Q)INKI='$(QEMU) $(abspath $(O))/inki' $(PYTEST) -m board tests/e2e
	$(Q)$(if $(QEMU_ALSO),INKI='$(QEMU_ALSO) $(abspath $(O))/inki' $(PYTEST) -m board tests/e2e)

# All of them are built before one is tested; one after the other, as each takes all processors.
boards:
	$(Q)tests/install.sh boards
	$(Q)for board in $(BOARDS); do nice $(MAKE) --no-print-directory BOARD=$$board all || exit 1; done
	$(Q)for board in $(BOARDS); do echo "$$board:" && nice $(MAKE) --no-print-directory BOARD=$$board board-test || exit 1; done

# ---- sizes ----

SIZE_BUDGET = tests/size_budget.sh $(1) $(or $(BOARD),host) $(O) "$$($(CC) -dumpmachine)-$$($(CC) -dumpfullversion)"

size-check size-record: all
	$(Q)$(call SIZE_BUDGET,$(@:size-%=%))

demo:
	$(Q)tests/install.sh demo
	$(Q)$(MAKE) --no-print-directory all
	$(Q)INKI=$(O)/inki ONCE=$(ONCE) tests/demo.sh

# ---- load ----

.PHONY: load soak soak-valgrind
load: all
	$(Q)tests/install.sh load
	$(Q)/usr/bin/python3 -B tests/load/load.py $(O)/inki $(SECONDS)

SOAK := $(O)/tests/load/soak
COUNT := $(if $(findstring valgrind,$(MAKECMDGOALS)),20000,10000000)
SEED :=

# It talks to the server, and has nothing of it in it.
$(SOAK): tests/load/soak.c
	$(call log,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)gcc -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -o $@ $<

soak soak-valgrind: all $(SOAK) $(PROBE)
	$(Q)tests/install.sh load
	$(Q)/usr/bin/python3 -B tests/load/soak.py $(O)/inki$(if $(findstring valgrind,$@),-probe) $(SOAK) $(COUNT) $(or $(SEED),1) \
		$(if $(findstring valgrind,$@),valgrind -q --error-exitcode=99 --log-file=$(O)/tests/load/valgrind.log)

# ---- rescue systems, booted ----

RESCUE := out/rescue

.PHONY: rescue-test
rescue-test: all
	$(Q)tests/install.sh rescue
	$(Q)for board in armhf tiny; do $(MAKE) --no-print-directory BOARD=$$board all || exit 1; done
	$(Q)RESCUE='$(abspath $(RESCUE))' INKI='$(abspath $(O))/inki' INKI_ARMHF='$(abspath out/armhf)/inki' INKI_TINY='$(abspath out/tiny)/inki' \
		$(PYTEST) $(TEST:%=-k %) tests/rescue

# ---- random steps at the pure core and at a model of it ----

MODEL := $(O)/tests/model/driver
STEPS := 100000

.PHONY: model
ifeq ($(BOARD)$(SANITIZE),)
model: $(O)/.config $(SOURCES)/.fetched
	$(Q)$(MAKE) --no-print-directory SANITIZE=y O=$(O)/asan model
else
model: $(MODEL)
	$(Q)/usr/bin/python3 -B tests/model/run.py $(MODEL) $(STEPS) $(SEED)
endif

$(MODEL).o: tests/model/driver.c Makefile $(TOOLCHAIN) | parts
	$(call log,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(UNIT_FLAGS) -MMD -MP -c -o $@ $<

$(MODEL): $(MODEL).o $(filter-out $(O)/src/main.o,$(OBJ)) $(LIBS)
	$(call log,LD,$@)
	$(Q)$(call link,$^)

-include $(MODEL).d

# ---- what things cost: instructions of fixed works, and inki beside what people would use instead ----

WORKS       := $(O)/tests/bench/works
BENCH_KEYS  := $(O)/tests/bench/authorized_keys
FIXTURES    := $(abspath $(O))/tests/bench/fixtures
PYTHON      := PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3

$(O)/tests/bench/%.o: tests/bench/%.c Makefile $(TOOLCHAIN) | parts
	$(call log,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(UNIT_FLAGS) -MMD -MP -c -o $@ $<

$(WORKS): $(WORKS).o $(filter-out $(O)/src/main.o,$(OBJ)) $(LIBS)
	$(call log,LD,$@)
	$(Q)$(call link,$^)

$(BENCH_KEYS): $(BENCH_KEYS).o
	$(call log,LD,$@)
	$(Q)$(call link,$^)

-include $(WORKS).d $(BENCH_KEYS).d

# Our own arithmetic beside the library's, without the sanitizers, which make check has on.
.PHONY: arithmetic
arithmetic: COUNT := 1000000
arithmetic: all $(O)/tests/unit/test_modular $(O)/tests/unit/test_curve
	$(Q)INPUTS=$(COUNT) $(O)/tests/unit/test_modular
	$(Q)/usr/bin/python3 -B tests/vectors/ecdsa_cases.py $$(($(COUNT) / 100)) $(or $(SEED),$(shell date +%s)) >$(O)/tests/arithmetic.cases
	$(Q)ECDSA_CASES=$(O)/tests/arithmetic.cases $(O)/tests/unit/test_curve

.PHONY: counts bench
RECORD :=
counts: all $(WORKS)
	$(Q)$(PYTHON) tests/bench/counts.py $(O)/inki $(WORKS) $(FIXTURES) '$(shell $(CC) --version | head -n 1)' $(RECORD:%=--record)

# The same inki, for 64 connections at once: a quarter of the places is kept for Unix sockets.
LARGE := $(O)/large
$(LARGE)/.config: $(O)/.config
	$(Q)mkdir -p $(@D)
	$(Q)sed 's/^CONFIG_CONNECTIONS=.*/CONFIG_CONNECTIONS=128/' $< >$@

bench: all $(WORKS) $(BENCH_KEYS) $(LARGE)/.config
	$(Q)tests/install.sh bench
	$(Q)$(MAKE) --no-print-directory O=$(LARGE) all
	$(Q)$(PYTHON) tests/bench/bench.py $(O)/inki $(LARGE)/inki $(WORKS) $(BENCH_KEYS) $(FIXTURES) $(ONLY)

# Which library verifies with the fewest instructions; on a board's CPU with BOARD=name.
PRIMITIVES := $(O)/tests/bench/primitives
$(PRIMITIVES).o: UNIT_FLAGS += $(ROOM_crypto) $(ROOM_tls)
$(PRIMITIVES): $(PRIMITIVES).o $(UNIT_COMMON)
	$(call log,LD,$@)
	$(Q)$(call link,$^)

out/insn.so: tests/bench/insn.c
	$(call log,CC,$@)
	$(Q)gcc -O2 -Wall -Wextra -Werror -fPIC -shared -o $@ $<

.PHONY: primitives
primitives: $(PRIMITIVES) out/insn.so
	$(Q)$(PYTHON) tests/bench/primitives.py '$(or $(BOARD),this machine)' '$(or $(QEMU),qemu-$(shell uname -m))' out/insn.so $(PRIMITIVES)

# ---- TLS, as testssl.sh sees it ----

.PHONY: testssl
testssl: all
	$(Q)tests/install.sh testssl
	$(Q)PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 tests/testssl.py $(O)/inki

# ---- newer dropbears than Debian 12's ----

DROPBEARS := $(patsubst tests/dropbear/%,%,$(wildcard tests/dropbear/2*))
DROPBEAR  := $(O)/dropbear

$(DROPBEAR)/%/dropbear/dropbear: tests/dropbear/%
	$(call log,BUILD,dropbear $*)
	$(Q)PINS=$< third_party/fetch $(DROPBEAR)/$*
	$(Q)cd $(@D) && { ./configure --disable-zlib --enable-bundled-libtom && $(MAKE) PROGRAMS=dropbear; } >../log 2>&1 || { tail ../log; exit 1; }

.PHONY: dropbear-test
dropbear-test: all $(DROPBEARS:%=$(DROPBEAR)/%/dropbear/dropbear)
	$(Q)tests/install.sh check
	$(Q)INKI='$(abspath $(O))/inki' INKI_DROPBEARS='$(DROPBEARS:%=$(abspath $(DROPBEAR))/%/dropbear/dropbear)' $(PYTEST) tests/e2e/test_export_logins.py

# ---- OpenWrt: what takes minutes, or a browser ----

.PHONY: openwrt-test
openwrt-test: all
	$(Q)tests/install.sh openwrt
	$(Q)INKI='$(abspath $(O))/inki' INKI_BROWSER=chromium $(PYTEST) tests/e2e/test_openwrt*.py

# ---- checks that do harm ----

.PHONY: bench-checks
bench-checks: all
	$(Q)PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 tests/bench/checks.py $(abspath $(O))/inki

# ---- whole hosts ----

.PHONY: deb-test hosts-test
deb-test hosts-test: deb
	$(Q)tests/install.sh hosts
	$(Q)mkdir -p out/hosts
	$(Q)$(PYTEST) tests/hosts$(if $(filter deb-test,$@),/test_debian.py)

# ---- other implementations of OpenPGP: what they make is taken; their verdicts beside ours ----

INTEROP     := out/interop
INTEROP_ENV := INTEROP='$(abspath $(INTEROP))' CASES='$(abspath $(CASES))' RUNNER='$(abspath $(O))/asan/tests/unit/test_pgp_cases' \
	SIGNER='$(abspath $(O))/asan/tests/interop/sign'
INTEROP_NPM := $(INTEROP)/node_modules/openpgp/package.json

.PHONY: made-by interop interop-runner

# The version and the digest of OpenPGP.js are those of package-lock.json.
$(INTEROP_NPM): tests/interop/package.json tests/interop/package-lock.json
	$(call log,NPM,openpgp)
	$(Q)mkdir -p $(INTEROP) && cp $^ $(INTEROP)
	$(Q)cd $(INTEROP) && npm ci --prefer-offline --no-audit --no-fund --silent && touch $(abspath $@)

interop-runner: $(O)/.config $(SOURCES)/.fetched
	$(Q)$(MAKE) --no-print-directory SANITIZE=y O=$(O)/asan $(O)/asan/tests/unit/test_pgp_cases $(O)/asan/tests/interop/sign \
		$(CASES)/pgp/index

# Signs with a secret-key file, as the client does.
SIGNER := $(O)/tests/interop/sign

$(SIGNER).o: tests/interop/sign.c Makefile $(TOOLCHAIN) | parts
	$(call log,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(SIGNER): $(SIGNER).o $(filter-out $(O)/src/main.o,$(OBJ)) $(LIBS)
	$(call log,LD,$@)
	$(Q)$(call link,$^)

-include $(SIGNER).d

# What is quick of it; OpenPGP.js only where there is an npm.
made-by: interop-runner $(if $(shell command -v npm),$(INTEROP_NPM))
	$(Q)$(INTEROP_ENV) PEERS='gpg sq rnp $(if $(shell command -v npm),openpgp.js)' \
		$(PYTEST) -k 'not long and not keyring_of_all' tests/interop

interop:
	$(Q)tests/install.sh interop
	$(Q)$(MAKE) --no-print-directory interop-runner $(INTEROP_NPM)
	$(Q)$(INTEROP_ENV) /usr/bin/python3 -B tests/interop/differential.py
	$(Q)$(INTEROP_ENV) $(PYTEST) tests/interop

include tests/fuzz/fuzz.mk
