/*
 * The appends of this process that are not answered yet, XADDs among them.
 */
#ifndef HANDLERS_STREAMS_BACKLOG_H
#define HANDLERS_STREAMS_BACKLOG_H

#include "fcgi/request.h"

/*
 * So many bytes more, as long as the request lives. False after fail() (429):
 * there would be more than APPEND_BACKLOG_BYTES_MAX.
 */
bool backlog_enter(struct request *r, size_t bytes);

/* Bytes of all their entries. */
int64_t backlog_bytes(void);

#endif
