/*
 * The streams' part of `sluice reap`.
 */
#ifndef HANDLERS_REAP_STREAMS_H
#define HANDLERS_REAP_STREAMS_H

#include "sql/db.h"

/*
 * End the streams that are due, then remove what ended lives have left.
 * Prints what was done. False when the database did not answer.
 */
bool reap_streams(struct db *db);

#endif
