/*
 * The errors of operations. Each has those that its rows name, and those that
 * its access, its body and the house itself bring along. They come in the
 * door's envelope, a shape named DOOR_error; `x-codes` has the codes that the
 * door sends along.
 */
#include "handlers/openapi_failures.h"

#include "handlers/handlers.h"
#include "handlers/openapi_schema.h"
#include "handlers/routes.h"

enum {
	ALWAYS = 1,
	WITH_BODY = 2,
	WITH_JSON = 4,
	TOKEN = 8,	/* who calls is asked for one */
	RIGHTS = 16,	/* and what he may */
	ADMINS = 32,
	PLATES = 64,
	WAKES = 128
};

/* What the house itself may say, and when. */
static const struct {
	enum error error;
	unsigned when;
} house[] = {
	{ E_BAD_REQUEST, ALWAYS },
	{ E_BAD_PATH, ALWAYS },
	{ E_BAD_QUERY, ALWAYS },
	{ E_BAD_VALUE, ALWAYS },
	{ E_BAD_JSON, WITH_BODY },
	{ E_BAD_TYPE, WITH_BODY },
	{ E_UNKNOWN_MEMBER, WITH_BODY },
	{ E_UNAUTHENTICATED, TOKEN },
	{ E_BAD_TOKEN, TOKEN },
	{ E_WAKE_TOKEN, WAKES },
	{ E_FORBIDDEN, RIGHTS },
	{ E_ADMIN_ONLY, ADMINS },
	{ E_NOT_FOUND, PLATES },
	{ E_TOO_LARGE, WITH_BODY },
	{ E_URI_TOO_LONG, ALWAYS },
	{ E_MEDIA_TYPE, WITH_JSON },
	{ E_HEADERS_TOO_LONG, ALWAYS },
	{ E_DATABASE_AWAY, ALWAYS },
	{ E_OUTCOME_UNKNOWN, ALWAYS },
	{ E_BUSY, ALWAYS },
};
enum { HOUSE = sizeof(house) / sizeof(house[0]) };

/* Which of these does an operation bring along? */
static unsigned
when_of(const struct route *route, const struct api_row *described)
{
	static const unsigned of_access[] = {
		[ACCESS_OPEN] = ALWAYS,
		[ACCESS_USER] = ALWAYS | TOKEN,
		[ACCESS_GRANT] = ALWAYS | TOKEN | RIGHTS,
		[ACCESS_ADMIN] = ALWAYS | TOKEN | RIGHTS | ADMINS,
		[ACCESS_SELF] = ALWAYS | TOKEN | RIGHTS,
		[ACCESS_WAKE] = ALWAYS | TOKEN | WAKES,
		[ACCESS_PLATE] = ALWAYS | TOKEN | RIGHTS | PLATES,
	};
	unsigned when = of_access[route->access];

	API_EACH(row, described)
		if (row->kind == ROW_BODY || row->kind == ROW_BODY_OPTIONAL)
			when |= WITH_BODY | (row->type.kind == API_SHAPE &&
			    route->access != ACCESS_PLATE ? WITH_JSON : 0);
	return when;
}

static const char *
code_of(const struct door *door, const struct error_facts *facts)
{
	return door->code ? door->code(facts) : NULL;
}

/* The errors of one status, `; ` between them, and their codes. */
struct failures {
	int status;
	struct buffer says;
	const char *code[ERRORS];
	int codes;
};

static void
failures_add(struct failures *f, const struct door *door, enum error error,
    const char *says)
{
	const struct error_facts *facts = error_facts(error);
	const char *code = code_of(door, facts);

	buffer_printf(&f->says, "%s%s", f->says.n ? "; " : "",
	    says ? says : facts->sentence);
	for (int i = 0; code && i < f->codes; i++)
		if (strcmp(f->code[i], code) == 0)
			return;
	if (code)
		f->code[f->codes++] = code;
}

/* Headers of such replies: the door's, the house's, and those behind FAILS. */
static void
write_failure_headers(struct json_writer *w, const struct door *door,
    int status, const struct api_row *described)
{
	static const struct {
		int status;
		struct api_row header;
	} owed[] = {
		{ 401, REPLY_HEADER_ALWAYS("WWW-Authenticate", SOME_STRING,
		    "the scheme that is asked for") },
		{ 429, REPLY_HEADER_ALWAYS("Retry-After", COUNT,
		    "seconds to wait") },
		{ 503, REPLY_HEADER_ALWAYS("Retry-After", COUNT,
		    "seconds to wait") },
	};
	bool of_status = false;

	json_name(w, "headers");
	json_open_object(w);
	schema_door_headers(w, door->name);
	for (size_t i = 0; i < sizeof(owed) / sizeof(owed[0]); i++)
		if (owed[i].status == status)
			schema_header(w, owed[i].header.name, &owed[i].header);
	if (described)
		API_EACH(row, described) {
			if (row->kind != ROW_REPLY_HEADER)
				of_status = row->kind == ROW_FAILS &&
				    error_facts(row->number)->status == status;
			else if (of_status)
				schema_header(w, row->name, row);
		}
	json_close_object(w);
}

/* `described` is NULL for what the house says anywhere. */
static void
write_failure(struct json_writer *w, const struct door *door,
    const struct failures *f, const struct api_row *described)
{
	json_open_object(w);
	json_name(w, "description");
	json_text(w, (struct text){ f->says.p, f->says.n });
	write_failure_headers(w, door, f->status, described);
	schema_content(w, "application/json", &(const struct api_type){
	    API_SHAPE, 0, 0, arena_printf(w->out->arena, "%s_error",
	    door->name), NULL });
	if (f->codes) {
		json_name(w, "x-codes");
		json_open_array(w);
		for (int i = 0; i < f->codes; i++)
			json_cstring(w, f->code[i]);
		json_close_array(w);
	}
	json_close_object(w);
}

/* Has the operation errors of that status, and what its own rows say? */
static bool
failures_collect(struct failures *f, const struct route *route,
    const struct api_row *described, bool *own)
{
	unsigned when = when_of(route, described);

	*own = false;
	for (int i = 0; i < HOUSE; i++)
		if ((house[i].when & when) &&
		    error_facts(house[i].error)->status == f->status)
			failures_add(f, route->door, house[i].error, NULL);
	API_EACH(row, described)
		if (row->kind == ROW_FAILS &&
		    error_facts(row->number)->status == f->status) {
			failures_add(f, route->door, row->number, row->text);
			*own = true;
		}
	return f->says.n > 0;
}

void
failures_write(struct json_writer *w, const struct route *route,
    const struct api_row *described, int status)
{
	struct failures f = { .status = status };
	bool own;

	buffer_init(&f.says, w->out->arena);
	if (!failures_collect(&f, route, described, &own))
		return;
	json_name(w, arena_printf(w->out->arena, "%d", status));
	if (own)
		write_failure(w, route->door, &f, described);
	else
		schema_reference(w, "responses", arena_printf(w->out->arena,
		    "%s_%d", route->door->name, status));
}

/* Is what the house says of that status referred to by the door's routes? */
static bool
is_referred_to(struct arena *arena, const struct door *door, int status)
{
	const struct route *routes = routes_table();

	for (int i = 0; i < ROUTES; i++) {
		const struct api_row *described = api_described(i);
		struct failures f = { .status = status };
		bool own;

		if (routes[i].door != door || !described)
			continue;
		buffer_init(&f.says, arena);
		if (failures_collect(&f, &routes[i], described, &own) && !own)
			return true;
	}
	return false;
}

void
failures_write_house(struct json_writer *w)
{
	static const struct door *const doors[] = { &queue_door,
		&streams_door, &subscriptions_door, &plates_door };

	for (size_t d = 0; d < sizeof(doors) / sizeof(doors[0]); d++)
		for (int status = 400; status < 600; status++) {
			struct failures f = { .status = status };

			buffer_init(&f.says, w->out->arena);
			for (int i = 0; i < HOUSE; i++)
				if (error_facts(house[i].error)->status ==
				    status)
					failures_add(&f, doors[d],
					    house[i].error, NULL);
			if (!f.says.n || !is_referred_to(w->out->arena,
			    doors[d], status))
				continue;
			json_name(w, arena_printf(w->out->arena, "%s_%d",
			    doors[d]->name, status));
			write_failure(w, doors[d], &f, NULL);
		}
}
