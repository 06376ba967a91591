# The build of inki; "make help" lists what it can do. The tests are in tests/tests.mk, the parts in third_party/Makefile.

VERSION := 0.1.0

# A day shortly before that version: a clock that shows an earlier one is not set. Raise it with the version.
RELEASED := 2026-02-01

#: make               out/inki: one static program for this machine
#: make BOARD=name    out/name/inki: the same for a board, a folder of board/
#: make V=1           ... showing each command
#: make asan          out/asan/inki: with the address and undefined behaviour sanitizers
#: make menuconfig    choose what is in it and how large
#: make defconfig     forget that: Kconfig's defaults and the board's defconfig again
#: make savedefconfig make it the board's defconfig (of no board: out/defconfig)
#: make size          what takes the room in the binary and in memory, by room of ours and by part
#: make repro         build twice and compare
#: make clang-check   let clang look for more warnings
#: make CC='ccache arm-linux-gcc --sysroot=...'   with another compiler; what the CPU needs goes to CPU_FLAGS='...'
#: make fetch         download the parts now, for a build without network later; INKI_DL=folder says where they lie
#: make deps          install what the build needs (Debian)
#: make clean

# BOARD is a folder of board/, or empty for this machine; SANITIZE is set by "make asan".
BOARD    :=
SANITIZE :=
O        := out$(BOARD:%=/%)
SOURCES  := out/sources

ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

Q   := $(if $(V),,@)
log  = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))

.DELETE_ON_ERROR:
.PHONY: all
all: $(O)/inki

# ---- the target; a board's toolchain.mk changes these ----

CROSS_COMPILE :=
CPU_FLAGS     :=
SMALL_FLAGS   :=
SMALL_PARTS   :=
PIE           := y
NO_FPU        :=
LINK_FLAGS    :=
QEMU          :=
QEMU_ALSO     :=
BOARD_FILES   := $(BOARD:%=board/%/toolchain.mk)
$(if $(filter-out $(wildcard $(BOARD_FILES)),$(BOARD_FILES)),$(error no board $(BOARD); there are $(patsubst board/%/toolchain.mk,%,$(wildcard board/*/toolchain.mk))))
include $(BOARD_FILES)

# A compiler that is named on the command line knows the tools that go with it.
CC      := $(CROSS_COMPILE)gcc
tool     = $(if $(filter command,$(firstword $(origin CC))),$(shell $(CC) -print-prog-name=$(1)),$(CROSS_COMPILE)$(1))
AR      := $(call tool,ar)
NM      := $(call tool,nm)
RANLIB  := $(call tool,ranlib)
READELF := $(call tool,readelf)
STRIP   := $(call tool,strip)

# No source of ours computes with fractions; where the compiler can see to that, it does.
SRC_FLAGS := $(shell $(CC) $(CPU_FLAGS) -Werror -mgeneral-regs-only -fsyntax-only -xc /dev/null 2>/dev/null && \
	echo -mgeneral-regs-only)

# ---- flags ----

comma := ,
PARTS := $(O)/third_party
LIBS  := $(addprefix $(PARTS)/,libyaml.a libsodium.a mbedtls.a bearssl.a no_assert.o)

CODEGEN := $(CPU_FLAGS) -g -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables
LDFLAGS := $(LINK_FLAGS) -Wl,--gc-sections,-z,$(if $(PIE),,no)relro,-z,now,-z,noexecstack,--build-id=none

ifneq ($(SANITIZE),)
# The sanitizers' own code makes gcc see null pointers.
SRC_FLAGS := -Wno-null-dereference
CODEGEN   += -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all -DCONFIG_SANITIZED=1
link       = $(CC) $(CODEGEN) $(LDFLAGS) -o $@ $(1)
finish     = rm -f $@ && cp $< $@
else
# Debian's musl-gcc makes a dynamic program of -static-pie without a word, so each piece of the C library is named here.
MUSL        := $(PARTS)/musl
# Moved about for the sake of the processor, instructions take 4 % more room in xz; what is made for speed has it. (clang knows no such word.)
IN_ORDER    := $(shell $(CC) -Werror -fno-schedule-insns2 -fsyntax-only -xc /dev/null 2>/dev/null && echo -fno-schedule-insns2)
CODEGEN     += $(IN_ORDER)
# Its own idea of small is larger by a fifth.
MUSL_CFLAGS := $(CODEGEN) -Os $(if $(PIE),-fPIE,-fno-pie)
CODEGEN     += -Os $(if $(PIE),-fPIE,-fno-pie) -fstack-protector-strong \
	-nostdinc -isystem $(MUSL)/include -isystem $(shell $(CC) -print-file-name=include 2>/dev/null)
# Pointers that are set at start take an eighth of the room, where the linker can do that.
RELR        := $(if $(PIE),$(shell echo 'int x; int *y = &x;' | $(CC) $(CPU_FLAGS) -fPIC -nostdlib -shared -o /dev/null -xc - \
	-Wl$(comma)--fatal-warnings$(comma)-z$(comma)pack-relative-relocs 2>/dev/null && echo $(comma)-z$(comma)pack-relative-relocs))
LDFLAGS     += $(CPU_FLAGS) -nostdlib $(if $(PIE),-static-pie -Wl$(comma)--no-dynamic-linker$(RELR),-static -no-pie)
CRT1        := $(if $(PIE),rcrt1.o,crt1.o)
CRT_BEGIN   := $(MUSL)/lib/$(CRT1) $(MUSL)/lib/crti.o
CRT_END     := $(if $(NO_FPU),$(PARTS)/no_float.o) $(if $(SMALL_PARTS),$(PARTS)/small_division.o) -Wl,--start-group $(MUSL)/lib/libc.a -lgcc -Wl,--end-group $(MUSL)/lib/crtn.o
link         = $(CC) $(LDFLAGS) -o $@ $(CRT_BEGIN) $(1) $(CRT_END)
HEAP         := $(PARTS)/small_malloc.o
finish       = $(STRIP) -R .comment -o $@ $< && $(static_check)
# Nobody but itself is there to find the address of a symbol for it: relocations with a name would stay undone.
static_check = ! $(READELF) -lW $@ | grep INTERP && $(READELF) -hW $@ | grep -q 'Type: *$(if $(PIE),DYN,EXEC)' && \
	$(READELF) -rW $@ | awk '/ R_/ && $$3 !~ /RELATIVE$$/ { print; exit 1 }' || \
	{ echo "$@ is not the static program it should be" >&2; exit 1; }
endif

WARNINGS := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wformat=2 -Wundef -Wcast-qual -Wwrite-strings -Wpointer-arith \
	-Wimplicit-fallthrough -Wnull-dereference
CFLAGS := -std=c11 $(CODEGEN) $(SMALL_FLAGS) $(WARNINGS) $(SRC_FLAGS) -Isrc -I$(O)/include

# By another compiler, or with other flags, all is made anew: this file is newer then than what there is. Two makes may look at it
# at once.
TOOLCHAIN  := $(O)/.toolchain
MADE_WITH   = $(CC) $(CFLAGS) $(LDFLAGS) $(SMALL_PARTS) $(NO_FPU)
.PHONY: look_at_toolchain
$(TOOLCHAIN): look_at_toolchain
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(MADE_WITH)' | cmp -s - $@ || echo '$(MADE_WITH)' >$@

# A part's headers are seen by its own room only, and more than ISO C only by the rooms that talk to the system.
ROOM_main   := -DINKI_VERSION='"$(VERSION)"'
ROOM_crypto := -Ithird_party -Ithird_party/mbedtls_alt -DMBEDTLS_CONFIG_FILE='<mbedtls_config.h>' \
	-isystem $(SOURCES)/bearssl/inc -isystem $(SOURCES)/mbedtls/include \
	$(addprefix -isystem $(SOURCES)/libsodium/src/libsodium/include,/ /sodium)
ROOM_json   := -isystem $(SOURCES)/jsmn
ROOM_tls    := -isystem $(SOURCES)/bearssl/inc
ROOM_conf   := -isystem $(SOURCES)/libyaml/include -DYAML_DECLARE_STATIC
ROOM_host   := -D_GNU_SOURCE
ROOM_server := -D_GNU_SOURCE $(ROOM_main) -DINKI_RELEASED='INT64_C($(shell date -u -d $(RELEASED) +%s))'
ROOM_client := -D_GNU_SOURCE
room_flags   = $(ROOM_$(firstword $(subst /, ,$(1))))

# Where the time of a request goes, and little of the room: made for speed, but where even the parts' arithmetic is to be small.
ifeq ($(SANITIZE)$(SMALL_PARTS),)
$(O)/src/crypto/modular.o: private CFLAGS := $(filter-out $(SMALL_FLAGS),$(CFLAGS)) -O3 $(IN_ORDER:-fno-%=-f%)
endif

# ---- inki ----

SRC := $(sort $(wildcard src/main.c src/*/*.c))
# The linker keeps this order: what an idle server runs stands together, so that the rest need not lie in memory; and next to it
# what each login runs.
OFTEN := $(foreach room,main base core host http server ssh client,$(filter src/$(room).c src/$(room)/%,$(SRC)))
OBJ := $(patsubst %.c,$(O)/%.o,$(OFTEN) $(filter-out $(OFTEN),$(SRC)))

$(O)/src/%.o: src/%.c Makefile $(TOOLCHAIN) third_party/pins | parts
	$(call log,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(call room_flags,$*) -MMD -MP -c -o $@ $<

# With its symbols, for the debugger. A folder is newer than it once a file in there has come or gone.
$(O)/inki.debug: $(OBJ) $(LIBS) $(sort $(dir $(SRC)))
	$(call log,LD,$@)
	$(Q)$(call link,$(OBJ) $(LIBS) $(HEAP)) -Wl,-Map=$(O)/inki.map

$(O)/inki: $(O)/inki.debug
	$(call log,STRIP,$@)
	$(Q)$(finish)

-include $(OBJ:.o=.d)

# ---- the parts ----

.PHONY: fetch parts
fetch: $(SOURCES)/.fetched
$(SOURCES)/.fetched: third_party/pins third_party/fetch
	$(Q)third_party/fetch $(SOURCES) && touch $@

parts: $(SOURCES)/.fetched $(O)/include/generated/autoconf.h $(TOOLCHAIN)
	$(Q)command -v $(firstword $(CC)) >/dev/null || \
		{ echo "$(CC) is missing: $(if $(BOARD),see board/$(BOARD)/README.md,make deps)" >&2; exit 1; }
	$(Q)$(MAKE) --no-print-directory -f third_party/Makefile O='$(O)' SOURCES='$(SOURCES)' V='$(V)' CC='$(CC)' AR='$(AR)' \
		RANLIB='$(RANLIB)' PART_CFLAGS='$(CODEGEN)' SMALL_FLAGS='$(SMALL_FLAGS)' SMALL_PARTS='$(SMALL_PARTS)' WARNINGS='$(WARNINGS)' TOOLCHAIN='$(TOOLCHAIN)' \
		MUSL='$(MUSL)' MUSL_CFLAGS='$(MUSL_CFLAGS)' CRT1='$(CRT1)'
$(LIBS) $(PARTS)/cmocka.a: parts ;

# ---- configuration: Kconfig's defaults, changed by the board's defconfig and "make menuconfig" ----

DEFCONFIG := $(if $(SANITIZE),$(dir $(O)).config,$(BOARD:%=board/%/defconfig))
kconfig    = awk -f third_party/kconfig.awk -v make=$(1) Kconfig $(2)

.PHONY: defconfig menuconfig savedefconfig

# One that nobody edited follows its sources; an edited one gets the options that are new.
$(O)/.config: Kconfig $(DEFCONFIG) third_party/kconfig.awk
	$(Q)mkdir -p $(@D)
	$(Q)if [ -e $@ ] && ! cmp -s $@ $@.default; then $(call kconfig,config,$@) >$@.new; \
	else $(call kconfig,config,$(DEFCONFIG)) >$@.new && cp $@.new $@.default; fi && mv $@.new $@

$(O)/include/generated/autoconf.h: $(O)/.config
	$(call log,CONFIG,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(call kconfig,header,$<) >$@

defconfig:
	$(Q)rm -f $(O)/.config
	$(Q)$(MAKE) --no-print-directory $(O)/.config

menuconfig: $(O)/include/generated/autoconf.h
	$(Q)command -v kconfig-mconf >/dev/null || { echo "menuconfig needs Debian's package kconfig-frontends-nox" >&2; exit 1; }
	$(Q)KCONFIG_CONFIG=$(O)/.config kconfig-mconf Kconfig

savedefconfig: $(O)/include/generated/autoconf.h
	$(Q)$(call kconfig,defconfig,$(O)/.config) >$(O)/defconfig
	$(Q)$(if $(BOARD),cp $(O)/defconfig board/$(BOARD)/defconfig)

# ---- more ways to build ----

.PHONY: asan clang-check repro size deps clean help
asan: $(O)/.config $(SOURCES)/.fetched
	$(Q)$(MAKE) --no-print-directory SANITIZE=y O=$(O)/asan all

clang-check: parts
	$(call log,CLANG,src)
	$(Q)$(foreach file,$(SRC),clang -fsyntax-only $(filter-out $(IN_ORDER),$(CFLAGS)) $(call room_flags,$(file:src/%.c=%)) $(file) &&) true

repro:
	$(Q)rm -rf $(O)/repro
	$(Q)$(MAKE) --no-print-directory O=$(O)/repro/1
	$(Q)$(MAKE) --no-print-directory O=$(O)/repro/2
	$(Q)cmp $(O)/repro/1/inki $(O)/repro/2/inki && sha256sum $(O)/repro/?/inki

# The filter for the addresses in a CPU's jumps, as squashfs and image formats use it, where xz has one.
XZ_FILTER = $(shell $(READELF) -hW $(O)/inki | sed -n '/Machine:.*X86-64/s/.*/--x86/p; /Machine: *AArch64/s/.*/--arm64/p; /Machine: *ARM/s/.*/--armthumb/p')

size: $(O)/inki
	$(Q)awk -f third_party/size.awk $(O)/inki.map
	$(Q)echo "$$(stat -c %s $<) bytes in the file $<, $$(xz -9e -c $< | wc -c) in xz$(if \
		$(XZ_FILTER),$(comma) $$(xz $(XZ_FILTER) --lzma2=preset=9e -c $< | wc -c) with its filter $(XZ_FILTER))"
	$(Q)echo 'users: []' | $(QEMU) $< server -c /dev/stdin --check-config | sed -n '/^memory/,$$p'

deps:
	$(Q)tests/install.sh build

clean:
	rm -rf $(O)

help:
	@sed -n 's/^#: //p' $(MAKEFILE_LIST)

include src/doc/install.mk
include board/debian/deb.mk
include tests/tests.mk
