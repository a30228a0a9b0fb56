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

static bool
applies(const struct grant *grant, enum action action, enum realm realm)
{
	return grant->realm == realm &&
	    (actions[action].allowed_by & BIT(grant->action));
}

bool
may_both(const struct principal *who, enum action action, enum realm realm,
    struct text one, struct text other)
{
	if (who->is_admin)
		return true;
	for (int i = 0; i < who->grants; i++)
		if (applies(&who->grant[i], action, realm) &&
		    glob_match(who->grant[i].pattern, one) &&
		    glob_match(who->grant[i].pattern, other))
			return true;
	return false;
}

bool
may(const struct principal *who, enum action action, enum realm realm,
    struct text name)
{
	if (who->is_admin)
		return true;
	for (int i = 0; i < who->grants; i++)
		if (applies(&who->grant[i], action, realm) &&
		    glob_match(who->grant[i].pattern, name))
			return true;
	return false;
}

bool
may_be_group(const struct principal *who, struct text topic,
    struct text group)
{
	bool restricted = false;

	if (who->is_admin)
		return true;
	for (int i = 0; i < who->grants; i++) {
		const struct grant *grant = &who->grant[i];

		if (grant->realm != REALM_TOPIC ||
		    grant->action != ACTION_CONSUME ||
		    !glob_match(grant->pattern, topic))
			continue;
		if (!grant->group.n || text_equal(grant->group, group))
			return true;
		restricted = true;
	}
	return !restricted;
}

bool
may_every(const struct principal *who, enum action action, enum realm realm)
{
	if (who->is_admin)
		return true;
	for (int i = 0; i < who->grants; i++)
		if (applies(&who->grant[i], action, realm) &&
		    glob_matches_all(who->grant[i].pattern))
			return true;
	return false;
}

int
may_patterns(const struct principal *who, enum action action,
    enum realm realm, struct text *patterns)
{
	int n = 0;

	if (may_every(who, action, realm))
		return -1;
	for (int i = 0; i < who->grants; i++)
		if (applies(&who->grant[i], action, realm))
			patterns[n++] = who->grant[i].pattern;
	return n;
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

struct text
pattern_split(struct text pattern, enum realm *realm)
{
	static const struct {
		struct text prefix;
		enum realm realm;
	} realms[] = {
		{ TEXT("stream:"), REALM_STREAM },
		{ TEXT("plate:"), REALM_PLATE },
		{ TEXT("js:"), REALM_JETSTREAM },
	};

	*realm = REALM_TOPIC;
	for (size_t i = 0; i < sizeof realms / sizeof realms[0]; i++) {
		struct text prefix = realms[i].prefix;

		if (!text_begins_with(pattern, prefix))
			continue;
		*realm = realms[i].realm;
		return (struct text){ pattern.p + prefix.n,
			pattern.n - prefix.n };
	}
	return pattern;
}
