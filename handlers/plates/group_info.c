/*
 * All of a stream's groups may be much: each is read and written, and what
 * was read of it is gone before the next.
 */
#include "handlers/plates/group_info.h"

#include "fcgi/limits.h"
#include "handlers/plates/entry.h"

const struct pg_result *
group_info_list(struct request *r, const struct plate_stream *stream)
{
	struct params p;

	params_init(&p, r->arena);
	param_bigint(&p, stream->id);
	param_integer(&p, stream->incarnation);
	param_bigint(&p, GROUP_LIST_MAX);
	return db_call(r, STATEMENT_group_list, &p);
}

static void
write_known(struct json_writer *w, const char *name,
    const struct pg_result *rows, int row, int column)
{
	json_name(w, name);
	if (row_null(rows, row, column))
		json_null_value(w);
	else
		json_number(w, row_bigint(rows, row, column));
}

void
group_info_write_place(struct json_writer *w, const struct pg_result *rows,
    int row)
{
	json_name(w, "last-delivered-id");
	entry_id_write(w, entry_id_unpack(row_text(rows, row,
	    GROUP_INFO_LAST_ID)));
	write_known(w, "entries-read", rows, row, GROUP_INFO_ENTRIES_READ);
	write_known(w, "lag", rows, row, GROUP_INFO_LAG);
}

/* What is read of one group: three statements. */
struct full {
	const struct pg_result *pending, *members, *of_members;
};

/* Their columns; the members' are in the header. */
enum { ID, OWNER, DELIVERIES = 3, DELIVERED_AT };
enum { OF_OWNER, OF_ID, OF_DELIVERED_AT, OF_DELIVERIES };

static bool
read_full(struct request *r, struct arena *arena, const struct group *group,
    int32_t incarnation, int64_t count, struct full *full)
{
	struct db_batch batch[3] = {
		{ .statement = STATEMENT_pending_list },
		{ .statement = STATEMENT_member_list },
		{ .statement = STATEMENT_pending_of_members },
	};

	for (int i = 0; i < 3; i++) {
		params_init(&batch[i].params, arena);
		param_group_life(&batch[i].params, group, incarnation);
	}
	param_text(&batch[0].params, entry_id_pack(arena, ENTRY_ID_MIN));
	param_text(&batch[0].params, entry_id_pack(arena, ENTRY_ID_MAX));
	param_bigint(&batch[0].params, 0);
	param_bigint(&batch[0].params, count);
	param_bigint(&batch[1].params, GROUP_LIST_MAX);
	param_bigint(&batch[2].params, count);
	param_bigint(&batch[2].params, GROUP_LIST_MAX);
	if (!db_call_batch(r, arena, batch, 3))
		return false;
	*full = (struct full){ batch[0].result, batch[1].result,
		batch[2].result };
	return true;
}

static void
write_pending(struct json_writer *w, const struct pg_result *rows)
{
	json_name(w, "pending");
	json_open_array(w);
	for (int i = 0; i < row_count(rows); i++) {
		json_open_array(w);
		entry_id_write(w, entry_id_unpack(row_text(rows, i, ID)));
		json_text(w, row_text(rows, i, OWNER));
		json_number(w, row_time(rows, i, DELIVERED_AT) / 1000);
		json_number(w, row_bigint(rows, i, DELIVERIES));
		json_close_array(w);
	}
	json_close_array(w);
}

/* Those of the member, which begin at *row. */
static void
write_pending_of(struct json_writer *w, const struct pg_result *rows,
    struct text member, int *row)
{
	json_name(w, "pending");
	json_open_array(w);
	for (; *row < row_count(rows) &&
	    text_equal(row_text(rows, *row, OF_OWNER), member); (*row)++) {
		json_open_array(w);
		entry_id_write(w, entry_id_unpack(row_text(rows, *row,
		    OF_ID)));
		json_number(w, row_time(rows, *row, OF_DELIVERED_AT) / 1000);
		json_number(w, row_bigint(rows, *row, OF_DELIVERIES));
		json_close_array(w);
	}
	json_close_array(w);
}

/* A member may have come between two statements: nothing of it is shown. */
static void
write_members(struct json_writer *w, const struct full *full)
{
	const struct pg_result *rows = full->members;
	int row = 0;

	json_name(w, "consumers");
	json_open_array(w);
	for (int i = 0; i < row_count(rows); i++) {
		json_open_object(w);
		json_name(w, "name");
		json_text(w, row_text(rows, i, MEMBER_INFO_NAME));
		json_name(w, "seen-time");
		json_number(w, row_time(rows, i, MEMBER_INFO_SEEN_AT) / 1000);
		json_name(w, "active-time");
		json_number(w, row_null(rows, i, MEMBER_INFO_ACTIVE_AT) ? -1 :
		    row_time(rows, i, MEMBER_INFO_ACTIVE_AT) / 1000);
		json_name(w, "pel-count");
		json_number(w, row_bigint(rows, i, MEMBER_INFO_PENDING));
		write_pending_of(w, full->of_members,
		    row_text(rows, i, MEMBER_INFO_NAME), &row);
		json_close_object(w);
	}
	json_close_array(w);
}

static bool
write_group(struct request *r, const struct plate_stream *stream,
    const struct pg_result *groups, int row, int64_t count,
    struct json_writer *w)
{
	struct group group = { .stream = stream->id, .name = stream->name,
		.group = row_text(groups, row, GROUP_INFO_NAME) };
	struct arena *arena = arena_new();
	struct full full;
	bool ok = read_full(r, arena, &group, stream->incarnation, count,
	    &full);

	if (ok) {
		json_open_object(w);
		json_name(w, "name");
		json_text(w, group.group);
		group_info_write_place(w, groups, row);
		json_name(w, "pel-count");
		json_number(w, row_bigint(groups, row, GROUP_INFO_PENDING));
		write_pending(w, full.pending);
		write_members(w, &full);
		json_close_object(w);
	}
	arena_free(arena);
	return ok;
}

bool
group_info_write_all(struct request *r, struct command *c,
    const struct plate_stream *stream, int64_t count, struct json_writer *w)
{
	const struct pg_result *groups = group_info_list(r, stream);

	if (!groups)
		return false;
	if (!count || count > GROUP_LIST_MAX)
		count = GROUP_LIST_MAX;
	json_open_array(w);
	for (int i = 0; i < row_count(groups); i++) {
		if (!write_group(r, stream, groups, i, count, w))
			return false;
		if (w->out->n > COMMAND_REPLY_BYTES_MAX)
			return command_error(r, c, "ERR the groups have more "
			    "than COMMAND_REPLY_BYTES_MAX (%d) bytes: ask for "
			    "fewer with COUNT", COMMAND_REPLY_BYTES_MAX);
	}
	json_close_array(w);
	return true;
}
