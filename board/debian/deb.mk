#: make deb           out/inki_VERSION_ARCHITECTURE.deb: the program and all that a Debian host needs; see board/README.md

DEB_TREE := $(O)/deb

# dpkg-deb names the package, by its own name, version and architecture.
.PHONY: deb
deb: all
	$(Q)rm -rf $(DEB_TREE)
	$(Q)$(MAKE) --no-print-directory install DESTDIR=$(abspath $(DEB_TREE)) prefix=/usr zshdir=/usr/share/zsh/vendor-completions
	$(Q)board/debian/build $(DEB_TREE) $(VERSION) '$(CC)' $(SOURCES) $(O)
	$(Q)rm -rf $(DEB_TREE)
