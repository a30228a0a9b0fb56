/*
 * XTRIM, and the options that it shares with XADD. The order of the checks is
 * that of Redis's streamParseAddOrTrimArgsOrReply.
 */
#include "handlers/plates/trim.h"

#include "fcgi/clock.h"
#include "fcgi/name_id.h"
#include "handlers/plates/commands.h"
#include "handlers/plates/words.h"
#include "handlers/plates/writes.h"
#include "sql/db.h"

/* Of whole nodes no more entries go at once, unless LIMIT says otherwise. */
enum { LIMIT_DEFAULT = 100 * 100 };

/* The columns of the statement plate_trim. */
enum { STATUS, COUNT, MORE };

static bool
read_threshold(struct request *r, struct command *c, int word,
    struct plate_trim *trim)
{
	struct entry_id id;

	if (trim->by == TRIM_TO_ID) {
		if (!command_id(r, c, word, 0, &id))
			return false;
		trim->id = entry_id_pack(r->arena, id);
		return true;
	}
	if (!command_integer(r, c, word, ERR_INTEGER, &trim->length))
		return false;
	return trim->length >= 0 ||
	    command_error(r, c, "ERR The MAXLEN argument must be >= 0.");
}

/* The option at *word; *word is left at its last word. */
static bool
read_strategy(struct request *r, struct command *c, int *word,
    struct plate_trim *trim)
{
	bool by_length = command_word_is(c, *word, "MAXLEN");
	struct text sign;

	if (trim->by != TRIM_NOTHING)
		return command_error(r, c, "ERR syntax error, MAXLEN and "
		    "MINID options at the same time are not compatible");
	trim->by = by_length ? TRIM_TO_LENGTH : TRIM_TO_ID;
	sign = c->word[++*word];
	if (*word + 1 < c->words &&
	    (text_equal(sign, TEXT("~")) || text_equal(sign, TEXT("=")))) {
		trim->nodes = sign.p[0] == '~';
		++*word;
	}
	return read_threshold(r, c, *word, trim);
}

/* LIMIT and its number, which is at word i. */
static bool
read_limit(struct request *r, struct command *c, int i,
    struct trim_words *read)
{
	read->limited = true;
	if (!command_integer(r, c, i, ERR_INTEGER, &read->trim.limit))
		return false;
	return read->trim.limit >= 0 ||
	    command_error(r, c, "ERR The LIMIT argument must be >= 0.");
}

bool
trim_words_read(struct request *r, struct command *c, bool adds,
    struct trim_words *read)
{
	int i = 2;

	*read = (struct trim_words){ .trim.by = TRIM_NOTHING };
	for (; i < c->words; i++) {
		bool more = i + 1 < c->words, ok = true;

		if (more && (command_word_is(c, i, "MAXLEN") ||
		    command_word_is(c, i, "MINID")))
			ok = read_strategy(r, c, &i, &read->trim);
		else if (more && command_word_is(c, i, "LIMIT"))
			ok = read_limit(r, c, ++i, read);
		else if (adds && command_word_is(c, i, "NOMKSTREAM"))
			read->must_exist = true;
		else if (adds)
			break;
		else
			ok = command_error(r, c, ERR_SYNTAX);
		if (!ok)
			return false;
	}
	read->words = i;
	return true;
}

bool
trim_words_check(struct request *r, struct command *c, bool adds,
    struct trim_words *read)
{
	struct plate_trim *trim = &read->trim;

	if (trim->limit && trim->by == TRIM_NOTHING)
		return command_error(r, c, "ERR syntax error, LIMIT cannot be "
		    "used without specifying a trimming strategy");
	if (!adds && trim->by == TRIM_NOTHING)
		return command_error(r, c, "ERR syntax error, XTRIM must be "
		    "called with a trimming strategy");
	if (read->limited && !trim->nodes)
		return command_error(r, c, "ERR syntax error, LIMIT cannot be "
		    "used without the special ~ option");
	if (!read->limited && trim->nodes)
		trim->limit = LIMIT_DEFAULT;
	return true;
}

struct xtrim {
	struct text name;
	struct plate_trim trim;
	int64_t gone;
	int pause_ms;
};

bool
parse_xtrim(struct request *r, struct command *c)
{
	struct xtrim *x = arena_alloc(r->arena, sizeof(*x));
	struct trim_words read;

	if (!trim_words_read(r, c, false, &read) ||
	    !trim_words_check(r, c, false, &read))
		return false;
	x->name = command_stream(r, c, c->word[1]);
	x->trim = read.trim;
	c->state = x;
	return true;
}

/* One piece of it. NULL after fail(). */
static const struct pg_result *
trim_piece(struct request *r, const struct xtrim *x)
{
	struct params p;

	params_init(&p, r->arena);
	param_bigint(&p, stream_id(x->name));
	param_text(&p, x->name);
	param_trim(&p, &x->trim);
	return db_call(r, STATEMENT_plate_trim, &p);
}

/*
 * A piece of a long trim; the rest is for the next call, so that others have
 * the thread meanwhile, and nobody trims for a client that has gone. False
 * when all is done.
 */
static bool
goes_on(struct xtrim *x, const struct pg_result *rows)
{
	int64_t count = row_bigint(rows, 0, COUNT);

	x->gone += count;
	if (!row_bool(rows, 0, MORE) || (x->trim.limit &&
	    (x->trim.limit -= count) <= 0))
		return false;
	return count > 0;
}

enum verdict
run_xtrim(struct request *r, struct command *c)
{
	struct xtrim *x = c->state;
	const struct pg_result *rows;
	enum plate_status status;
	enum verdict verdict;

	for (;;) {
		rows = trim_piece(r, x);
		if (!rows)
			return DONE;
		status = (enum plate_status)row_integer(rows, 0, STATUS);
		if (status == PLATE_BUSY) {
			if (!command_again(r, c, &x->pause_ms, &verdict))
				return verdict;
			continue;
		}
		if (status == PLATE_NO_KEY)
			return DONE;
		if (status != PLATE_DONE)
			return command_refuse(r, c, status);
		if (!goes_on(x, rows))
			return DONE;
		if (!c->stays && !r->last_call) {
			r->deadline_us = clock_monotonic_us();
			return PARK;
		}
	}
}

void
write_xtrim(struct request *r, const struct command *c, struct json_writer *w)
{
	const struct xtrim *x = c->state;

	(void)r;
	json_number(w, x->gone);
}
