/* A line of authorized_keys, and a fingerprint: what is read reads the same when it is written anew. */
#include "fuzz.h"
#include "ssh/key.h"

#include <string.h>

static void check_line(struct span line)
{
	static uint8_t blob[SSH_KEY_ROOM_MAX], again_blob[SSH_KEY_ROOM_MAX], text[2 * SSH_KEY_ROOM_MAX];
	struct writer room = writer_of(blob, sizeof(blob)), again_room = writer_of(again_blob, sizeof(again_blob));
	struct writer out = writer_of(text, sizeof(text));
	struct ssh_key key, again, alone;

	if (ssh_key_read(line, &room, &key) != STATUS_OK)
		return;
	ssh_key_write(&out, &key);
	FUZZ_CHECK(!out.overflowed && span_find_byte(writer_written(&out), '\n') == out.used);
	FUZZ_CHECK(ssh_key_read(writer_written(&out), &again_room, &again) == STATUS_OK);
	FUZZ_CHECK(again.type == key.type && again.rsa_bits == key.rsa_bits && span_equal(again.blob, key.blob));
	FUZZ_CHECK(span_equal(again.comment, key.comment) && span_equal(again.options, key.options));
	FUZZ_CHECK(ssh_key_read_blob(key.blob, &alone) == STATUS_OK && alone.type == key.type);
}

static void check_blob(struct span blob)
{
	static uint8_t text[2 * SSH_KEY_BLOB_MAX], room_bytes[SSH_KEY_BLOB_MAX];
	struct writer out = writer_of(text, sizeof(text)), room = writer_of(room_bytes, sizeof(room_bytes));
	struct ssh_key key, again;

	if (ssh_key_read_blob(blob, &key) != STATUS_OK)
		return;
	ssh_key_write(&out, &key);
	FUZZ_CHECK(!out.overflowed && ssh_key_read(writer_written(&out), &room, &again) == STATUS_OK);
	FUZZ_CHECK(span_equal(again.blob, blob) && again.type == key.type);
}

static void check_fingerprint(struct span text)
{
	struct ssh_fingerprint fingerprint, again;
	enum ssh_fingerprint_kind kind, again_kind;
	uint8_t room[64];
	struct writer out = writer_of(room, sizeof(room));

	memset(&fingerprint, 0, sizeof(fingerprint));
	memset(&again, 0, sizeof(again));
	if (!ssh_fingerprint_read(text, &kind, &fingerprint))
		return;
	if (kind == SSH_FINGERPRINT_SHA256)
		ssh_fingerprint_write_sha256(&out, fingerprint.sha256);
	else
		ssh_fingerprint_write_md5(&out, fingerprint.md5);
	FUZZ_CHECK(ssh_fingerprint_read(writer_written(&out), &again_kind, &again) && again_kind == kind);
	FUZZ_CHECK(memcmp(&again, &fingerprint, sizeof(again)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span input = span_of(data, size);

	fuzz_start_crypto();
	check_line(input);
	check_blob(input);
	check_fingerprint(input);
	return 0;
}
