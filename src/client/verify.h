/* The command "verify": judges a signed message as the server would. */
#ifndef INKI_CLIENT_VERIFY_H
#define INKI_CLIENT_VERIFY_H

extern const char verify_help[];

/* arguments are those after the command's name. Returns the exit code. */
int verify_main(int count, char **arguments);

#endif
