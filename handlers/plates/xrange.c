/*
 * XRANGE key start end [COUNT count], and XREVRANGE key end start [...].
 */
#include "fcgi/name_id.h"
#include "handlers/plates/commands.h"
#include "handlers/plates/plate_stream.h"
#include "handlers/plates/range.h"
#include "handlers/plates/words.h"

struct xrange {
	struct text name;
	struct range range;
	bool exists;
	bool none;		/* COUNT 0 */
	struct text entries;	/* as JSON */
};

static bool
read_count(struct request *r, struct command *c, struct xrange *x)
{
	for (int i = 4; i < c->words; i += 2) {
		if (!command_word_is(c, i, "COUNT") || i + 1 == c->words)
			return command_error(r, c, ERR_SYNTAX);
		if (!command_integer(r, c, i + 1, ERR_INTEGER,
		    &x->range.count))
			return false;
		x->none = x->range.count <= 0;
	}
	return true;
}

static bool
parse(struct request *r, struct command *c, bool reverse)
{
	struct xrange *x = arena_alloc(r->arena, sizeof(*x));

	x->name = command_stream(r, c, c->word[1]);
	x->range.incarnation = ANY_INCARNATION;
	x->range.reverse = reverse;
	c->state = x;
	return command_interval_start(r, c, reverse ? 3 : 2, &x->range.low) &&
	    command_interval_end(r, c, reverse ? 2 : 3, &x->range.high) &&
	    read_count(r, c, x);
}

bool
parse_xrange(struct request *r, struct command *c)
{
	return parse(r, c, false);
}

bool
parse_xrevrange(struct request *r, struct command *c)
{
	return parse(r, c, true);
}

/* The row and the first page, in one round trip; then the pages behind it. */
enum verdict
run_xrange(struct request *r, struct command *c)
{
	struct xrange *x = c->state;
	struct plate_stream stream;
	struct db_batch batch[2];
	struct json_writer w;
	struct buffer out;

	plate_stream_want(&batch[0], r->arena, x->name);
	x->range.stream = stream_id(x->name);
	range_want(&batch[1], r->arena, &x->range);
	if (!db_call_batch(r, r->arena, batch, x->none ? 1 : 2) ||
	    !plate_stream_from(r, c, x->name, batch[0].result, &stream))
		return DONE;
	x->exists = stream.exists;
	plate_stream_renew(r, c, &stream);
	if (x->none || !x->exists)
		return DONE;
	buffer_init(&out, r->arena);
	json_start(&w, &out);
	json_open_array(&w);
	if (range_take(&x->range, batch[1].result, &w) &&
	    range_rest(r, &x->range, &w) == RANGE_LONG)
		command_error(r, c, "ERR the entries have more than "
		    "COMMAND_REPLY_BYTES_MAX (%d) bytes: ask for fewer with "
		    "COUNT", COMMAND_REPLY_BYTES_MAX);
	json_close_array(&w);
	x->entries = (struct text){ out.p, out.n };
	return DONE;
}

void
write_xrange(struct request *r, const struct command *c, struct json_writer *w)
{
	const struct xrange *x = c->state;

	(void)r;
	if (!x->exists)
		json_raw(w, TEXT("[]"));
	else if (x->none)
		json_null_value(w);
	else
		json_raw(w, x->entries);
}

enum verdict
run_xrevrange(struct request *r, struct command *c)
{
	return run_xrange(r, c);
}

void
write_xrevrange(struct request *r, const struct command *c,
    struct json_writer *w)
{
	write_xrange(r, c, w);
}
