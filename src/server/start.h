/* The command "server": from its arguments to the event loop, and to its end. */
#ifndef INKI_SERVER_START_H
#define INKI_SERVER_START_H

extern const char server_help[];

/* arguments are those after the command's name. Returns the exit code. */
int server_main(int count, char **arguments);

#endif
