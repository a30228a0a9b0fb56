/*
 * Whom a limit on clients counts: an IPv4 address, or the /64 of an IPv6
 * one. Who has one IPv6 address has all the others of its /64 as well.
 */
#ifndef AUTH_CLIENT_ADDRESS_H
#define AUTH_CLIENT_ADDRESS_H

#include "fcgi/arena.h"
#include "fcgi/text.h"

/* In the arena. What is no address (a socket's path) stands for itself. */
struct text client_address(struct arena *arena, struct text client);

#endif
