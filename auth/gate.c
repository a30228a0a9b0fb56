/*
 * The gate. A request's token or key is read once, at the first call; it and
 * the principal they led to stay with the request (struct identity). What may
 * have changed since, the principal and the time, is looked at in every call.
 */
#include "auth/gate.h"

#include <strings.h>

#include "auth/key.h"
#include "auth/principals.h"
#include "auth/token_cache.h"
#include "fcgi/clock.h"
#include "fcgi/log.h"
#include "fcgi/route.h"
#include "fcgi/settings.h"
#include "fcgi/uuid.h"

struct identity {
	enum { BY_TOKEN, BY_API_KEY, BY_PLATE_KEY } by;
	struct claims claims;		/* of a token */
	struct text key;		/* of the others */
	bool no_plate;			/* there is none of that name */
	const struct principal *who;	/* held for the request, or NULL */
	bool cached;			/* is it from the cache? */
};

static const struct principal nobody;

static const struct principal anonymous = {
	.name = { "anonymous", 9 },
	.is_admin = true
};

#define NO_PLATE "there is no such plate"

static bool
refuse(struct request *r, enum error error, const char *sentence)
{
	if (r->route->access == ACCESS_PLATE)
		sentence = error == E_UNAUTHENTICATED ?
		    "authorization header is required" :
		    "authorization denied";
	if (sentence)
		fail(r, error, "%s", sentence);
	else
		fail(r, error, FAIL_SENTENCE);
	if (error == E_BAD_TOKEN)
		reply_header(r, "WWW-Authenticate",
		    "Bearer error=\"invalid_token\"");
	return false;
}

static void
drop_identity(void *object)
{
	struct identity *me = object;

	principals_give_back(me->who);
}

/* "Bearer x", the scheme in any case; absent text when it is another. */
static struct text
bearer_token(struct text authorization)
{
	static const struct text scheme = { "bearer", 6 };
	struct text t = authorization;

	if (t.n <= scheme.n || strncasecmp(t.p, scheme.p, scheme.n) != 0 ||
	    t.p[scheme.n] != ' ')
		return TEXT_ABSENT;
	t.p += scheme.n;
	t.n -= scheme.n;
	while (t.n > 0 && *t.p == ' ') {
		t.p++;
		t.n--;
	}
	return t;
}

struct text
gate_token(const struct request *r)
{
	return bearer_token(r->authorization);
}

/* Is it a key? Before a plate it needs no scheme. */
static bool
read_key(const struct request *r, struct identity *me)
{
	bool plate = r->route->access == ACCESS_PLATE;

	me->key = bearer_token(r->authorization);
	if (!me->key.p && plate)
		me->key = r->authorization;
	if (me->key.p && api_key_like(me->key))
		me->by = BY_API_KEY;
	else if (me->key.p && plate && plate_key_like(me->key))
		me->by = BY_PLATE_KEY;
	return me->by != BY_TOKEN;
}

static bool
read_credential(struct request *r)
{
	struct identity *me = arena_alloc(r->arena, sizeof *me);
	int64_t now_us = clock_wall_us();
	struct text token;
	const char *why;

	if (r->authorization.n == 0)
		return refuse(r, E_UNAUTHENTICATED, NULL);
	arena_defer(r->arena, drop_identity, me);
	if (read_key(r, me)) {
		r->identity = me;
		return true;
	}
	token = bearer_token(r->authorization);
	if (!token.p)
		return refuse(r, r->route->access == ACCESS_PLATE ?
		    E_BAD_TOKEN : E_UNAUTHENTICATED,
		    "unsupported auth scheme");
	why = token_check_cached(token, now_us / 1000000, &me->claims);
	if (why) {
		log_debug("token refused: %s", why);
		return refuse(r, E_BAD_TOKEN, NULL);
	}
	r->token_expires_us = clock_monotonic_us() +
	    me->claims.expires_at * 1000000 - now_us;
	r->identity = me;
	return true;
}

static const struct principal *
take_principal(struct request *r, bool *cached)
{
	const struct identity *me = r->identity;

	switch (me->by) {
	case BY_API_KEY:
		return principals_take_key(r, me->key, cached);
	case BY_PLATE_KEY:
		return principals_take_plate(r, r->param[0], me->key, cached);
	case BY_TOKEN:
		break;
	}
	return principals_take(r, me->claims.user, cached);
}

/*
 * Set r->who, from the cache if that will do. A cached user of another
 * version is older or newer than the token: only the database knows which.
 */
static bool
look(struct request *r, bool cached)
{
	struct identity *me = r->identity;

	for (;;) {
		principals_give_back(me->who);
		me->who = take_principal(r, &cached);
		me->cached = cached;
		r->who = me->who;
		r->user = me->who ? me->who->name : TEXT_ABSENT;
		if (!me->who && request_failed(r))
			return false;
		if (!me->who)
			return refuse(r, E_BAD_TOKEN, me->by == BY_TOKEN ?
			    "user no longer exists" : NULL);
		if (me->by != BY_TOKEN ||
		    me->who->version == me->claims.version)
			return true;
		if (!cached)
			return refuse(r, E_BAD_TOKEN, NULL);
		cached = false;
	}
}

/*
 * Before a "no": is the principal news? False when it was the latest, or there
 * is none any more: then who asks on, as for the next of many, asks about
 * nobody.
 */
static bool
look_again(struct request *r)
{
	if (!settings.auth || !r->identity->cached)
		return false;
	if (look(r, false))
		return true;
	r->who = &nobody;
	return false;
}

static bool
identify(struct request *r)
{
	if (!r->identity && !read_credential(r))
		return false;
	if (!look(r, true))
		return false;
	if (r->who->expires_us && !r->token_expires_us)
		r->token_expires_us = clock_monotonic_us() +
		    r->who->expires_us - clock_wall_us();
	if (r->token_expires_us && clock_monotonic_us() >= r->token_expires_us)
		return refuse(r, E_BAD_TOKEN, NULL);
	return true;
}

/* For who has no key of it: is there such a plate? False after fail(). */
static bool
find_plate(struct request *r)
{
	bool cached = true;
	const struct principal *plate = principals_take_plate(r, r->param[0],
	    TEXT_ABSENT, &cached);

	principals_give_back(plate);
	if (request_failed(r))
		return false;
	if (r->identity)
		r->identity->no_plate = !plate;
	if (!plate && r->who->is_admin)
		fail(r, E_NOT_FOUND, NO_PLATE);
	return !request_failed(r);
}

/* As far as the route alone decides. */
static bool
is_let_in(const struct request *r)
{
	uint8_t user[UUID_BYTES];

	switch (r->route->access) {
	case ACCESS_ADMIN:
		return r->who->is_admin;
	case ACCESS_SELF:
		return r->who->is_admin || (uuid_parse(r->param[0], user) &&
		    memcmp(user, r->who->user, sizeof(user)) == 0);
	default:
		return true;
	}
}

bool
gate(struct request *r)
{
	if (!settings.auth) {
		r->who = &anonymous;
		return r->route->access != ACCESS_PLATE || find_plate(r);
	}
	r->who = NULL;
	if (r->route->access == ACCESS_OPEN ||
	    r->route->access == ACCESS_WAKE)
		return true;
	if (!identify(r))
		return false;
	if (r->route->access == ACCESS_PLATE &&
	    r->identity->by != BY_PLATE_KEY)
		return find_plate(r);
	if (is_let_in(r) || (look_again(r) && is_let_in(r)))
		return true;
	if (!request_failed(r))
		fail(r, r->route->access == ACCESS_SELF ? E_FORBIDDEN :
		    E_ADMIN_ONLY, FAIL_SENTENCE);
	return false;
}

bool
gate_by_key(const struct request *r)
{
	return r->identity && r->identity->by != BY_TOKEN;
}

static bool
forbid(struct request *r)
{
	if (!request_failed(r))
		fail(r, E_FORBIDDEN, FAIL_SENTENCE);
	return false;
}

static bool
allowed(struct request *r, enum action action, enum realm realm,
    struct text name)
{
	return may(r->who, action, realm, name) ||
	    (look_again(r) && may(r->who, action, realm, name));
}

bool
topic_allowed(struct request *r, enum action action, struct text topic)
{
	return allowed(r, action, REALM_TOPIC, topic);
}

bool
allow_topic(struct request *r, enum action action, struct text topic)
{
	return topic_allowed(r, action, topic) || forbid(r);
}

bool
group_allowed(struct request *r, struct text topic, struct text group)
{
	return !group.p || may_be_group(r->who, topic, group) ||
	    (look_again(r) && may_be_group(r->who, topic, group));
}

bool
allow_group(struct request *r, struct text topic, struct text group)
{
	return group_allowed(r, topic, group) || forbid(r);
}

bool
allow_every_topic(struct request *r, enum action action)
{
	if (may_every(r->who, action, REALM_TOPIC) ||
	    (look_again(r) && may_every(r->who, action, REALM_TOPIC)))
		return true;
	return forbid(r);
}

bool
stream_allowed(struct request *r, enum action action, struct text stream)
{
	return allowed(r, action, REALM_STREAM, stream);
}

bool
allow_stream(struct request *r, enum action action, struct text stream)
{
	return stream_allowed(r, action, stream) || forbid(r);
}

bool
allow_plate(struct request *r, enum action action, struct text stream)
{
	if (!allowed(r, action, REALM_PLATE, stream))
		return forbid(r);
	if (r->identity && r->identity->no_plate)
		fail(r, E_NOT_FOUND, NO_PLATE);
	return !request_failed(r);
}

bool
allow_streams(struct request *r, enum action action, struct text shortest,
    struct text longest)
{
	if (may_both(r->who, action, REALM_STREAM, shortest, longest) ||
	    (look_again(r) && may_both(r->who, action, REALM_STREAM, shortest,
	    longest)))
		return true;
	return forbid(r);
}
