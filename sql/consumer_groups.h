/*
 * Registering a consumer group, and removing what an unregistered one has
 * left, in steps: each is a statement or two. The groups' messages are in
 * sql/queue_writes.h and sql/claims.h.
 *
 * From the commit of its row on (sql/fn/consumer_group_create.sql) a group is
 * given what becomes pending. Who wrote messages at that moment may not have
 * seen it, and is waited for; then it is given what is there. As an index that
 * is made while others write, in PostgreSQL.
 */
#ifndef SQL_CONSUMER_GROUPS_H
#define SQL_CONSUMER_GROUPS_H

#include "sql/db.h"

enum group_join_state {
	GROUP_JOIN_WAITS,	/* for those who write */
	GROUP_JOIN_GIVES,	/* deliveries of what is there */
	GROUP_JOINED,
	GROUP_GONE		/* somebody has unregistered it meanwhile */
};

/* Zeroed but for the ids at the beginning. */
struct group_join {
	int64_t topic_id, group_id;
	enum group_join_state state;
	struct text writers;	/* who is waited for, once looked at */
	bool has_last;
	int64_t last;		/* message that is given out */
};

/* Any number of processes may take steps for one group. `arena` has to live
 * until the group has joined. */
enum db_outcome group_join_step(struct db *db, struct arena *arena,
    struct group_join *join);

/* Remove some of an unregistered group's deliveries. */
enum db_outcome group_clear_step(struct db *db, struct arena *arena,
    int64_t topic_id, int64_t group_id, int64_t *removed, bool *more);

#endif
