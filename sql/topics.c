/*
 * A hash table of facts, filled by misses, under one lock that is not held
 * over a query. A read begun before a topics_forget must not bring back what
 * was forgotten, hence the generation.
 */
#include "sql/topics.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/must.h"
#include "fcgi/settings.h"
#include "fcgi/name_id.h"
#include "sql/db.h"

enum { TOPIC_BUCKETS = 1 << 13 };

struct known {
	struct topic topic;
	struct known *next;
	char name[];
};

static struct {
	pthread_mutex_t lock;
	struct known *bucket[TOPIC_BUCKETS];
	int count;
	uint64_t generation;
} topics = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const struct text dlq_suffix = TEXT(".dlq");

static struct known **
known_slot(int64_t id)
{
	struct known **slot = &topics.bucket[(uint64_t)id % TOPIC_BUCKETS];

	while (*slot && (*slot)->topic.id != id)
		slot = &(*slot)->next;
	return slot;
}

static void
drop_all(void)
{
	for (int i = 0; i < TOPIC_BUCKETS; i++)
		while (topics.bucket[i]) {
			struct known *known = topics.bucket[i];

			topics.bucket[i] = known->next;
			free(known);
		}
	topics.count = 0;
}

void
topics_forget(void)
{
	pthread_mutex_lock(&topics.lock);
	topics.generation++;
	drop_all();
	pthread_mutex_unlock(&topics.lock);
}

/* A copy of what is known, its name in the arena; false on a miss. */
static bool
recall(struct arena *arena, int64_t id, struct topic *topic,
    uint64_t *generation)
{
	struct known *known;

	pthread_mutex_lock(&topics.lock);
	*generation = topics.generation;
	known = *known_slot(id);
	if (known) {
		*topic = known->topic;
		topic->name = arena_text(arena, known->topic.name);
	}
	pthread_mutex_unlock(&topics.lock);
	return known != NULL;
}

static void
remember(const struct topic *topic, uint64_t generation)
{
	struct known *known = malloc(sizeof(*known) + topic->name.n), **slot;

	must(known);
	known->topic = *topic;
	memcpy(known->name, topic->name.p, topic->name.n);
	known->topic.name.p = known->name;
	pthread_mutex_lock(&topics.lock);
	slot = known_slot(topic->id);
	if (*slot || generation != topics.generation) {
		free(known);
	} else {
		if (topics.count++ == TOPICS_CACHED_MAX) {
			drop_all();
			topics.count = 1;
			slot = known_slot(topic->id);
		}
		known->next = NULL;
		*slot = known;
	}
	pthread_mutex_unlock(&topics.lock);
}

static void
take_row(struct request *r, struct topic *topic, const struct pg_result *rows)
{
	topic->exists = true;
	topic->name = arena_text(r->arena, row_text(rows, 0, 0));
	topic->has_max_retries = !row_null(rows, 0, 1);
	if (topic->has_max_retries)
		topic->max_retries = row_integer(rows, 0, 1);
	topic->has_ttl = !row_null(rows, 0, 2);
	if (topic->has_ttl)
		topic->ttl_ms = row_bigint(rows, 0, 2) * 1000;
	if (!row_null(rows, 0, 3))
		topic->max_depth = row_integer(rows, 0, 3);
	topic->ordered = row_bool(rows, 0, 9);
	if (!row_null(rows, 0, 4))
		topic->throughput_limit = row_integer(rows, 0, 4);
	topic->replayable = row_bool(rows, 0, 5);
	if (!row_null(rows, 0, 6))
		topic->replay_window_ms = row_bigint(rows, 0, 6) * 1000;
	topic->registered = row_bool(rows, 0, 7);
	topic->paused = row_bool(rows, 0, 8);
	if (!row_null(rows, 0, 10)) {
		topic->schema_version = row_integer(rows, 0, 10);
		topic->schema_at_us = row_time(rows, 0, 11);
	}
}

bool
topic_find_by_id(struct request *r, int64_t id, struct topic *topic)
{
	const struct pg_result *rows;
	uint64_t generation;
	struct params p;

	if (recall(r->arena, id, topic, &generation))
		return true;
	*topic = (struct topic){ .id = id };
	params_init(&p, r->arena);
	param_bigint(&p, id);
	rows = db_call(r, STATEMENT_topic_config_get, &p);
	if (!rows)
		return false;
	if (row_count(rows)) {
		take_row(r, topic, rows);
		remember(topic, generation);
	}
	return true;
}

bool
topic_find(struct request *r, struct text full_name, struct topic *topic)
{
	struct text name = full_name;
	bool dlq = text_ends_with(full_name, dlq_suffix);

	if (dlq)
		name.n -= dlq_suffix.n;
	if (!name.n || name.n > TOPIC_BYTES_MAX) {
		fail(r, E_BAD_VALUE, "topic must have 1 to %d bytes",
		    TOPIC_BYTES_MAX);
		return false;
	}
	if (text_ends_with(name, dlq_suffix)) {
		fail(r, E_BAD_VALUE, "topic name may not end in .dlq.dlq");
		return false;
	}
	if (!topic_find_by_id(r, topic_id_of(name), topic))
		return false;
	if (topic->exists && !text_equal(topic->name, name)) {
		fail(r, E_CONFLICT, "this topic name collides with another's");
		return false;
	}
	topic->name = name;
	topic->dlq = dlq;
	return true;
}

bool
topic_ensure(struct request *r, struct topic *topic)
{
	const struct pg_result *rows;
	struct params p;

	if (topic->exists)
		return true;
	params_init(&p, r->arena);
	param_bigint(&p, topic->id);
	param_text(&p, topic->name);
	rows = db_call(r, STATEMENT_topic_ensure, &p);
	if (!rows)
		return false;
	topic->exists = text_equal(row_text(rows, 0, 0), topic->name);
	if (!topic->exists)
		fail(r, E_CONFLICT, "this topic name collides with another's");
	return topic->exists;
}

struct text
topic_full_name(struct request *r, const struct topic *topic, bool dlq)
{
	if (!dlq)
		return topic->name;
	return text_of(arena_printf(r->arena, "%.*s.dlq",
	    TEXT_ARG(topic->name)));
}

int32_t
topic_max_retries(const struct topic *topic)
{
	return topic->has_max_retries ? topic->max_retries :
	    (int32_t)settings.max_retries;
}

int64_t
topic_ttl_ms(const struct topic *topic)
{
	return topic->has_ttl ? topic->ttl_ms : settings.message_ttl_ms;
}

int32_t
topic_dead_after(const struct topic *topic)
{
	return topic->has_max_retries ? topic->max_retries :
	    (int32_t)settings.dlq_threshold;
}

struct channel_key
topic_channel(int64_t id, bool dlq)
{
	return (struct channel_key){ CHANNEL_TOPIC, dlq ? ~id : id };
}

/* The topic's id and the name, as one text that no other two make. */
struct channel_key
group_dequeue_channel(int64_t topic_id, struct text group, bool dlq)
{
	char both[sizeof(topic_id) + GROUP_BYTES_MAX];
	int64_t id;

	must(group.n <= GROUP_BYTES_MAX);
	memcpy(both, &topic_id, sizeof(topic_id));
	memcpy(both + sizeof(topic_id), group.p, group.n);
	id = stream_id((struct text){ both, sizeof(topic_id) + group.n });
	return delivery_channel(dlq ? ~id : id);
}

struct channel_key
delivery_channel(int64_t channel)
{
	return (struct channel_key){ CHANNEL_DELIVERIES, channel };
}
