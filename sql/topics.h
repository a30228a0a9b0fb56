/*
 * What a process knows of the topics: name, configuration, whether they are
 * registered or paused. Read on demand and kept until the epoch 'config'
 * moves, so a change is in force everywhere within a second and at once in
 * the process that made it.
 *
 * "x.dlq" is the topic x with a flag: one topic_id, so that a message moves
 * to the dead letters and back without leaving its shard.
 */
#ifndef SQL_TOPICS_H
#define SQL_TOPICS_H

#include "fcgi/lot.h"
#include "fcgi/request.h"

struct topic {
	int64_t id;
	struct text name;	/* without ".dlq" */
	bool dlq;		/* the dead letters are meant */
	bool exists;		/* somebody has used the name before */
	bool registered;
	bool paused;
	bool has_max_retries, has_ttl;
	int32_t max_retries;
	int64_t ttl_ms;		/* 0 is never */
	int32_t max_depth;	/* 0 is none */
	bool ordered;		/* one message of a key at a time */
	int32_t throughput_limit; /* messages a second; 0 is none */
	bool replayable;
	int64_t replay_window_ms; /* 0 is none: all that is in the log */
	/* Which schema it has (sql/topic_schemas.h); version 0 is none. */
	int32_t schema_version;
	int64_t schema_at_us;
};

/*
 * The topic of a full name, as it was asked for. The name must be 1 to
 * TOPIC_BYTES_MAX bytes. False after fail(): the name is not valid, its id
 * belongs to another name (409), or the database is away.
 */
bool topic_find(struct request *r, struct text full_name, struct topic *topic);

/* The topic of an id; topic->exists says whether there is one. */
bool topic_find_by_id(struct request *r, int64_t id, struct topic *topic);

/* Make sure that the topic's row exists before something is written. */
bool topic_ensure(struct request *r, struct topic *topic);

/* With the .dlq, in r's arena. */
struct text topic_full_name(struct request *r, const struct topic *topic,
    bool dlq);

/* What is in force for it: its own value, else the setting. */
int32_t topic_max_retries(const struct topic *topic);
int64_t topic_ttl_ms(const struct topic *topic);
/* Failed deliveries that make a dead letter; 0 is never. */
int32_t topic_dead_after(const struct topic *topic);

/* Where its waiting dequeues listen. */
struct channel_key topic_channel(int64_t id, bool dlq);

/*
 * Where the waiting dequeues of a consumer group listen, of the topic or of
 * its dead letters, and the channel that sluice.consumer_groups knows.
 */
struct channel_key group_dequeue_channel(int64_t topic_id, struct text group,
    bool dlq);
struct channel_key delivery_channel(int64_t channel);

/* Drop all that is known: the epoch moved, or this process changed it. */
void topics_forget(void);

#endif
