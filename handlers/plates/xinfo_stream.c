/*
 * XINFO STREAM key.
 */
#include "handlers/plates/commands.h"
#include "handlers/plates/entry.h"
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

bool
parse_xinfo_stream(struct request *r, struct command *c)
{
	(void)r;
	(void)c;
	return true;
}

enum verdict
run_xinfo_stream(struct request *r, struct command *c)
{
	struct stream_info *info = arena_alloc(r->arena, sizeof(*info));

	c->state = info;
	stream_info_read(r, c, c->word[2], info);
	return DONE;
}

void
write_xinfo_stream(struct request *r, const struct command *c,
    struct json_writer *w)
{
	const struct stream_info *info = c->state;

	(void)r;
	json_open_object(w);
	stream_info_write(w, info);
	json_name(w, "groups");
	json_number(w, info->groups);
	json_name(w, "first-entry");
	json_raw(w, info->first);
	json_name(w, "last-entry");
	json_raw(w, info->last);
	json_close_object(w);
}
