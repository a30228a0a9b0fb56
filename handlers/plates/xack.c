/*
 * XACK key group id [id ...]
 */
#include "handlers/plates/commands.h"
#include "handlers/plates/group.h"
#include "handlers/plates/writes.h"

enum { KEY = 1, GROUP, IDS };

struct xack {
	struct group_ack ack;
	bool bad_id;
};

bool
parse_xack(struct request *r, struct command *c)
{
	struct xack *x = arena_alloc(r->arena, sizeof(*x));
	struct entry_id id;

	c->state = x;
	if (!group_words(r, c, c->word[KEY], c->word[GROUP], &x->ack.group))
		return false;
	x->ack.ids = c->words - IDS;
	x->ack.id = arena_alloc(r->arena,
	    (size_t)x->ack.ids * sizeof(x->ack.id[0]));
	for (int i = 0; i < x->ack.ids && !x->bad_id; i++) {
		x->bad_id = !entry_id_read(c->word[IDS + i], 0, &id);
		if (!x->bad_id)
			x->ack.id[i] = entry_id_pack(r->arena, id);
	}
	group_ack_init(&x->ack);
	return true;
}

/* Where there is nothing to acknowledge, nobody looks at the ids. */
static enum verdict
refuse_id(struct request *r, struct command *c, struct xack *x)
{
	int32_t incarnation;

	if (group_look(r, &x->ack.group, &x->ack.status, &incarnation) &&
	    x->ack.status == GROUP_DONE)
		command_error(r, c, "%s", ERR_ID);
	return DONE;
}

enum verdict
run_xack(struct request *r, struct command *c)
{
	struct xack *x = c->state;
	enum verdict verdict = DONE;

	if (x->bad_id)
		verdict = refuse_id(r, c, x);
	else if (!command_turn(r, c, &x->ack.item, &verdict))
		return verdict;
	if (x->ack.status == GROUP_OTHER_TYPE)
		command_error(r, c, ERR_WRONG_TYPE);
	return verdict;
}

void
write_xack(struct request *r, const struct command *c, struct json_writer *w)
{
	const struct xack *x = c->state;

	(void)r;
	json_number(w, x->ack.acked);
}
