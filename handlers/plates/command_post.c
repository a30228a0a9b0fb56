/*
 * POST /{plate}/streams/command: any command, as an array of words; and
 * POST /{plate}/streams/{key}/command, where the path brings the key.
 */
#include "fcgi/json_reader.h"
#include "handlers/handlers.h"
#include "handlers/plates/arguments.h"

static bool
take_command(struct request *r, struct command *c, bool key_of_path)
{
	struct json_reader j = { .r = r, .object = json_read_verbatim(r) };
	const struct json *args;
	int place;

	if (j.object && j.object->kind != JSON_KIND_OBJECT)
		fail(r, E_BAD_JSON, "the body must be an object");
	args = json_member_array(&j, "args", COMMAND_WORDS_MAX - 2);
	/* One more than needed: the path's key. */
	c->word = arena_alloc(r->arena,
	    (2 + (args ? args->count : 0)) * sizeof(*c->word));
	c->word[0] = text_trim(json_member_text(&j, "command",
	    JSON_REQUIRED | JSON_NOT_EMPTY, COMMAND_NAME_BYTES_MAX));
	c->words = 1;
	if (!json_done(&j) || !query_done(r) ||
	    !arguments_allow(r, c->word[0], true) ||
	    !arguments_read(r, c, args, "args"))
		return false;
	if (!key_of_path)
		return true;
	place = command_key_place(c);
	if (!place) {
		fail(r, E_NO_PLACE, "%.*s requires %s", TEXT_ARG(c->word[0]),
		    arguments_block(c->word[0]) ? "STREAMS" : "a subcommand");
		return false;
	}
	memmove(&c->word[place + 1], &c->word[place],
	    (size_t)(c->words - place) * sizeof(*c->word));
	c->word[place] = r->param[1];
	c->words++;
	return true;
}

static bool
read_command(struct request *r, struct command *c, const void *how)
{
	(void)how; /* there is one way */
	return take_command(r, c, false);
}

static bool
read_key_command(struct request *r, struct command *c, const void *how)
{
	(void)how; /* as above */
	return take_command(r, c, true);
}

enum verdict
plate_command(struct request *r)
{
	return command_serve(r, read_command, NULL);
}

enum verdict
plate_key_command(struct request *r)
{
	return command_serve(r, read_key_command, NULL);
}
