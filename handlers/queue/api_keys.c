/*
 * API keys: a user, or an admin for him, makes one for each program that acts
 * in his name. A key can do what its user can, until it expires or is taken
 * away, and is told once.
 */
#include "auth/key.h"
#include "auth/principals.h"
#include "fcgi/clock.h"
#include "fcgi/json_reader.h"
#include "fcgi/uuid.h"
#include "handlers/handlers.h"
#include "handlers/queue/page.h"
#include "handlers/queue/users.h"
#include "sql/db.h"

/* As it is told; `key` is absent in lists. */
struct api_key {
	uint8_t id[UUID_BYTES];
	struct text user, name, key;
	int64_t created_at_us, expires_at_us;	/* INT64_MIN: never */
};

static void
write_key(struct json_writer *w, const struct api_key *key)
{
	char id[UUID_TEXT_BYTES + 1];

	uuid_print(key->id, id);
	json_open_object(w);
	json_name(w, "id");
	json_cstring(w, id);
	json_name(w, "user_id");
	json_text(w, key->user);
	json_name(w, "name");
	json_text(w, key->name);
	if (key->key.p) {
		json_name(w, "key");
		json_text(w, key->key);
	}
	json_name(w, "created_at");
	json_time(w, key->created_at_us);
	json_name(w, "expires_at");
	json_time(w, key->expires_at_us);
	json_close_object(w);
}

/* The user's id as we write ids, however the path wrote it. */
static struct text
user_text(struct request *r, const uint8_t user[UUID_BYTES])
{
	char id[UUID_TEXT_BYTES + 1];

	uuid_print(user, id);
	return arena_text(r->arena, text_of(id));
}

enum verdict
api_key_list(struct request *r)
{
	enum { ID, NAME, CREATED_AT, EXPIRES_AT };
	struct list_page page = list_page_read(r);
	const struct pg_result *rows, *count;
	struct json_writer *w;
	struct params p;
	uint8_t user[UUID_BYTES];

	if (!query_done(r) || !user_parameter(r, user))
		return DONE;
	params_init(&p, r->arena);
	param_uuid(&p, user);
	count = db_call(r, STATEMENT_api_key_count, &p);
	if (!count)
		return DONE;
	if (row_count(count) == 0)
		return fail(r, E_NOT_FOUND, "user not found");
	param_bigint(&p, page.limit);
	param_bigint(&p, page.offset);
	rows = db_call(r, STATEMENT_api_key_list, &p);
	if (!rows)
		return DONE;
	w = reply_json(r, 200);
	json_open_object(w);
	json_name(w, "items");
	json_open_array(w);
	for (int i = 0; i < row_count(rows); i++) {
		struct api_key key = {
			.user = user_text(r, user),
			.name = row_text(rows, i, NAME),
			.created_at_us = row_time(rows, i, CREATED_AT),
			.expires_at_us = row_time(rows, i, EXPIRES_AT),
		};

		row_uuid(rows, i, ID, key.id);
		write_key(w, &key);
	}
	json_close_array(w);
	list_page_write(w, &page, row_bigint(count, 0, 0));
	json_close_object(w);
	return DONE;
}

/* The name, and until when; false after fail(). */
static bool
read_wanted(struct request *r, struct api_key *key)
{
	struct json_reader body;
	struct text expires_at;

	if (!json_read_body(&body, r, false))
		return false;
	key->name = json_member_text(&body, "name",
	    JSON_REQUIRED | JSON_NOT_EMPTY, API_KEY_NAME_BYTES_MAX);
	expires_at = json_member_text(&body, "expires_at", 0,
	    TIME_BYTES_MAX);
	if (!json_done(&body) || !query_done(r))
		return false;
	key->expires_at_us = INT64_MIN;
	if (text_has_controls(key->name))
		fail(r, E_BAD_VALUE, "name must not have control characters");
	else if (expires_at.p && !clock_parse(expires_at, &key->expires_at_us))
		fail(r, E_BAD_VALUE, "expires_at must be RFC 3339");
	else if (expires_at.p && key->expires_at_us <= clock_wall_us())
		fail(r, E_BAD_VALUE, "expires_at must be in the future");
	return !request_failed(r);
}

enum verdict
api_key_create(struct request *r)
{
	const struct pg_result *rows;
	char text[API_KEY_BYTES + 1];
	uint8_t user[UUID_BYTES], hash[KEY_HASH_BYTES];
	struct api_key key;
	struct params p;

	if (!user_parameter(r, user) || !read_wanted(r, &key))
		return DONE;
	uuid_random(key.id);
	api_key_make(text);
	key.key = text_of(text);
	key.user = user_text(r, user);
	key_hash(key.key, hash);
	params_init(&p, r->arena);
	param_uuid(&p, user);
	param_uuid(&p, key.id);
	param_text(&p, key.name);
	param_text(&p, (struct text){ (char *)hash, sizeof(hash) });
	if (key.expires_at_us == INT64_MIN)
		param_null(&p);
	else
		param_time_or_beginning(&p, key.expires_at_us);
	param_bigint(&p, API_KEYS_MAX);
	rows = db_call(r, STATEMENT_api_key_create, &p);
	if (!rows)
		return DONE;
	if (row_count(rows) == 0)
		return fail(r, E_NOT_FOUND, "user not found");
	if (row_null(rows, 0, 0))
		return fail(r, E_CONFLICT,
		    "a user has at most %d API keys (API_KEYS_MAX)",
		    API_KEYS_MAX);
	key.created_at_us = row_time(rows, 0, 0);
	reply_header(r, "Cache-Control", "no-store");
	write_key(reply_json(r, 201), &key);
	return DONE;
}

enum verdict
api_key_delete(struct request *r)
{
	const struct pg_result *rows;
	uint8_t user[UUID_BYTES], key[UUID_BYTES];
	struct params p;

	if (!query_done(r) || !user_parameter(r, user))
		return DONE;
	if (!uuid_parse(r->param[1], key))
		return fail(r, E_NOT_FOUND, "key not found");
	params_init(&p, r->arena);
	param_uuid(&p, user);
	param_uuid(&p, key);
	rows = db_call(r, STATEMENT_api_key_delete, &p);
	if (!rows)
		return DONE;
	if (row_count(rows) == 0)
		return fail(r, E_NOT_FOUND, "key not found");
	principals_forget();
	return reply_empty(r, 204);
}
