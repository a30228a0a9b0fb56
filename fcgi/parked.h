/*
 * What is counted of requests that wait: how many there are, by what for, and
 * how long it took until something came.
 */
#ifndef FCGI_PARKED_H
#define FCGI_PARKED_H

#include "fcgi/connection.h"

/* It is parked now. Called with the lot's lock held, as parked_end() is. */
void parked_begin(struct connection *c);

/* No longer: what it has waited for news is added to its waited_us. */
void parked_end(struct connection *c);

#endif
