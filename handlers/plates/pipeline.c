/*
 * Several commands in one request: POST /{plate}/pipeline runs them one after
 * the other, each on its own; POST /{plate}/transaction runs them as one.
 *
 * All are read before the first is run, so that none is when the caller may
 * not run one of them. What one of them says in Redis's words is its own
 * result; what the house has to say ends the request.
 */
#include <stdlib.h>

#include "fcgi/json_reader.h"
#include "fcgi/must.h"
#include "fcgi/name_id.h"
#include "handlers/handlers.h"
#include "handlers/plates/arguments.h"
#include "sql/db.h"
#include "sql/wake_hold.h"

struct pipeline {
	struct command *command;
	int commands;
	int refused;		/* that could not be parsed */
};

/* One of them, [name, argument, ...]. False after fail(). */
static bool
take_command(struct request *r, const struct json *words, int place,
    struct command *c)
{
	const char *where = arena_printf(r->arena, "[%d]", place);

	if (words->kind != JSON_KIND_ARRAY || !words->count ||
	    words->first->kind != JSON_KIND_STRING) {
		fail(r, E_BAD_VALUE, "%s must be an array of a command's name "
		    "and its arguments", where);
		return false;
	}
	if (words->count > COMMAND_WORDS_MAX) {
		fail(r, E_BAD_VALUE, "%s has more than COMMAND_WORDS_MAX (%d) "
		    "words", where, COMMAND_WORDS_MAX);
		return false;
	}
	c->plate = r->param[0];
	c->direct = true;
	c->word = arena_alloc(r->arena, words->count * sizeof(*c->word));
	if (!arguments_read(r, c, words, where))
		return false;
	c->word[0] = text_trim(c->word[0]);
	return arguments_allow(r, c->word[0], false);
}

static bool
take_pipeline(struct request *r, struct pipeline *p)
{
	const struct json *body = json_read_verbatim(r);

	if (!body || !query_done(r))
		return false;
	if (body->kind != JSON_KIND_ARRAY) {
		fail(r, E_BAD_JSON, "the body must be an array of commands");
		return false;
	}
	if (!body->count || body->count > PIPELINE_COMMANDS_MAX) {
		fail(r, E_BAD_VALUE, "there must be 1 to "
		    "PIPELINE_COMMANDS_MAX (%d) commands",
		    PIPELINE_COMMANDS_MAX);
		return false;
	}
	p->command = arena_alloc(r->arena,
	    body->count * sizeof(*p->command));
	JSON_EACH(words, body) {
		struct command *c = &p->command[p->commands];

		if (!take_command(r, words, p->commands++, c))
			return false;
		p->refused += !command_begin(r, c);
		if (request_failed(r))
			return false;
	}
	return true;
}

static void
write_error(struct json_writer *w, struct text error)
{
	json_open_object(w);
	json_name(w, "error");
	json_text(w, error);
	json_close_object(w);
}

static struct json_writer *
begin_reply(struct request *r)
{
	struct json_writer *w = reply_json(r, 200);

	json_open_object(w);
	json_name(w, "ok");
	json_bool(w, true);
	json_name(w, "data");
	json_open_array(w);
	return w;
}

static void
end_reply(struct json_writer *w)
{
	json_close_array(w);
	json_close_object(w);
}

/* Each result is written at once: what all of them hold has a limit. */
static void
run_all(struct request *r, struct pipeline *p, bool together)
{
	struct json_writer *w = begin_reply(r);

	for (int i = 0; i < p->commands; i++) {
		struct command *c = &p->command[i];

		if (r->reply.body.n > COMMAND_REPLY_BYTES_MAX) {
			command_error(r, c, "ERR not run: the replies before "
			    "it are longer than COMMAND_REPLY_BYTES_MAX (%d) "
			    "bytes", COMMAND_REPLY_BYTES_MAX);
			if (together)
				fail(r, E_COMMAND, "%.*s",
				    TEXT_ARG(c->error));
		}
		if (!c->error.p && !request_failed(r))
			must(c->facts->run(r, c) == DONE);
		if (request_failed(r))
			return;
		if (c->error.p)
			write_error(w, c->error);
		else
			c->facts->write(r, c, w);
	}
	end_reply(w);
}

enum verdict
plate_pipeline(struct request *r)
{
	struct pipeline p = { 0 };

	if (take_pipeline(r, &p))
		run_all(r, &p, false);
	return DONE;
}

/* Of a transaction that does not begin: none of its commands was run. */
static enum verdict
discard(struct request *r, const struct pipeline *p)
{
	static const struct text why = TEXT("EXECABORT Transaction discarded "
	    "because of previous errors.");
	struct json_writer *w = begin_reply(r);

	for (int i = 0; i < p->commands; i++) {
		struct text error = p->command[i].error;

		write_error(w, error.p ? error : why);
	}
	end_reply(w);
	return DONE;
}

/* A key of the transaction's. */
struct lock {
	int64_t id;
	struct text name;
	bool begins;		/* it may have to be made */
};

static int
by_id(const void *a, const void *b)
{
	const struct lock *one = a, *other = b;

	return (one->id > other->id) - (one->id < other->id);
}

/* All keys of all commands, each once, in the order of their ids. */
static int
find_locks(struct request *r, const struct pipeline *p, struct lock **locks)
{
	struct lock *lock;
	int first, n = 0, kept = 0;

	for (int i = 0; i < p->commands; i++)
		n += command_keys(&p->command[i], &first);
	*locks = lock = arena_alloc(r->arena, (size_t)n * sizeof(*lock));
	n = 0;
	for (int i = 0; i < p->commands; i++) {
		const struct command *c = &p->command[i];
		int keys = command_keys(c, &first);

		for (int k = first; k < first + keys; k++) {
			struct text name = command_stream(r, c, c->word[k]);

			lock[n++] = (struct lock){ stream_id(name), name,
				c->facts->action == ACTION_WRITE };
		}
	}
	qsort(lock, (size_t)n, sizeof(*lock), by_id);
	for (int i = 1; i < n; i++) {
		if (lock[i].id == lock[kept].id)
			lock[kept].begins |= lock[i].begins;
		else
			lock[++kept] = lock[i];
	}
	return n ? kept + 1 : 0;
}

static bool
call_with_locks(struct request *r, enum statement statement,
    const struct lock *lock, int n, bool all)
{
	int64_t *id = arena_alloc(r->arena, (size_t)n * sizeof(*id));
	struct text *name = arena_alloc(r->arena, (size_t)n * sizeof(*name));
	bool *begins = arena_alloc(r->arena, (size_t)n * sizeof(*begins));
	struct params p;

	for (int i = 0; i < n; i++) {
		id[i] = lock[i].id;
		name[i] = lock[i].name;
		begins[i] = lock[i].begins;
	}
	params_init(&p, r->arena);
	param_bigints(&p, id, NULL, n);
	if (all) {
		param_texts(&p, name, n);
		param_bools(&p, begins, n);
	}
	return db_call(r, statement, &p);
}

enum verdict
plate_transaction(struct request *r)
{
	struct pipeline p = { 0 };
	enum db_outcome outcome;
	struct lock *lock;
	int locks;

	if (!take_pipeline(r, &p))
		return DONE;
	if (p.refused)
		return discard(r, &p);
	locks = find_locks(r, &p, &lock);
	outcome = db_begin(r->db);
	if (outcome != DB_DONE)
		return db_fail(r, outcome);
	wake_hold(r->arena);
	if (call_with_locks(r, STATEMENT_plate_lock, lock, locks, true)) {
		run_all(r, &p, true);
		call_with_locks(r, STATEMENT_plate_lock_end, lock, locks,
		    false);
	}
	if (request_failed(r))
		db_rollback(r->db);
	else
		db_fail(r, db_commit(r->db));
	wake_release(!request_failed(r));
	return DONE;
}
