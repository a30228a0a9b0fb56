/*
 * XREADGROUP GROUP group consumer [COUNT n] [BLOCK ms] [NOACK]
 * STREAMS key [key ...] <id|>> [id ...]
 *
 * New entries of one stream are read in a turn with others of the group; what
 * else there is, in a call of its own (sql/fn/group_read_many.sql).
 *
 * Who blocks stands in the line of each group (sql/group_lines.h) before he
 * looks, keeps his place until he is answered, and looks again whenever he is
 * first and something has come. Redis looks at a key and its group before it
 * looks at the id, so a bad id is said at run().
 */
#include "fcgi/clock.h"
#include "fcgi/settings.h"
#include "handlers/plates/commands.h"
#include "handlers/plates/entry.h"
#include "handlers/plates/group.h"
#include "handlers/plates/words.h"
#include "handlers/plates/writes.h"
#include "sql/group_lines.h"

/* One key and what is wanted of it. */
struct wish {
	struct text key;
	struct group group;
	struct text after;	/* an id; absent: new entries */
	const char *fault;	/* of the id */
};

struct xreadgroup {
	struct read_words words;
	struct wish *wish;	/* words.streams of them */
	bool history;		/* of some stream: that is no waiting for */
	bool waits;		/* stands in the lines */
	struct group_read read;	/* of the only stream, if it is new entries */
	int64_t until_us;
	int pause_ms;

	/* The result. */
	enum group_status status;
	struct wish *refused;	/* what the status speaks of */
	const struct pg_result *rows;	/* NULL: nothing */
};

/* Columns of group_read_many. */
enum { PLACE, STATUS, ID, FIELDS, DATA };

#define MEANINGLESS(id) \
	"ERR The " id " ID is meaningless in the context of XREADGROUP: you " \
	"want to read the history of this consumer by specifying a proper " \
	"ID, or use the > ID to get new messages. The " id " ID would just " \
	"return an empty result set."

static void
read_id(struct request *r, struct text word, struct wish *wish)
{
	struct entry_id id;

	if (text_equal(word, TEXT(">")))
		return;
	if (text_equal(word, TEXT("$")))
		wish->fault = MEANINGLESS("$");
	else if (text_equal(word, TEXT("+")))
		wish->fault = MEANINGLESS("+");
	else if (!entry_id_read(word, 0, &id))
		wish->fault = ERR_ID;
	else if (entry_id_compare(id, ENTRY_ID_MAX) < 0)
		wish->after = entry_id_pack(r->arena, id);
	/* That last one is how Redis writes '>' to itself. */
}

/* Of new entries: the rest is there for the next call. */
static int64_t
count_max(const struct xreadgroup *x)
{
	return x->words.count && x->words.count < GROUP_READ_ENTRIES_MAX ?
	    x->words.count : GROUP_READ_ENTRIES_MAX;
}

static bool
is_turn(const struct xreadgroup *x)
{
	return x->words.streams == 1 && !x->history;
}

bool
parse_xreadgroup(struct request *r, struct command *c)
{
	struct xreadgroup *x = arena_alloc(r->arena, sizeof(*x));
	struct read_words *words = &x->words;

	c->state = x;
	if (!command_read_words(r, c, true, words) ||
	    !group_member(r, c, words->member))
		return false;
	if (words->streams > COMMAND_STREAMS_MAX)
		return command_error(r, c, "ERR a read has at most "
		    "COMMAND_STREAMS_MAX (%d) streams", COMMAND_STREAMS_MAX);
	x->wish = arena_alloc(r->arena,
	    (size_t)words->streams * sizeof(x->wish[0]));
	for (int i = 0; i < words->streams; i++) {
		struct wish *wish = &x->wish[i];

		wish->key = c->word[words->first + i];
		if (!group_words(r, c, wish->key, words->group, &wish->group))
			return false;
		read_id(r, c->word[words->first + words->streams + i], wish);
		x->history |= wish->after.p != NULL;
	}
	x->read = (struct group_read){
		.group = x->wish[0].group,
		.member = words->member,
		.count = count_max(x),
		.noack = words->noack,
	};
	group_read_init(&x->read);
	x->read.item.request = r;
	return true;
}

/* The first thing that is wrong, in the order of the streams. */
static bool
check_ids(struct request *r, struct command *c, const struct xreadgroup *x)
{
	int32_t incarnation;
	int bad = 0;

	while (bad < x->words.streams && !x->wish[bad].fault)
		bad++;
	if (bad == x->words.streams)
		return true;
	for (int i = 0; i <= bad; i++)
		if (!group_find(r, c, x->wish[i].key, &x->wish[i].group,
		    REFUSE_XREADGROUP, &incarnation))
			return false;
	return command_error(r, c, "%s", x->wish[bad].fault);
}

static void
leave_line(void *line)
{
	group_line_leave(line);
}

static bool
stand_in_lines(struct request *r, struct command *c, struct xreadgroup *x)
{
	int64_t block_ms = x->words.block_ms;

	if (block_ms < 0 || x->history)
		return true;
	if (x->words.streams > CHANNELS_PER_REQUEST_MAX)
		return command_error(r, c, "ERR a read that blocks has at "
		    "most CHANNELS_PER_REQUEST_MAX (%d) streams",
		    CHANNELS_PER_REQUEST_MAX);
	if (!block_ms || block_ms > settings.block_max_ms)
		block_ms = settings.block_max_ms;
	x->until_us = r->started_us + block_ms * 1000;
	x->waits = true;
	for (int i = 0; i < x->words.streams; i++) {
		const struct group *group = &x->wish[i].group;
		struct channel_key key = group_channel(group->name,
		    group->group);

		lot_listen(r, key);
		arena_defer(r->arena, leave_line,
		    group_line_join(group->stream, key));
	}
	return true;
}

static void
fill_many(struct request *r, const struct xreadgroup *x, struct params *p)
{
	size_t n = (size_t)x->words.streams;
	int64_t *stream = arena_alloc(r->arena, n * sizeof(*stream));
	struct text *name = arena_alloc(r->arena, n * sizeof(*name));
	struct text *after = arena_alloc(r->arena, n * sizeof(*after));

	for (size_t i = 0; i < n; i++) {
		stream[i] = x->wish[i].group.stream;
		name[i] = x->wish[i].group.name;
		after[i] = x->wish[i].after;
	}
	params_init(p, r->arena);
	param_bigints(p, stream, NULL, (int)n);
	param_texts(p, name, (int)n);
	param_text(p, x->words.group);
	param_text(p, x->words.member);
	param_byteas(p, after, (int)n);
	param_bigint(p, x->words.count ? x->words.count : INT64_MAX);
	param_bool(p, x->words.noack);
	param_bigint(p, GROUP_READ_ENTRIES_MAX);
	param_bigint(p, GROUP_READ_BYTES_MAX / (int64_t)n);
	param_bigint(p, COMMAND_REPLY_BYTES_MAX);
}

/* True when there is a status; false: return *verdict. */
static bool
look(struct request *r, struct command *c, struct xreadgroup *x,
    enum verdict *verdict)
{
	const struct pg_result *rows;
	struct params p;

	x->refused = &x->wish[0];
	x->rows = NULL;
	if (is_turn(x)) {
		if (!command_turn(r, c, &x->read.item, verdict))
			return false;
		x->status = x->read.status;
		if (x->read.got)
			x->rows = x->read.rows;
		return true;
	}
	*verdict = DONE;
	fill_many(r, x, &p);
	rows = db_call(r, STATEMENT_group_read_many, &p);
	if (!rows)
		return false;
	x->status = (enum group_status)row_integer(rows, 0, STATUS);
	if (x->status != GROUP_DONE)
		x->refused = &x->wish[row_integer(rows, 0, PLACE) - 1];
	if (row_count(rows) > 1 || x->history)
		x->rows = rows;
	return true;
}

/*
 * Nothing, or somebody has a group: wait on. What is not there at the end is
 * said to be nothing, as to everybody who blocks.
 */
static enum verdict
wait_on(struct request *r, struct xreadgroup *x)
{
	int64_t now_us = clock_monotonic_us();

	if (r->last_call || now_us >= x->until_us)
		return DONE;
	r->deadline_us = x->until_us;
	if (x->status == GROUP_BUSY) {
		x->pause_ms = x->pause_ms ? 2 * x->pause_ms : 1;
		if (x->pause_ms > APPEND_PAUSE_MAX)
			x->pause_ms = APPEND_PAUSE_MAX;
		if (now_us + x->pause_ms * 1000 < x->until_us)
			r->deadline_us = now_us + x->pause_ms * 1000;
	}
	return PARK;
}

/*
 * Who recovers reads his history once and then what is new, so a part of it
 * is not given as if it were all.
 */
static enum verdict
refuse(struct request *r, struct command *c, const struct xreadgroup *x)
{
	if (x->status != GROUP_LONG)
		return group_refuse(r, c, x->refused->key, x->words.group,
		    x->status, REFUSE_XREADGROUP);
	command_error(r, c, "ERR the pending entries have more than "
	    "COMMAND_REPLY_BYTES_MAX (%d) bytes: ask for fewer with COUNT",
	    COMMAND_REPLY_BYTES_MAX);
	return DONE;
}

enum verdict
run_xreadgroup(struct request *r, struct command *c)
{
	struct xreadgroup *x = c->state;
	enum verdict verdict;

	if (x->waits) {
		if (!r->turn && !command_allowed(r, c))
			return DONE;
	} else if (!r->turn && (!check_ids(r, c, x) ||
	    !stand_in_lines(r, c, x))) {
		return DONE;
	}
	do {
		if (!look(r, c, x, &verdict))
			return verdict;
	} while (x->status == GROUP_BUSY && !x->waits &&
	    command_again(r, c, &x->pause_ms, &verdict));
	if (x->status != GROUP_DONE && x->status != GROUP_BUSY)
		return refuse(r, c, x);
	if (x->waits && !x->rows)
		return wait_on(r, x);
	return x->status == GROUP_BUSY ? verdict : DONE;
}

static void
write_one(const struct xreadgroup *x, struct json_writer *w)
{
	const struct group_read *read = &x->read;

	json_open_object(w);
	json_name_text(w, x->wish[0].key);
	json_open_array(w);
	for (int i = read->first; i < read->first + read->got; i++)
		entry_write(w, entry_id_unpack(row_text(read->rows, i,
		    GROUP_READ_ID)), !row_null(read->rows, i,
		    GROUP_READ_FIELDS), row_text(read->rows, i,
		    GROUP_READ_DATA));
	json_close_array(w);
	json_close_object(w);
}

/* The row behind those of the stream at that place, which begin at `row`. */
static int
end_of(const struct xreadgroup *x, int place, int row)
{
	while (row < row_count(x->rows) &&
	    row_integer(x->rows, row, PLACE) == place + 1)
		row++;
	return row;
}

/* Is there another of that key in front of the one at that place? */
static bool
is_repeated(const struct xreadgroup *x, int place)
{
	for (int i = 0; i < place; i++)
		if (text_equal(x->wish[i].key, x->wish[place].key))
			return true;
	return false;
}

/*
 * What the stream at `place` was given, and what others of the same key
 * behind it were: a member of an object comes once. A history may be empty;
 * otherwise a stream that has nothing is left out.
 */
static void
write_key(const struct xreadgroup *x, int place, int row,
    struct json_writer *w)
{
	bool named = false;
	int end;

	for (int i = place; i < x->words.streams; i++, row = end) {
		end = end_of(x, i, row);
		if (!text_equal(x->wish[i].key, x->wish[place].key) ||
		    (row == end && !x->wish[i].after.p))
			continue;
		if (!named) {
			json_name_text(w, x->wish[place].key);
			json_open_array(w);
			named = true;
		}
		for (; row < end; row++)
			entry_write(w, entry_id_unpack(row_text(x->rows, row,
			    ID)), !row_null(x->rows, row, FIELDS),
			    row_text(x->rows, row, DATA));
	}
	if (named)
		json_close_array(w);
}

static void
write_many(const struct xreadgroup *x, struct json_writer *w)
{
	int row = 1;

	json_open_object(w);
	for (int i = 0; i < x->words.streams; i++) {
		if (!is_repeated(x, i))
			write_key(x, i, row, w);
		row = end_of(x, i, row);
	}
	json_close_object(w);
}

void
write_xreadgroup(struct request *r, const struct command *c,
    struct json_writer *w)
{
	const struct xreadgroup *x = c->state;

	(void)r;
	if (!x->rows)
		json_null_value(w);
	else if (is_turn(x))
		write_one(x, w);
	else
		write_many(x, w);
}
