/*
 * DEL key [key ...]: end the lives of the keys' streams, one after the other.
 */
#include "fcgi/name_id.h"
#include "handlers/plates/commands.h"
#include "handlers/plates/writes.h"
#include "sql/stream_ends.h"
#include "sql/streams.h"
#include "sql/wake.h"

struct del {
	int word;		/* of the next key */
	int64_t count;
	int pause_ms;
};

bool
parse_del(struct request *r, struct command *c)
{
	struct del *del = arena_alloc(r->arena, sizeof(*del));

	del->word = 1;
	c->state = del;
	return true;
}

enum verdict
run_del(struct request *r, struct command *c)
{
	struct del *del = c->state;

	while (del->word < c->words) {
		struct text name = command_stream(r, c, c->word[del->word]);
		enum end_status status;
		enum verdict verdict;
		enum db_outcome outcome = stream_end(r->db, r->arena,
		    stream_id(name), name, END_DELETED, &status);

		if (outcome != DB_DONE)
			return db_fail(r, outcome);
		if (status == END_BUSY) {
			if (!command_again(r, c, &del->pause_ms, &verdict))
				return verdict;
			continue;
		}
		if (status == ENDED) {
			wake(stream_channel(stream_id(name)), WAKE_ALL);
			del->count++;
		}
		del->word++;
	}
	return DONE;
}

void
write_del(struct request *r, const struct command *c, struct json_writer *w)
{
	const struct del *del = c->state;

	(void)r;
	json_number(w, del->count);
}
