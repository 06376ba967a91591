# Stands for OpenWrt's include/package.mk: unpacks, builds and installs a package as its Makefile says. "make
# BUILD_VARIANT=..." builds the packages of that variant; "make dump" tells what would be downloaded.

PKG_BUILD_DIR := $(BUILD_DIR)/$(PKG_NAME)-$(BUILD_VARIANT)/$(PKG_NAME)-$(PKG_VERSION)
PKG_JOBS      := -j2

.DEFAULT_GOAL := all

dump:
	@:

define Download
$(eval $(Download/$(1)))
$(if $(and $(FILE),$(URL),$(HASH)),,$(error Download/$(1) is not complete))
dump: dump-$(FILE)
dump-$(FILE):
	@echo '$(FILE) $(HASH) $(URL)'
endef

define BuildPackage
$(eval VARIANT :=)
$(eval DEPENDS :=)
$(eval $(Package/$(1)))
$(if $(TITLE),,$(error $(1) has no TITLE))
$(if $(VARIANT),$(if $(filter $(BUILD_VARIANT),$(VARIANT)),all: pack-$(1)),all: pack-$(1))

.PHONY: pack-$(1)
pack-$(1): $(PKG_BUILD_DIR)/.built
	rm -rf $(BIN_DIR)/$(1)
	mkdir -p $(BIN_DIR)/$(1)
	$(call Package/$(1)/install,$(BIN_DIR)/$(1))
endef

all:

$(PKG_BUILD_DIR)/.built:
	echo '$(PKG_HASH)  $(DL_DIR)/$(PKG_SOURCE)' | sha256sum -c --quiet
	rm -rf $(@D) && mkdir -p $(dir $(@D))
	tar -xzf $(DL_DIR)/$(PKG_SOURCE) -C $(dir $(@D))
	$(Build/Compile)
	touch $@
