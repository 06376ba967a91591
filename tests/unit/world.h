/* All of the server above the socket, with keyrings of vectors.py: one for all tests of a program. */
#ifndef INKI_TESTS_UNIT_WORLD_H
#define INKI_TESTS_UNIT_WORLD_H

#include "core/api.h"

enum { WORLD_NOW = 1700000000 }; /* vectors.py counts from it */

/* Alice may add Ed25519, P-256 and RSA keys, two of them; bob signs with RSA; the team needs alice and carol; the crowd
 * is of 16 certificates with long names. Eve is a stranger. */
enum { WORLD_ALICE, WORLD_BOB, WORLD_TEAM, WORLD_CROWD, WORLD_USERS };

struct world {
	struct app app;
	struct config config;
	struct config_user users[WORLD_USERS];
	struct arena settings, table_memory, request, events;
	struct writer journal;
	uint8_t body[8 * API_BODY_MAX]; /* an answer has API_BODY_MAX of them, a list all */
	struct api_answer answer;
};

extern struct world world;

/* For cmocka, before and after a group. The first ends the program, as one that has passed, where Kconfig left out an
 * algorithm that they sign with. */
int world_start(void **state);
int world_end(void **state);

/* For cmocka, before a test: empties the table, forgets all events, counts anew. */
int world_clear(void **state);

/* Handles a request, by a listener that allows all to somebody who is not root, and ends a list that comes of it. The
 * journal holds its lines alone. Returns the status code. */
int world_ask(enum http_method method, const char *target, struct span body, int64_t now);

/* The same, of any request; the body of the answer, with a list, is in world.answer.body. */
int world_handle(const struct api_request *request, int64_t now);

/* Posts the message of that name. */
int world_post(const char *message, int64_t now);

/* Is text all of the answer, is it in it, in the journal? */
bool world_answer_is(const char *text);
bool world_answered(const char *text);
bool world_noted(const char *text);

#endif
