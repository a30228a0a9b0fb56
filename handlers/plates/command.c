/*
 * Finding a command, reading its words, saying how it ended.
 */
#include "handlers/plates/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "auth/gate.h"
#include "handlers/plates/commands.h"

static const struct command_facts commands[] = {
#define COMMAND(name, sub, ident, arity, key, action) \
	{ name, sub, arity, key, action, parse_##ident, run_##ident, \
	    write_##ident },
#include "handlers/plates/commands.def"
#undef COMMAND
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

bool
command_error(struct request *r, struct command *c, const char *format, ...)
{
	va_list args;
	int n;
	char *p;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	p = arena_alloc_raw(r->arena, (size_t)n + 1);
	va_start(args, format);
	vsnprintf(p, (size_t)n + 1, format, args);
	va_end(args);
	/* Redis's errors are lines: what a word brought in does not end one. */
	for (int i = 0; i < n; i++)
		if (p[i] == '\r' || p[i] == '\n')
			p[i] = ' ';
	c->error = (struct text){ p, (size_t)n };
	return false;
}

bool
command_word_is(const struct command *c, int word, const char *option)
{
	return word < c->words && c->word[word].n == strlen(option) &&
	    strncasecmp(c->word[word].p, option, strlen(option)) == 0;
}

bool
command_integer(struct request *r, struct command *c, int word,
    const char *sentence, int64_t *value)
{
	struct text t = c->word[word];
	size_t sign = t.n > 1 && t.p[0] == '-';
	long long number;

	if (t.n > sign && (t.p[sign] >= '1' || (t.n == 1 && t.p[0] == '0')) &&
	    t.p[sign] <= '9' && text_to_integer(t, &number)) {
		*value = number;
		return true;
	}
	return command_error(r, c, "%s", sentence);
}

/* Where STREAMS is: a group may be called that, too. Or c->words. */
static int
streams_word(const struct command *c)
{
	static const struct {
		const char *name;
		int words;	/* that follow it */
	} options[] = { { "COUNT", 1 }, { "BLOCK", 1 }, { "GROUP", 2 } };
	int word = 1;

	while (word < c->words && !command_word_is(c, word, "STREAMS")) {
		int follow = 0;

		for (size_t i = 0; i < sizeof(options) / sizeof(options[0]);
		     i++)
			if (command_word_is(c, word, options[i].name))
				follow = options[i].words;
		word += 1 + follow;
	}
	return word < c->words ? word : c->words;
}

int
command_keys(const struct command *c, int *first)
{
	*first = c->facts->key;
	if (*first > 0)
		return 1;
	if (*first != COMMAND_KEY_BEHIND_STREAMS) {
		*first = -*first;
		return c->words - *first;
	}
	*first = streams_word(c) + 1;
	return (c->words - *first) / 2;
}

struct text
command_stream(struct request *r, const struct command *c, struct text key)
{
	size_t n = c->plate.n + 1 + key.n;
	char *p = arena_alloc_raw(r->arena, n);

	memcpy(p, c->plate.p, c->plate.n);
	p[c->plate.n] = '/';
	memcpy(p + c->plate.n + 1, key.p, key.n);
	return (struct text){ p, n };
}

/* The row of the command, or of one that has subcommands. */
static const struct command_facts *
find(const struct command *c, bool with_sub)
{
	for (int i = 0; i < COMMANDS; i++) {
		const struct command_facts *facts = &commands[i];

		if (command_word_is(c, 0, facts->name) && (!with_sub ||
		    !facts->sub || command_word_is(c, 1, facts->sub)))
			return facts;
	}
	return NULL;
}

static bool
wrong_number_of_words(struct request *r, struct command *c,
    const struct command_facts *facts, bool with_sub)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s%s", facts->name,
	    with_sub ? "|" : "", with_sub ? facts->sub : "");
	for (char *p = name; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
	return command_error(r, c,
	    "ERR wrong number of arguments for '%s' command", name);
}

/* A subcommand is as long as the command that has none. */
static bool
lookup(struct request *r, struct command *c)
{
	const struct command_facts *facts = find(c, false);

	if (!facts)
		return command_error(r, c, "ERR unknown command '%.*s'",
		    TEXT_ARG(text_cut(c->word[0], 128)));
	if (facts->sub && c->words < 2)
		return wrong_number_of_words(r, c, facts, false);
	c->facts = find(c, true);
	if (!c->facts)
		return command_error(r, c, "ERR unknown subcommand '%.*s'. "
		    "Try %s HELP.", TEXT_ARG(text_cut(c->word[1], 128)),
		    facts->name);
	if (c->facts->arity < 0 ? c->words < -c->facts->arity :
	    c->words != c->facts->arity)
		return wrong_number_of_words(r, c, c->facts,
		    c->facts->sub != NULL);
	return true;
}

bool
command_exists(struct text name)
{
	const struct command c = { .word = &name, .words = 1 };

	return find(&c, false);
}

int
command_key_place(const struct command *c)
{
	const struct command_facts *facts = find(c, false);
	int place = abs(facts->key);

	if (place == COMMAND_KEY_BEHIND_STREAMS)
		place = streams_word(c) + 1;
	return place <= c->words ? place : 0;
}

/* Whose they are is asked before anything is said of them. */
bool
command_allowed(struct request *r, struct command *c)
{
	int first, keys = command_keys(c, &first);

	for (int i = first; i < first + keys; i++) {
		struct text name = command_stream(r, c, c->word[i]);

		if (!c->word[i].n)
			return command_error(r, c, "ERR a key is not empty");
		if (name.n > STREAM_NAME_BYTES_MAX)
			return command_error(r, c, "ERR plate and key are "
			    "longer than STREAM_NAME_BYTES_MAX (%d) bytes",
			    STREAM_NAME_BYTES_MAX);
		if (memchr(name.p, '\0', name.n))
			return command_error(r, c, "ERR a key holds no NUL");
		if (!allow_plate(r, c->facts->action, name))
			return false;
	}
	return true;
}

bool
command_begin(struct request *r, struct command *c)
{
	return lookup(r, c) && command_allowed(r, c) && c->facts->parse(r, c);
}

/* By the first word of what Redis says, and its one famous sentence. */
static enum error
kind_of(struct text error)
{
	static const struct {
		struct text begins;
		enum error error;
	} kinds[] = {
		{ TEXT("WRONGTYPE "), E_WRONG_TYPE },
		{ TEXT("BUSYGROUP "), E_BUSY_GROUP },
		{ TEXT("NOGROUP "), E_NO_GROUP },
		{ TEXT("ERR no such key"), E_NO_KEY },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (text_begins_with(error, kinds[i].begins))
			return kinds[i].error;
	return E_COMMAND;
}

enum verdict
command_reply(struct request *r, struct command *c)
{
	struct json_writer *w;

	if (request_failed(r))
		return DONE;
	if (c->error.p)
		return fail(r, kind_of(c->error), "%.*s", TEXT_ARG(c->error));
	w = reply_json(r, 200);
	json_open_object(w);
	json_name(w, "ok");
	json_bool(w, true);
	json_name(w, "data");
	json_open_object(w);
	json_name(w, "result");
	c->facts->write(r, c, w);
	json_close_object(w);
	json_close_object(w);
	return DONE;
}
