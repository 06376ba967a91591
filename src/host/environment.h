/* The variables of the environment. */
#ifndef INKI_HOST_ENVIRONMENT_H
#define INKI_HOST_ENVIRONMENT_H

/* The value of a variable; NULL if it is not set, or set to nothing. */
const char *environment_get(const char *name);

#endif
