/*
 * XAUTOCLAIM key group consumer min-idle start [COUNT n] [JUSTID]
 */
#include "fcgi/limits.h"
#include "handlers/plates/commands.h"
#include "handlers/plates/entry.h"
#include "handlers/plates/group.h"
#include "handlers/plates/words.h"

enum { KEY = 1, GROUP, MEMBER, MIN_IDLE, START, OPTIONS };

enum {
	COUNT_DEFAULT = 100,
	LOOKS_PER_COUNT = 10	/* Redis looks at so many for one to claim */
};

struct xautoclaim {
	struct group group;
	int64_t min_idle, count;
	struct entry_id start;
	bool just_id;
	int pause_ms;
	const struct pg_result *rows;
};

/* The columns of group_autoclaim. */
enum { ID = 1, FIELDS, DATA, GONE };

static bool
read_options(struct request *r, struct command *c, struct xautoclaim *x)
{
	static const char sentence[] = "ERR COUNT must be > 0";

	x->count = COUNT_DEFAULT;
	for (int i = OPTIONS; i < c->words; i++) {
		if (command_word_is(c, i, "COUNT") && i + 1 < c->words) {
			if (!command_integer(r, c, ++i, sentence, &x->count))
				return false;
			if (x->count < 1 || x->count > INT64_MAX / 16)
				return command_error(r, c, sentence);
		} else if (command_word_is(c, i, "JUSTID")) {
			x->just_id = true;
		} else {
			return command_error(r, c, ERR_SYNTAX);
		}
	}
	return true;
}

bool
parse_xautoclaim(struct request *r, struct command *c)
{
	struct xautoclaim *x = arena_alloc(r->arena, sizeof(*x));

	c->state = x;
	return command_integer(r, c, MIN_IDLE,
	    "ERR Invalid min-idle-time argument for XAUTOCLAIM",
	    &x->min_idle) &&
	    command_interval_start(r, c, START, &x->start) &&
	    read_options(r, c, x) &&
	    group_words(r, c, c->word[KEY], c->word[GROUP], &x->group) &&
	    group_member(r, c, c->word[MEMBER]);
}

/* Who asks for more than that goes on from where we say. */
static int64_t
at_most(int64_t n)
{
	return n < GROUP_LOOK_MAX ? n : GROUP_LOOK_MAX;
}

enum verdict
run_xautoclaim(struct request *r, struct command *c)
{
	struct xautoclaim *x = c->state;
	enum group_status status;
	enum verdict verdict;
	struct params p;

	params_init(&p, r->arena);
	param_group(&p, &x->group);
	param_text(&p, c->word[MEMBER]);
	param_text(&p, entry_id_pack(r->arena, x->start));
	param_bigint(&p, x->min_idle > 0 ? x->min_idle : 0);
	param_bigint(&p, at_most(x->count));
	param_bigint(&p, at_most(at_most(x->count) * LOOKS_PER_COUNT));
	param_bool(&p, x->just_id);
	param_bigint(&p, COMMAND_REPLY_BYTES_MAX);
	x->rows = group_call(r, c, STATEMENT_group_autoclaim, &p,
	    &x->pause_ms, &status, &verdict);
	if (x->rows && status != GROUP_DONE)
		return group_refuse(r, c, c->word[KEY], c->word[GROUP],
		    status, REFUSE_OTHERS);
	return verdict;
}

void
write_xautoclaim(struct request *r, const struct command *c,
    struct json_writer *w)
{
	const struct xautoclaim *x = c->state;
	const struct pg_result *rows = x->rows;
	int i = 1, n = row_count(rows);

	(void)r;
	json_open_array(w);
	entry_id_write(w, row_null(rows, 0, ID) ? ENTRY_ID_MIN :
	    entry_id_unpack(row_text(rows, 0, ID)));
	json_open_array(w);
	for (; i < n && !row_bool(rows, i, GONE); i++) {
		struct entry_id id = entry_id_unpack(row_text(rows, i, ID));

		if (x->just_id)
			entry_id_write(w, id);
		else
			entry_write(w, id, !row_null(rows, i, FIELDS),
			    row_text(rows, i, DATA));
	}
	json_close_array(w);
	json_open_array(w);
	for (; i < n; i++)
		entry_id_write(w, entry_id_unpack(row_text(rows, i, ID)));
	json_close_array(w);
	json_close_array(w);
}
