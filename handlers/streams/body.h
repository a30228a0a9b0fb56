/*
 * The body of an append as entries. A JSON body is one entry, or where it is
 * an array one for each element; the bytes of each stay as they came. Any
 * other body is one entry.
 */
#ifndef HANDLERS_STREAMS_BODY_H
#define HANDLERS_STREAMS_BODY_H

#include "fcgi/request.h"

struct body {
	struct text *data;	/* runs of the request's body */
	int count;
	size_t bytes;		/* of all entries together */
};

/*
 * The body as entries of that media type; an empty body has none, nor has the
 * JSON array [] if `may_be_empty`. False after fail(): 400 it is no JSON, or
 * an array without elements, or one with more than APPEND_ENTRIES_MAX.
 */
bool body_read(struct request *r, struct text media_type, bool may_be_empty,
    struct body *body);

#endif
