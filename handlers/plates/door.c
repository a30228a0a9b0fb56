/*
 * The envelopes of the plates door. What the house refuses has the codes by
 * which programs for this dialect know it.
 */
#include "fcgi/json_writer.h"
#include "handlers/handlers.h"

static const char *
code_of(const struct error_facts *error)
{
	static const struct {
		enum error error;
		const char *code;
	} codes[] = {
		{ E_BAD_JSON, "invalid_json" },
		{ E_UNKNOWN_MEMBER, "invalid_json" },
		{ E_BAD_TYPE, "invalid_json" },
		{ E_BAD_REQUEST, "invalid_request" },
		{ E_BAD_VALUE, "invalid_request" },
		{ E_BAD_QUERY, "invalid_query" },
		{ E_BAD_PATH, "invalid_path_value" },
		{ E_UNAUTHENTICATED, "missing_authorization" },
		{ E_BAD_TOKEN, "invalid_authorization" },
		{ E_NO_ROUTE, "not_found" },
		{ E_INTERNAL, "internal_error" },
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (error == error_facts(codes[i].error))
			return codes[i].code;
	return error->code;
}

static void
envelope(struct request *r, const struct error_facts *error,
    const char *sentence)
{
	struct json_writer *w = reply_json(r, error->status);

	json_open_object(w);
	json_name(w, "ok");
	json_bool(w, false);
	json_name(w, "error");
	json_open_object(w);
	json_name(w, "code");
	json_cstring(w, code_of(error));
	json_name(w, "message");
	json_cstring(w, sentence);
	json_close_object(w);
	json_close_object(w);
}

const struct door plates_door = {
	.name = "plates",
	.envelope = envelope,
	.code = code_of
};
