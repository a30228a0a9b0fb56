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

/* What a grant speaks of: the things behind one door. */
enum realm {
	REALM_TOPIC,	/* the queue's, whose patterns have no prefix */
	REALM_STREAM,	/* "stream:" */
	REALM_PLATE,	/* "plate:" */
	REALM_JETSTREAM	/* "js:" */
};

struct grant {
	enum action action;
	enum realm realm;
	struct text pattern;	/* auth/glob.h; without the prefix */
	struct text group;	/* to consume as that group; empty: as any */
};

struct principal {
	uint8_t user[16];
	struct text name;
	bool is_admin;
	int64_t version;	/* of its password: auth/token.h's ver */
	int64_t expires_us;	/* of the key he came with, wall; 0: never */
	int grants;
	const struct grant *grant;
};

/*
 * May it do that to the thing of that name? A topic's name is the full one:
 * "orders.dlq" is matched as it is written. Admins may do everything.
 */
bool may(const struct principal *who, enum action action, enum realm realm,
    struct text name);

/*
 * May it be a consumer of that group? Grants to consume the topic as some
 * group are what it may be there, whatever else it may do; without any, it
 * may be every group. Admins may.
 */
bool may_be_group(const struct principal *who, struct text topic,
    struct text group);

/* Is there one grant by which it may do that to both? */
bool may_both(const struct principal *who, enum action action,
    enum realm realm, struct text one, struct text other);

/* May it do that to every such thing there is or will be? */
bool may_every(const struct principal *who, enum action action,
    enum realm realm);

/*
 * The patterns of all that it may do that to, for who has to look for them:
 * at most who->grants. -1 when that is every such thing.
 */
int may_patterns(const struct principal *who, enum action action,
    enum realm realm, struct text *patterns);

/* From the word for it in the database and in requests. */
bool action_parse(struct text name, enum action *action);

/* A grant's pattern as it is written: its realm, and the rest. */
struct text pattern_split(struct text pattern, enum realm *realm);

#endif
