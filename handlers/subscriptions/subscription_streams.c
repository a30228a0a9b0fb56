/*
 * POST .../{id}/streams and DELETE .../{id}/streams/{name}: the streams that
 * a subscription is given by name.
 */
#include "auth/gate.h"
#include "handlers/handlers.h"
#include "handlers/subscriptions/dispatcher.h"
#include "handlers/subscriptions/subscription.h"

/* As sql/fn/subscription_add.sql numbers them. */
enum add_status { ADDED, NO_SUBSCRIPTION, TOO_MANY };

static enum verdict
add(struct request *r, const struct text *names, int n)
{
	const struct pg_result *rows;
	struct params p;

	params_init(&p, r->arena);
	param_text(&p, r->param[0]);
	param_texts(&p, names, n);
	param_integer(&p, SUBSCRIPTION_NAMED_MAX);
	rows = db_call(r, STATEMENT_subscription_add, &p);
	if (!rows)
		return DONE;
	switch ((enum add_status)row_integer(rows, 0, 0)) {
	case ADDED:
		break;
	case NO_SUBSCRIPTION:
		return fail(r, E_NO_SUBSCRIPTION, FAIL_SENTENCE);
	case TOO_MANY:
		return fail(r, E_BAD_VALUE, "a subscription has at most "
		    "SUBSCRIPTION_NAMED_MAX (%d) streams by name",
		    SUBSCRIPTION_NAMED_MAX);
	}
	/* It knows these as streams that concern nobody. */
	dispatcher_tell_changed();
	return reply_empty(r, 204);
}

enum verdict
subscription_add(struct request *r)
{
	const struct pg_result *rows = subscription_allowed(r);
	struct text *names = NULL;
	struct json_reader j;
	const struct json *array;
	struct text wake_stream;
	int n;

	if (!rows || !json_read_body(&j, r, false))
		return DONE;
	array = json_member_array(&j, "streams", SUBSCRIPTION_NAMED_MAX);
	if (json_done(&j) && (!array || !array->count))
		fail(r, E_BAD_VALUE, "streams must be an array of names");
	n = subscription_names(r, array, &names);
	wake_stream = row_text(rows, 0, SUBSCRIPTION_WAKE_STREAM);
	for (int i = 0; i < n; i++)
		if (text_equal(names[i], wake_stream))
			fail(r, E_BAD_VALUE, "a subscription cannot be woken "
			    "by its own wake_stream");
	return request_failed(r) ? DONE : add(r, names, n);
}

enum verdict
subscription_remove(struct request *r)
{
	const struct pg_result *rows = subscription_allowed(r);
	struct text name = subscription_stream_name(r, r->param[1],
	    "the path");
	struct params p;

	if (!rows || request_failed(r))
		return DONE;
	params_init(&p, r->arena);
	param_text(&p, r->param[0]);
	param_text(&p, name);
	rows = db_call(r, STATEMENT_subscription_remove, &p);
	if (!rows)
		return DONE;
	if (!row_count(rows))
		return fail(r, E_NO_SUBSCRIPTION, FAIL_SENTENCE);
	return reply_empty(r, 204);
}
