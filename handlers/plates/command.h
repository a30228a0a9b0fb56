/*
 * A command of Redis: its words, what they mean, and what it says.
 *
 * All endpoints of the plates door end here. The typed ones write the words
 * that the command endpoints are sent, so there is one reading of each, with
 * Redis's own sentences. What a command knows is a row of commands.def.
 */
#ifndef HANDLERS_PLATES_COMMAND_H
#define HANDLERS_PLATES_COMMAND_H

#include "auth/principal.h"
#include "fcgi/json_writer.h"
#include "fcgi/request.h"

struct command {
	const struct command_facts *facts;
	struct text plate;
	struct text *word;	/* word[0] is the command's name */
	int words;
	bool direct;	/* one of several in a request: run() does not TURN */
	bool stays;	/* one of a transaction: nor does it PARK */
	void *state;		/* the command's own, in the request's arena */
	struct text error;	/* what Redis says when it failed, or absent */
};

enum { COMMAND_KEY_BEHIND_STREAMS = 0 };

struct command_facts {
	const char *name;
	const char *sub;	/* of XINFO and XGROUP, or NULL */
	int arity;		/* words, its name included; < 0: at least */
	int key;		/* the word that is the key, or .._STREAMS;
				 * < 0: from there on all are keys */
	enum action action;	/* what it takes to be allowed to it */

	/* Words to state, no more. False after command_error(). */
	bool (*parse)(struct request *r, struct command *c);
	/*
	 * Do it, as a handler does. DONE when the result can be written,
	 * after command_error(), or after fail().
	 */
	enum verdict (*run)(struct request *r, struct command *c);
	/* The result, as one JSON value. */
	void (*write)(struct request *r, const struct command *c,
	    struct json_writer *w);
};

/*
 * Find the command that c's words name, and parse them. False after
 * command_error(): no such command or subcommand, too few words, or what its
 * parse says; or after fail(): the caller has no right to one of its keys.
 */
bool command_begin(struct request *r, struct command *c);

/* May the caller do that to its keys? False after fail(), or, if one can be
 * nobody's, after command_error(). */
bool command_allowed(struct request *r, struct command *c);

/* Is there a command of that name, in any case? */
bool command_exists(struct text name);

/* The word in front of which a key is to be put: 0 if there is no place. */
int command_key_place(const struct command *c);

/* The command failed with Redis's words ("ERR ..."). False. */
bool command_error(struct request *r, struct command *c, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* What Redis says of a word that is no such thing. */
#define ERR_SYNTAX "ERR syntax error"
#define ERR_ID \
	"ERR Invalid stream ID specified as stream command argument"
#define ERR_INTEGER "ERR value is not an integer or out of range"
#define ERR_WRONG_TYPE \
	"WRONGTYPE Operation against a key holding the wrong kind of value"

/* Is the word that option, in any case? */
bool command_word_is(const struct command *c, int word, const char *option);

/*
 * A word as an integer, as strict as Redis is: no blanks, no '+', no zero in
 * front. False after command_error() with that sentence.
 */
bool command_integer(struct request *r, struct command *c, int word,
    const char *sentence, int64_t *value);

/* The keys: their number, and the word of the first; they are neighbours. */
int command_keys(const struct command *c, int *first);

/* The stream that is called that in c's plate. In the request's arena. */
struct text command_stream(struct request *r, const struct command *c,
    struct text key);

/* {"ok":true,"data":{"result": of c}}, or its error, as the reply. */
enum verdict command_reply(struct request *r, struct command *c);

/*
 * The whole way of a request that is one command. read() makes its words of
 * the request, at the first call; false after fail(). `how` is handed on.
 */
enum verdict command_serve(struct request *r, bool (*read)(struct request *r,
    struct command *c, const void *how), const void *how);

#endif
