/*
 * GET /api/openapi.json: the API in OpenAPI 3.1, made of the route table
 * (handlers/routes.def), of what is said of each route (handlers/api.h) and of
 * the error catalogue. docs/openapi.json is what `sluice help openapi` prints.
 */
#include "handlers/openapi.h"

#include <pthread.h>

#include "fcgi/must.h"
#include "fcgi/version.h"
#include "handlers/api.h"
#include "handlers/handlers.h"
#include "handlers/openapi_failures.h"
#include "handlers/openapi_schema.h"
#include "handlers/routes.h"

/* --- operations ----------------------------------------------------------- */

static void
member(struct json_writer *w, const char *name, const char *value)
{
	json_name(w, name);
	json_cstring(w, value);
}

static void
write_security(struct json_writer *w, enum access access)
{
	static const char *const schemes[][3] = {
		[ACCESS_OPEN] = { NULL },
		[ACCESS_USER] = { "token", "api_key" },
		[ACCESS_GRANT] = { "token", "api_key" },
		[ACCESS_ADMIN] = { "token", "api_key" },
		[ACCESS_SELF] = { "token", "api_key" },
		[ACCESS_WAKE] = { "wake_token" },
		[ACCESS_PLATE] = { "plate_key", "token", "api_key" },
	};

	json_name(w, "security");
	json_open_array(w);
	for (int i = 0; i < 3 && schemes[access][i]; i++) {
		json_open_object(w);
		json_name(w, schemes[access][i]);
		json_open_array(w);
		json_close_array(w);
		json_close_object(w);
	}
	json_close_array(w);
}

static void
write_description(struct json_writer *w, const struct route *route,
    const struct api_row *described)
{
	static const char *const access[] = {
		[ACCESS_OPEN] = "open to anybody",
		[ACCESS_USER] = "any user",
		[ACCESS_GRANT] = "a grant",
		[ACCESS_ADMIN] = "admins",
		[ACCESS_SELF] = "the user itself, and admins",
		[ACCESS_WAKE] = "the token of the wake",
		[ACCESS_PLATE] = "a key of the plate, or a grant",
	};
	struct buffer text;

	buffer_init(&text, w->out->arena);
	buffer_printf(&text, "Access: %s.", described->text ?
	    described->text : access[route->access]);
	API_EACH(row, described)
		if (row->kind == ROW_SAYS)
			buffer_printf(&text, " %s", row->text);
	json_name(w, "description");
	json_text(w, (struct text){ text.p, text.n });
}

static void
write_parameters(struct json_writer *w, const struct api_row *described)
{
	static const char *const in[] = { [ROW_PATH] = "path",
		[ROW_QUERY] = "query", [ROW_HEADER] = "header" };

	json_name(w, "parameters");
	json_open_array(w);
	API_EACH(row, described) {
		if (row->kind != ROW_PATH && row->kind != ROW_QUERY &&
		    row->kind != ROW_HEADER)
			continue;
		json_open_object(w);
		member(w, "name", row->name);
		member(w, "in", in[row->kind]);
		if (row->kind == ROW_PATH) {
			json_name(w, "required");
			json_bool(w, true);
		}
		member(w, "description", row->text);
		json_name(w, "schema");
		schema_type(w, &row->type, NULL, false);
		json_close_object(w);
	}
	json_close_array(w);
}

static void
write_body(struct json_writer *w, const struct api_row *described)
{
	API_EACH(row, described) {
		if (row->kind != ROW_BODY && row->kind != ROW_BODY_OPTIONAL)
			continue;
		json_name(w, "requestBody");
		json_open_object(w);
		if (row->text)
			member(w, "description", row->text);
		json_name(w, "required");
		json_bool(w, row->kind == ROW_BODY);
		schema_content(w, row->name, &row->type);
		json_close_object(w);
	}
}

static void
write_reply(struct json_writer *w, const struct door *door,
    const struct api_row *reply)
{
	const struct api_row *header = reply + 1;

	json_name(w, arena_printf(w->out->arena, "%d", reply->number));
	json_open_object(w);
	member(w, "description", reply->text);
	json_name(w, "headers");
	json_open_object(w);
	schema_door_headers(w, door->name);
	for (; header->kind == ROW_REPLY_HEADER; header++)
		schema_header(w, header->name, header);
	json_close_object(w);
	if (reply->name)
		schema_content(w, reply->name, &reply->type);
	json_close_object(w);
}

static void
write_operation(struct json_writer *w, const struct route *route,
    const struct api_row *described)
{
	json_open_object(w);
	member(w, "operationId", route->name);
	member(w, "summary", described->name);
	write_description(w, route, described);
	json_name(w, "tags");
	json_open_array(w);
	json_cstring(w, route->door->name);
	json_close_array(w);
	write_security(w, route->access);
	write_parameters(w, described);
	write_body(w, described);
	json_name(w, "responses");
	json_open_object(w);
	API_EACH(row, described)
		if (row->kind == ROW_REPLY)
			write_reply(w, route->door, row);
	for (int status = 400; status < 600; status++)
		failures_write(w, route, described, status);
	json_close_object(w);
	json_close_object(w);
}

/* --- the document --------------------------------------------------------- */

/* The pattern, with the names of its parameters where the braces are. */
static const char *
path_of(struct arena *arena, const char *pattern, const struct api_row *row)
{
	struct buffer path;

	buffer_init(&path, arena);
	for (const char *p = pattern; *p; p++) {
		if (*p != '{') {
			buffer_add_byte(&path, *p);
			continue;
		}
		do
			row++;
		while (row->kind > ROW_DESCRIBE && row->kind < ROW_PATH);
		buffer_printf(&path, "{%s}",
		    row->kind == ROW_PATH ? row->name : "");
		p = strchr(p, '}');
	}
	buffer_add_byte(&path, '\0');
	return path.p;
}

static void
write_paths(struct json_writer *w)
{
	const struct route *routes = routes_table();

	for (int i = 0; i < ROUTES; i++) {
		const struct api_row *described = api_described(i);
		int first = 0;

		/* Those of one path stand together, under its first one. */
		while (first < i && (!api_described(first) ||
		    strcmp(routes[first].pattern, routes[i].pattern) != 0))
			first++;
		if (!described || first < i)
			continue;
		json_name(w, path_of(w->out->arena, routes[i].pattern,
		    described));
		json_open_object(w);
		for (int j = i; j < ROUTES; j++) {
			const char *method = method_name(routes[j].method);
			char lower[8] = "";

			if (!api_described(j) ||
			    strcmp(routes[j].pattern, routes[i].pattern) != 0)
				continue;
			for (int k = 0; method[k]; k++)
				lower[k] = method[k] | 0x20;
			json_name(w, lower);
			write_operation(w, &routes[j], api_described(j));
		}
		json_close_object(w);
	}
}

static void
write_schemes(struct json_writer *w)
{
	json_raw(w, TEXT("{"
	    "\"token\":{\"type\":\"http\",\"scheme\":\"bearer\","
	    "\"bearerFormat\":\"JWT\",\"description\":"
	    "\"what POST /api/auth/login gives\"},"
	    "\"api_key\":{\"type\":\"http\",\"scheme\":\"bearer\","
	    "\"description\":\"a key of POST /api/users/{id}/api-keys\"},"
	    "\"plate_key\":{\"type\":\"apiKey\",\"in\":\"header\","
	    "\"name\":\"Authorization\",\"description\":"
	    "\"a key of the plate, by itself or behind the word Bearer\"},"
	    "\"wake_token\":{\"type\":\"http\",\"scheme\":\"bearer\","
	    "\"description\":\"the token that a claim or a webhook's call "
	    "gave for this wake\"}}"));
}

static void
write_document(struct json_writer *w)
{
	json_open_object(w);
	member(w, "openapi", "3.1.0");
	json_name(w, "info");
	json_raw(w, TEXT("{\"title\":\"Sluice\","
	    "\"summary\":\"Queues, streams and plates over HTTP\","
	    "\"description\":\"A name in a path that may hold slashes (a "
	    "stream's) may have them as they are or as %2F. HEAD answers as "
	    "GET does. Below /v1/, OPTIONS tells browsers what scripts of "
	    "other sites may send. What the routes do is told in "
	    "docs/queue.md, docs/streams.md and docs/plates.md.\","
	    "\"license\":{\"name\":\"MIT\",\"identifier\":\"MIT\"},"
	    "\"version\":\"" SLUICE_VERSION "\"}"));
	json_name(w, "servers");
	json_raw(w, TEXT("[{\"url\":\"/\"}]"));
	json_name(w, "tags");
	json_raw(w, TEXT("[{\"name\":\"queue\",\"description\":"
	    "\"topics, messages, users, and the house\"},"
	    "{\"name\":\"plates\",\"description\":"
	    "\"streams of entries with ids and fields, and groups\"},"
	    "{\"name\":\"streams\",\"description\":\"append-only logs\"},"
	    "{\"name\":\"subscriptions\",\"description\":"
	    "\"workers that are woken when streams have more\"}]"));
	json_name(w, "paths");
	json_open_object(w);
	write_paths(w);
	json_close_object(w);
	json_name(w, "components");
	json_open_object(w);
	json_name(w, "securitySchemes");
	write_schemes(w);
	json_name(w, "schemas");
	json_open_object(w);
	schema_shapes(w);
	json_close_object(w);
	json_name(w, "headers");
	json_open_object(w);
	schema_headers(w);
	json_close_object(w);
	json_name(w, "responses");
	json_open_object(w);
	failures_write_house(w);
	json_close_object(w);
	json_close_object(w);
	json_close_object(w);
}

/* The document does not change while a process lives: it is made once. */
static struct text document;
static struct arena *document_arena;

static void
make_document(void)
{
	struct arena *arena = document_arena = arena_new();
	struct json_writer w;
	struct buffer text;

	buffer_init(&text, arena);
	json_start(&w, &text);
	write_document(&w);
	document = (struct text){ text.p, text.n };
}

static struct text
openapi_document(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	must(pthread_once(&once, make_document) == 0);
	return document;
}

void
openapi_print(FILE *out)
{
	struct text text = openapi_document();

	fprintf(out, "%.*s\n", TEXT_ARG(text));
	arena_free(document_arena); /* nobody asks for it any more */
}

enum verdict
openapi_get(struct request *r)
{
	if (query_done(r))
		buffer_add_text(reply_body(r, 200, "application/json"),
		    openapi_document());
	return DONE;
}
