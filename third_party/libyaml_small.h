/*
 * What libyaml asks of a character, as functions in place of macros: they stand some hundred times in its scanner, which is smaller by a
 * fourth this way. Its own header has no guard, but is taken only once after an #import.
 */
#import <yaml_private.h>

#define ONCE static __attribute__((noinline, unused))

ONCE int yaml_is_break(const yaml_char_t *at)
{
	return *at == '\r' || *at == '\n' || (*at == 0xc2 && at[1] == 0x85) ||
	       (*at == 0xe2 && at[1] == 0x80 && (at[2] == 0xa8 || at[2] == 0xa9));
}

ONCE int yaml_is_break_or_end(const yaml_char_t *at)
{
	return *at == '\0' || yaml_is_break(at);
}

ONCE int yaml_is_blank_or_end(const yaml_char_t *at)
{
	return *at == ' ' || *at == '\t' || yaml_is_break_or_end(at);
}

ONCE int yaml_is_alpha(const yaml_char_t *at)
{
	return (*at >= '0' && *at <= '9') || ((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z') || *at == '_' || *at == '-';
}

ONCE int yaml_width(const yaml_char_t *at)
{
	return *at < 0x80 ? 1 : (*at & 0xe0) == 0xc0 ? 2 : (*at & 0xf0) == 0xe0 ? 3 : (*at & 0xf8) == 0xf0 ? 4 : 0;
}

ONCE void yaml_copy(yaml_char_t **to, yaml_char_t **from)
{
	for (int left = yaml_width(*from); left > 0; left--)
		*(*to)++ = *(*from)++;
}

#undef IS_BREAK_AT
#undef IS_BREAKZ_AT
#undef IS_BLANKZ_AT
#undef IS_ALPHA_AT
#undef WIDTH_AT
#undef COPY
#define IS_BREAK_AT(string, offset) yaml_is_break((string).pointer + (offset))
#define IS_BREAKZ_AT(string, offset) yaml_is_break_or_end((string).pointer + (offset))
#define IS_BLANKZ_AT(string, offset) yaml_is_blank_or_end((string).pointer + (offset))
#define IS_ALPHA_AT(string, offset) yaml_is_alpha((string).pointer + (offset))
#define WIDTH_AT(string, offset) yaml_width((string).pointer + (offset))
#define COPY(to, from) yaml_copy(&(to).pointer, &(from).pointer)
