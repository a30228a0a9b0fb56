/*
 * Grants: what a user may do on the topics that a pattern matches.
 */
#include "auth/principal.h"
#include "auth/principals.h"
#include "fcgi/json_reader.h"
#include "fcgi/uuid.h"
#include "handlers/handlers.h"
#include "handlers/queue/users.h"
#include "sql/db.h"

/* The columns of all statements that give grants. */
enum { ID, USER, ACTION, PATTERN, GROUP, CREATED_AT, OUTCOME };

static void
write_uuid(struct json_writer *w, const struct pg_result *rows, int row,
    int column)
{
	uint8_t id[16];
	char text[UUID_TEXT_BYTES + 1];

	row_uuid(rows, row, column, id);
	uuid_print(id, text);
	json_cstring(w, text);
}

static void
write_grant(struct json_writer *w, const struct pg_result *rows, int row)
{
	json_open_object(w);
	json_name(w, "id");
	write_uuid(w, rows, row, ID);
	json_name(w, "user_id");
	write_uuid(w, rows, row, USER);
	json_name(w, "action");
	json_text(w, row_text(rows, row, ACTION));
	json_name(w, "topic_pattern");
	json_text(w, row_text(rows, row, PATTERN));
	json_name(w, "consumer_group");
	json_text(w, row_text(rows, row, GROUP));
	json_name(w, "created_at");
	json_time(w, row_time(rows, row, CREATED_AT));
	json_close_object(w);
}

enum verdict
grant_list(struct request *r)
{
	const struct pg_result *rows;
	struct json_writer *w;
	struct params p;
	uint8_t user[16];

	if (!query_done(r) || !user_parameter(r, user))
		return DONE;
	params_init(&p, r->arena);
	param_uuid(&p, user);
	rows = db_call(r, STATEMENT_grant_list, &p);
	if (!rows)
		return DONE;
	if (row_count(rows) == 0)
		return fail(r, E_NOT_FOUND, "user not found");
	w = reply_json(r, 200);
	json_open_object(w);
	json_name(w, "items");
	json_open_array(w);
	/* A user without grants is one row with nulls. */
	for (int i = 0; i < row_count(rows) && !row_null(rows, i, ID); i++)
		write_grant(w, rows, i);
	json_close_array(w);
	json_close_object(w);
	return DONE;
}

/* A name that is required, or has a default, and is of one line. */
static struct text
read_name(struct json_reader *body, const char *member, size_t bytes_max,
    const char *fallback)
{
	struct text name = json_member_text(body, member, JSON_NOT_EMPTY,
	    bytes_max);

	if (!request_failed(body->r) && text_has_controls(name))
		fail(body->r, E_BAD_VALUE,
		    "%s must not have control characters", member);
	return name.p ? name : text_of(fallback);
}

/* The end of both ways to give a grant. */
static enum verdict
reply_created(struct request *r, const struct pg_result *rows)
{
	struct text outcome;

	if (!rows)
		return DONE;
	if (row_count(rows) == 0)
		return fail(r, E_NOT_FOUND, "user not found");
	outcome = row_text(rows, 0, OUTCOME);
	if (text_equal(outcome, TEXT("exists")))
		return fail(r, E_CONFLICT, "grant already exists");
	if (text_equal(outcome, TEXT("full")))
		return fail(r, E_CONFLICT,
		    "a user has at most %d grants (GRANTS_PER_USER_MAX)",
		    GRANTS_PER_USER_MAX);
	principals_forget();
	write_grant(reply_json(r, 201), rows, 0);
	return DONE;
}

static const struct pg_result *
create(struct request *r, const uint8_t user[16], struct text action,
    struct text pattern, struct text group)
{
	struct params p;
	uint8_t id[16];

	uuid_random(id);
	params_init(&p, r->arena);
	param_uuid(&p, user);
	param_uuid(&p, id);
	param_text(&p, action);
	param_text(&p, pattern);
	param_text(&p, group);
	param_bigint(&p, GRANTS_PER_USER_MAX);
	return db_call(r, STATEMENT_grant_create, &p);
}

enum verdict
grant_create(struct request *r)
{
	struct json_reader body;
	struct text action, pattern;
	enum action known;
	uint8_t user[16];

	if (!user_parameter(r, user) || !json_read_body(&body, r, false))
		return DONE;
	action = json_member_text(&body, "action", 0, PATTERN_BYTES_MAX);
	pattern = read_name(&body, "topic_pattern", PATTERN_BYTES_MAX, "*");
	if (!json_done(&body) || !query_done(r))
		return DONE;
	if (!action_parse(action, &known))
		return fail(r, E_BAD_VALUE, "action must be one of: "
		    "read, write, admin, consume");
	return reply_created(r, create(r, user, action, pattern, TEXT("")));
}

enum verdict
consumer_group_grant_create(struct request *r)
{
	struct json_reader body;
	struct text pattern, group;
	uint8_t user[16];

	if (!user_parameter(r, user) || !json_read_body(&body, r, false))
		return DONE;
	group = json_member_text(&body, "consumer_group", 0, GROUP_BYTES_MAX);
	pattern = read_name(&body, "topic_pattern", PATTERN_BYTES_MAX, "*");
	if (!json_done(&body) || !query_done(r))
		return DONE;
	if (group.n == 0)
		return fail(r, E_BAD_VALUE, "consumer_group is required");
	if (text_has_controls(group))
		return fail(r, E_BAD_VALUE,
		    "consumer_group must not have control characters");
	return reply_created(r,
	    create(r, user, TEXT("consume"), pattern, group));
}

enum verdict
grant_delete(struct request *r)
{
	const struct pg_result *rows;
	struct params p;
	uint8_t user[16], grant[16];

	if (!query_done(r) || !user_parameter(r, user))
		return DONE;
	if (!uuid_parse(r->param[1], grant))
		return fail(r, E_NOT_FOUND, "grant not found");
	params_init(&p, r->arena);
	param_uuid(&p, user);
	param_uuid(&p, grant);
	rows = db_call(r, STATEMENT_grant_delete, &p);
	if (!rows)
		return DONE;
	if (row_count(rows) == 0)
		return fail(r, E_NOT_FOUND, "grant not found");
	principals_forget();
	return reply_empty(r, 204);
}
