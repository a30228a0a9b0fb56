/*
 * Every list pages: ?limit and ?offset, and "total", "limit", "offset" in
 * the reply.
 */
#ifndef HANDLERS_QUEUE_PAGE_H
#define HANDLERS_QUEUE_PAGE_H

#include "fcgi/request.h"

struct list_page {
	int64_t limit, offset;
};

/* A limit above LIST_LIMIT_MAX means LIST_LIMIT_MAX; fails like query_text. */
struct list_page list_page_read(struct request *r);

/* The last three members of the open object. */
void list_page_write(struct json_writer *w, const struct list_page *page,
    int64_t total);

#endif
