/*
 * Users: admins make, change and delete them. What changes a user is told to
 * the cache of principals (auth/principals.h), after the commit.
 */
#include "handlers/queue/users.h"

#include "auth/password.h"
#include "auth/principal.h"
#include "auth/principals.h"
#include "fcgi/json_reader.h"
#include "fcgi/uuid.h"
#include "handlers/handlers.h"
#include "handlers/queue/page.h"
#include "sql/db.h"

/* The columns that user_create, user_get, user_list and user_update share. */
enum { ID, NAME, IS_ADMIN, VERSION, CREATED_AT, UPDATED_AT, OUTCOME };

bool
user_parameter(struct request *r, uint8_t user[16])
{
	if (uuid_parse(r->param[0], user))
		return true;
	fail(r, E_NOT_FOUND, "user not found");
	return false;
}

static void
write_user(struct json_writer *w, const struct pg_result *rows, int row)
{
	uint8_t id[16];
	char text[UUID_TEXT_BYTES + 1];

	row_uuid(rows, row, ID, id);
	uuid_print(id, text);
	json_open_object(w);
	json_name(w, "id");
	json_cstring(w, text);
	json_name(w, "username");
	json_text(w, row_text(rows, row, NAME));
	json_name(w, "is_admin");
	json_bool(w, row_bool(rows, row, IS_ADMIN));
	json_name(w, "created_at");
	json_time(w, row_time(rows, row, CREATED_AT));
	json_name(w, "updated_at");
	json_time(w, row_time(rows, row, UPDATED_AT));
	json_close_object(w);
}

enum verdict
user_list(struct request *r)
{
	return list_reply_all(r, STATEMENT_user_list, STATEMENT_user_count,
	    write_user);
}

enum verdict
user_get(struct request *r)
{
	const struct pg_result *rows;
	struct params p;
	uint8_t user[16];

	if (!query_done(r) || !user_parameter(r, user))
		return DONE;
	params_init(&p, r->arena);
	param_uuid(&p, user);
	rows = db_call(r, STATEMENT_user_get, &p);
	if (!rows)
		return DONE;
	if (row_count(rows) == 0)
		return fail(r, E_NOT_FOUND, "user not found");
	write_user(reply_json(r, 200), rows, 0);
	return DONE;
}

/* What a caller wants a user to be; absent: as it is. */
struct wanted {
	struct text username, password;
	bool is_admin, has_is_admin;
	struct password_hash hash;
};

static bool
read_wanted(struct request *r, struct wanted *wanted)
{
	const struct json *is_admin;
	struct json_reader body;

	if (!json_read_body(&body, r, false))
		return false;
	is_admin = json_find(body.object, TEXT("is_admin"));
	wanted->username = json_member_text(&body, "username", 0,
	    USERNAME_BYTES_MAX);
	wanted->password = json_member_text(&body, "password", 0,
	    PASSWORD_BYTES_MAX);
	wanted->is_admin = json_member_bool(&body, "is_admin", false);
	wanted->has_is_admin = is_admin && is_admin->kind == JSON_KIND_BOOL;
	return json_done(&body) && query_done(r);
}

static bool
check_wanted(struct request *r, const struct wanted *wanted)
{
	if (wanted->username.p && wanted->username.n == 0)
		fail(r, E_BAD_VALUE, "username must not be empty");
	else if (text_has_controls(wanted->username))
		fail(r, E_BAD_VALUE,
		    "username must not have control characters");
	else if (wanted->password.p && wanted->password.n < PASSWORD_BYTES_MIN)
		fail(r, E_BAD_VALUE,
		    "password must be at least %d characters",
		    PASSWORD_BYTES_MIN);
	return !request_failed(r);
}

/* False with what the handler must return: wait, or fail() was called. */
static bool
hash_wanted(struct request *r, struct wanted *wanted, enum verdict *verdict)
{
	bool hashed;

	if (!password_slot(r, verdict))
		return false;
	hashed = password_hash(wanted->password, &wanted->hash);
	password_slot_release();
	if (!hashed)
		*verdict = fail(r, E_BUSY, FAIL_SENTENCE);
	return hashed;
}

enum verdict
user_create(struct request *r)
{
	struct wanted *wanted = r->state;
	enum verdict verdict;
	const struct pg_result *rows;
	struct params p;
	uint8_t user[16];

	if (!wanted) {
		wanted = r->state = arena_alloc(r->arena, sizeof *wanted);
		if (!read_wanted(r, wanted))
			return DONE;
		if (wanted->username.n == 0 || wanted->password.n == 0)
			return fail(r, E_BAD_VALUE,
			    "username and password are required");
		if (!check_wanted(r, wanted))
			return DONE;
	}
	if (!hash_wanted(r, wanted, &verdict))
		return verdict;
	uuid_random(user);
	params_init(&p, r->arena);
	param_uuid(&p, user);
	param_text(&p, wanted->username);
	param_text(&p, text_of(wanted->hash.encoded));
	param_bool(&p, wanted->is_admin);
	rows = db_call(r, STATEMENT_user_create, &p);
	if (!rows)
		return DONE;
	if (row_count(rows) == 0)
		return fail(r, E_CONFLICT, "username already exists");
	write_user(reply_json(r, 201), rows, 0);
	return DONE;
}

static enum verdict
change_user(struct request *r, const uint8_t user[16],
    const struct wanted *wanted)
{
	const struct pg_result *rows;
	struct text outcome;
	struct params p;

	params_init(&p, r->arena);
	param_uuid(&p, user);
	param_text(&p, wanted->username);
	param_text(&p, wanted->password.p ? text_of(wanted->hash.encoded) :
	    TEXT_ABSENT);
	if (wanted->has_is_admin)
		param_bool(&p, wanted->is_admin);
	else
		param_null(&p);
	rows = db_call(r, STATEMENT_user_update, &p);
	if (!rows)
		return DONE;
	if (row_count(rows) == 0)
		return fail(r, E_NOT_FOUND, "user not found");
	outcome = row_text(rows, 0, OUTCOME);
	if (text_equal(outcome, TEXT("taken")))
		return fail(r, E_CONFLICT, "username already exists");
	if (text_equal(outcome, TEXT("last_admin")))
		return fail(r, E_CONFLICT, "cannot demote the last admin");
	principals_forget();
	write_user(reply_json(r, 200), rows, 0);
	return DONE;
}

enum verdict
user_update(struct request *r)
{
	struct wanted *wanted = r->state;
	enum verdict verdict;
	uint8_t user[16];

	if (!user_parameter(r, user))
		return DONE;
	if (!wanted) {
		wanted = r->state = arena_alloc(r->arena, sizeof *wanted);
		if (!read_wanted(r, wanted) || !check_wanted(r, wanted))
			return DONE;
	}
	if (wanted->password.p && !hash_wanted(r, wanted, &verdict))
		return verdict;
	return change_user(r, user, wanted);
}

enum verdict
user_delete(struct request *r)
{
	const struct pg_result *rows;
	struct params p;
	uint8_t user[16];

	if (!query_done(r) || !user_parameter(r, user))
		return DONE;
	if (memcmp(user, r->who->user, sizeof user) == 0)
		return fail(r, E_BAD_VALUE, "cannot delete your own account");
	params_init(&p, r->arena);
	param_uuid(&p, user);
	rows = db_call(r, STATEMENT_user_delete, &p);
	if (!rows)
		return DONE;
	if (row_count(rows) == 0)
		return fail(r, E_NOT_FOUND, "user not found");
	if (text_equal(row_text(rows, 0, 0), TEXT("last_admin")))
		return fail(r, E_CONFLICT, "cannot delete the last admin");
	principals_forget();
	return reply_empty(r, 204);
}
