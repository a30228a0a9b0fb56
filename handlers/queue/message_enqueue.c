/*
 * POST /api/messages and POST /api/messages/batch: one message or many, all
 * or none, in one turn of their topic.
 */
#include <stdlib.h>

#include "auth/gate.h"
#include "fcgi/json_reader.h"
#include "handlers/handlers.h"
#include "handlers/queue/message.h"
#include "sql/depth.h"
#include "sql/queue_writes.h"
#include "sql/topic_schemas.h"

/* A request's messages, from its first call to its second. */
struct enqueue_state {
	struct enqueue enqueue;
	/* Of each message sent, the place of the one that was enqueued for
	 * it: of several with one key only the first is. */
	int *place;
	int sent;
};

/* The object of strings, as JSON text; absent when it was not sent. */
static struct text
read_metadata(struct json_reader *j)
{
	const struct json *object = json_member_object(j, "metadata");
	struct buffer text;
	struct json_writer w;

	if (!object || object->count == 0)
		return TEXT_ABSENT;
	if (object->count > MESSAGE_METADATA_ENTRIES_MAX) {
		fail(j->r, E_BAD_VALUE, "%smetadata must have at most %d "
		    "members (MESSAGE_METADATA_ENTRIES_MAX)", json_where(j),
		    MESSAGE_METADATA_ENTRIES_MAX);
		return TEXT_ABSENT;
	}
	buffer_init(&text, j->r->arena);
	json_start(&w, &text);
	json_open_object(&w);
	JSON_EACH(value, object) {
		if (value->kind != JSON_KIND_STRING ||
		    memchr(value->string.p, '\0', value->string.n)) {
			fail(j->r, E_BAD_VALUE, "%smetadata must be an object "
			    "of strings without U+0000", json_where(j));
			return TEXT_ABSENT;
		}
		json_name_text(&w, value->name);
		json_text(&w, value->string);
	}
	json_close_object(&w);
	if (text.n > MESSAGE_METADATA_BYTES_MAX)
		fail(j->r, E_BAD_VALUE, "%smetadata must have at most %d "
		    "bytes (MESSAGE_METADATA_BYTES_MAX)", json_where(j),
		    MESSAGE_METADATA_BYTES_MAX);
	return (struct text){ text.p, text.n };
}

static void
read_message(struct json_reader *j, const struct topic *topic,
    struct new_message *message)
{
	int64_t ttl_s;

	message->payload = json_member_text(j, "payload", JSON_NUL_ALLOWED,
	    MESSAGE_PAYLOAD_BYTES_MAX);
	message->key = json_member_text(j, "key", 0, MESSAGE_KEY_BYTES_MAX);
	message->metadata = read_metadata(j);
	message->delay_ms = 1000 * json_member_integer(j, "delay_seconds", 0, 0,
	    DELAY_SECONDS_MAX);
	ttl_s = json_member_integer(j, "ttl_seconds", -1, 0, TTL_SECONDS_MAX);
	message->ttl_ms = ttl_s < 0 ? topic_ttl_ms(topic) : ttl_s * 1000;
	if (request_failed(j->r))
		return;
	if (!message->payload.n)
		fail(j->r, E_BAD_VALUE, "%s", j->list ?
		    "each of messages needs a payload" :
		    "topic and payload are required");
	else if (topic->ordered && message->key.p && message->delay_ms)
		fail(j->r, E_UNPROCESSABLE, "%sdelay_seconds and key exclude "
		    "each other where keys are ordered", json_where(j));
}

/* After the message itself is well-formed: false after fail(). */
static bool
payload_fits(struct json_reader *j, const struct schema_type *type,
    struct text payload)
{
	const char *why;

	if (!json_done(j))
		return false;
	why = type ? schema_misfit(type, j->r->arena, payload) : NULL;
	if (why)
		fail(j->r, E_UNPROCESSABLE, "%spayload does not match topic "
		    "schema: %s", json_where(j), why);
	return !why;
}

/*
 * The topic of a body: allowed, registered, not a reserved name. Permission
 * comes before the rest of the body is looked at.
 */
static bool
read_topic(struct request *r, struct json_reader *j, struct topic *topic)
{
	struct text name = json_member_text(j, "topic", 0, SIZE_MAX);

	if (request_failed(r))
		return false;
	if (!name.n) {
		fail(r, E_BAD_VALUE, "topic and payload are required");
		return false;
	}
	if (!allow_topic(r, ACTION_WRITE, name) || !topic_find(r, name, topic))
		return false;
	if (topic->dlq) {
		fail(r, E_BAD_VALUE, "topic name is reserved: topics may not "
		    "end with .dlq");
		return false;
	}
	return message_topic_registered(r, topic, "enqueue");
}

/*
 * A topic with a depth: while there is plenty of room, this process may
 * enqueue without counting (sql/depth.h); close to the limit, the count is
 * part of the write.
 */
static bool
respect_depth(struct request *r, const struct topic *topic,
    struct enqueue *enqueue)
{
	const struct pg_result *rows;
	struct params p;

	if (!topic->max_depth || depth_spend(topic->id, enqueue->count))
		return true;
	params_init(&p, r->arena);
	param_bigint(&p, topic->id);
	param_integer(&p, topic->max_depth);
	rows = db_call(r, STATEMENT_message_depth, &p);
	if (!rows)
		return false;
	depth_counted(topic->id, topic->max_depth - row_bigint(rows, 0, 0));
	if (!depth_spend(topic->id, enqueue->count))
		enqueue->max_depth = topic->max_depth;
	return true;
}

/* Hand the messages over to their topic's next turn. */
static enum verdict
submit(struct request *r, struct topic *topic, struct enqueue_state *state,
    struct new_message *message, int count)
{
	if (!topic_ensure(r, topic))
		return DONE;
	enqueue_init(&state->enqueue, topic, message, count);
	if (!respect_depth(r, topic, &state->enqueue))
		return DONE;
	r->state = state;
	r->turn = &state->enqueue.item;
	return TURN;
}

/* The turn is over; is it to be answered with ids? */
static bool
enqueued(struct request *r, const struct enqueue *enqueue)
{
	if (enqueue->item.outcome != DB_DONE)
		db_fail(r, enqueue->item.outcome);
	else if (enqueue->full)
		fail(r, E_QUEUE_FULL, FAIL_SENTENCE);
	return !request_failed(r);
}

static void
write_id(struct json_writer *w, const struct enqueue *enqueue, int place)
{
	message_id_write(w, enqueue->item.owner, enqueue->message[place].seq);
}

enum verdict
message_enqueue(struct request *r)
{
	struct enqueue_state *state = r->state;
	const struct schema_type *type;
	struct new_message *message;
	struct json_writer *w;
	struct json_reader j;
	struct topic topic;

	if (!state) {
		if (!query_done(r) || !json_read_body(&j, r, false) ||
		    !read_topic(r, &j, &topic) ||
		    !topic_schema(r, &topic, &type))
			return DONE;
		message = arena_alloc(r->arena, sizeof(*message));
		read_message(&j, &topic, message);
		if (!payload_fits(&j, type, message->payload))
			return DONE;
		state = arena_alloc(r->arena, sizeof(*state));
		return submit(r, &topic, state, message, 1);
	}
	if (!enqueued(r, &state->enqueue))
		return DONE;
	w = reply_json(r, 201);
	json_open_object(w);
	json_name(w, "id");
	write_id(w, &state->enqueue, 0);
	json_close_object(w);
	return DONE;
}

/* For sorting: by key, and those with one key as they were sent. */
struct keyed {
	struct text key;
	int place;
};

/* What an enqueue replaces of the pending message that has its key. */
static void
replace(struct new_message *message, const struct new_message *with)
{
	message->payload = with->payload;
	message->metadata = with->metadata;
}

static int
by_key(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	int order = text_compare(x->key, y->key);

	return order ? order : x->place - y->place;
}

/* Where keys are ordered, none of them replaces another. */
static int
keep_all(struct enqueue_state *state)
{
	for (int i = 0; i < state->sent; i++)
		state->place[i] = i;
	return state->sent;
}

/*
 * Two items with one key are two enqueues with that key: the later replaces
 * the earlier, which keeps its place. Moves those that stay to the front, and
 * says for each message sent which of them stands for it.
 */
static int
fold_keys(struct arena *arena, struct new_message *message, int sent,
    int *place)
{
	struct keyed *keyed = arena_alloc(arena,
	    (size_t)sent * sizeof(*keyed));
	int *first = arena_alloc(arena, (size_t)sent * sizeof(*first));
	int n = 0, kept = 0;

	for (int i = 0; i < sent; i++) {
		first[i] = i;
		if (message[i].key.p)
			keyed[n++] = (struct keyed){ message[i].key, i };
	}
	qsort(keyed, (size_t)n, sizeof(*keyed), by_key);
	for (int i = 1; i < n; i++)
		if (text_equal(keyed[i].key, keyed[i - 1].key)) {
			first[keyed[i].place] = first[keyed[i - 1].place];
			replace(&message[first[keyed[i].place]],
			    &message[keyed[i].place]);
		}
	for (int i = 0; i < sent; i++) {
		if (first[i] == i) {
			place[i] = kept;
			message[kept++] = message[i];
		} else {
			place[i] = place[first[i]];
		}
	}
	return kept;
}

static bool
read_messages(struct json_reader *j, const struct topic *topic,
    struct new_message **message, int *sent)
{
	struct request *r = j->r;
	const struct json *items = json_member_array(j, "messages",
	    BATCH_ITEMS_MAX);
	const struct schema_type *type;
	int i = 0;

	if (!json_done(j) || !topic_schema(r, topic, &type))
		return false;
	*sent = items ? (int)items->count : 0;
	if (!*sent) {
		fail(r, E_BAD_VALUE, "messages must have 1 to %d items",
		    BATCH_ITEMS_MAX);
		return false;
	}
	*message = arena_alloc(r->arena, (size_t)*sent * sizeof(**message));
	JSON_EACH(object, items) {
		struct json_reader item;

		if (!json_read_element(&item, r, object, "messages", i))
			return false;
		read_message(&item, topic, &(*message)[i]);
		if (!payload_fits(&item, type, (*message)[i++].payload))
			return false;
	}
	return true;
}

enum verdict
message_enqueue_batch(struct request *r)
{
	struct enqueue_state *state = r->state;
	struct new_message *message;
	struct json_writer *w;
	struct json_reader j;
	struct topic topic;
	int kept;

	if (!state) {
		state = arena_alloc(r->arena, sizeof(*state));
		if (!query_done(r) || !json_read_body(&j, r, false) ||
		    !read_topic(r, &j, &topic) ||
		    !read_messages(&j, &topic, &message, &state->sent))
			return DONE;
		state->place = arena_alloc(r->arena,
		    (size_t)state->sent * sizeof(*state->place));
		kept = topic.ordered ? keep_all(state) :
		    fold_keys(r->arena, message, state->sent,
		    state->place);
		return submit(r, &topic, state, message, kept);
	}
	if (!enqueued(r, &state->enqueue))
		return DONE;
	w = reply_json(r, 201);
	json_open_object(w);
	json_name(w, "ids");
	json_open_array(w);
	for (int i = 0; i < state->sent; i++)
		write_id(w, &state->enqueue, state->place[i]);
	json_close_array(w);
	json_close_object(w);
	return DONE;
}
