/* For a process that is about to hold secrets. */
#ifndef INKI_HOST_SECRECY_H
#define INKI_HOST_SECRECY_H

/* From now on it leaves no core dump, and no other process of the same user can look into its memory. */
void secrecy_start(void);

#endif
