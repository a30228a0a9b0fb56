/*
 * Several commands in one request: POST /{plate}/pipeline runs them one after
 * the other, each on its own; POST /{plate}/transaction runs them as one.
 *
 * All are read before the first is run, so that none is when the caller may
 * not run one of them. What one of them says in Redis's words is its own
 * result; what the house has to say ends the request.
 *
 * A row that somebody holds is waited for without a thread. A pipeline parks
 * in front of the command that needs it, and what was said so far is kept in
 * an arena of its own. A transaction takes all its rows first, or none: then
 * it is undone and parks.
 */
#include <stdlib.h>

#include "fcgi/json_reader.h"
#include "fcgi/must.h"
#include "fcgi/name_id.h"
#include "handlers/handlers.h"
#include "handlers/plates/arguments.h"
#include "handlers/streams/stream.h"
#include "sql/db.h"
#include "sql/wake_hold.h"

/* A key of the transaction's. */
struct lock {
	int64_t id;
	struct text name;
	bool begins;		/* it may have to be made */
};

struct pipeline {
	struct command *command;
	int commands;
	int refused;		/* that could not be parsed */
	bool together;		/* it is a transaction */
	int next;		/* the command to be run */

	/* What is said so far. */
	struct arena *arena;
	struct buffer out;
	struct json_writer w;

	/* Of a transaction: all keys, each once, in the order of their ids. */
	struct lock *lock;
	int locks;
	int pause_ms;
};

/* One of them, [name, argument, ...]. False after fail(). */
static bool
take_command(struct request *r, const struct json *words, int place,
    bool together, struct command *c)
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
	c->stays = together;
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

		if (!take_command(r, words, p->commands++, p->together, c))
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

static void
begin_reply(struct pipeline *p)
{
	buffer_init(&p->out, p->arena);
	json_start(&p->w, &p->out);
	json_open_object(&p->w);
	json_name(&p->w, "ok");
	json_bool(&p->w, true);
	json_name(&p->w, "data");
	json_open_array(&p->w);
}

static enum verdict
end_reply(struct request *r, struct pipeline *p)
{
	json_close_array(&p->w);
	json_close_object(&p->w);
	buffer_add_text(reply_body(r, 200, "application/json"),
	    (struct text){ p->out.p, p->out.n });
	return DONE;
}

static void
drop_arena(void *arena)
{
	arena_free(arena);
}

/* At the first call: NULL after fail(). */
static struct pipeline *
begin(struct request *r, bool together)
{
	struct pipeline *p = arena_alloc(r->arena, sizeof(*p));

	p->together = together;
	if (!take_pipeline(r, p))
		return NULL;
	p->arena = arena_new();
	arena_defer(r->arena, drop_arena, p->arena);
	begin_reply(p);
	r->state = p;
	return p;
}

/* What all of them say together has a limit. */
static void
check_length(struct request *r, const struct pipeline *p, struct command *c)
{
	if (p->out.n <= COMMAND_REPLY_BYTES_MAX)
		return;
	command_error(r, c, "ERR not run: the replies before it are longer "
	    "than COMMAND_REPLY_BYTES_MAX (%d) bytes",
	    COMMAND_REPLY_BYTES_MAX);
	if (p->together)
		fail(r, E_COMMAND, "%.*s", TEXT_ARG(c->error));
}

/* Run those that are left: DONE when none is, after fail(), or PARK. */
static enum verdict
run_all(struct request *r, struct pipeline *p)
{
	for (; p->next < p->commands; p->next++) {
		struct command *c = &p->command[p->next];

		check_length(r, p, c);
		if (!c->error.p && !request_failed(r) &&
		    c->facts->run(r, c) == PARK)
			return PARK;
		if (request_failed(r))
			break;
		if (c->error.p)
			write_error(&p->w, c->error);
		else
			c->facts->write(r, c, &p->w);
	}
	return DONE;
}

/* Rights may have gone while it was parked. */
static bool
still_allowed(struct request *r, struct pipeline *p)
{
	for (int i = p->next; i < p->commands; i++)
		if (!p->command[i].error.p &&
		    !command_allowed(r, &p->command[i]))
			return false;
	return true;
}

enum verdict
plate_pipeline(struct request *r)
{
	struct pipeline *p = r->state;

	if (p ? !still_allowed(r, p) : !(p = begin(r, false)))
		return DONE;
	if (run_all(r, p) == PARK)
		return PARK;
	return request_failed(r) ? DONE : end_reply(r, p);
}

/* Of a transaction that does not begin: none of its commands was run. */
static enum verdict
discard(struct request *r, struct pipeline *p)
{
	static const struct text why = TEXT("EXECABORT Transaction discarded "
	    "because of previous errors.");

	for (int i = 0; i < p->commands; i++) {
		struct text error = p->command[i].error;

		write_error(&p->w, error.p ? error : why);
	}
	return end_reply(r, p);
}

static int
by_id(const void *a, const void *b)
{
	const struct lock *one = a, *other = b;

	return (one->id > other->id) - (one->id < other->id);
}

static void
find_locks(struct request *r, struct pipeline *p)
{
	struct lock *lock;
	int first, n = 0, kept = 0;

	for (int i = 0; i < p->commands; i++)
		n += command_keys(&p->command[i], &first);
	p->lock = lock = arena_alloc(r->arena, (size_t)n * sizeof(*lock));
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
	p->locks = n ? kept + 1 : 0;
}

static const struct pg_result *
call_with_locks(struct request *r, enum statement statement,
    const struct pipeline *p, bool all)
{
	size_t n = (size_t)p->locks;
	int64_t *id = arena_alloc(r->arena, n * sizeof(*id));
	struct text *name = arena_alloc(r->arena, n * sizeof(*name));
	bool *begins = arena_alloc(r->arena, n * sizeof(*begins));
	struct params params;

	for (size_t i = 0; i < n; i++) {
		id[i] = p->lock[i].id;
		name[i] = p->lock[i].name;
		begins[i] = p->lock[i].begins;
	}
	params_init(&params, r->arena);
	param_bigints(&params, id, NULL, p->locks);
	if (all) {
		param_texts(&params, name, p->locks);
		param_bools(&params, begins, p->locks);
	}
	return db_call(r, statement, &params);
}

/* Once the transaction has begun. False: somebody holds a row, or fail(). */
static bool
run_locked(struct request *r, struct pipeline *p)
{
	const struct pg_result *rows = call_with_locks(r,
	    STATEMENT_plate_take, p, true);

	if (!rows || !row_bool(rows, 0, 0))
		return false;
	must(run_all(r, p) == DONE);
	return !request_failed(r) &&
	    call_with_locks(r, STATEMENT_plate_take_end, p, false);
}

static enum verdict
attempt(struct request *r)
{
	struct pipeline *p = r->state;
	enum db_outcome outcome = db_begin(r->db);
	bool done;

	if (outcome != DB_DONE)
		return db_fail(r, outcome);
	wake_hold(r->arena);
	done = run_locked(r, p);
	if (done)
		db_fail(r, db_commit(r->db));
	else
		db_rollback(r->db);
	wake_release(done && !request_failed(r));
	if (done || request_failed(r))
		return DONE;
	return stream_come_again(r, &p->pause_ms);
}

enum verdict
plate_transaction(struct request *r)
{
	struct pipeline *p = r->state;
	enum verdict verdict;

	if (p ? !still_allowed(r, p) : !(p = begin(r, true)))
		return DONE;
	if (p->refused)
		return discard(r, p);
	if (!p->lock)
		find_locks(r, p);
	verdict = stream_attempt(r, attempt);
	return verdict == DONE && !request_failed(r) ? end_reply(r, p) :
	    verdict;
}
