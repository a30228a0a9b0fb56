/*
 * Every list pages: ?limit and ?offset, and "total", "limit", "offset" in
 * the reply.
 */
#ifndef HANDLERS_QUEUE_PAGE_H
#define HANDLERS_QUEUE_PAGE_H

#include "fcgi/json_writer.h"
#include "fcgi/request.h"
#include "sql/db.h"

struct list_page {
	int64_t limit, offset;
};

/* A limit above LIST_LIMIT_MAX means LIST_LIMIT_MAX; fails like query_text. */
struct list_page list_page_read(struct request *r);

/* The last three members of the open object. */
void list_page_write(struct json_writer *w, const struct list_page *page,
    int64_t total);

/*
 * The reply of a plain list: {"items":[...], "total", "limit", "offset"}, an
 * item a row. p, which may be empty, is what both statements begin with;
 * `list` goes on with limit and offset, and `count` tells the total.
 */
enum verdict list_reply(struct request *r, const struct list_page *page,
    struct params *p, enum statement list, enum statement count,
    void (*write_item)(struct json_writer *w, const struct pg_result *rows,
	int row));

/* A handler of all there is: limit and offset are its whole query. */
enum verdict list_reply_all(struct request *r, enum statement list,
    enum statement count, void (*write_item)(struct json_writer *w,
	const struct pg_result *rows, int row));

#endif
