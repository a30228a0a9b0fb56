/*
 * The order of the checks is Redis's: streamParseIntervalIDOrReply and
 * xreadCommand of its t_stream.c.
 */
#include "handlers/plates/words.h"

#include "fcgi/clock.h"

bool
command_id(struct request *r, struct command *c, int word,
    uint64_t missing_seq, struct entry_id *id)
{
	return entry_id_read(c->word[word], missing_seq, id) ||
	    command_error(r, c, "%s", ERR_ID);
}

static bool
interval_end(struct request *r, struct command *c, int word,
    uint64_t missing_seq, struct entry_id *id, bool *open)
{
	struct text text = c->word[word];

	*open = text.n > 1 && text.p[0] == '(';
	if (text_equal(text, TEXT("-")) || text_equal(text, TEXT("+"))) {
		*id = text.p[0] == '-' ? ENTRY_ID_MIN : ENTRY_ID_MAX;
		return true;
	}
	if (*open)
		text = (struct text){ text.p + 1, text.n - 1 };
	return entry_id_read(text, missing_seq, id) ||
	    command_error(r, c, "%s", ERR_ID);
}

bool
command_interval_start(struct request *r, struct command *c, int word,
    struct entry_id *id)
{
	bool open;

	if (!interval_end(r, c, word, 0, id, &open))
		return false;
	return !open || entry_id_next(id) ||
	    command_error(r, c, "ERR invalid start ID for the interval");
}

bool
command_interval_end(struct request *r, struct command *c, int word,
    struct entry_id *id)
{
	bool open;

	if (!interval_end(r, c, word, UINT64_MAX, id, &open))
		return false;
	return !open || entry_id_previous(id) ||
	    command_error(r, c, "ERR invalid end ID for the interval");
}

/* Milliseconds from now that are still a time. */
static bool
read_block(struct request *r, struct command *c, int word, int64_t *block_ms)
{
	if (!command_integer(r, c, word,
	    "ERR timeout is not an integer or out of range", block_ms))
		return false;
	if (*block_ms < 0)
		return command_error(r, c, "ERR timeout is negative");
	if (*block_ms > INT64_MAX - clock_wall_us() / 1000)
		return command_error(r, c, "ERR timeout is out of range");
	return true;
}

static bool
only_grouped(struct request *r, struct command *c, const char *option)
{
	return command_error(r, c, "ERR The %s option is only supported by "
	    "XREADGROUP. You called XREAD instead.", option);
}

static bool
read_streams(struct request *r, struct command *c, bool grouped,
    struct read_words *read)
{
	int words = c->words - read->first;

	if (words % 2)
		return command_error(r, c, "ERR Unbalanced '%s' list of "
		    "streams: for each stream key an ID or '%c' must be "
		    "specified.", grouped ? "xreadgroup" : "xread",
		    grouped ? '>' : '$');
	read->streams = words / 2;
	if (grouped && !read->group.p)
		return command_error(r, c,
		    "ERR Missing GROUP option for XREADGROUP");
	return true;
}

/* One option, which begins at *i; *i is left at its last word. */
static bool
read_option(struct request *r, struct command *c, bool grouped, int *i,
    struct read_words *read)
{
	int more = c->words - *i - 1;

	if (command_word_is(c, *i, "BLOCK") && more)
		return read_block(r, c, ++*i, &read->block_ms);
	if (command_word_is(c, *i, "COUNT") && more) {
		if (!command_integer(r, c, ++*i, ERR_INTEGER, &read->count))
			return false;
		if (read->count < 0)
			read->count = 0;
		return true;
	}
	if (command_word_is(c, *i, "GROUP") && more >= 2) {
		if (!grouped)
			return only_grouped(r, c, "GROUP");
		read->group = c->word[++*i];
		read->member = c->word[++*i];
		return true;
	}
	if (command_word_is(c, *i, "NOACK")) {
		if (!grouped)
			return only_grouped(r, c, "NOACK");
		return read->noack = true;
	}
	return command_error(r, c, ERR_SYNTAX);
}

bool
command_read_words(struct request *r, struct command *c, bool grouped,
    struct read_words *read)
{
	*read = (struct read_words){ .block_ms = -1 };
	for (int i = 1; i < c->words; i++) {
		if (command_word_is(c, i, "STREAMS") && i + 1 < c->words) {
			read->first = i + 1;
			return read_streams(r, c, grouped, read);
		}
		if (!read_option(r, c, grouped, &i, read))
			return false;
	}
	return command_error(r, c, ERR_SYNTAX);
}
