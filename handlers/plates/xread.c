/*
 * XREAD [COUNT count] [BLOCK milliseconds] STREAMS key [key ...] id [id ...]
 *
 * A look asks for the rows of all streams, and then for the entries of those
 * that have some. Who blocks waits as a long-poll does (sql/tails.h): when he
 * is woken he asks first what this process knows of the streams' ends.
 */
#include "fcgi/clock.h"
#include "fcgi/lot.h"
#include "fcgi/name_id.h"
#include "fcgi/settings.h"
#include "handlers/plates/commands.h"
#include "handlers/plates/plate_stream.h"
#include "handlers/plates/range.h"
#include "handlers/plates/words.h"
#include "sql/tails.h"

/* No life has this number: there is no such stream. */
enum { NO_LIFE = -1 };

struct source {
	struct text key, name;
	enum { BEHIND_ID, BEHIND_LAST, AT_LAST } from;
	struct entry_id after;	/* of '$' and '+' once they are known */
	bool again;		/* the key was there before */

	/* Of who blocks: what he has seen of it. */
	struct tail *tail;
	struct stream end;
	bool for_all;		/* he looks for all who wait there */
};

struct xread {
	struct read_words words;
	struct source *source;
	int bad_id;		/* the first source that has one, or -1 */
	const char *bad;	/* and what Redis says of it */
	bool looked;
	int64_t until_us;	/* monotonic; INT64_MIN: do not block */
	struct text found;	/* as JSON */
};

static bool
read_id(struct xread *x, int i, struct text word)
{
	struct source *s = &x->source[i];

	if (text_equal(word, TEXT("$")))
		s->from = BEHIND_LAST;
	else if (text_equal(word, TEXT("+")))
		s->from = AT_LAST;
	else if (text_equal(word, TEXT(">")))
		x->bad = "ERR The > ID can be specified only when calling "
		    "XREADGROUP using the GROUP <group> <consumer> option.";
	else if (!entry_id_read(word, 0, &s->after))
		x->bad = ERR_ID;
	if (x->bad)
		x->bad_id = i;
	return !x->bad;
}

static bool
check_streams(struct request *r, struct command *c, const struct xread *x)
{
	int blocked = 0;

	if (x->words.streams > COMMAND_STREAMS_MAX)
		return command_error(r, c, "ERR a command reads at most "
		    "COMMAND_STREAMS_MAX (%d) streams", COMMAND_STREAMS_MAX);
	for (int i = 0; i < x->words.streams; i++)
		blocked += !x->source[i].again;
	if (x->words.block_ms >= 0 && blocked > CHANNELS_PER_REQUEST_MAX)
		return command_error(r, c, "ERR a command that blocks reads "
		    "at most CHANNELS_PER_REQUEST_MAX (%d) streams",
		    CHANNELS_PER_REQUEST_MAX);
	return true;
}

static int64_t
blocks_until(const struct request *r, int64_t block_ms)
{
	if (block_ms < 0)
		return INT64_MIN;
	if (block_ms == 0 || block_ms > settings.block_max_ms)
		block_ms = settings.block_max_ms;
	return r->started_us + block_ms * 1000;
}

bool
parse_xread(struct request *r, struct command *c)
{
	struct xread *x = arena_alloc(r->arena, sizeof(*x));
	int n;

	c->state = x;
	x->bad_id = -1;
	if (!command_read_words(r, c, false, &x->words))
		return false;
	n = x->words.streams < COMMAND_STREAMS_MAX ? x->words.streams :
	    COMMAND_STREAMS_MAX;
	x->source = arena_alloc(r->arena, (size_t)n * sizeof(*x->source));
	for (int i = 0; i < n; i++) {
		struct source *s = &x->source[i];

		s->key = c->word[x->words.first + i];
		s->name = command_stream(r, c, s->key);
		for (int k = 0; k < i; k++)
			s->again |= text_equal(s->key, x->source[k].key);
	}
	for (int i = 0; i < n; i++)
		if (!read_id(x, i, c->word[x->words.first + n + i]))
			break;
	x->until_us = blocks_until(r, x->words.block_ms);
	return check_streams(r, c, x);
}

static void
leave(void *tail)
{
	tail_leave(tail);
}

/* Listen and watch, before the first look. */
static void
wait_at_ends(struct request *r, struct xread *x)
{
	for (int i = 0; i < x->words.streams; i++) {
		struct source *s = &x->source[i];
		int64_t id = stream_id(s->name);

		if (s->again)
			continue;
		lot_listen(r, stream_channel(id));
		s->tail = tail_watch(id);
		arena_defer(r->arena, leave, s->tail);
	}
	request_keep(r);
}

/* What '$' and '+' are is decided by the first look. */
static void
locate(struct source *s, const struct plate_stream *stream)
{
	if (s->from == BEHIND_ID)
		return;
	s->after = stream->last_id; /* 0-0 if there is none */
	if (s->from == AT_LAST)
		(void)entry_id_previous(&s->after); /* 0-0 stays */
	s->from = BEHIND_ID;
}

/* False after command_error(). */
static bool
take_row(struct request *r, struct command *c, int i,
    const struct pg_result *rows, struct plate_stream *stream)
{
	struct xread *x = c->state;
	struct source *s = &x->source[i];

	if (!plate_stream_from(r, c, s->name, rows, stream))
		return false;
	if (i == x->bad_id)
		return command_error(r, c, "%s", x->bad);
	locate(s, stream);
	s->end = (struct stream){
		.incarnation = stream->exists ? stream->incarnation : NO_LIFE,
		.next_seq = stream->next_seq,
		.closed = stream->closed
	};
	return true;
}

/* What is to be read of the stream; false: there is nothing. */
static bool
range_of(const struct xread *x, const struct source *s,
    const struct plate_stream *stream, struct range *range)
{
	*range = (struct range){
		.stream = stream->id,
		.incarnation = stream->incarnation,
		.low = s->after,
		.high = ENTRY_ID_MAX,
		.count = x->words.count
	};
	return stream->exists && stream->length > 0 &&
	    entry_id_compare(stream->last_id, s->after) > 0 &&
	    entry_id_next(&range->low);
}

/* Was that key written with one before it? */
static bool
is_written(struct source *const *source, const struct db_batch *page, int i)
{
	for (int k = 0; k < i; k++)
		if (text_equal(source[k]->key, source[i]->key) &&
		    row_count(page[k].result))
			return true;
	return false;
}

/*
 * All that is there, stream by stream. What is asked for twice is one member
 * of the object, in which the one follows the other.
 */
static void
write_found(struct request *r, struct xread *x, const struct db_batch *page,
    struct range *range, struct source *const *source, int n)
{
	struct json_writer w;
	struct buffer out;
	int64_t bytes = 0;
	bool any = false;

	buffer_init(&out, r->arena);
	json_start(&w, &out);
	json_open_object(&w);
	for (int i = 0; i < n && bytes < COMMAND_REPLY_BYTES_MAX; i++) {
		if (!row_count(page[i].result) || is_written(source, page, i))
			continue;
		any = true;
		json_name_text(&w, source[i]->key);
		json_open_array(&w);
		for (int k = i; k < n && bytes < COMMAND_REPLY_BYTES_MAX; k++) {
			if (!row_count(page[k].result) ||
			    !text_equal(source[k]->key, source[i]->key))
				continue;
			range[k].bytes = bytes;
			/* If it is too long, the rest is there next time. */
			if (range_take(&range[k], page[k].result, &w) &&
			    range_rest(r, &range[k], &w) == RANGE_FAILED)
				return;
			bytes = range[k].bytes;
		}
		json_close_array(&w);
	}
	json_close_object(&w);
	if (any)
		x->found = (struct text){ out.p, out.n };
}

static void
read_all(struct request *r, struct command *c, struct arena *arena)
{
	struct db_batch row[COMMAND_STREAMS_MAX], page[COMMAND_STREAMS_MAX];
	struct plate_stream stream[COMMAND_STREAMS_MAX];
	struct range range[COMMAND_STREAMS_MAX];
	struct source *source[COMMAND_STREAMS_MAX];
	struct xread *x = c->state;
	int wanted = 0;

	for (int i = 0; i < x->words.streams; i++)
		plate_stream_want(&row[i], arena, x->source[i].name);
	if (!db_call_batch(r, arena, row, x->words.streams))
		return;
	for (int i = 0; i < x->words.streams; i++)
		if (!take_row(r, c, i, row[i].result, &stream[i]))
			return;
	for (int i = 0; i < x->words.streams; i++) {
		plate_stream_renew(r, c, &stream[i]);
		if (!range_of(x, &x->source[i], &stream[i], &range[wanted]))
			continue;
		source[wanted] = &x->source[i];
		range_want(&page[wanted], arena, &range[wanted]);
		wanted++;
	}
	if (wanted && db_call_batch(r, arena, page, wanted))
		write_found(r, x, page, range, source, wanted);
}

static void
look(struct request *r, struct command *c)
{
	struct arena *arena = arena_new();
	struct xread *x = c->state;
	bool ok;

	read_all(r, c, arena);
	arena_free(arena);
	ok = !request_failed(r) && !c->error.p;
	for (int i = 0; i < x->words.streams; i++) {
		struct source *s = &x->source[i];

		if (s->for_all)
			tail_know_for_all(s->tail, ok ? &s->end : NULL, 0, 0,
			    TEXT_ABSENT);
		else if (s->tail && ok)
			tail_know(s->tail, &s->end);
		s->for_all = false;
	}
}

/* Has one of the streams moved, for all that this process knows? */
static bool
news(struct xread *x)
{
	bool any = false;

	for (int i = 0; i < x->words.streams; i++) {
		struct source *s = &x->source[i];
		struct tail_view view;
		enum tail_look end = TAIL_QUIET;

		if (s->tail)
			end = tail_look(s->tail, s->end.incarnation,
			    s->end.next_seq, false, &view);
		s->for_all = end == TAIL_READ_FOR_ALL;
		any |= s->for_all || end == TAIL_READ;
	}
	return any;
}

enum verdict
run_xread(struct request *r, struct command *c)
{
	struct xread *x = c->state;
	bool blocks = x->until_us != INT64_MIN;

	if (!x->looked && blocks)
		wait_at_ends(r, x);
	if (x->looked && !command_allowed(r, c))
		return DONE;
	if (!x->looked || news(x))
		look(r, c);
	x->looked = true;
	if (!blocks || x->found.p || c->error.p || request_failed(r) ||
	    r->last_call || clock_monotonic_us() >= x->until_us)
		return DONE;
	r->deadline_us = x->until_us;
	return PARK;
}

void
write_xread(struct request *r, const struct command *c, struct json_writer *w)
{
	const struct xread *x = c->state;

	(void)r;
	if (x->found.p)
		json_raw(w, x->found);
	else
		json_null_value(w);
}
