/*
 * Requests before the gate, which never get to a handler.
 */
#ifndef TESTS_UNIT_GATE_H
#define TESTS_UNIT_GATE_H

#include "auth/gate.h"
#include "tests/unit/one_user.h"
#include "tests/unit/request.h"
#include "tests/unit/test.h"

static const struct route user_route = { .access = ACCESS_USER };
static const struct route grant_route = { .access = ACCESS_GRANT };
static const struct route admin_route = { .access = ACCESS_ADMIN };
static const struct route plate_route = { .access = ACCESS_PLATE };

static struct request *
request_to(const struct route *route, const char *authorization)
{
	struct request *r = test_request();

	r->route = route;
	r->authorization = text_of(authorization);
	return r;
}

#define CHECK_REFUSED(r, reply) \
	do { \
		struct request *refused = (r); \
		CHECK(!gate(refused)); \
		CHECK_STRING(test_reply(refused), reply); \
	} while (0)

#endif
