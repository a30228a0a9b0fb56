/*
 * The schemas of topics, as this process has read them.
 *
 * A topic (sql/topics.h) says which schema is in force, by its version and its
 * time; what is kept here is asked for by both. So nothing here is ever out of
 * date: when the epoch 'config' has moved, the topic names another one.
 */
#ifndef SQL_TOPIC_SCHEMAS_H
#define SQL_TOPIC_SCHEMAS_H

#include "fcgi/schema.h"
#include "sql/topics.h"

/*
 * What payloads of the topic must be, for as long as the request lives; NULL
 * if anything goes. False after fail().
 */
bool topic_schema(struct request *r, const struct topic *topic,
    const struct schema_type **type);

#endif
