/*
 * A request that is one command, from its words to its reply.
 */
#include "handlers/plates/command.h"

enum verdict
command_serve(struct request *r, bool (*read)(struct request *r,
    struct command *c, const void *how), const void *how)
{
	struct command *c = r->state;
	enum verdict verdict;

	if (!c) {
		c = arena_alloc(r->arena, sizeof(*c));
		c->plate = r->param[0];
		if (!read(r, c, how))
			return DONE;
		r->state = c;
		if (!command_begin(r, c))
			return command_reply(r, c);
	} else if (!r->turn && !command_allowed(r, c)) {
		/* It has waited, and may not any more. */
		return command_reply(r, c);
	}
	verdict = c->facts->run(r, c);
	return verdict == DONE ? command_reply(r, c) : verdict;
}
