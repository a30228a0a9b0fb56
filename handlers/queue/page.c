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

enum verdict
list_reply(struct request *r, const struct list_page *page, struct params *p,
    enum statement list, enum statement count,
    void (*write_item)(struct json_writer *w, const struct pg_result *rows,
	int row))
{
	const struct pg_result *rows, *total = db_call(r, count, p);
	struct json_writer *w;

	if (!total)
		return DONE;
	param_bigint(p, page->limit);
	param_bigint(p, page->offset);
	rows = db_call(r, list, p);
	if (!rows)
		return DONE;
	w = reply_json(r, 200);
	json_open_object(w);
	json_name(w, "items");
	json_open_array(w);
	for (int i = 0; i < row_count(rows); i++)
		write_item(w, rows, i);
	json_close_array(w);
	list_page_write(w, page, row_bigint(total, 0, 0));
	json_close_object(w);
	return DONE;
}

enum verdict
list_reply_all(struct request *r, enum statement list, enum statement count,
    void (*write_item)(struct json_writer *w, const struct pg_result *rows,
	int row))
{
	struct list_page page = list_page_read(r);
	struct params p;

	if (!query_done(r))
		return DONE;
	params_init(&p, r->arena);
	return list_reply(r, &page, &p, list, count, write_item);
}
