/*
 * XINFO GROUPS key
 * XINFO CONSUMERS key group
 */
#include "fcgi/limits.h"
#include "handlers/plates/commands.h"
#include "handlers/plates/group_info.h"

enum { KEY = 2, GROUP };

bool
parse_xinfo_groups(struct request *r, struct command *c)
{
	(void)r;
	(void)c;
	return true;
}

enum verdict
run_xinfo_groups(struct request *r, struct command *c)
{
	struct plate_stream stream;

	if (!plate_stream_find(r, c, c->word[KEY], &stream))
		return DONE;
	if (!stream.exists)
		command_error(r, c, "ERR no such key");
	else
		c->state = (void *)group_info_list(r, &stream);
	return DONE;
}

void
write_xinfo_groups(struct request *r, const struct command *c,
    struct json_writer *w)
{
	const struct pg_result *rows = c->state;

	(void)r;
	json_open_array(w);
	for (int i = 0; i < row_count(rows); i++) {
		json_open_object(w);
		json_name(w, "name");
		json_text(w, row_text(rows, i, GROUP_INFO_NAME));
		json_name(w, "consumers");
		json_number(w, row_bigint(rows, i, GROUP_INFO_MEMBERS));
		json_name(w, "pending");
		json_number(w, row_bigint(rows, i, GROUP_INFO_PENDING));
		group_info_write_place(w, rows, i);
		json_close_object(w);
	}
	json_close_array(w);
}

struct consumers {
	struct group group;
	const struct pg_result *rows;
};

bool
parse_xinfo_consumers(struct request *r, struct command *c)
{
	struct consumers *x = arena_alloc(r->arena, sizeof(*x));

	c->state = x;
	return group_words(r, c, c->word[KEY], c->word[GROUP], &x->group);
}

enum verdict
run_xinfo_consumers(struct request *r, struct command *c)
{
	struct consumers *x = c->state;
	int32_t incarnation;
	struct params p;

	if (!group_find(r, c, c->word[KEY], &x->group, REFUSE_XINFO,
	    &incarnation))
		return DONE;
	params_init(&p, r->arena);
	param_group_life(&p, &x->group, incarnation);
	param_bigint(&p, GROUP_LIST_MAX);
	x->rows = db_call(r, STATEMENT_member_list, &p);
	return DONE;
}

/* From the one to the other, each in whole milliseconds. */
static int64_t
passed_ms(int64_t from_us, int64_t to_us)
{
	int64_t ms = to_us / 1000 - from_us / 1000;

	return ms > 0 ? ms : 0;
}

void
write_xinfo_consumers(struct request *r, const struct command *c,
    struct json_writer *w)
{
	const struct consumers *x = c->state;
	const struct pg_result *rows = x->rows;

	(void)r;
	json_open_array(w);
	for (int i = 0; i < row_count(rows); i++) {
		int64_t now_us = row_time(rows, i, MEMBER_INFO_NOW);

		json_open_object(w);
		json_name(w, "name");
		json_text(w, row_text(rows, i, MEMBER_INFO_NAME));
		json_name(w, "pending");
		json_number(w, row_bigint(rows, i, MEMBER_INFO_PENDING));
		json_name(w, "idle");
		json_number(w, passed_ms(row_time(rows, i,
		    MEMBER_INFO_SEEN_AT), now_us));
		json_name(w, "inactive");
		json_number(w, row_null(rows, i, MEMBER_INFO_ACTIVE_AT) ? -1 :
		    passed_ms(row_time(rows, i, MEMBER_INFO_ACTIVE_AT),
		    now_us));
		json_close_object(w);
	}
	json_close_array(w);
}
