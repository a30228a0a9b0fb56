/*
 * The keys of a plate. Whoever has one may do everything in the plate, and
 * nothing else.
 */
#include "auth/principals.h"
#include "fcgi/json_reader.h"
#include "fcgi/uuid.h"
#include "handlers/handlers.h"
#include "handlers/plates/plate.h"

void
plate_key_draw(struct plate_key *key, struct params *p)
{
	uint8_t *hash = arena_alloc_raw(p->arena, KEY_HASH_BYTES);

	uuid_random(key->id);
	plate_key_make(key->key);
	key_hash(text_of(key->key), hash);
	param_uuid(p, key->id);
	param_text(p, (struct text){ (char *)hash, KEY_HASH_BYTES });
}

static void
write_id(struct json_writer *w, const uint8_t id[16])
{
	char text[UUID_TEXT_BYTES + 1];

	uuid_print(id, text);
	json_name(w, "id");
	json_cstring(w, text);
}

static void
write_time(struct json_writer *w, int64_t created_at_us)
{
	json_name(w, "created_at");
	json_time(w, created_at_us);
}

void
plate_key_tell(struct json_writer *w, const struct plate_key *key,
    int64_t created_at_us)
{
	json_open_object(w);
	write_id(w, key->id);
	json_name(w, "key");
	json_cstring(w, key->key);
	write_time(w, created_at_us);
	json_close_object(w);
}

/* As sluice.plate_key_create() numbers them. */
enum { CREATED, NO_PLATE, FULL };

enum verdict
plate_key_create(struct request *r)
{
	const struct pg_result *rows;
	struct json_reader body;
	struct plate_key key;
	struct params p;

	if (!json_read_body(&body, r, true) || !json_done(&body) ||
	    !query_done(r) || !plate_parameter(r))
		return DONE;
	params_init(&p, r->arena);
	param_text(&p, r->param[0]);
	plate_key_draw(&key, &p);
	param_bigint(&p, PLATE_KEYS_MAX);
	rows = db_call(r, STATEMENT_plate_key_create, &p);
	if (!rows)
		return DONE;
	switch (row_integer(rows, 0, 0)) {
	case NO_PLATE:
		return fail(r, E_NOT_FOUND, "plate not found");
	case FULL:
		return fail(r, E_CONFLICT,
		    "a plate has at most %d keys (PLATE_KEYS_MAX)",
		    PLATE_KEYS_MAX);
	default:
		plate_key_tell(reply_json(r, 201), &key, row_time(rows, 0, 1));
		return DONE;
	}
}

enum verdict
plate_key_list(struct request *r)
{
	const struct pg_result *rows;
	struct json_writer *w;
	struct params p;
	uint8_t id[16];

	if (!query_done(r) || !plate_parameter(r))
		return DONE;
	params_init(&p, r->arena);
	param_text(&p, r->param[0]);
	rows = db_call(r, STATEMENT_plate_key_list, &p);
	if (!rows)
		return DONE;
	if (row_count(rows) == 0)
		return fail(r, E_NOT_FOUND, "plate not found");
	w = reply_json(r, 200);
	json_open_object(w);
	json_name(w, "items");
	json_open_array(w);
	/* A plate without keys is one row with nulls. */
	for (int i = 0; i < row_count(rows) && !row_null(rows, i, 0); i++) {
		row_uuid(rows, i, 0, id);
		json_open_object(w);
		write_id(w, id);
		write_time(w, row_time(rows, i, 1));
		json_close_object(w);
	}
	json_close_array(w);
	json_close_object(w);
	return DONE;
}

enum verdict
plate_key_delete(struct request *r)
{
	const struct pg_result *rows;
	struct params p;
	uint8_t id[16];

	if (!query_done(r) || !plate_parameter(r))
		return DONE;
	if (!uuid_parse(r->param[1], id))
		return fail(r, E_NOT_FOUND, "key not found");
	params_init(&p, r->arena);
	param_text(&p, r->param[0]);
	param_uuid(&p, id);
	rows = db_call(r, STATEMENT_plate_key_delete, &p);
	if (!rows)
		return DONE;
	if (row_count(rows) == 0)
		return fail(r, E_NOT_FOUND, "key not found");
	principals_forget();
	return reply_empty(r, 204);
}
