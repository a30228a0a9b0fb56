/*
 * XGROUP CREATE key group <id|$> [MKSTREAM] [ENTRIESREAD n]
 * XGROUP SETID key group <id|$> [ENTRIESREAD n]
 * XGROUP DESTROY key group
 * XGROUP CREATECONSUMER key group consumer
 * XGROUP DELCONSUMER key group consumer
 *
 * Redis looks whether there are such a key and group before it looks at the
 * id, so a bad one is said at run().
 */
#include "fcgi/must.h"
#include "handlers/plates/commands.h"
#include "handlers/plates/group.h"
#include "handlers/plates/words.h"
#include "handlers/plates/writes.h"
#include "sql/group_lines.h"
#include "sql/wake.h"

/* sql/fn/group_create.sql's own status. */
enum { GROUP_EXISTS = 20 };

/* Words: XGROUP, subcommand, key, group, and an id or a member. */
enum { KEY = 2, GROUP, ID, MEMBER = ID, OPTIONS };

struct xgroup {
	struct group group;
	struct text id;		/* absent: behind the last entry */
	bool bad_id, make, counted;
	int64_t entries_read;
	int pause_ms;
	int64_t number;		/* the result; -1: OK */
};

static struct xgroup *
parse(struct request *r, struct command *c)
{
	struct xgroup *x = arena_alloc(r->arena, sizeof(*x));

	c->state = x;
	return group_words(r, c, c->word[KEY], c->word[GROUP], &x->group) ?
	    x : NULL;
}

static bool
read_options(struct request *r, struct command *c, struct xgroup *x,
    bool creates)
{
	int64_t *n = &x->entries_read;

	for (int i = OPTIONS; i < c->words; i++) {
		if (creates && command_word_is(c, i, "MKSTREAM")) {
			x->make = true;
		} else if (command_word_is(c, i, "ENTRIESREAD") &&
		    i + 1 < c->words) {
			if (!command_integer(r, c, ++i, ERR_INTEGER, n))
				return false;
			if (*n < -1)
				return command_error(r, c, "ERR value for "
				    "ENTRIESREAD must be positive or -1");
			x->counted = *n >= 0;
		} else {
			return command_error(r, c, "ERR unknown subcommand "
			    "or wrong number of arguments for '%.*s'. "
			    "Try XGROUP HELP.",
			    TEXT_ARG(text_cut(c->word[1], 128)));
		}
	}
	return true;
}

static void
read_id(struct request *r, struct command *c, struct xgroup *x, bool strict)
{
	struct text word = c->word[ID];
	struct entry_id id;

	if (text_equal(word, TEXT("$")))
		return;
	if (!strict && text_equal(word, TEXT("-")))
		id = ENTRY_ID_MIN;
	else if (!strict && text_equal(word, TEXT("+")))
		id = ENTRY_ID_MAX;
	else
		x->bad_id = !entry_id_read(word, 0, &id);
	if (!x->bad_id)
		x->id = entry_id_pack(r->arena, id);
}

static bool
parse_place(struct request *r, struct command *c, bool creates)
{
	struct xgroup *x = parse(r, c);

	if (!x || !read_options(r, c, x, creates))
		return false;
	read_id(r, c, x, creates);
	return true;
}

bool
parse_xgroup_create(struct request *r, struct command *c)
{
	return parse_place(r, c, true);
}

bool
parse_xgroup_set_id(struct request *r, struct command *c)
{
	return parse_place(r, c, false);
}

bool
parse_xgroup_destroy(struct request *r, struct command *c)
{
	return parse(r, c) != NULL;
}

static bool
parse_member(struct request *r, struct command *c)
{
	return parse(r, c) && group_member(r, c, c->word[MEMBER]);
}

bool
parse_xgroup_create_consumer(struct request *r, struct command *c)
{
	return parse_member(r, c);
}

bool
parse_xgroup_del_consumer(struct request *r, struct command *c)
{
	return parse_member(r, c);
}

static enum verdict
refuse(struct request *r, struct command *c, enum group_status status)
{
	return group_refuse(r, c, c->word[KEY], c->word[GROUP], status,
	    REFUSE_XGROUP);
}

static enum verdict
refuse_id(struct request *r, struct command *c, const struct xgroup *x,
    bool creates)
{
	enum group_status status;
	int32_t incarnation;

	if (!group_look(r, &x->group, &status, &incarnation))
		return DONE;
	if (status == GROUP_OTHER_TYPE ||
	    (status == GROUP_NO_KEY && !x->make) ||
	    (status == GROUP_NOT_FOUND && !creates))
		return refuse(r, c, status);
	command_error(r, c, "%s", ERR_ID);
	return DONE;
}

static void
place_params(struct request *r, const struct xgroup *x, struct params *p)
{
	params_init(p, r->arena);
	param_group(p, &x->group);
	param_text(p, x->id);
	if (x->counted)
		param_bigint(p, x->entries_read);
	else
		param_null(p);
}

enum verdict
run_xgroup_create(struct request *r, struct command *c)
{
	struct xgroup *x = c->state;
	enum group_status status;
	enum verdict verdict;
	struct params p;

	if (x->bad_id)
		return refuse_id(r, c, x, true);
	place_params(r, x, &p);
	param_bool(&p, x->make);
	if (!group_call(r, c, STATEMENT_group_create, &p, &x->pause_ms,
	    &status, &verdict))
		return verdict;
	x->number = -1;
	if (status == GROUP_DONE)
		return DONE;
	if ((int)status == GROUP_EXISTS) {
		command_error(r, c,
		    "BUSYGROUP Consumer Group name already exists");
		return DONE;
	}
	if (status == GROUP_NO_KEY)
		return refuse(r, c, status);
	return command_refuse(r, c, (enum plate_status)(int)status);
}

/* What comes behind the new place may be there already. */
enum verdict
run_xgroup_set_id(struct request *r, struct command *c)
{
	struct xgroup *x = c->state;
	enum group_status status;
	enum verdict verdict;
	struct params p;

	if (x->bad_id)
		return refuse_id(r, c, x, false);
	place_params(r, x, &p);
	if (!group_call(r, c, STATEMENT_group_set_id, &p, &x->pause_ms,
	    &status, &verdict))
		return verdict;
	x->number = -1;
	if (status != GROUP_DONE)
		return refuse(r, c, status);
	wake(group_channel(x->group.name, x->group.group), WAKE_ALL);
	return DONE;
}

enum verdict
run_xgroup_destroy(struct request *r, struct command *c)
{
	struct xgroup *x = c->state;
	enum group_status status;
	enum verdict verdict;
	struct params p;

	params_init(&p, r->arena);
	param_group(&p, &x->group);
	if (!group_call(r, c, STATEMENT_group_destroy, &p, &x->pause_ms,
	    &status, &verdict))
		return verdict;
	x->number = status == GROUP_DONE;
	if (status == GROUP_DONE)
		wake(group_channel(x->group.name, x->group.group), WAKE_ALL);
	else if (status != GROUP_NOT_FOUND)
		return refuse(r, c, status);
	return DONE;
}

static enum verdict
run_member(struct request *r, struct command *c, enum statement statement,
    const struct pg_result **rows)
{
	struct xgroup *x = c->state;
	enum group_status status;
	enum verdict verdict;
	struct params p;

	params_init(&p, r->arena);
	param_group(&p, &x->group);
	param_text(&p, c->word[MEMBER]);
	*rows = group_call(r, c, statement, &p, &x->pause_ms, &status,
	    &verdict);
	if (!*rows || status == GROUP_DONE)
		return verdict;
	*rows = NULL;
	return refuse(r, c, status);
}

enum verdict
run_xgroup_create_consumer(struct request *r, struct command *c)
{
	struct xgroup *x = c->state;
	const struct pg_result *rows;
	enum verdict verdict = run_member(r, c, STATEMENT_member_create,
	    &rows);

	if (rows)
		x->number = row_bool(rows, 0, 1);
	return verdict;
}

enum verdict
run_xgroup_del_consumer(struct request *r, struct command *c)
{
	struct xgroup *x = c->state;
	const struct pg_result *rows;
	enum verdict verdict = run_member(r, c, STATEMENT_member_delete,
	    &rows);

	if (rows)
		x->number = row_bigint(rows, 0, 1);
	return verdict;
}

static void
write_number(const struct command *c, struct json_writer *w)
{
	const struct xgroup *x = c->state;

	if (x->number < 0)
		json_cstring(w, "OK");
	else
		json_number(w, x->number);
}

#define WRITES_NUMBER(ident) \
	void \
	write_##ident(struct request *r, const struct command *c, \
	    struct json_writer *w) \
	{ \
		(void)r; \
		write_number(c, w); \
	}

WRITES_NUMBER(xgroup_create)
WRITES_NUMBER(xgroup_set_id)
WRITES_NUMBER(xgroup_destroy)
WRITES_NUMBER(xgroup_create_consumer)
WRITES_NUMBER(xgroup_del_consumer)
