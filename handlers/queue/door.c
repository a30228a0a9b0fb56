/*
 * The queue door's envelope: {"error": "a sentence"}, and nothing else.
 */
#include "handlers/handlers.h"

static void
envelope(struct request *r, const struct error_facts *error,
    const char *sentence)
{
	struct json_writer *w = reply_json(r, error->status);

	json_open_object(w);
	json_name(w, "error");
	json_cstring(w, sentence);
	json_close_object(w);
}

const struct door queue_door = { .name = "queue", .envelope = envelope };
