/*
 * A write that does not wait for others.
 */
#include "sql/turn.h"

bool
turn_now(struct request *r, struct turn_item *item)
{
	const struct turn_kind *kind = item->kind;
	const struct pg_result *rows;
	struct params params;

	item->next = NULL;
	params_init(&params, r->arena);
	kind->fill(&params, item);
	rows = db_call(r, kind->statement, &params);
	if (!rows)
		return false;
	item->outcome = DB_DONE;
	kind->take(item, rows, r->arena);
	return true;
}
