/*
 * XINFO STREAM key [FULL [COUNT n]]
 */
#include "fcgi/limits.h"
#include "handlers/plates/commands.h"
#include "handlers/plates/entry.h"
#include "handlers/plates/group_info.h"
#include "handlers/plates/range.h"
#include "handlers/plates/stream_info.h"

enum { NODES, GROUPS };

static void
want_entry(struct db_batch *item, struct request *r,
    const struct plate_stream *stream, bool last)
{
	range_want(item, r->arena, &(struct range){
		.stream = stream->id,
		.incarnation = stream->incarnation,
		.low = ENTRY_ID_MIN,
		.high = ENTRY_ID_MAX,
		.reverse = last,
		.count = 1
	});
}

static struct text
entry_json(struct request *r, const struct pg_result *rows)
{
	struct range range = { .count = 1 };
	struct json_writer w;
	struct buffer out;

	if (!row_count(rows))
		return TEXT("null");
	buffer_init(&out, r->arena);
	json_start(&w, &out);
	json_open_array(&w);
	(void)range_take(&range, rows, &w); /* it is the only one */
	json_close_array(&w);
	return (struct text){ out.p + 1, out.n - 2 };
}

bool
stream_info_read(struct request *r, struct command *c, struct text key,
    struct stream_info *info)
{
	const struct plate_stream *stream = &info->stream;
	struct db_batch batch[3];
	struct params *p = &batch[0].params;

	*info = (struct stream_info){ 0 };
	if (!plate_stream_find(r, c, key, &info->stream))
		return false;
	if (!stream->exists)
		return command_error(r, c, "ERR no such key");
	batch[0].statement = STATEMENT_plate_info;
	params_init(p, r->arena);
	param_bigint(p, stream->id);
	param_integer(p, stream->incarnation);
	param_bigint(p, stream->first_seq);
	param_bigint(p, stream->next_seq);
	param_bigint(p, stream->length);
	want_entry(&batch[1], r, stream, false);
	want_entry(&batch[2], r, stream, true);
	if (!db_call_batch(r, r->arena, batch, 3))
		return false;
	info->nodes = row_bigint(batch[0].result, 0, NODES);
	info->groups = row_bigint(batch[0].result, 0, GROUPS);
	if (row_count(batch[1].result))
		info->first_id = entry_id_unpack(row_text(batch[1].result, 0,
		    0));
	info->first = entry_json(r, batch[1].result);
	info->last = entry_json(r, batch[2].result);
	return true;
}

/* A tree of ours has a root and its leaves: Redis's has some more nodes. */
void
stream_info_write(struct json_writer *w, const struct stream_info *info)
{
	json_name(w, "length");
	json_number(w, info->stream.length);
	json_name(w, "radix-tree-keys");
	json_number(w, info->nodes);
	json_name(w, "radix-tree-nodes");
	json_number(w, info->nodes + 1);
	json_name(w, "last-generated-id");
	entry_id_write(w, info->stream.last_id);
	json_name(w, "max-deleted-entry-id");
	entry_id_write(w, info->stream.deleted_id);
	json_name(w, "entries-added");
	json_number(w, info->stream.added);
	json_name(w, "recorded-first-entry-id");
	entry_id_write(w, info->first_id);
}

enum { KEY = 2, FULL, COUNT };

enum { FULL_COUNT_DEFAULT = 10 };

struct xinfo {
	struct stream_info info;
	bool full;
	struct text fault;	/* of the options: said if there is the key */
	int64_t count;		/* of entries, and of each list; 0: all */
	struct text entries, all_groups; /* JSON; only if it is full */
};

static bool
read_options(struct request *r, struct command *c, struct xinfo *x)
{
	x->count = FULL_COUNT_DEFAULT;
	if (c->words == FULL)
		return true;
	x->full = command_word_is(c, FULL, "FULL");
	if (!x->full || (c->words != COUNT && (c->words != COUNT + 2 ||
	    !command_word_is(c, COUNT, "COUNT"))))
		return command_error(r, c, "ERR unknown subcommand or wrong "
		    "number of arguments for '%.*s'. Try XINFO HELP.",
		    TEXT_ARG(text_cut(c->word[1], 128)));
	if (c->words > COUNT &&
	    !command_integer(r, c, COUNT + 1, ERR_INTEGER, &x->count))
		return false;
	if (x->count < 0)
		x->count = FULL_COUNT_DEFAULT;
	return true;
}

bool
parse_xinfo_stream(struct request *r, struct command *c)
{
	struct xinfo *x = arena_alloc(r->arena, sizeof(*x));

	c->state = x;
	if (!read_options(r, c, x)) {
		x->fault = c->error;
		c->error = TEXT_ABSENT;
	}
	return true;
}

static void
read_entries(struct request *r, struct command *c, struct xinfo *x)
{
	struct range range = {
		.stream = x->info.stream.id,
		.incarnation = x->info.stream.incarnation,
		.low = ENTRY_ID_MIN,
		.high = ENTRY_ID_MAX,
		.count = x->count
	};
	struct json_writer w;
	struct buffer out;

	buffer_init(&out, r->arena);
	json_start(&w, &out);
	json_open_array(&w);
	if (range_rest(r, &range, &w) == RANGE_LONG)
		command_error(r, c, "ERR the entries have more than "
		    "COMMAND_REPLY_BYTES_MAX (%d) bytes: ask for fewer with "
		    "COUNT", COMMAND_REPLY_BYTES_MAX);
	json_close_array(&w);
	x->entries = (struct text){ out.p, out.n };
}

static void
read_groups(struct request *r, struct command *c, struct xinfo *x)
{
	struct json_writer w;
	struct buffer out;

	buffer_init(&out, r->arena);
	json_start(&w, &out);
	if (group_info_write_all(r, c, &x->info.stream, x->count, &w))
		x->all_groups = (struct text){ out.p, out.n };
}

enum verdict
run_xinfo_stream(struct request *r, struct command *c)
{
	struct xinfo *x = c->state;

	if (!stream_info_read(r, c, c->word[KEY], &x->info))
		return DONE;
	c->error = x->fault;
	if (!x->full || c->error.p)
		return DONE;
	read_entries(r, c, x);
	if (!request_failed(r) && !c->error.p)
		read_groups(r, c, x);
	return DONE;
}

void
write_xinfo_stream(struct request *r, const struct command *c,
    struct json_writer *w)
{
	const struct xinfo *x = c->state;

	(void)r;
	json_open_object(w);
	stream_info_write(w, &x->info);
	if (x->full) {
		json_name(w, "entries");
		json_raw(w, x->entries);
		json_name(w, "groups");
		json_raw(w, x->all_groups);
	} else {
		json_name(w, "groups");
		json_number(w, x->info.groups);
		json_name(w, "first-entry");
		json_raw(w, x->info.first);
		json_name(w, "last-entry");
		json_raw(w, x->info.last);
	}
	json_close_object(w);
}
