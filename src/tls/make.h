/* Makes a self-signed certificate for a device: its clients trust the pin of its key, and nobody else. */
#ifndef INKI_TLS_MAKE_H
#define INKI_TLS_MAKE_H

#include "base/writer.h"
#include "tls/certificate.h"
#include "tls/tls.h"

enum { TLS_MAKE_NAMES_MAX = 16, TLS_MAKE_PEM_MAX = 8192 };

struct tls_made {
	struct writer certificate, key; /* PEM; TLS_MAKE_PEM_MAX bytes each are room enough. The key is a secret */
	uint8_t pin[TLS_PIN_SIZE];
};

/* Is it a DNS name, perhaps with a star for its first label, or a numeric address? */
bool tls_make_takes_name(struct span name);

/* Makes a P-256 key out of the entropy, and a certificate for it: valid from 2020 on, because the device's clock may
 * not be set, and for ever; for these names (at least one), the first of which is its subject. False if they do not
 * fit. */
bool tls_make(struct tls_made *made, const struct span *names, size_t count,
              const uint8_t entropy[static TLS_ENTROPY_SIZE]);

#endif
