/* The types of scalars that more than one table uses. */
#ifndef INKI_CONF_VALUE_H
#define INKI_CONF_VALUE_H

#include "conf/reader.h"

extern const struct conf_type conf_number_type;   /* into an unsigned, from the key's min to its max */
extern const struct conf_type conf_bool_type;     /* into a bool */
extern const struct conf_type conf_duration_type; /* into an int64_t: seconds, more than none */

/* Which of count names is it? Sets *index; false if it is none. */
bool conf_find_choice(const struct conf_node *node, const char *const *names, size_t count, size_t *index);

/* Is it a scalar of 1 to max bytes without control characters? Without spaces too? */
bool conf_is_text(const struct conf_node *node, size_t max);
bool conf_is_word(const struct conf_node *node, size_t max);

/* Is it the path of a file, from the root on, of at most max bytes? */
bool conf_is_path(const struct conf_node *node, size_t max);

#endif
