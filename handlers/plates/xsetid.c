/*
 * XSETID key last-id [ENTRIESADDED count] [MAXDELETEDID id]
 */
#include "fcgi/name_id.h"
#include "handlers/plates/commands.h"
#include "handlers/plates/words.h"
#include "handlers/plates/writes.h"

struct xsetid {
	struct text name;
	struct entry_id id;
	int64_t added;		/* -1: as it is */
	struct entry_id deleted; /* 0-0: as it is */
	int pause_ms;
};

/* As sql/fn/plate_set_id.sql numbers them. */
enum { BELOW_DELETED = 3, BELOW_TOP, FEWER_ADDED };

static bool
read_added(struct request *r, struct command *c, int word, struct xsetid *x)
{
	if (!command_integer(r, c, word, ERR_INTEGER, &x->added))
		return false;
	return x->added >= 0 ||
	    command_error(r, c, "ERR entries_added must be positive");
}

static bool
read_deleted(struct request *r, struct command *c, int word, struct xsetid *x)
{
	if (!command_id(r, c, word, 0, &x->deleted))
		return false;
	return entry_id_compare(x->id, x->deleted) >= 0 ||
	    command_error(r, c, "ERR The ID specified in XSETID is smaller "
	    "than the provided max_deleted_entry_id");
}

bool
parse_xsetid(struct request *r, struct command *c)
{
	struct xsetid *x = arena_alloc(r->arena, sizeof(*x));

	x->name = command_stream(r, c, c->word[1]);
	x->added = -1;
	c->state = x;
	if (!command_id(r, c, 2, 0, &x->id))
		return false;
	for (int i = 3; i < c->words; i += 2) {
		bool more = i + 1 < c->words, ok;

		if (more && command_word_is(c, i, "ENTRIESADDED"))
			ok = read_added(r, c, i + 1, x);
		else if (more && command_word_is(c, i, "MAXDELETEDID"))
			ok = read_deleted(r, c, i + 1, x);
		else
			ok = command_error(r, c, ERR_SYNTAX);
		if (!ok)
			return false;
	}
	return true;
}

/* The status, or -1 after fail(). */
static int
set_id(struct request *r, const struct xsetid *x)
{
	const struct pg_result *rows;
	struct params p;

	params_init(&p, r->arena);
	param_bigint(&p, stream_id(x->name));
	param_text(&p, x->name);
	param_text(&p, entry_id_pack(r->arena, x->id));
	if (x->added < 0)
		param_null(&p);
	else
		param_bigint(&p, x->added);
	if (entry_id_compare(x->deleted, ENTRY_ID_MIN) == 0)
		param_null(&p);
	else
		param_text(&p, entry_id_pack(r->arena, x->deleted));
	rows = db_call(r, STATEMENT_plate_set_id, &p);
	return rows ? row_integer(rows, 0, 0) : -1;
}

enum verdict
run_xsetid(struct request *r, struct command *c)
{
	struct xsetid *x = c->state;
	enum verdict verdict;
	int status;

	do {
		status = set_id(r, x);
	} while (status == PLATE_BUSY &&
	    command_again(r, c, &x->pause_ms, &verdict));
	switch (status) {
	case PLATE_BUSY:
		return verdict;
	case PLATE_NO_KEY:
	case PLATE_OTHER_TYPE:
		return command_refuse(r, c, (enum plate_status)status);
	case BELOW_DELETED:
		command_error(r, c, "ERR The ID specified in XSETID is "
		    "smaller than current max_deleted_entry_id");
		break;
	case BELOW_TOP:
		command_error(r, c, "ERR The ID specified in XSETID is "
		    "smaller than the target stream top item");
		break;
	case FEWER_ADDED:
		command_error(r, c, "ERR The entries_added specified in "
		    "XSETID is smaller than the target stream length");
		break;
	default:
		break; /* done, or failed */
	}
	return DONE;
}

void
write_xsetid(struct request *r, const struct command *c,
    struct json_writer *w)
{
	(void)r;
	(void)c;
	json_cstring(w, "OK");
}
