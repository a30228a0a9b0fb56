/*
 * Plates: admins make and delete them. A plate is an id, the first segment of
 * the paths of its streams, and the keys that open it (plate_keys.c).
 */
#include "handlers/plates/plate.h"

#include "auth/principals.h"
#include "fcgi/json_reader.h"
#include "fcgi/route.h"
#include "handlers/handlers.h"
#include "handlers/queue/page.h"
#include "sql/plate_ends.h"

static bool
is_plate_id(struct text id)
{
	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '_' && c != '-')
			return false;
	}
	return id.n > 0 && id.n <= PLATE_ID_BYTES_MAX;
}

bool
plate_parameter(struct request *r)
{
	if (is_plate_id(r->param[0]))
		return true;
	fail(r, E_NOT_FOUND, "plate not found");
	return false;
}

/* The members of an open object. */
static void
write_plate(struct json_writer *w, struct text id, int64_t created_at_us)
{
	json_name(w, "id");
	json_text(w, id);
	json_name(w, "created_at");
	json_time(w, created_at_us);
}

/* As sluice.plate_create() numbers them. */
enum { CREATED, EXISTS, IS_ENDING, HAS_OTHER_STREAMS };

static enum verdict
refuse(struct request *r, int status, struct text id)
{
	switch (status) {
	case IS_ENDING:
		return fail(r, E_CONFLICT, "plate \"%.*s\" was deleted and "
		    "its streams are being ended; try again in a minute",
		    TEXT_ARG(id));
	case HAS_OTHER_STREAMS:
		return fail(r, E_CONFLICT, "streams whose names begin with "
		    "\"%.*s/\" exist that are not a plate's", TEXT_ARG(id));
	default:
		return fail(r, E_CONFLICT, "plate already exists");
	}
}

/*
 * Other paths begin with it, or will: those of doors that are not built yet.
 */
static bool
is_reserved(struct text id)
{
	static const struct text to_come[] = { TEXT("jetstream"),
		TEXT("console"), TEXT("varz"), TEXT("connz"), TEXT("routez"),
		TEXT("gatewayz"), TEXT("leafz"), TEXT("subsz"), TEXT("jsz"),
		TEXT("accountz"), TEXT("accstatz") };

	for (size_t i = 0; i < sizeof(to_come) / sizeof(to_come[0]); i++)
		if (text_equal(to_come[i], id))
			return true;
	return route_is_reserved(id);
}

enum verdict
plate_create(struct request *r)
{
	const struct pg_result *rows;
	struct json_reader body;
	struct plate_key key;
	struct json_writer *w;
	struct params p;
	struct text id;

	if (!json_read_body(&body, r, false))
		return DONE;
	id = json_member_text(&body, "id", JSON_REQUIRED | JSON_NOT_EMPTY,
	    PLATE_ID_BYTES_MAX);
	if (!json_done(&body) || !query_done(r))
		return DONE;
	if (!is_plate_id(id))
		return fail(r, E_BAD_VALUE, "id must be 1 to %d letters, "
		    "digits, '_' and '-'", PLATE_ID_BYTES_MAX);
	if (is_reserved(id))
		return fail(r, E_CONFLICT, "\"%.*s\" is reserved: other paths "
		    "begin with it", TEXT_ARG(id));
	params_init(&p, r->arena);
	param_text(&p, id);
	plate_key_draw(&key, &p);
	rows = db_call(r, STATEMENT_plate_create, &p);
	if (!rows)
		return DONE;
	if (row_integer(rows, 0, 0) != CREATED)
		return refuse(r, row_integer(rows, 0, 0), id);
	w = reply_json(r, 201);
	json_open_object(w);
	write_plate(w, id, row_time(rows, 0, 1));
	json_name(w, "key");
	plate_key_tell(w, &key, row_time(rows, 0, 1));
	json_close_object(w);
	return DONE;
}

static void
write_plate_item(struct json_writer *w, const struct pg_result *rows, int row)
{
	json_open_object(w);
	write_plate(w, row_text(rows, row, 0), row_time(rows, row, 1));
	json_close_object(w);
}

enum verdict
plate_list(struct request *r)
{
	return list_reply_all(r, STATEMENT_plate_list, STATEMENT_plate_count,
	    write_plate_item);
}

enum verdict
plate_get(struct request *r)
{
	const struct pg_result *rows;
	struct json_writer *w;
	struct params p;

	if (!query_done(r) || !plate_parameter(r))
		return DONE;
	params_init(&p, r->arena);
	param_text(&p, r->param[0]);
	rows = db_call(r, STATEMENT_plate_get, &p);
	if (!rows)
		return DONE;
	if (row_count(rows) == 0)
		return fail(r, E_NOT_FOUND, "plate not found");
	w = reply_json(r, 200);
	json_open_object(w);
	write_plate(w, row_text(rows, 0, 0), row_time(rows, 0, 1));
	json_close_object(w);
	return DONE;
}

enum verdict
plate_delete(struct request *r)
{
	const struct pg_result *rows;
	struct params p;

	if (!query_done(r) || !plate_parameter(r))
		return DONE;
	params_init(&p, r->arena);
	param_text(&p, r->param[0]);
	rows = db_call(r, STATEMENT_plate_drop, &p);
	if (!rows)
		return DONE;
	if (!row_bool(rows, 0, 0))
		return fail(r, E_NOT_FOUND, "plate not found");
	principals_forget();
	/* However this ends, the plate is deleted: the reaper does the rest. */
	(void)plate_end_streams(r->db, r->arena, r->param[0], PLATE_ENDS_MAX);
	return reply_empty(r, 204);
}
