/*
 * Telling is cheap, and most results have no such rows.
 */
#include "sql/go_on.h"

#include "fcgi/clock.h"
#include "sql/claims.h"
#include "sql/topics.h"
#include "sql/wake.h"

/* The columns that the results have in common. */
enum { ITEM, SEQ };

static void
announce(struct channel_key key, uint32_t count)
{
	claims_due_on(key, clock_wall_us());
	wake(key, count);
}

int
go_on_take(const struct pg_result *rows, int64_t topic_id)
{
	int own = 0, n = row_count(rows);

	while (own < n && row_integer(rows, own, ITEM) > 0)
		own++;
	for (int i = own; i < n; i++)
		if (row_integer(rows, i, ITEM) == 0)
			announce(topic_channel(topic_id, false),
			    (uint32_t)row_bigint(rows, i, SEQ));
		else
			announce(delivery_channel(row_bigint(rows, i, SEQ)),
			    1);
	return own;
}
