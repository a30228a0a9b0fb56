/* The topic in a path, which the caller is to administer. */
#ifndef HANDLERS_QUEUE_TOPIC_PATH_H
#define HANDLERS_QUEUE_TOPIC_PATH_H

#include "auth/gate.h"
#include "sql/db.h"
#include "sql/topics.h"

/*
 * The topic, or its dead letters. False after fail(): the query has members
 * left, the caller has no right to it, or it cannot be looked up.
 */
bool topic_in_path(struct request *r, struct topic *topic);

/* The same, but not for dead letters: they share what belongs to the topic. */
bool base_topic_in_path(struct request *r, struct topic *topic);

/* Call a statement of which that topic's id is the one parameter. NULL after
 * fail(). */
const struct pg_result *base_topic_call(struct request *r,
    enum statement statement);

#endif
