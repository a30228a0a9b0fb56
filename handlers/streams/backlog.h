/*
 * The appends of this process that are not answered yet.
 */
#ifndef HANDLERS_STREAMS_BACKLOG_H
#define HANDLERS_STREAMS_BACKLOG_H

#include <stdint.h>

/* Bytes of their entries, at most APPEND_BACKLOG_BYTES_MAX. */
int64_t backlog_bytes(void);

#endif
