include $(BR2_EXTERNAL_INKI_PATH)/package/inki/inki.mk
