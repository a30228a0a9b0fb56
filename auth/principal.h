/*
 * A principal: a user as the rest of the program sees it, with all that it
 * takes to say what the user may do. It never changes once made; when the
 * user does, another one takes its place (auth/principals.h).
 */
#ifndef AUTH_PRINCIPAL_H
#define AUTH_PRINCIPAL_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/text.h"

enum action {
	ACTION_READ,	/* list and look */
	ACTION_WRITE,	/* enqueue, requeue, and what a consumer does */
	ACTION_CONSUME,	/* dequeue, ack, nack, extend */
	ACTION_ADMIN	/* configure, purge, pause, and all of the above */
};

struct grant {
	enum action action;
	struct text pattern;	/* auth/glob.h */
};

struct principal {
	uint8_t user[16];
	struct text name;
	bool is_admin;
	int64_t version;	/* of its password: auth/token.h's ver */
	int grants;
	const struct grant *grant;
};

/*
 * May it do that to the topic? The name is the full one: "orders.dlq" is
 * matched as it is written. Admins may do everything.
 */
bool may_topic(const struct principal *who, enum action action,
    struct text topic);

/* May it do that to every topic there is or will be? */
bool may_every_topic(const struct principal *who, enum action action);

/* From the word for it in the database and in requests. */
bool action_parse(struct text name, enum action *action);

/*
 * Does the pattern speak of queue topics? Those that begin with "stream:",
 * "plate:" or "js:" speak of what is behind the other doors.
 */
bool pattern_is_of_topics(struct text pattern);

#endif
