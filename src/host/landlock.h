/* Landlock, as far as the kernel has it: this process, and all that it starts, can reach no file, no TCP port, and no
 * process outside. */
#ifndef INKI_HOST_LANDLOCK_H
#define INKI_HOST_LANDLOCK_H

/* Forbids all that this kernel's Landlock knows to forbid; needs no_new_privs. What is open stays open. Returns NULL,
 * with words about what that is in *reach; or the words of a sentence: why it does not work. */
const char *landlock_forbid_all(const char **reach);

/* The same, but files and folders may be made, read, written and removed in that folder. */
const char *landlock_forbid_all_but(int folder, const char **reach);

#endif
