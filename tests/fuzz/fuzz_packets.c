/* A sequence of packets, and the body of each as a signature and as a key, whatever its type says: nothing reaches beyond it. */
#include "fuzz.h"
#include "pgp/key.h"
#include "pgp/packet.h"
#include "pgp/signature.h"

static bool lies_in(struct span part, struct span whole)
{
	return part.size == 0 || (part.data >= whole.data && part.data + part.size <= whole.data + whole.size);
}

/* The fields fill the packet, and each number has the bits that it says (RFC 9580 sections 3.2, 5.2.3). */
static void check_layout(const struct signature *signature, struct span body)
{
	const bool has_one = signature->algorithm != PUBLIC_KEY_ECDSA && signature->algorithm != PUBLIC_KEY_EDDSA_LEGACY;
	const size_t octets = signature->version == 4 ? 2 : 4;
	struct cursor rest = cursor_of(span_skip(body, signature->hashed.size));

	cursor_take(&rest, octets == 2 ? cursor_take_u16(&rest) : cursor_take_u32(&rest));
	cursor_take(&rest, 2);
	if (signature->version == 6)
		FUZZ_CHECK(cursor_take_u8(&rest) == signature->salt.size && cursor_take(&rest, signature->salt.size).data);
	for (size_t i = 0; i < (has_one ? 1 : 2); i++) {
		const struct span number = signature->numbers[i];

		if (signature->algorithm != PUBLIC_KEY_ED25519) {
			const unsigned bits = cursor_take_u16(&rest);

			FUZZ_CHECK(number.size == (bits + 7) / 8);
			FUZZ_CHECK(bits == 0 || number.data[0] >> (bits - 1) % 8 == 1);
		}
		FUZZ_CHECK(span_equal(cursor_take(&rest, number.size), number));
	}
	FUZZ_CHECK(cursor_at_end(&rest));
}

static void check_signature(struct span body)
{
	struct signature signature;

	signature_read(body, &signature);
	FUZZ_CHECK(lies_in(signature.hashed, body) && lies_in(signature.salt, body));
	FUZZ_CHECK(signature.issuer_fingerprint_count <= SIGNATURE_ISSUERS_MAX);
	FUZZ_CHECK(signature.issuer_key_id_count <= SIGNATURE_ISSUERS_MAX && signature.embedded_count <= SIGNATURE_EMBEDDED_MAX);
	for (size_t i = 0; i < 2; i++)
		FUZZ_CHECK(lies_in(signature.numbers[i], body));
	for (size_t i = 0; i < signature.issuer_fingerprint_count; i++)
		FUZZ_CHECK(lies_in(signature.issuer_fingerprints[i], body));
	for (size_t i = 0; i < signature.issuer_key_id_count; i++)
		FUZZ_CHECK(lies_in(signature.issuer_key_ids[i], body) && signature.issuer_key_ids[i].size == PGP_KEY_ID_SIZE);
	for (size_t i = 0; i < signature.embedded_count; i++)
		FUZZ_CHECK(lies_in(signature.embedded[i], body));
	if (signature.defect != STATUS_OK)
		return;
	FUZZ_CHECK(signature.hashed.data == body.data && signature.hashed.size >= 6);
	check_layout(&signature, body);
	FUZZ_CHECK(signature.expires > signature.created && signature.key_lifetime >= 0);
	if (signature.version == 4)
		FUZZ_CHECK(signature.salt.size == 0);
	else if (signature.digest_algorithm != DIGEST_NONE)
		FUZZ_CHECK(2 * signature.salt.size == digest_size(signature.digest_algorithm));
}

static void check_key(struct span body)
{
	static char room[256];
	struct writer words = writer_of(room, sizeof(room));
	struct digest digest;
	struct pgp_key key;

	if (!pgp_key_read(body, &key))
		return;
	FUZZ_CHECK(key.fingerprint_size == (key.version == 4 ? 20 : 32));
	pgp_key_write_algorithm(&words, &key);
	FUZZ_CHECK(!words.overflowed && words.used > 0);
	digest_start(&digest, DIGEST_SHA256);
	pgp_key_digest(&key, &digest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor packets = cursor_of(span_of(data, size));
	struct packet packet;

	fuzz_start_crypto();
	while (cursor_has_more(&packets)) {
		const size_t before = packets.rest.size;

		if (packet_take(&packets, &packet) != STATUS_OK)
			break;
		FUZZ_CHECK(lies_in(packet.body, span_of(data, size)) && packets.rest.size < before && packet.type < 64);
		check_signature(packet.body);
		check_key(packet.body);
	}
	return 0;
}
