/*
 * What grants allow. Pure: no request, no database, no cache.
 */
#include "auth/principal.h"

#include "auth/glob.h"

#define BIT(action) (1u << (action))

/* Which grants allow an action. Writing does not imply reading. */
static const struct {
	const char *name;
	unsigned allowed_by;
} actions[] = {
	[ACTION_READ] = { "read", BIT(ACTION_READ) | BIT(ACTION_ADMIN) },
	[ACTION_WRITE] = { "write", BIT(ACTION_WRITE) | BIT(ACTION_ADMIN) },
	[ACTION_CONSUME] = { "consume", BIT(ACTION_CONSUME) |
	    BIT(ACTION_WRITE) | BIT(ACTION_ADMIN) },
	[ACTION_ADMIN] = { "admin", BIT(ACTION_ADMIN) },
};

enum { ACTIONS = sizeof actions / sizeof actions[0] };

bool
may_topic(const struct principal *who, enum action action, struct text topic)
{
	if (who->is_admin)
		return true;
	for (int i = 0; i < who->grants; i++)
		if ((actions[action].allowed_by & BIT(who->grant[i].action)) &&
		    glob_match(who->grant[i].pattern, topic))
			return true;
	return false;
}

bool
may_every_topic(const struct principal *who, enum action action)
{
	if (who->is_admin)
		return true;
	for (int i = 0; i < who->grants; i++)
		if ((actions[action].allowed_by & BIT(who->grant[i].action)) &&
		    glob_matches_all(who->grant[i].pattern))
			return true;
	return false;
}

bool
action_parse(struct text name, enum action *action)
{
	for (int i = 0; i < ACTIONS; i++)
		if (text_equal(name, text_of(actions[i].name))) {
			*action = (enum action)i;
			return true;
		}
	return false;
}

bool
pattern_is_of_topics(struct text pattern)
{
	static const struct text others[] = {
		{ "stream:", 7 }, { "plate:", 6 }, { "js:", 3 }
	};

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (pattern.n >= others[i].n &&
		    memcmp(pattern.p, others[i].p, others[i].n) == 0)
			return false;
	return true;
}
