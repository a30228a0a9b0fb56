/*
 * Bytes on their way to nginx, framed as FastCGI asks: content in records of
 * FCGI_STDOUT and, where the request ends, an empty one and FCGI_END_REQUEST.
 * Nothing is copied: the frames are made where they are asked for. Private to
 * fcgi/fastcgi.c.
 */
#ifndef FCGI_RECORDS_H
#define FCGI_RECORDS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "fcgi/text.h"

/* So many runs at a time; more than a socket takes at once. */
enum { RECORD_PIECES = 16, RECORD_HEAD_BYTES = 8 };

struct records {
	struct text head, body;	/* one behind the other; borrowed */
	bool ends;
	uint16_t id;	/* of the request */
	size_t sent;	/* bytes, frames included */
};

/* How many are left to be sent. */
size_t records_left(const struct records *r);

/*
 * Point at the next of them, and give the number of runs. `frames` is where
 * frames are made, and must live as long as the runs.
 */
int records_gather(const struct records *r, struct iovec v[RECORD_PIECES],
    unsigned char frames[RECORD_PIECES][RECORD_HEAD_BYTES]);

#endif
