/*
 * What an ack or a nack has released: see sql/fn/go_on.sql.
 */
#ifndef SQL_GO_ON_H
#define SQL_GO_ON_H

#include "sql/db.h"

/*
 * The first rows of the result are its own, one a message; how many. Others
 * may follow, whose item (column 0) is not positive: messages that waited for
 * those became due, and who waits for them is told.
 */
int go_on_take(const struct pg_result *rows, int64_t topic_id);

#endif
