/*
 * XCLAIM key group consumer min-idle id [id ...] [IDLE ms] [TIME unix-ms]
 * [RETRYCOUNT n] [FORCE] [JUSTID] [LASTID id]
 *
 * Redis looks whether there is such a group before it looks at what stands
 * behind the consumer, so what is wrong there is said at run().
 */
#include "fcgi/limits.h"
#include "handlers/plates/commands.h"
#include "handlers/plates/entry.h"
#include "handlers/plates/group.h"
#include "handlers/plates/words.h"

enum { KEY = 1, GROUP, MEMBER, MIN_IDLE, IDS };

struct xclaim {
	struct group group;
	struct text fault;	/* of the words; absent: none */
	int64_t min_idle;
	struct text *id;
	int ids;
	/* Options, and whether they were given. */
	bool at, ago, counted, force, just_id;
	int64_t at_ms, ago_ms, deliveries;
	struct text last_id;
	int pause_ms;
	const struct pg_result *rows;
};

/* The columns of group_claim. */
enum { ID = 1, FIELDS, DATA };

/* An option with a number behind it. IDLE and TIME take the place of each
 * other, as the last one says it. */
static bool
read_number(struct request *r, struct command *c, int *i, struct xclaim *x)
{
	if (command_word_is(c, *i, "IDLE")) {
		x->ago = true;
		return command_integer(r, c, ++*i, "ERR Invalid IDLE option "
		    "argument for XCLAIM", &x->ago_ms);
	}
	if (command_word_is(c, *i, "TIME")) {
		x->at = true;
		x->ago = false;
		return command_integer(r, c, ++*i, "ERR Invalid TIME option "
		    "argument for XCLAIM", &x->at_ms);
	}
	x->counted = true;
	return command_integer(r, c, ++*i, "ERR Invalid RETRYCOUNT option "
	    "argument for XCLAIM", &x->deliveries);
}

static bool
read_option(struct request *r, struct command *c, int *i, struct xclaim *x)
{
	bool more = *i + 1 < c->words;
	struct entry_id id;

	if (command_word_is(c, *i, "FORCE"))
		return x->force = true;
	if (command_word_is(c, *i, "JUSTID"))
		return x->just_id = true;
	if (more && (command_word_is(c, *i, "IDLE") ||
	    command_word_is(c, *i, "TIME") ||
	    command_word_is(c, *i, "RETRYCOUNT")))
		return read_number(r, c, i, x);
	if (more && command_word_is(c, *i, "LASTID")) {
		if (!command_id(r, c, ++*i, 0, &id))
			return false;
		x->last_id = entry_id_pack(r->arena, id);
		return true;
	}
	return command_error(r, c, "ERR Unrecognized XCLAIM option '%.*s'",
	    TEXT_ARG(c->word[*i]));
}

/* Ids, up to the first word that is none; there the options begin. */
static bool
read_words(struct request *r, struct command *c, struct xclaim *x)
{
	struct entry_id id;
	int i = IDS;

	if (!command_integer(r, c, MIN_IDLE,
	    "ERR Invalid min-idle-time argument for XCLAIM", &x->min_idle))
		return false;
	x->id = arena_alloc(r->arena,
	    (size_t)(c->words - IDS) * sizeof(x->id[0]));
	for (; i < c->words && entry_id_read(c->word[i], 0, &id); i++)
		x->id[x->ids++] = entry_id_pack(r->arena, id);
	for (; i < c->words; i++)
		if (!read_option(r, c, &i, x))
			return false;
	return true;
}

bool
parse_xclaim(struct request *r, struct command *c)
{
	struct xclaim *x = arena_alloc(r->arena, sizeof(*x));

	c->state = x;
	if (!group_words(r, c, c->word[KEY], c->word[GROUP], &x->group) ||
	    !group_member(r, c, c->word[MEMBER]))
		return false;
	if (!read_words(r, c, x)) {
		x->fault = c->error;
		c->error = TEXT_ABSENT;
	}
	return true;
}

static void
param_optional(struct params *p, bool given, int64_t value)
{
	if (given)
		param_bigint(p, value);
	else
		param_null(p);
}

/* So long ago is before all times there are. */
static int64_t
within(int64_t ms)
{
	const int64_t most = INT64_C(1) << 52;

	return ms > most ? most : ms < -most ? -most : ms;
}

static void
fill(struct request *r, const struct command *c, const struct xclaim *x,
    struct params *p)
{
	params_init(p, r->arena);
	param_group(p, &x->group);
	param_text(p, c->word[MEMBER]);
	param_byteas(p, x->id, x->ids);
	param_bigint(p, x->min_idle > 0 ? x->min_idle : 0);
	param_optional(p, x->at, x->at_ms);
	param_optional(p, x->ago, within(x->ago_ms));
	param_optional(p, x->counted && x->deliveries >= 0, x->deliveries);
	param_bool(p, x->force);
	param_bool(p, x->just_id);
	param_text(p, x->last_id);
	param_bigint(p, COMMAND_REPLY_BYTES_MAX);
}

enum verdict
run_xclaim(struct request *r, struct command *c)
{
	struct xclaim *x = c->state;
	enum group_status status;
	enum verdict verdict;
	int32_t incarnation;
	struct params p;

	if (x->fault.p) {
		if (group_find(r, c, c->word[KEY], &x->group, REFUSE_OTHERS,
		    &incarnation))
			c->error = x->fault;
		return DONE;
	}
	fill(r, c, x, &p);
	x->rows = group_call(r, c, STATEMENT_group_claim, &p, &x->pause_ms,
	    &status, &verdict);
	if (x->rows && status != GROUP_DONE)
		return group_refuse(r, c, c->word[KEY], c->word[GROUP],
		    status, REFUSE_OTHERS);
	return verdict;
}

void
write_xclaim(struct request *r, const struct command *c, struct json_writer *w)
{
	const struct xclaim *x = c->state;

	(void)r;
	json_open_array(w);
	for (int i = 1; i < row_count(x->rows); i++) {
		struct entry_id id = entry_id_unpack(row_text(x->rows, i, ID));

		if (x->just_id)
			entry_id_write(w, id);
		else
			entry_write(w, id, !row_null(x->rows, i, FIELDS),
			    row_text(x->rows, i, DATA));
	}
	json_close_array(w);
}
