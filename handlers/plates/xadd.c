/*
 * XADD key [NOMKSTREAM] [MAXLEN|MINID [=|~] threshold [LIMIT count]]
 * <*|id> field value [field value ...]
 */
#include "handlers/plates/commands.h"
#include "handlers/plates/entry.h"
#include "handlers/plates/fields.h"
#include "handlers/plates/trim.h"
#include "handlers/plates/words.h"
#include "handlers/plates/writes.h"
#include "handlers/streams/backlog.h"

struct xadd {
	struct plate_add add;
	struct entry_id id;	/* that it was given */
	int pause_ms;
};

/* The id that it is to have: absent for `*`; "5-*" is any behind 5. */
static bool
read_id(struct request *r, struct command *c, int word, struct plate_add *add)
{
	struct text text = c->word[word];
	struct entry_id id;

	if (text_equal(text, TEXT("*")))
		return true;
	add->any_seq = text_ends_with(text, TEXT("-*")) &&
	    memchr(text.p, '-', text.n) == text.p + text.n - 2;
	if (add->any_seq)
		text.n -= 2;
	if (!entry_id_read(text, 0, &id))
		return command_error(r, c, "%s", ERR_ID);
	add->id = entry_id_pack(r->arena, id);
	return true;
}

static bool
check_id(struct request *r, struct command *c, const struct plate_add *add)
{
	struct entry_id id = ENTRY_ID_MAX;

	if (add->id.p && !add->any_seq)
		id = entry_id_unpack(add->id);
	return entry_id_compare(id, ENTRY_ID_MIN) > 0 ||
	    command_error(r, c, "ERR The ID specified in XADD must be greater "
	    "than 0-0");
}

static bool
read_words(struct request *r, struct command *c, struct trim_words *options,
    struct plate_add *add)
{
	int fields;

	if (!trim_words_read(r, c, true, options) ||
	    (options->words < c->words &&
	    !read_id(r, c, options->words, add)) ||
	    !trim_words_check(r, c, true, options))
		return false;
	fields = c->words - options->words - 1;
	if (fields < 2 || fields % 2)
		return command_error(r, c, "ERR wrong number of arguments for "
		    "'xadd' command");
	return check_id(r, c, add);
}

bool
parse_xadd(struct request *r, struct command *c)
{
	struct xadd *x = arena_alloc(r->arena, sizeof(*x));
	struct trim_words options;
	int first;

	if (!read_words(r, c, &options, &x->add))
		return false;
	first = options.words + 1;
	x->add.name = command_stream(r, c, c->word[1]);
	x->add.must_exist = options.must_exist;
	x->add.trim = options.trim;
	x->add.data = fields_json(r->arena, c->word + first,
	    (c->words - first) / 2);
	plate_add_init(&x->add);
	c->state = x;
	return backlog_enter(r, x->add.data.n);
}

enum verdict
run_xadd(struct request *r, struct command *c)
{
	struct xadd *x = c->state;
	enum verdict verdict;

	do {
		if (!command_turn(r, c, &x->add.item, &verdict))
			return verdict;
	} while (x->add.status == PLATE_BUSY &&
	    command_again(r, c, &x->pause_ms, &verdict));
	switch (x->add.status) {
	case PLATE_BUSY:
		return verdict;
	case PLATE_DONE:
		x->id = entry_id_unpack(x->add.added_id);
		return DONE;
	case PLATE_NO_KEY:
		return DONE;
	default:
		return command_refuse(r, c, x->add.status);
	}
}

void
write_xadd(struct request *r, const struct command *c, struct json_writer *w)
{
	const struct xadd *x = c->state;

	(void)r;
	if (x->add.status == PLATE_DONE)
		entry_id_write(w, x->id);
	else
		json_null_value(w);
}
