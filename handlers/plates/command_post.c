/*
 * POST /{plate}/streams/command: any command, as an array of words.
 */
#include "fcgi/json_reader.h"
#include "handlers/handlers.h"
#include "handlers/plates/command.h"

static struct command *
read_request(struct request *r)
{
	struct command *c = arena_alloc(r->arena, sizeof(*c));
	struct json_reader j;
	const struct json *args;
	int n = 0;

	if (!json_read_body(&j, r, false))
		return NULL;
	c->plate = r->param[0];
	args = json_member_array(&j, "args", COMMAND_WORDS_MAX - 1);
	c->word = arena_alloc(r->arena,
	    (1 + (args ? args->count : 0)) * sizeof(*c->word));
	c->word[n++] = json_member_text(&j, "command", JSON_REQUIRED, 64);
	JSON_EACH(arg, args) {
		if (arg->kind != JSON_KIND_STRING) {
			fail(r, E_BAD_VALUE, "args[%d] must be a string",
			    n - 1);
			return NULL;
		}
		c->word[n++] = arg->string;
	}
	c->words = n;
	return json_done(&j) && query_done(r) ? c : NULL;
}

enum verdict
plate_command(struct request *r)
{
	struct command *c = r->state;

	if (!c) {
		c = r->state = read_request(r);
		if (!c || !command_begin(r, c))
			return c ? command_reply(r, c) : DONE;
	}
	switch (c->facts->run(r, c)) {
	case PARK:
		return PARK;
	case TURN:
		return TURN;
	case DONE:
		break;
	}
	return command_reply(r, c);
}
