/*
 * XDEL key id [id ...]: remove entries. Redis looks the key up before it reads
 * the ids, so bad ids of a key that is not there are nobody's fault.
 */
#include "fcgi/name_id.h"
#include "handlers/plates/commands.h"
#include "handlers/plates/plate_stream.h"
#include "handlers/plates/words.h"
#include "handlers/plates/writes.h"

struct xdel {
	struct text name;
	struct text *id;	/* packed */
	bool bad_id;
	int64_t count;
	int pause_ms;
};

enum { STATUS, COUNT };

bool
parse_xdel(struct request *r, struct command *c)
{
	struct xdel *x = arena_alloc(r->arena, sizeof(*x));
	int ids = c->words - 2;

	x->name = command_stream(r, c, c->word[1]);
	x->id = arena_alloc(r->arena, (size_t)ids * sizeof(*x->id));
	for (int i = 0; i < ids && !x->bad_id; i++) {
		struct entry_id id = ENTRY_ID_MIN;

		x->bad_id = !entry_id_read(c->word[i + 2], 0, &id);
		x->id[i] = entry_id_pack(r->arena, id);
	}
	c->state = x;
	return true;
}

static enum verdict
refuse_id(struct request *r, struct command *c)
{
	struct plate_stream stream;

	if (plate_stream_find(r, c, c->word[1], &stream) && stream.exists)
		command_error(r, c, ERR_ID);
	return DONE;
}

enum verdict
run_xdel(struct request *r, struct command *c)
{
	struct xdel *x = c->state;
	const struct pg_result *rows;
	enum plate_status status;
	enum verdict verdict;
	struct params p;

	if (x->bad_id)
		return refuse_id(r, c);
	do {
		params_init(&p, r->arena);
		param_bigint(&p, stream_id(x->name));
		param_text(&p, x->name);
		param_byteas(&p, x->id, c->words - 2);
		rows = db_call(r, STATEMENT_plate_delete, &p);
		if (!rows)
			return DONE;
		status = (enum plate_status)row_integer(rows, 0, STATUS);
		x->count = row_bigint(rows, 0, COUNT);
	} while (status == PLATE_BUSY &&
	    command_again(r, c, &x->pause_ms, &verdict));
	if (status == PLATE_BUSY)
		return verdict;
	return status == PLATE_DONE || status == PLATE_NO_KEY ? DONE :
	    command_refuse(r, c, status);
}

void
write_xdel(struct request *r, const struct command *c, struct json_writer *w)
{
	const struct xdel *x = c->state;

	(void)r;
	json_number(w, x->count);
}
