/*
 * XLEN key: how many entries are there?
 */
#include "fcgi/name_id.h"
#include "handlers/plates/commands.h"
#include "handlers/plates/plate_stream.h"

bool
parse_xlen(struct request *r, struct command *c)
{
	(void)r;
	(void)c;
	return true;
}

enum verdict
run_xlen(struct request *r, struct command *c)
{
	struct plate_stream *stream = arena_alloc(r->arena, sizeof(*stream));

	plate_stream_find(r, c, c->word[1], stream);
	c->state = stream;
	return DONE;
}

void
write_xlen(struct request *r, const struct command *c, struct json_writer *w)
{
	const struct plate_stream *stream = c->state;

	(void)r;
	json_number(w, stream->exists ? stream->length : 0);
}
