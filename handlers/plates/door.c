/*
 * The envelopes of the plates door.
 */
#include "fcgi/json_writer.h"
#include "handlers/handlers.h"

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
	json_cstring(w, error->code);
	json_name(w, "message");
	json_cstring(w, sentence);
	json_close_object(w);
	json_close_object(w);
}

const struct door plates_door = {
	.name = "plates",
	.envelope = envelope
};
