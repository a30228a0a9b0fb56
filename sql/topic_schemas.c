/*
 * A table of schemas, one of a topic, filled by misses, under one lock that is
 * not held while one is fetched or read. Those who check against one hold it,
 * so that it may leave the table meanwhile.
 */
#include "sql/topic_schemas.h"

#include <pthread.h>
#include <stdlib.h>

#include "fcgi/must.h"
#include "sql/db.h"

enum { SCHEMA_BUCKETS = 1 << 10 };

struct known {
	struct known *next;
	int64_t topic_id, at_us;
	int32_t version;
	int holders;		/* the table is one; the lock guards it */
	struct arena *arena;	/* of the type */
	const struct schema_type *type;
};

static struct {
	pthread_mutex_t lock;
	struct known *bucket[SCHEMA_BUCKETS];
	int count;
	size_t bytes;
} schemas = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct known **
known_slot(int64_t topic_id)
{
	struct known **slot =
	    &schemas.bucket[(uint64_t)topic_id % SCHEMA_BUCKETS];

	while (*slot && (*slot)->topic_id != topic_id)
		slot = &(*slot)->next;
	return slot;
}

/* With the lock held. */
static void
let_go(struct known *known)
{
	if (--known->holders)
		return;
	arena_free(known->arena);
	free(known);
}

/* With the lock held. */
static void
take_out(struct known **slot)
{
	struct known *known = *slot;

	*slot = known->next;
	schemas.count--;
	schemas.bytes -= arena_bytes(known->arena);
	let_go(known);
}

static void
release(void *known)
{
	pthread_mutex_lock(&schemas.lock);
	let_go(known);
	pthread_mutex_unlock(&schemas.lock);
}

/* NULL on a miss; else the request holds it. */
static const struct schema_type *
recall(struct request *r, const struct topic *topic)
{
	struct known *known;

	pthread_mutex_lock(&schemas.lock);
	known = *known_slot(topic->id);
	if (known && (known->version != topic->schema_version ||
	    known->at_us != topic->schema_at_us))
		known = NULL;
	if (known)
		known->holders++;
	pthread_mutex_unlock(&schemas.lock);
	if (!known)
		return NULL;
	arena_defer(r->arena, release, known);
	return known->type;
}

/* Into the table, whose place for the topic may be another's. */
static void
remember(struct known *known)
{
	struct known **slot;

	pthread_mutex_lock(&schemas.lock);
	slot = known_slot(known->topic_id);
	if (*slot)
		take_out(slot);
	schemas.count++;
	schemas.bytes += arena_bytes(known->arena);
	for (int i = 0; i < SCHEMA_BUCKETS &&
	    (schemas.count > SCHEMAS_CACHED_MAX ||
	    schemas.bytes > SCHEMAS_BYTES_MAX); i++)
		while (schemas.bucket[i])
			take_out(&schemas.bucket[i]);
	slot = known_slot(known->topic_id);
	known->holders++;
	*slot = known;
	pthread_mutex_unlock(&schemas.lock);
}

/* What is in the database was valid when it was put there. */
static bool
compile(struct request *r, const struct topic *topic,
    const struct pg_result *rows, const struct schema_type **type)
{
	struct known *known = calloc(1, sizeof(*known));
	const char *why;

	must(known);
	known->topic_id = topic->id;
	known->version = row_integer(rows, 0, 2);
	known->at_us = row_time(rows, 0, 3);
	known->holders = 1;
	known->arena = arena_new();
	arena_defer(r->arena, release, known);
	known->type = schema_read(known->arena, r->arena, row_text(rows, 0, 1),
	    &why);
	if (!known->type) {
		fail(r, E_UNPROCESSABLE, "the topic's schema is not valid: %s",
		    why);
		return false;
	}
	remember(known);
	*type = known->type;
	return true;
}

bool
topic_schema(struct request *r, const struct topic *topic,
    const struct schema_type **type)
{
	const struct pg_result *rows;
	struct params p;

	*type = NULL;
	if (!topic->schema_version)
		return true;
	*type = recall(r, topic);
	if (*type)
		return true;
	params_init(&p, r->arena);
	param_bigint(&p, topic->id);
	rows = db_call(r, STATEMENT_topic_schema_get, &p);
	if (!rows)
		return false;
	/* Between the two reads it may have gone. */
	return row_count(rows) == 0 || compile(r, topic, rows, type);
}
