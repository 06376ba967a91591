# Made by pins.sh of third_party/pins: do not edit.

define Download/inki/musl_1.2.5.orig.tar.gz
  FILE:=musl_1.2.5.orig.tar.gz
  URL:=@DEBIAN/pool/main/m/musl
  HASH:=a9a118bbe84d8764da0ea0d28b3ab3fae8477fc7e4085d90102b8596fc7c75e4
endef
$(eval $(call Download,inki/musl_1.2.5.orig.tar.gz))

define Download/inki/musl_1.2.5-3.1~deb13u1.debian.tar.xz
  FILE:=musl_1.2.5-3.1~deb13u1.debian.tar.xz
  URL:=@DEBIAN/pool/main/m/musl
  HASH:=46fdfb271edc2f035d8d4063ff2e299734409693e781e69e4b77e0a9a495072e
endef
$(eval $(call Download,inki/musl_1.2.5-3.1~deb13u1.debian.tar.xz))

define Download/inki/mbedtls_3.6.6.orig.tar.bz2
  FILE:=mbedtls_3.6.6.orig.tar.bz2
  URL:=@DEBIAN/pool/main/m/mbedtls
  HASH:=8fb65fae8dcae5840f793c0a334860a411f884cc537ea290ce1c52bb64ca007a
endef
$(eval $(call Download,inki/mbedtls_3.6.6.orig.tar.bz2))

define Download/inki/mbedtls_3.6.6-0.1~deb13u1.debian.tar.xz
  FILE:=mbedtls_3.6.6-0.1~deb13u1.debian.tar.xz
  URL:=@DEBIAN/pool/main/m/mbedtls
  HASH:=210466c522eeebc85cf2f76bd5aef935b4ebac465559cc0a84f9e73a8ed6601c
endef
$(eval $(call Download,inki/mbedtls_3.6.6-0.1~deb13u1.debian.tar.xz))

define Download/inki/bearssl_0.6+dfsg.1.orig.tar.xz
  FILE:=bearssl_0.6+dfsg.1.orig.tar.xz
  URL:=@DEBIAN/pool/main/b/bearssl
  HASH:=102a625bd8f6155260867a50c508df8d8c3f796985dd744df1a68e5cd1a79004
endef
$(eval $(call Download,inki/bearssl_0.6+dfsg.1.orig.tar.xz))

define Download/inki/libyaml_0.2.5.orig.tar.gz
  FILE:=libyaml_0.2.5.orig.tar.gz
  URL:=@DEBIAN/pool/main/liby/libyaml
  HASH:=fa240dbf262be053f3898006d502d514936c818e422afdcf33921c63bed9bf2e
endef
$(eval $(call Download,inki/libyaml_0.2.5.orig.tar.gz))

define Download/inki/jsmn_1.1.0.orig.tar.gz
  FILE:=jsmn_1.1.0.orig.tar.gz
  URL:=@DEBIAN/pool/main/j/jsmn
  HASH:=5f0913a10657fe7ec8d5794ccf00a01000e3e1f2f1e1f143c34a0f7b47edcb38
endef
$(eval $(call Download,inki/jsmn_1.1.0.orig.tar.gz))

define Download/inki/libsodium_1.0.18.orig.tar.gz
  FILE:=libsodium_1.0.18.orig.tar.gz
  URL:=@DEBIAN/pool/main/libs/libsodium
  HASH:=d59323c6b712a1519a5daf710b68f5e7fde57040845ffec53850911f10a5d4f4
endef
$(eval $(call Download,inki/libsodium_1.0.18.orig.tar.gz))

define Download/inki/libsodium_1.0.18-1+deb13u1.debian.tar.xz
  FILE:=libsodium_1.0.18-1+deb13u1.debian.tar.xz
  URL:=@DEBIAN/pool/main/libs/libsodium
  HASH:=86110bbca36b16567bc35971486c4e6bd4aaf59e74310bc0faf76840ac4e2afe
endef
$(eval $(call Download,inki/libsodium_1.0.18-1+deb13u1.debian.tar.xz))

define Download/inki/cmocka_1.1.7.orig.tar.xz
  FILE:=cmocka_1.1.7.orig.tar.xz
  URL:=@DEBIAN/pool/main/c/cmocka
  HASH:=810570eb0b8d64804331f82b29ff47c790ce9cd6b163e98d47a4807047ecad82
endef
$(eval $(call Download,inki/cmocka_1.1.7.orig.tar.xz))
