/*
 * The first part of a path that is not a word of its own is the topic.
 */
#include "handlers/queue/topic_path.h"

bool
topic_in_path(struct request *r, struct topic *topic)
{
	return query_done(r) && allow_topic(r, ACTION_ADMIN, r->param[0]) &&
	    topic_find(r, r->param[0], topic);
}

bool
base_topic_in_path(struct request *r, struct topic *topic)
{
	if (!topic_in_path(r, topic))
		return false;
	if (topic->dlq)
		fail(r, E_BAD_VALUE, "topic name may not end in .dlq");
	return !topic->dlq;
}

const struct pg_result *
base_topic_call(struct request *r, enum statement statement)
{
	struct topic topic;
	struct params p;

	if (!base_topic_in_path(r, &topic))
		return NULL;
	params_init(&p, r->arena);
	param_bigint(&p, topic.id);
	return db_call(r, statement, &p);
}
