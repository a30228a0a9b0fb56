/*
 * The table from routes.def, and the straight line that each request takes:
 * route -> identify (401) -> allow (403) -> handler.
 */
#include "handlers/routes.h"

#include "auth/gate.h"
#include "handlers/handlers.h"

static const struct route routes[] = {
#define ROUTE(method, pattern, name, access, door) \
	{ #name, METHOD_##method, pattern, access, &door, name },
#include "handlers/routes.def"
#undef ROUTE
	{ 0 }
};

const struct route *
routes_table(void)
{
	return routes;
}

void
routes_start(void)
{
	route_table(routes, &queue_door);
}

/*
 * nginx refuses some requests itself (a body over its limit) and asks us for
 * the words, so that they come in the door's envelope.
 */
static bool
refused_by_nginx(struct request *r)
{
	struct text status = request_variable(r, "SLUICE_ERROR");
	static const struct {
		struct text status;
		enum error error;
	} refusals[] = {
		{ TEXT("400"), E_BAD_REQUEST },
		{ TEXT("413"), E_TOO_LARGE },
		{ TEXT("414"), E_URI_TOO_LONG },
	};

	if (!status.n)
		return false;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (text_equal(status, refusals[i].status)) {
			fail(r, refusals[i].error, FAIL_SENTENCE);
			return true;
		}
	fail(r, E_BAD_REQUEST, FAIL_SENTENCE);
	return true;
}

enum verdict
routes_serve(struct request *r)
{
	enum verdict verdict;

	if (!r->route && (refused_by_nginx(r) || !route_find(r)))
		return DONE;
	/* After a turn the deed is done: its outcome is told in any case. */
	if (!r->turn && !gate(r))
		return DONE;
	verdict = r->route->handler(r);
	if (verdict == PARK && r->token_expires_us &&
	    r->token_expires_us < r->deadline_us)
		r->deadline_us = r->token_expires_us;
	return verdict;
}

void
routes_print(FILE *out)
{
	static const char *const access[] = { "open", "user", "grant",
		"admin", "self", "wake", "plate" };

	for (const struct route *r = routes; r->name; r++)
		fprintf(out, "%s %s %s %s %s\n", method_name(r->method),
		    r->pattern, r->name, access[r->access], r->door->name);
}
