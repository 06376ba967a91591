# Where what was built goes on a system, and how it gets off it again.
#: make install       the program, man pages, completions and an example; DESTDIR= in front, prefix=/usr for a package
#: make uninstall     removes them again, and nothing else: not a configuration

DESTDIR    :=
prefix     := /usr/local
bindir     := $(prefix)/bin
datadir    := $(prefix)/share
mandir     := $(datadir)/man
zshdir     := $(datadir)/zsh/site-functions

# File, place, mode.
INSTALLED := \
	$(O)/inki:$(bindir)/inki:755 \
	src/doc/inki.1:$(mandir)/man1/inki.1:644 \
	src/doc/inki.conf.5:$(mandir)/man5/inki.conf.5:644 \
	src/doc/inki-server.8:$(mandir)/man8/inki-server.8:644 \
	src/doc/inki.bash:$(datadir)/bash-completion/completions/inki:644 \
	src/doc/_inki:$(zshdir)/_inki:644 \
	src/doc/inki.fish:$(datadir)/fish/vendor_completions.d/inki.fish:644 \
	inki.conf.example:$(datadir)/doc/inki/inki.conf.example:644

part = $(word $(1),$(subst :, ,$(2)))

.PHONY: install uninstall
install: all
	$(Q)$(foreach each,$(INSTALLED),install -D -m $(call part,3,$(each)) $(call part,1,$(each)) \
		'$(DESTDIR)$(call part,2,$(each))' &&) true

uninstall:
	$(Q)$(foreach each,$(INSTALLED),rm -f '$(DESTDIR)$(call part,2,$(each))' &&) true
	$(Q)rmdir '$(DESTDIR)$(datadir)/doc/inki' 2>/dev/null || true
