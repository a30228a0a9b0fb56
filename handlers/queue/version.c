/*
 * GET /api/version: which Sluice is this?
 */
#include "fcgi/version.h"
#include "handlers/handlers.h"

enum verdict
version_get(struct request *r)
{
	struct json_writer *w;

	if (!query_done(r))
		return DONE;
	w = reply_json(r, 200);
	json_open_object(w);
	json_name(w, "version");
	json_cstring(w, SLUICE_VERSION);
	json_close_object(w);
	return DONE;
}
