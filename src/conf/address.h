/* Addresses to listen on. */
#ifndef INKI_CONF_ADDRESS_H
#define INKI_CONF_ADDRESS_H

#include "base/span.h"

/* Takes "192.0.2.1:3000" or "[2001:db8::1]:3000" apart: *address is the numeric address without brackets, a part of
 * text. No names, no zones (%eth0); the port is 0 to 65535. Returns false for anything else. */
bool conf_address_read(struct span text, struct span *address, uint16_t *port);

#endif
