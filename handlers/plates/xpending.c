/*
 * XPENDING key group [[IDLE min-idle] start end count [consumer]]
 */
#include "fcgi/limits.h"
#include "handlers/plates/commands.h"
#include "handlers/plates/entry.h"
#include "handlers/plates/group.h"
#include "handlers/plates/words.h"

enum { KEY = 1, GROUP, OPTIONS };

struct xpending {
	struct group group;
	bool summary;
	struct entry_id low, high;
	int64_t min_idle, count;
	struct text member;	/* absent: all */
	const struct pg_result *rows;	/* NULL: none were asked for */
};

/* The columns of the summary, and of the lists. */
enum { OWNER, PENDING, LOW, HIGH };
enum { ID, ID_OWNER, IDLE_MS, DELIVERIES };

/* Redis takes up to three words that it does not look at. */
static bool
read_list(struct request *r, struct command *c, struct xpending *x)
{
	int at = OPTIONS;

	if (c->words < 6 || c->words > 9)
		return command_error(r, c, ERR_SYNTAX);
	if (command_word_is(c, at, "IDLE")) {
		if (!command_integer(r, c, at + 1, ERR_INTEGER, &x->min_idle))
			return false;
		if (c->words < 8)
			return command_error(r, c, ERR_SYNTAX);
		at += 2;
	}
	if (!command_integer(r, c, at + 2, ERR_INTEGER, &x->count) ||
	    !command_interval_start(r, c, at, &x->low) ||
	    !command_interval_end(r, c, at + 1, &x->high))
		return false;
	if (at + 3 < c->words)
		x->member = c->word[at + 3];
	if (x->count > GROUP_LIST_MAX)
		x->count = GROUP_LIST_MAX;
	return true;
}

bool
parse_xpending(struct request *r, struct command *c)
{
	struct xpending *x = arena_alloc(r->arena, sizeof(*x));

	c->state = x;
	x->summary = c->words == OPTIONS;
	return (x->summary || read_list(r, c, x)) &&
	    group_words(r, c, c->word[KEY], c->word[GROUP], &x->group) &&
	    group_member(r, c, x->member);
}

static void
read_summary(struct request *r, struct xpending *x, int32_t incarnation)
{
	struct params p;

	params_init(&p, r->arena);
	param_group_life(&p, &x->group, incarnation);
	x->rows = db_call(r, STATEMENT_pending_summary, &p);
}

static void
read_entries(struct request *r, struct xpending *x, int32_t incarnation)
{
	struct params p;

	if (x->count <= 0)
		return;
	params_init(&p, r->arena);
	param_group_life(&p, &x->group, incarnation);
	param_text(&p, entry_id_pack(r->arena, x->low));
	param_text(&p, entry_id_pack(r->arena, x->high));
	param_bigint(&p, x->min_idle);
	param_bigint(&p, x->count);
	if (x->member.p)
		param_text(&p, x->member);
	x->rows = db_call(r, x->member.p ? STATEMENT_pending_list_member :
	    STATEMENT_pending_list, &p);
}

enum verdict
run_xpending(struct request *r, struct command *c)
{
	struct xpending *x = c->state;
	int32_t incarnation;

	if (!group_find(r, c, c->word[KEY], &x->group, REFUSE_OTHERS,
	    &incarnation))
		return DONE;
	if (x->summary)
		read_summary(r, x, incarnation);
	else
		read_entries(r, x, incarnation);
	return DONE;
}

/* How much each has is a string, in Redis. */
static void
write_owners(struct request *r, const struct pg_result *rows,
    struct json_writer *w)
{
	json_open_array(w);
	for (int i = 0; i < row_count(rows); i++) {
		json_open_array(w);
		json_text(w, row_text(rows, i, OWNER));
		json_cstring(w, arena_printf(r->arena, "%lld",
		    (long long)row_bigint(rows, i, PENDING)));
		json_close_array(w);
	}
	json_close_array(w);
}

static void
write_summary(struct request *r, const struct pg_result *rows,
    struct json_writer *w)
{
	int64_t pending = 0;

	for (int i = 0; i < row_count(rows); i++)
		pending += row_bigint(rows, i, PENDING);
	json_open_array(w);
	json_number(w, pending);
	if (pending) {
		entry_id_write(w, entry_id_unpack(row_text(rows, 0, LOW)));
		entry_id_write(w, entry_id_unpack(row_text(rows, 0, HIGH)));
		write_owners(r, rows, w);
	} else {
		for (int i = 0; i < 3; i++)
			json_null_value(w);
	}
	json_close_array(w);
}

static void
write_entries(const struct pg_result *rows, struct json_writer *w)
{
	json_open_array(w);
	for (int i = 0; rows && i < row_count(rows); i++) {
		int64_t idle_ms = row_bigint(rows, i, IDLE_MS);

		json_open_array(w);
		entry_id_write(w, entry_id_unpack(row_text(rows, i, ID)));
		json_text(w, row_text(rows, i, ID_OWNER));
		json_number(w, idle_ms > 0 ? idle_ms : 0);
		json_number(w, row_bigint(rows, i, DELIVERIES));
		json_close_array(w);
	}
	json_close_array(w);
}

void
write_xpending(struct request *r, const struct command *c,
    struct json_writer *w)
{
	const struct xpending *x = c->state;

	if (x->summary)
		write_summary(r, x->rows, w);
	else
		write_entries(x->rows, w);
}
