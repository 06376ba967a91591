/* For a process that is about to hold secrets, or whose word counts. */
#ifndef INKI_HOST_SECRECY_H
#define INKI_HOST_SECRECY_H

/* From now on it leaves no core dump, and no other process of the same user can look into its memory, or take its
 * descriptors. */
void secrecy_start(void);

#endif
