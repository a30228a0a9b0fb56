/*
 * The commands, declared from their table.
 */
#ifndef HANDLERS_PLATES_COMMANDS_H
#define HANDLERS_PLATES_COMMANDS_H

#include "handlers/plates/command.h"

#define COMMAND(name, sub, ident, arity, key, action) \
	bool parse_##ident(struct request *r, struct command *c); \
	enum verdict run_##ident(struct request *r, struct command *c); \
	void write_##ident(struct request *r, const struct command *c, \
	    struct json_writer *w);
#include "handlers/plates/commands.def"
#undef COMMAND

#endif
