/* Every way in which something can end: one list for all rooms, with the HTTP status and the words that go with it.
 *
 * A result starts as a denial and becomes STATUS_OK on its last line. The words are one sentence without a full stop,
 * for a tired person: what was wrong, and what would be right.
 */
#ifndef INKI_BASE_STATUS_H
#define INKI_BASE_STATUS_H

#include <stdbool.h>

/* X(name, HTTP status, who may read the words, the words)
 * A TOLD sentence goes to the client; a KEPT one goes to the log only, and the client reads the same sentence for all
 * of them, so that nobody learns by trying which test a forgery has failed (or whether the user exists). */
/* clang-format off */
#define STATUS_LIST_OF_ALL(X) \
	X(OK, 200, TOLD, "done") \
	X(MORE, 400, TOLD, "the request ends too early") \
	/* HTTP (RFC 9112) */ \
	X(HTTP_SYNTAX, 400, TOLD, "this is not an HTTP/1.1 request") \
	X(HTTP_HOST, 400, TOLD, "a request needs exactly one valid Host field") \
	X(HTTP_FRAMING, 400, TOLD, "the length of the body is ambiguous: send one Content-Length, or one Transfer-Encoding: chunked") \
	X(HTTP_CHUNK, 400, TOLD, "the chunked body is malformed") \
	X(HTTP_TARGET, 400, TOLD, "the request target is malformed") \
	X(HTTP_METHOD, 501, TOLD, "this method is not implemented; there are GET, HEAD, POST and DELETE") \
	X(HTTP_TRANSFER_CODING, 501, TOLD, "this transfer coding is not implemented; there is only chunked") \
	X(HTTP_VERSION, 505, TOLD, "this version of HTTP is not supported; use HTTP/1.1 or HTTP/1.0") \
	X(HTTP_TARGET_TOO_LONG, 414, TOLD, "the request target is too long") \
	X(HTTP_FIELDS_TOO_LARGE, 431, TOLD, "the header fields are too large") \
	X(HTTP_BODY_TOO_LARGE, 413, TOLD, "the body is too large") \
	X(HTTP_CONTENT_CODING, 415, TOLD, "the body must not be compressed (no Content-Encoding)") \
	X(HTTP_EXPECTATION, 417, TOLD, "the only expectation that can be met is 100-continue") \
	X(HTTP_TIMEOUT, 408, TOLD, "the request took too long to arrive") \
	X(HTTP_TOO_MANY_FAILURES, 429, TOLD, "too many requests from your address have failed; wait as long as Retry-After says") \
	X(HTTP_BUSY, 503, TOLD, "all connections are taken; try again in a moment") \
	/* routes */ \
	X(ROUTE_UNKNOWN, 404, TOLD, "there is nothing at this path; signed requests go to /api/v1/keys") \
	X(ROUTE_METHOD, 405, TOLD, "this path has other methods") \
	X(ROUTE_FINGERPRINT, 400, TOLD, "a fingerprint is SHA256: and 43 characters of base64, or 32 hexadecimal digits of MD5") \
	X(ROUTE_ACCESS, 403, TOLD, "this listener does not let its callers do this (see access in its configuration)") \
	X(ROUTE_NOT_ROOT, 403, TOLD, "only root on the host itself may do this without a signature; send a signed request with \"action\":\"remove\" to /api/v1/keys") \
	X(KEY_NOT_FOUND, 404, TOLD, "there is no such key") \
	X(ROUTE_EVENTS, 403, TOLD, "this listener does not show events (see events in its configuration); root may read them over each of the server's Unix sockets") \
	X(ROUTE_AFTER, 400, TOLD, "after is the number of an event: decimal digits and nothing else") \
	/* the clear-signed message: framing */ \
	X(BODY_EMPTY, 400, TOLD, "the body is empty; did gpg fail to sign?") \
	X(NOT_SIGNED, 400, TOLD, "the body is not an OpenPGP clear-signed message; sign the JSON with gpg --clearsign") \
	X(LINES_JOINED, 400, TOLD, "the lines of the signed message were joined on the way; with curl use --data-binary @- in place of -d") \
	X(MESSAGE_TRAILING, 400, TOLD, "there is something besides the one signed message in the body") \
	X(MESSAGE_CONTROL, 400, TOLD, "the message holds a control character") \
	X(MESSAGE_UTF8, 400, TOLD, "the message is not valid UTF-8") \
	X(MESSAGE_BARE_CR, 400, TOLD, "the message holds a CR that no LF follows") \
	X(MESSAGE_HEADER, 400, TOLD, "the message has an armor header other than Hash") \
	X(MESSAGE_DASH, 400, TOLD, "a line of the signed text starts with an unescaped dash") \
	X(MESSAGE_NO_SIGNATURE, 400, TOLD, "the message has no complete signature block") \
	X(MESSAGE_OTHER_TEXT, 400, TOLD, "the signatures are of different texts") \
	X(MESSAGE_TOO_LARGE, 413, TOLD, "the message is over a limit of its size, of its lines or of its line length") \
	X(ARMOR_SYNTAX, 400, TOLD, "the ASCII armor is malformed") \
	X(ARMOR_BASE64, 400, TOLD, "the base64 of the ASCII armor is malformed") \
	X(PACKET_SYNTAX, 400, TOLD, "the OpenPGP packets are malformed") \
	X(PACKET_UNEXPECTED, 400, TOLD, "the signature block holds something else than signatures") \
	X(PACKET_TOO_MANY, 413, TOLD, "there are too many OpenPGP packets") \
	/* the clear-signed message: signatures. All of them read as one sentence */ \
	X(SIGNATURE_NONE, 401, KEPT, "there is no signature that could count") \
	X(SIGNATURE_VERSION, 401, KEPT, "the signature is of an unsupported version") \
	X(SIGNATURE_TYPE, 401, KEPT, "the signature is not of a text or a binary document") \
	X(SIGNATURE_SYNTAX, 401, KEPT, "the signature packet is malformed") \
	X(SIGNATURE_SUBPACKET, 401, KEPT, "a signature subpacket is malformed") \
	X(SIGNATURE_SUBPACKET_TWICE, 401, KEPT, "a signature subpacket is repeated with other contents") \
	X(SIGNATURE_CRITICAL, 401, KEPT, "the signature has a critical subpacket that is not understood") \
	X(SIGNATURE_RECIPIENT, 401, KEPT, "the signature names an intended recipient") \
	X(SIGNATURE_NO_TIME, 401, KEPT, "the signature has no creation time in its hashed area") \
	X(SIGNATURE_EXPIRED, 401, KEPT, "the signature has expired") \
	X(SIGNATURE_FUTURE, 401, TOLD, "the signature is dated in the future; set the signer's clock, or the server's") \
	X(SIGNATURE_DIGEST, 401, KEPT, "the digest algorithm is not accepted for this signature") \
	X(SIGNATURE_ALGORITHM, 401, KEPT, "the signature's public-key algorithm is not its key's") \
	X(SIGNATURE_NUMBERS, 401, KEPT, "the numbers of the signature are malformed") \
	X(SIGNATURE_NO_ISSUER, 401, KEPT, "the signature does not say which key made it") \
	X(SIGNATURE_UNKNOWN_ISSUER, 401, KEPT, "the signature is by a key that is not in the user's keyring") \
	X(SIGNATURE_WRONG, 401, KEPT, "the signature is wrong: the text or the signature was changed, or another key made it") \
	X(SIGNATURE_TOO_MANY, 401, KEPT, "there are too many wrong signatures; this one was not looked at") \
	X(SIGNATURE_OLDER_THAN_KEY, 401, KEPT, "the signature is older than its key") \
	X(USER_UNKNOWN, 401, KEPT, "there is no such user in the configuration") \
	/* keys and certificates: why one may not sign */ \
	X(KEY_SYNTAX, 401, KEPT, "the key packet is malformed") \
	X(KEY_VERSION, 401, KEPT, "the key is of an unsupported version") \
	X(KEY_ALGORITHM, 401, KEPT, "the key is of an unsupported algorithm or curve") \
	X(KEY_SIZE, 401, KEPT, "the RSA key is not of 2048 to 4096 bits") \
	X(KEY_NUMBERS, 401, KEPT, "the numbers of the key are malformed") \
	X(KEY_FUTURE, 401, KEPT, "the key was made later than the time in question") \
	X(KEY_EXPIRED, 401, KEPT, "the key has expired") \
	X(KEY_REVOKED, 401, KEPT, "the key is revoked") \
	X(KEY_MALFORMED_CERTIFICATE, 401, KEPT, "the certificate of the key holds a packet that no certificate holds") \
	X(KEY_NOT_CERTIFIED, 401, KEPT, "the certificate has no valid self-signature at the time in question") \
	X(KEY_MAY_NOT_SIGN, 401, KEPT, "the key's flags do not let it sign") \
	X(SUBKEY_NOT_BOUND, 401, KEPT, "the subkey has no valid binding at the time in question") \
	X(SUBKEY_NO_BACK_SIGNATURE, 401, KEPT, "the subkey's binding has no valid signature back by the subkey") \
	X(SUBKEY_REVOKED, 401, KEPT, "the subkey is revoked") \
	X(SUBKEY_EXPIRED, 401, KEPT, "the subkey has expired") \
	X(CERTIFICATE_SYNTAX, 500, TOLD, "the certificate is malformed") \
	X(CERTIFICATE_TOO_MANY, 500, TOLD, "there are too many certificates in the keyring") \
	X(KEYRING_EMPTY, 500, TOLD, "there is no OpenPGP certificate in the keyring (gpg --armor --export makes one)") \
	X(KEYRING_SECRET, 500, TOLD, "this is a secret key; a keyring holds public keys (gpg --armor --export)") \
	/* memory, and a build without signing */ \
	X(SECRET_KEY_LEFT_OUT, 500, TOLD, "this inki was built without signing (CONFIG_SIGN); let gpg sign, without a key file") \
	X(ARENA_FULL, 500, TOLD, "it is larger than the memory that was set aside for it") \
	/* the signed request (JSON) */ \
	X(REQUEST_JSON, 400, TOLD, "the signed text is not one flat JSON object, such as {\"username\":\"root\",\"key\":\"ssh-ed25519 AAAA\",\"expire\":\"1h\"}") \
	X(REQUEST_FIELD_UNKNOWN, 400, TOLD, "there are the fields username, key, expire, action, hosts, reason and fingerprint, and not this one") \
	X(REQUEST_FIELD_TWICE, 400, TOLD, "the signed request has a field twice") \
	X(REQUEST_FIELD_TYPE, 400, TOLD, "all fields are strings, and hosts is an array of strings; this one is not") \
	X(REQUEST_CONTROL, 400, TOLD, "a field of the signed request holds a control character") \
	X(REQUEST_USERNAME, 400, TOLD, "the signed request needs a username of at most 64 bytes") \
	X(REQUEST_NO_KEY, 400, TOLD, "the signed request has no key; to add, it holds one authorized_keys line") \
	X(REQUEST_NO_EXPIRE, 400, TOLD, "the signed request has no expire, such as 12h or 2026-12-31T23:59:59Z") \
	X(REQUEST_EXPIRE, 400, TOLD, "expire is neither an RFC 3339 time nor a duration such as 90s, 15m, 12h, 2d or 1h30m") \
	X(REQUEST_ACTION, 400, TOLD, "the action is neither add nor remove") \
	X(REQUEST_ACTION_METHOD, 400, TOLD, "DELETE takes signed requests with \"action\":\"remove\"") \
	X(REQUEST_REMOVE_WHAT, 400, TOLD, "a request to remove names either its key or its fingerprint") \
	X(REQUEST_FINGERPRINT, 400, TOLD, "the fingerprint is neither SHA256: and 43 characters of base64, nor 32 hexadecimal digits of MD5; it goes with remove only") \
	X(REQUEST_REASON, 400, TOLD, "the reason is longer than 256 bytes") \
	X(REQUEST_HOSTS, 400, TOLD, "hosts is an array of at least one host name") \
	X(REQUEST_HOSTS_TOO_MANY, 400, TOLD, "hosts has too many names; there may be 16") \
	X(REQUEST_TOO_LARGE, 413, TOLD, "the signed request is larger than the memory that was set aside for it") \
	/* the SSH key */ \
	X(SSH_KEY_SYNTAX, 400, TOLD, "the key is not one authorized_keys line: type, base64 and a comment") \
	X(SSH_KEY_PRIVATE, 400, TOLD, "this is a private key; send the .pub file, and make a new pair, as this one has been on the network") \
	X(SSH_KEY_LINES, 400, TOLD, "the key is more than one line") \
	X(SSH_KEY_TYPE, 400, TOLD, "the type of the key is not supported") \
	X(SSH_KEY_BLOB, 400, TOLD, "the base64 of the key is not a key of its type") \
	X(SSH_KEY_TOO_LARGE, 400, TOLD, "the key is too large") \
	X(SSH_KEY_COMMENT, 400, TOLD, "the comment of the key is longer than 256 bytes or holds a control character") \
	X(SSH_KEY_CERTIFICATE, 400, TOLD, "this is a certificate; send the plain public key, the .pub file without -cert") \
	X(SSH_KEY_DSA, 400, TOLD, "a DSA key is too weak; make another one (ssh-keygen -t ed25519)") \
	X(SSH_KEY_SSH2, 400, TOLD, "this public key is in the SSH2 form of RFC 4716; ssh-keygen -i -f FILE makes the right one of it") \
	X(SSH_KEY_PEM, 400, TOLD, "this public key is in PEM form; ssh-keygen -i -m PKCS8 -f FILE makes the right one of it (with -m PEM if it says RSA PUBLIC KEY)") \
	X(SSH_KEY_PUTTY, 400, TOLD, "this is PuTTY's file with the private key; send the line for authorized_keys that PuTTYgen shows, and make a new pair, as this one has been on the network") \
	X(SSH_KEY_PGP, 400, TOLD, "this is an OpenPGP key; what is needed is an SSH key, the .pub file of ssh-keygen") \
	/* the options in front of it */ \
	X(SSH_OPTION_SYNTAX, 400, TOLD, "the options in front of the key are no list of names with commas between them, and with values in double quotes") \
	X(SSH_OPTION_UNKNOWN, 400, TOLD, "in front of the key stands what is no option of sshd") \
	X(SSH_OPTION_VALUE, 400, TOLD, "an option in front of the key has no value where it needs one, or one that sshd would not take") \
	X(SSH_OPTION_TWICE, 400, TOLD, "an option that sshd takes but once is there twice in front of the key") \
	X(SSH_OPTION_AUTHORITY, 403, TOLD, "cert-authority and principals would let in whoever holds a certificate by this key; only keys are let in here") \
	X(SSH_OPTION_TOO_LARGE, 400, TOLD, "the options in front of the key are longer than 512 bytes") \
	/* policy */ \
	X(POLICY_TOO_OLD, 401, TOLD, "the signature is too old; sign the request again") \
	X(POLICY_HOST, 403, TOLD, "the request is meant for other hosts") \
	X(POLICY_HOST_MISSING, 403, TOLD, "this user's requests must name their hosts, and this one does not") \
	X(POLICY_EXPIRED, 403, TOLD, "the expire of the request has passed already") \
	X(POLICY_LIFETIME, 403, TOLD, "the key would live longer than this user's policy allows") \
	X(POLICY_KEY_TYPE, 403, TOLD, "this user's policy does not allow this type of key") \
	X(POLICY_RSA_BITS, 403, TOLD, "the RSA key is shorter than this user's policy allows") \
	X(POLICY_OPTION, 403, TOLD, "this user's policy does not allow a signed key to bring this option; the host may allow it by allow_options") \
	X(POLICY_OPTION_TAKEN, 403, TOLD, "the host itself puts this option in front of the key, and sshd takes but one; leave it out") \
	X(POLICY_MAX_KEYS, 403, TOLD, "the user has as many keys as the policy allows; remove one first") \
	X(POLICY_SIGNATURES, 403, TOLD, "more signatures, by different certificates of the user's keyring, are required") \
	X(POLICY_OUTDATED, 409, TOLD, "a request that was signed later has been taken for this key; sign a new one") \
	X(POLICY_FORGOTTEN, 409, TOLD, "whether a later request for this key has been taken is not remembered any more; sign a new one") \
	X(POLICY_SAME_SECOND, 409, TOLD, "another request was signed for this key in the same second; sign a new one") \
	/* checks */ \
	X(CHECK_ASKED, 503, TOLD, "a check of this host is being asked") \
	X(CHECK_REFUSED, 403, TOLD, "a check of this host has refused it") \
	X(CHECK_OUTRAN, 403, TOLD, "a check of this host has not answered in its time") \
	X(CHECK_FAILED, 403, TOLD, "a check of this host could not be run; the server's log says more") \
	X(CHECK_BUSY, 503, TOLD, "as many checks as there may be at once are running; try again in a moment") \
	X(CHECK_RELOADED, 503, TOLD, "the configuration has changed while a check was asked; send the request again") \
	/* the world */ \
	X(CLOCK_NOT_SET, 503, TOLD, "the server's clock is not set: it shows a day before this version was made; set it, or see clock in the configuration") \
	X(TABLE_USER_FULL, 503, TOLD, "the user has more removed and expired keys than are remembered; try again later") \
	X(TABLE_FULL, 503, TOLD, "the key table is full; try again later") \
	X(INTERNAL, 500, TOLD, "the server has made a mistake; its log says more")

/* signing with a secret-key file */
#define STATUS_LIST_OF_SIGN(X) \
	X(SECRET_KEY_NONE, 500, TOLD, "there is no OpenPGP secret key in the file (gpg --armor --export-secret-keys makes one)") \
	X(SECRET_KEY_PUBLIC, 500, TOLD, "this is a public key; to sign takes the secret key (gpg --armor --export-secret-keys)") \
	X(SECRET_KEY_SYNTAX, 500, TOLD, "the secret part of the key is malformed; the file is damaged") \
	X(SECRET_KEY_STUB, 500, TOLD, "the file has the public part only of the key that may sign; export it again where its secret is") \
	X(SECRET_KEY_ON_CARD, 500, TOLD, "the secret of the key that may sign is on a smart card; let gpg sign, without a key file") \
	X(SECRET_KEY_ARGON2, 500, TOLD, "the pass phrase of the key is protected by Argon2, which is not supported; let gpg or sq sign, or export the key with an iterated and salted S2K") \
	X(SECRET_KEY_PROTECTION, 500, TOLD, "the secret key is protected in a way that is not supported; there are AES with CFB or OCB, and S2K by SHA-1, SHA-2 and SHA-3") \
	X(SECRET_KEY_MISMATCH, 500, TOLD, "the secret part of the key does not belong to its public part; the file is damaged") \
	X(PASSPHRASE_NEEDED, 500, TOLD, "the secret key needs its pass phrase") \
	X(PASSPHRASE_WRONG, 500, TOLD, "the pass phrase is wrong, or the secret key is damaged")

/* files of keys: why one is not in there */
#define STATUS_LIST_OF_EXPORT(X) \
	X(KEY_FILE_OPTION, 500, TOLD, "dropbear does not know this option, or takes it otherwise than sshd; it has restrict, no-port-forwarding, no-agent-forwarding, no-X11-forwarding, no-pty, permitopen, no-touch-required, verify-required, and command without a backslash") \
	X(KEY_FILE_LINE, 500, TOLD, "its line would be longer than the 3000 bytes that dropbear reads") \
	X(KEY_FILE_FULL, 500, TOLD, "this key and later ones: there are as many in the file as dropbear reads, which is 300")

/* TLS: what is wrong with a certificate or its key */
#define STATUS_LIST_OF_TLS(X) \
	X(PEM_SYNTAX, 500, TOLD, "the base64 of the PEM block is malformed") \
	X(PEM_LINES, 500, TOLD, "the lines -----BEGIN x----- and -----END x----- do not come in pairs of the same x; something is cut or was pasted wrong") \
	X(TLS_NO_CERTIFICATE, 500, TOLD, "there is no certificate in it; it holds -----BEGIN CERTIFICATE----- and more") \
	X(TLS_CERTIFICATE_SYNTAX, 500, TOLD, "a certificate in it is malformed") \
	X(TLS_CERTIFICATE_KEY, 500, TOLD, "the key of a certificate is not supported; there are RSA of 2048 to 4096 bits and ECDSA on P-256, P-384 and P-521") \
	X(TLS_CHAIN_ORDER, 500, TOLD, "its certificates are not in order: the server's own comes first, then that of its issuer, and so on") \
	X(TLS_CHAIN_TOO_LONG, 500, TOLD, "there are more than 6 certificates in it") \
	X(TLS_NO_KEY, 500, TOLD, "there is no private key in it; it holds -----BEGIN PRIVATE KEY-----, or with RSA or EC before PRIVATE") \
	X(TLS_KEY_SYNTAX, 500, TOLD, "the private key is malformed") \
	X(TLS_KEY_KIND, 500, TOLD, "the private key is not supported; there are RSA of 2048 to 4096 bits and ECDSA on P-256, P-384 and P-521") \
	X(TLS_KEY_ENCRYPTED, 500, TOLD, "the private key is encrypted, and nobody is there to type a pass phrase; decrypt it with openssl pkey -in OLD -out NEW") \
	X(TLS_KEY_OTHER, 500, TOLD, "the private key is not that of the certificate") \
	X(TLS_NOT_YET_VALID, 500, TOLD, "the certificate is not valid yet, or the clock is wrong") \
	X(TLS_EXPIRED, 500, TOLD, "the certificate has expired, or the clock is wrong") \
	/* why a connection ended */ \
	X(TLS_EXPECTED, 400, TOLD, "this port speaks TLS; use https://") \
	X(TLS_REFUSED, 400, TOLD, "the other side refuses (its TLS alert has the number below)") \
	X(TLS_NOTHING_IN_COMMON, 400, TOLD, "the other side does not speak TLS, or has no version or cipher suite of it in common with us; there is TLS 1.2 with ECDHE and AES-GCM or ChaCha20-Poly1305") \
	X(TLS_PROTOCOL, 400, TOLD, "what the other side sends is not correct TLS") \
	X(TLS_RECORD, 400, TOLD, "a TLS record was changed on the way") \
	X(TLS_PEER_UNKNOWN, 400, TOLD, "nobody whom we trust vouches for its certificate; give --cacert FILE, or the --pinnedpubkey that the server told at its start") \
	X(TLS_PEER_DATES, 400, TOLD, "its certificate, or one above it, has expired or is not valid yet; or this machine's clock is wrong") \
	X(TLS_PEER_NAME, 400, TOLD, "its certificate is for other hosts") \
	X(TLS_PEER_PIN, 400, TOLD, "its key is not the one of --pinnedpubkey: this is another server, or it has got a new key") \
	X(TLS_PEER_CERTIFICATE, 400, TOLD, "its certificate, or one above it, is wrong or of a kind that is not supported") \
	X(TLS_PEER_PURPOSE, 400, TOLD, "its certificate, or one above it, is not for servers (extended key usage)")
/* clang-format on */

/* All of them; a build has the words of what it has been built with. */
#define STATUS_LIST(X) STATUS_LIST_OF_ALL(X) STATUS_LIST_OF_SIGN(X) STATUS_LIST_OF_EXPORT(X) STATUS_LIST_OF_TLS(X)

enum status {
#define STATUS_NAME(name, http, reader, words) STATUS_##name,
	STATUS_LIST(STATUS_NAME)
#undef STATUS_NAME
		STATUS_COUNT
};

/* The words for the log. */
const char *status_words(enum status status);

/* The words for the client: the same, or one common sentence where they are kept from him. */
const char *status_words_for_client(enum status status);

/* The HTTP status code (RFC 9110 section 15). */
int status_http_code(enum status status);

/* Is the sentence TOLD? */
bool status_is_told(enum status status);

/* Its name in upper case without the prefix, e.g. "SIGNATURE_WRONG": for tests and for programs that read the log. */
const char *status_name(enum status status);

#endif
