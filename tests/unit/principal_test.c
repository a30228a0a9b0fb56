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
		struct grant grant = { .action = rows[i].grant,
			.realm = REALM_TOPIC, .pattern = TEXT("orders*") };
		struct principal who = somebody(&grant, 1);
		struct text topic = TEXT("orders.dlq");

		CHECK(may(&who, ACTION_READ, REALM_TOPIC, topic) ==
		    rows[i].read);
		CHECK(may(&who, ACTION_WRITE, REALM_TOPIC, topic) ==
		    rows[i].write);
		CHECK(may(&who, ACTION_CONSUME, REALM_TOPIC, topic) ==
		    rows[i].consume);
		CHECK(may(&who, ACTION_ADMIN, REALM_TOPIC, topic) ==
		    rows[i].admin);
		CHECK(!may(&who, rows[i].grant, REALM_TOPIC, TEXT("invoices")));
		CHECK(!may_every(&who, rows[i].grant, REALM_TOPIC));
	}
}

static void
several_grants_add_up(void)
{
	static const struct grant grants[] = {
		{ ACTION_READ, REALM_TOPIC, { "a*", 2 }, { "", 0 } },
		{ ACTION_WRITE, REALM_TOPIC, { "b*", 2 }, { "", 0 } },
		{ ACTION_READ, REALM_TOPIC, { "*", 1 }, { "", 0 } },
	};
	struct principal who = somebody(grants, 3);
	struct principal less = somebody(grants, 2);

	CHECK(may(&who, ACTION_READ, REALM_TOPIC, TEXT("b")));
	CHECK(may(&who, ACTION_WRITE, REALM_TOPIC, TEXT("b")));
	CHECK(!may(&who, ACTION_WRITE, REALM_TOPIC, TEXT("a")));
	CHECK(may_every(&who, ACTION_READ, REALM_TOPIC));
	CHECK(!may_every(&who, ACTION_WRITE, REALM_TOPIC));
	CHECK(!may(&less, ACTION_READ, REALM_TOPIC, TEXT("b")));
	CHECK(!may_every(&less, ACTION_READ, REALM_TOPIC));
}

static void
patterns_of_what_is_allowed(void)
{
	static const struct grant grants[] = {
		{ ACTION_READ, REALM_STREAM, { "a*", 2 }, { "", 0 } },
		{ ACTION_WRITE, REALM_STREAM, { "b*", 2 }, { "", 0 } },
		{ ACTION_READ, REALM_TOPIC, { "*", 1 }, { "", 0 } },
		{ ACTION_ADMIN, REALM_STREAM, { "c", 1 }, { "", 0 } },
		{ ACTION_READ, REALM_STREAM, { "**", 2 }, { "", 0 } },
	};
	struct principal who = somebody(grants, 5);
	struct principal less = somebody(grants, 4);
	struct principal admin = { .is_admin = true };
	struct text patterns[5];

	CHECK_INTEGER(may_patterns(&less, ACTION_READ, REALM_STREAM, patterns),
	    2);
	CHECK(text_equal(patterns[0], TEXT("a*")));
	CHECK(text_equal(patterns[1], TEXT("c")));
	CHECK_INTEGER(may_patterns(&less, ACTION_READ, REALM_PLATE, patterns),
	    0);
	CHECK_INTEGER(may_patterns(&who, ACTION_READ, REALM_STREAM, patterns),
	    -1);
	CHECK_INTEGER(may_patterns(&admin, ACTION_READ, REALM_STREAM,
	    patterns), -1);
}

static void
groups_of_consumers(void)
{
	static const struct grant grants[] = {
		{ ACTION_WRITE, REALM_TOPIC, { "orders", 6 }, { "", 0 } },
		{ ACTION_CONSUME, REALM_STREAM, { "*", 1 }, { "x", 1 } },
		{ ACTION_CONSUME, REALM_TOPIC, { "orders", 6 }, { "b", 1 } },
		{ ACTION_CONSUME, REALM_TOPIC, { "ord*", 4 }, { "c", 1 } },
		{ ACTION_CONSUME, REALM_TOPIC, { "*", 1 }, { "", 0 } },
	};
	struct principal any = somebody(grants, 2);
	struct principal some = somebody(grants, 4);
	struct principal all = somebody(grants, 5);
	struct principal admin = { .is_admin = true };

	CHECK(may_be_group(&any, TEXT("orders"), TEXT("a")));
	CHECK(may_be_group(&some, TEXT("orders"), TEXT("b")));
	CHECK(may_be_group(&some, TEXT("orders"), TEXT("c")));
	CHECK(!may_be_group(&some, TEXT("orders"), TEXT("a")));
	CHECK(!may_be_group(&some, TEXT("order"), TEXT("b")));
	CHECK(may_be_group(&some, TEXT("bills"), TEXT("a")));
	CHECK(may_be_group(&all, TEXT("orders"), TEXT("a")));
	CHECK(may_be_group(&admin, TEXT("orders"), TEXT("a")));
}

static void
admins_and_nobodies(void)
{
	struct principal admin = { .is_admin = true };
	struct principal nobody = { .is_admin = false };

	CHECK(may(&admin, ACTION_ADMIN, REALM_TOPIC, TEXT("any")));
	CHECK(may_every(&admin, ACTION_CONSUME, REALM_TOPIC));
	CHECK(!may(&nobody, ACTION_READ, REALM_TOPIC, TEXT("any")));
	CHECK(!may_every(&nobody, ACTION_READ, REALM_TOPIC));
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
	static const struct {
		struct text pattern, rest;
		enum realm realm;
	} rows[] = {
		{ TEXT("orders*"), TEXT("orders*"), REALM_TOPIC },
		{ TEXT("js"), TEXT("js"), REALM_TOPIC },
		{ TEXT(""), TEXT(""), REALM_TOPIC },
		{ TEXT("js:ORDERS"), TEXT("ORDERS"), REALM_JETSTREAM },
		{ TEXT("stream:a/*"), TEXT("a/*"), REALM_STREAM },
		{ TEXT("plate:"), TEXT(""), REALM_PLATE },
	};
	static const struct grant grant = { ACTION_READ, REALM_STREAM,
		{ "a*", 2 }, { "", 0 } };
	struct principal who = somebody(&grant, 1);

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum realm realm;
		struct text rest = pattern_split(rows[i].pattern, &realm);

		CHECK(text_equal(rest, rows[i].rest));
		CHECK_INTEGER(realm, rows[i].realm);
	}
	CHECK(may(&who, ACTION_READ, REALM_STREAM, TEXT("abc")));
	CHECK(!may(&who, ACTION_READ, REALM_STREAM, TEXT("b")));
	CHECK(!may(&who, ACTION_READ, REALM_TOPIC, TEXT("abc")));
	CHECK(!may(&who, ACTION_WRITE, REALM_STREAM, TEXT("abc")));
}

int
main(void)
{
	actions_and_grants();
	several_grants_add_up();
	patterns_of_what_is_allowed();
	groups_of_consumers();
	admins_and_nobodies();
	words_for_actions();
	patterns_of_other_doors();
	return test_result();
}
