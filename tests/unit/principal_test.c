/*
 * What grants allow: every action against every grant, and the patterns.
 */
#include "auth/principal.h"
#include "tests/unit/test.h"

static struct principal
somebody(const struct grant *grant, int grants)
{
	return (struct principal){ .grant = grant, .grants = grants };
}

static void
actions_and_grants(void)
{
	static const struct {
		enum action grant;
		bool read, write, consume, admin;
	} rows[] = {
		{ ACTION_READ, true, false, false, false },
		{ ACTION_WRITE, false, true, true, false },
		{ ACTION_CONSUME, false, false, true, false },
		{ ACTION_ADMIN, true, true, true, true },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct grant grant = { rows[i].grant, TEXT("orders*") };
		struct principal who = somebody(&grant, 1);
		struct text topic = TEXT("orders.dlq");

		CHECK(may_topic(&who, ACTION_READ, topic) == rows[i].read);
		CHECK(may_topic(&who, ACTION_WRITE, topic) == rows[i].write);
		CHECK(may_topic(&who, ACTION_CONSUME, topic) ==
		    rows[i].consume);
		CHECK(may_topic(&who, ACTION_ADMIN, topic) == rows[i].admin);
		CHECK(!may_topic(&who, rows[i].grant, TEXT("invoices")));
		CHECK(!may_every_topic(&who, rows[i].grant));
	}
}

static void
several_grants_add_up(void)
{
	static const struct grant grants[] = {
		{ ACTION_READ, { "a*", 2 } },
		{ ACTION_WRITE, { "b*", 2 } },
		{ ACTION_READ, { "*", 1 } },
	};
	struct principal who = somebody(grants, 3);
	struct principal less = somebody(grants, 2);

	CHECK(may_topic(&who, ACTION_READ, TEXT("b")));
	CHECK(may_topic(&who, ACTION_WRITE, TEXT("b")));
	CHECK(!may_topic(&who, ACTION_WRITE, TEXT("a")));
	CHECK(may_every_topic(&who, ACTION_READ));
	CHECK(!may_every_topic(&who, ACTION_WRITE));
	CHECK(!may_topic(&less, ACTION_READ, TEXT("b")));
	CHECK(!may_every_topic(&less, ACTION_READ));
}

static void
admins_and_nobodies(void)
{
	struct principal admin = { .is_admin = true };
	struct principal nobody = { .is_admin = false };

	CHECK(may_topic(&admin, ACTION_ADMIN, TEXT("any")));
	CHECK(may_every_topic(&admin, ACTION_CONSUME));
	CHECK(!may_topic(&nobody, ACTION_READ, TEXT("any")));
	CHECK(!may_every_topic(&nobody, ACTION_READ));
}

static void
words_for_actions(void)
{
	enum action action = ACTION_ADMIN;

	CHECK(action_parse(TEXT("consume"), &action));
	CHECK_INTEGER(action, ACTION_CONSUME);
	CHECK(!action_parse(TEXT("Read"), &action));
	CHECK(!action_parse(TEXT(""), &action));
	CHECK_INTEGER(action, ACTION_CONSUME);
}

static void
patterns_of_other_doors(void)
{
	CHECK(pattern_is_of_topics(TEXT("orders*")));
	CHECK(pattern_is_of_topics(TEXT("*")));
	CHECK(pattern_is_of_topics(TEXT("js")));
	CHECK(!pattern_is_of_topics(TEXT("js:ORDERS")));
	CHECK(!pattern_is_of_topics(TEXT("stream:*")));
	CHECK(!pattern_is_of_topics(TEXT("plate:")));
}

int
main(void)
{
	actions_and_grants();
	several_grants_add_up();
	admins_and_nobodies();
	words_for_actions();
	patterns_of_other_doors();
	return test_result();
}
