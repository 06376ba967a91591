#include "crypto/verify.h"

#include "base/kconfig.h"

/* the library's own view of its arithmetic, on which the layout of its points depends */
#include <libsodium_config.h>
#include <sodium/crypto_sign_ed25519.h>
#include <sodium/private/ed25519_ref10.h>

bool ed25519_check_key(const uint8_t key[static 32])
{
	ge25519_p3 point;

	return IS_ENABLED(CONFIG_ED25519) && ge25519_is_canonical(key) != 0 && ge25519_has_small_order(key) == 0 &&
	       ge25519_frombytes_negate_vartime(&point, key) == 0;
}

/* The library refuses S that is not below the order of the group, R and A of small order, and A that is not canonical;
 * R is recomputed and compared as bytes, so only its canonical form passes. */
bool ed25519_verify(const uint8_t key[static 32], struct span message, const uint8_t signature[static 64])
{
	return IS_ENABLED(CONFIG_ED25519) &&
	       crypto_sign_ed25519_verify_detached(signature, message.data, message.size, key) == 0;
}
