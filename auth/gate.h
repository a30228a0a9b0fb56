/*
 * The gate: who is calling (401), and may they (403)? The engine asks before
 * every call of a handler, also of one that was parked, so that a waiting
 * request ends when its token expires or its user loses the right.
 *
 * A "yes" may come from a cache and be up to a second old; a "no" is only
 * said after the database was asked. So a right that was just given works at
 * once everywhere, and one that was just taken ends within a second.
 */
#ifndef AUTH_GATE_H
#define AUTH_GATE_H

#include <stdbool.h>

#include "auth/principal.h"
#include "fcgi/request.h"

/*
 * Set r->who and r->token_expires_us from the request's token or key, check the
 * route's access. False after fail(). With SLUICE_AUTH=off everybody is an
 * admin called "anonymous". On open routes r->who is NULL.
 *
 * Before a plate, r->who may be somebody with a key of it, who is told 401
 * when there is no such plate, as with a key of another one. An admin is told
 * 404; others are when allow_plate() finds that they may know.
 */
bool gate(struct request *r);

/* Did the caller come with a key, and not with a token? */
bool gate_by_key(const struct request *r);

/* For the handlers of ACCESS_WAKE routes: the token that the request brought
 * along, absent text if there is none. */
struct text gate_token(const struct request *r);

/*
 * For the handlers of ACCESS_GRANT routes, at each of their calls: false
 * after fail(E_FORBIDDEN). The topic's name is the full one, ".dlq" included.
 * r->who may be another object afterwards.
 */
bool allow_topic(struct request *r, enum action action, struct text topic);

/*
 * The same for one of many, each with an answer of its own: false without
 * fail(), unless there can be no answer at all (request_failed: the database
 * is away, or the token has ended meanwhile).
 */
bool topic_allowed(struct request *r, enum action action, struct text topic);

/* The same for who says that it is of a consumer group there. An absent group
 * is none. */
bool group_allowed(struct request *r, struct text topic, struct text group);
bool allow_group(struct request *r, struct text topic, struct text group);

/* allow_topic for what concerns all topics at once. */
bool allow_every_topic(struct request *r, enum action action);

/* The same for streams, whose grants begin with "stream:". */
bool allow_stream(struct request *r, enum action action, struct text stream);
bool stream_allowed(struct request *r, enum action action, struct text stream);
/* The same for a stream of the request's plate, by its full name
 * ("shop/events"); grants begin with "plate:". False also after 404. */
bool allow_plate(struct request *r, enum action action, struct text stream);
/* To all streams between these two, as subscriptions to a pattern ask. */
bool allow_streams(struct request *r, enum action action,
    struct text shortest, struct text longest);

#endif
