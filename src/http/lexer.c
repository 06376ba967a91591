#include "http/lexer.h"

/* The kinds of bytes. Those that end a piece come first.
 *
 *   WORD   may stand in a token and in a target: letters, digits and ! $ % & ' * + - . _ ~
 *   TOKEN  in a token only: # ^ ` |
 *   URI    in a target only: ( ) , / ; = ? @
 *   TEXT   in neither, but in a field's value: " < > [ \ ] { } and all from 0x80 on
 *   BAD    nowhere: the other control characters
 */
enum byte_class { CR, LF, SP, TAB, COLON, WORD, TOKEN, URI, TEXT, BAD, CLASS_COUNT };

/* clang-format off */
static const uint8_t classes[256] = {
	/* 00 */ BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, TAB, LF, BAD, BAD, CR, BAD, BAD,
	/* 10 */ BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,
	/* 20 */ SP, WORD, TEXT, TOKEN, WORD, WORD, WORD, WORD, URI, URI, WORD, WORD, URI, WORD, WORD, URI,
	/* 30 */ WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, COLON, URI, TEXT, URI, TEXT, URI,
	/* 40 */ URI, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD,
	/* 50 */ WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, TEXT, TEXT, TEXT, TOKEN, WORD,
	/* 60 */ TOKEN, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD,
	/* 70 */ WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, WORD, TEXT, TOKEN, TEXT, WORD, BAD,
	/* 80 */ TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT,
	/* 90 */ TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT,
	/* a0 */ TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT,
	/* b0 */ TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT,
	/* c0 */ TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT,
	/* d0 */ TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT,
	/* e0 */ TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT,
	/* f0 */ TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT,
};
/* clang-format on */

/* The states. In each of the first group a piece grows, and ends with the state. A request may have one empty line in
 * front (RFC 9112 section 2.2).
 *
 *   request -> START -tchar-> METHOD -SP-> TARGET -SP-> VERSION -CR-+
 *                | CR            ^ tchar                            |
 *            FIRST_LF -LF-> FIRST_LINE                              |
 *                                                                   v
 *   answer --> ANSWER -SP-> CODE -SP-> REASON -CR---------------> LINE_LF <-CR-- VALUE <-colon-- NAME
 *                                                                   | LF                         ^
 *   trailer ------------------------------------------------------> LINE -tchar------------------+
 *                                                                   | CR
 *                                                                 END_LF -LF-> END
 */
enum state {
	METHOD,
	TARGET,
	VERSION,
	ANSWER,
	CODE,
	NAME,
	VALUE,
	END_LF,
	PIECE_STATES,
	START = PIECE_STATES,
	FIRST_LF,
	FIRST_LINE,
	REASON,
	LINE_LF,
	LINE,
	END,
	STATE_COUNT,
	NO = STATE_COUNT, /* HTTP_SYNTAX */
	NO_URI,           /* HTTP_TARGET */
};

/* clang-format off */
static const uint8_t transitions[STATE_COUNT][CLASS_COUNT] = {
	/*               CR        LF          SP       TAB     COLON   WORD     TOKEN   URI      TEXT    BAD */
	[START]      = { FIRST_LF, NO,         NO,      NO,     NO,     METHOD,  METHOD, NO,      NO,     NO },
	[FIRST_LF]   = { NO,       FIRST_LINE, NO,      NO,     NO,     NO,      NO,     NO,      NO,     NO },
	[FIRST_LINE] = { NO,       NO,         NO,      NO,     NO,     METHOD,  METHOD, NO,      NO,     NO },
	[METHOD]     = { NO,       NO,         TARGET,  NO,     NO,     METHOD,  METHOD, NO,      NO,     NO },
	[TARGET]     = { NO,       NO,         VERSION, NO,     TARGET, TARGET,  NO_URI, TARGET,  NO_URI, NO },
	[VERSION]    = { LINE_LF,  NO,         NO,      NO,     NO,     VERSION, NO,     VERSION, NO,     NO },
	[ANSWER]     = { NO,       NO,         CODE,    NO,     NO,     ANSWER,  NO,     ANSWER,  NO,     NO },
	[CODE]       = { NO,       NO,         REASON,  NO,     NO,     CODE,    NO,     NO,      NO,     NO },
	[REASON]     = { LINE_LF,  NO,         REASON,  REASON, REASON, REASON,  REASON, REASON,  REASON, NO },
	[LINE_LF]    = { NO,       LINE,       NO,      NO,     NO,     NO,      NO,     NO,      NO,     NO },
	[LINE]       = { END_LF,   NO,         NO,      NO,     NO,     NAME,    NAME,   NO,      NO,     NO },
	[NAME]       = { NO,       NO,         NO,      NO,     VALUE,  NAME,    NAME,   NO,      NO,     NO },
	[VALUE]      = { LINE_LF,  NO,         VALUE,   VALUE,  VALUE,  VALUE,   VALUE,  VALUE,   VALUE,  NO },
	[END_LF]     = { NO,       END,        NO,      NO,     NO,     NO,      NO,     NO,      NO,     NO },
	[END]        = { NO,       NO,         NO,      NO,     NO,     NO,      NO,     NO,      NO,     NO },
};
/* clang-format on */

static const enum http_piece_kind piece_kinds[PIECE_STATES] = {
	[METHOD] = HTTP_PIECE_METHOD,  [TARGET] = HTTP_PIECE_TARGET, [VERSION] = HTTP_PIECE_VERSION,
	[ANSWER] = HTTP_PIECE_VERSION, [CODE] = HTTP_PIECE_CODE,     [NAME] = HTTP_PIECE_NAME,
	[VALUE] = HTTP_PIECE_VALUE,    [END_LF] = HTTP_PIECE_END,
};

void http_lexer_start(struct http_lexer *lexer, enum http_start start, size_t at)
{
	static const enum state states[] = {
		[HTTP_START_REQUEST] = START,
		[HTTP_START_ANSWER] = ANSWER,
		[HTTP_START_TRAILER] = LINE,
	};

	*lexer = (struct http_lexer){ .at = at, .token = at, .state = states[start] };
}

/* Reads on to the first byte that leads out of the state: most bytes are only looked at here. */
static void skip_run(struct http_lexer *lexer, struct span bytes)
{
	const uint8_t *row = transitions[lexer->state];
	size_t at = lexer->at;

	while (at < bytes.size && row[classes[bytes.data[at]]] == lexer->state)
		at++;
	lexer->at = at;
}

/* Takes the byte that leads out of the state. A piece begins behind one that ended something else; the first byte of a
 * method or of a name is part of it. */
static enum status step(struct http_lexer *lexer, uint8_t byte, struct http_piece *piece)
{
	uint8_t byte_class = classes[byte];
	unsigned next = transitions[lexer->state][byte_class];

	if (next >= STATE_COUNT)
		return next == NO_URI ? STATUS_HTTP_TARGET : STATUS_HTTP_SYNTAX;
	if (lexer->state < PIECE_STATES)
		*piece = (struct http_piece){ piece_kinds[lexer->state], lexer->token, lexer->at - lexer->token };
	lexer->state = next;
	lexer->at++;
	if (byte_class < WORD)
		lexer->token = lexer->at;
	return STATUS_OK;
}

enum status http_lexer_next(struct http_lexer *lexer, struct span bytes, size_t limit, struct http_piece *piece)
{
	struct span seen = span_first(bytes, limit);

	*piece = (struct http_piece){ .kind = HTTP_PIECE_NONE };
	while (piece->kind == HTTP_PIECE_NONE) {
		enum status status;

		skip_run(lexer, seen);
		if (lexer->state == TARGET && lexer->at - lexer->token > limit / 2)
			return STATUS_HTTP_TARGET_TOO_LONG;
		if (lexer->at >= seen.size)
			return bytes.size < limit ? STATUS_MORE : STATUS_HTTP_FIELDS_TOO_LARGE;
		status = step(lexer, bytes.data[lexer->at], piece);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

struct span http_piece_text(struct http_piece piece, struct span bytes)
{
	return span_trim(span_of(bytes.data + piece.start, piece.size));
}
