/* The OpenPGP cases that tests/vectors writes: what is in their files. */
#ifndef INKI_UNIT_PGP_CASE_H
#define INKI_UNIT_PGP_CASE_H

#include "base/span.h"

enum { PGP_CASE_NUMBERS_MAX = 4096 };

/* Numbers of one line, ascending. */
struct pgp_case_numbers {
	uint32_t values[PGP_CASE_NUMBERS_MAX];
	size_t count;
};

/* See tests/vectors/case.py. */
struct pgp_case {
	struct span file; /* all of it; the spans point into it */
	int64_t now;
	struct span expect; /* the name of a status */
	int64_t signers;
	struct span signer;
	int64_t operations; /* INT64_MAX: any number */
	int64_t arenas; /* 0: none */
	bool has_flips, has_text;
	bool is_left_out;    /* Kconfig left out what it is about: then */
	struct span without; /* comes this status, if it is not empty */
	struct pgp_case_numbers flips, whole;
	struct span text, keyring, second_keyring, message;
};

/* Reads a file of the folder with the cases as a whole. The bytes are the caller's to free; their start is null if the file cannot be
 * read. */
struct span pgp_case_file(const char *name);

/* Reads the case of that name; false if its file is not there or not what it must be. The caller frees the file's bytes. */
bool pgp_case_read(const char *name, struct pgp_case *read);

bool pgp_case_contains(const struct pgp_case_numbers *numbers, size_t number);

#endif
