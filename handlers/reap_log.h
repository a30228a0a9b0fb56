/*
 * The message logs' part of reaping.
 */
#ifndef HANDLERS_REAP_LOG_H
#define HANDLERS_REAP_LOG_H

#include "sql/db.h"

/*
 * Forget what was acknowledged longer ago than its topic can be replayed, all
 * of it, a batch at a time. How many it were; -1 when the database did not
 * answer.
 *
 * For a request that parks between the batches: STATEMENT_reap_log, whose row
 * says how many, and whether there may be more.
 */
int64_t reap_log(struct db *db, struct arena *arena);

#endif
