/*
 * Reading entries, a page at a time, wherever they are: those that a fork has
 * from its source are found there.
 */
#ifndef SQL_ENTRIES_H
#define SQL_ENTRIES_H

#include "fcgi/arena.h"
#include "fcgi/buffer.h"
#include "fcgi/limits.h"
#include "sql/streams.h"

struct pg_result;

#define ANY_INCARNATION (-1)

struct page_wish {
	struct text name;	/* of the stream */
	int32_t incarnation;	/* the one to be read, or ANY_INCARNATION */
	bool sparse;		/* it is known to be a plate's */
	int64_t from;		/* seq of the first entry */
	struct text key;	/* absent: all entries */
	int64_t bytes_max;
};

struct page {
	int64_t from, next;	/* seqs looked at: next is not included */
	int64_t entries;
	bool sparse;		/* some may be missing, or will be */
	size_t bytes;		/* of all of them */
	/* Where they are: the first `entries` rows of each. */
	int pieces;
	struct page_piece {
		const struct pg_result *rows;
		int entries;
	} piece[READ_SEGMENTS_MAX + 1];
};

/*
 * Read the stream's row and a page of its entries, which may be newer than the
 * row: next_seq is as the newer of them has it. The page holds at most
 * READ_ENTRIES_MAX entries and bytes_max bytes, but at least one entry if
 * there is one. Both live as long as the arena.
 *
 * False after fail(): as in stream_find(), and 410 when the stream is in
 * another life than the one wished for, or what follows the position has been
 * trimmed away in it.
 */
bool page_read(struct request *r, struct arena *arena,
    const struct page_wish *wish, struct stream *stream, struct page *page);

/* All entries, one behind the other; as a JSON array if `json`. */
void page_write(const struct page *page, bool json, struct buffer *out);

/* The seq of the first entry that is not older; false after fail(). */
bool entry_since(struct request *r, const struct stream *stream,
    int64_t unix_us, int64_t *seq);

#endif
