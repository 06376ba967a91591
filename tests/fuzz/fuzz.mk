# Fuzzers: tests/fuzz/fuzz_NAME.c is a function that takes any bytes. libFuzzer looks for bytes that it does not stand (make fuzz);
# "make replay" hands it those that are known: seeds made of the cases, and tests/fuzz/regressions/NAME, what was ever found.
#: make replay        the fuzzers on known inputs only, without libFuzzer
#: make fuzz          look for new ones, 60 seconds each; SECONDS=number, FUZZ=name for tests/fuzz/fuzz_name.c only
#: make coverage      the lines and branches of src/pgp that the unit tests and the replay reach; ROOM=name for src/name

FUZZERS    := $(sort $(wildcard tests/fuzz/fuzz_$(or $(FUZZ),*).c))
FUZZ_BIN   := $(FUZZERS:%.c=$(O)/%)
FUZZ_SEEDS := out/cases/fuzz
ROOM       := pgp

# LIBFUZZER and COVERAGE are set by the targets below for the make that they run; a tree holds one kind.
FUZZ_HELPERS := $(O)/tests/fuzz/fuzz.o $(O)/tests/fuzz/$(if $(LIBFUZZER),mutate.o,replay.o)
FUZZ_COMMON  := $(FUZZ_HELPERS) $(UNIT_COMMON)
fuzz_make     = $(MAKE) --no-print-directory SANITIZE=y CC=clang

.PHONY: fuzz replay coverage fuzz-programs

$(O)/tests/fuzz/%.o: tests/fuzz/%.c Makefile $(TOOLCHAIN) | parts
	$(call log,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(UNIT_FLAGS) -Itests/fuzz -MMD -MP -c -o $@ $<

$(FUZZ_BIN): %: %.o $(FUZZ_COMMON)
	$(call log,LD,$@)
	$(Q)$(call link,$< $(FUZZ_COMMON)) $(if $(LIBFUZZER),-fsanitize=fuzzer)

-include $(FUZZ_BIN:=.d) $(FUZZ_HELPERS:.o=.d)

$(FUZZ_SEEDS)/index: tests/fuzz/seeds.py tests/vectors/secret_keys.py tests/vectors/ecdsa_cases.py tests/e2e/certificates.py tests/http/requests.txt inki.conf.example \
		$(CASES)/pgp/index
	$(call log,SEEDS,$(@D))
	$(Q)PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 $< $(CASES)/pgp $(@D)

fuzz-programs: $(FUZZ_BIN) $(FUZZ_SEEDS)/index

ifeq ($(SANITIZE),)
replay: $(O)/.config $(SOURCES)/.fetched
	$(Q)$(MAKE) --no-print-directory SANITIZE=y O=$(O)/asan replay
else
replay: fuzz-programs
	$(Q)CASES=$(CASES) tests/fuzz/replay.sh $(FUZZ_SEEDS) $(FUZZ_BIN)
endif

fuzz: $(O)/.config $(SOURCES)/.fetched
	$(Q)tests/install.sh fuzz
	+$(Q)$(fuzz_make) O=$(O)/fuzz LIBFUZZER=y SRC_FLAGS=-fsanitize=fuzzer-no-link fuzz-programs
	$(Q)CASES=$(CASES) tests/fuzz/fuzz.sh $(or $(SECONDS),60) $(FUZZ_SEEDS) $(FUZZERS:%.c=$(O)/fuzz/%)

# Each program adds to the profile what it ran; llvm-cov counts lines and branches as they stand in the source. A test that fails
# does not hide them; neither does the leak sanitizer, which would end a program before it has added its part.
COVERAGE_FLAGS := -fprofile-instr-generate -fcoverage-mapping
coverage: $(O)/.config $(SOURCES)/.fetched
	$(Q)tests/install.sh fuzz
	$(Q)rm -rf $(O)/coverage/profile
	+$(Q)ASAN_OPTIONS=detect_leaks=0 LLVM_PROFILE_FILE=$(abspath $(O))/coverage/profile/%p.profraw $(fuzz_make) -k O=$(O)/coverage \
		SRC_FLAGS='$(COVERAGE_FLAGS)' LINK_FLAGS='$(COVERAGE_FLAGS)' unit replay; status=$$?; \
	tests/fuzz/coverage.sh $(O)/coverage src/$(ROOM) && exit $$status
