/*
 * Paging by limit and offset, as this dialect has it.
 */
#include "handlers/queue/page.h"

struct list_page
list_page_read(struct request *r)
{
	struct list_page page = {
		.limit = query_integer(r, "limit", LIST_LIMIT_DEFAULT, 1,
		    INT64_MAX),
		/* The statements add the two up. */
		.offset = query_integer(r, "offset", 0, 0,
		    INT64_MAX - LIST_LIMIT_MAX),
	};

	if (page.limit > LIST_LIMIT_MAX)
		page.limit = LIST_LIMIT_MAX;
	return page;
}

static void
member(struct json_writer *w, const char *name, int64_t value)
{
	json_name(w, name);
	json_number(w, value);
}

void
list_page_write(struct json_writer *w, const struct list_page *page,
    int64_t total)
{
	member(w, "total", total);
	member(w, "limit", page->limit);
	member(w, "offset", page->offset);
}
