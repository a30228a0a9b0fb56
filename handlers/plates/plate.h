/*
 * What the handlers of plates and of their keys share.
 */
#ifndef HANDLERS_PLATES_PLATE_H
#define HANDLERS_PLATES_PLATE_H

#include "auth/key.h"
#include "fcgi/request.h"
#include "sql/db.h"

/* The path's plate may be one; false after fail() with 404. */
bool plate_parameter(struct request *r);

/* A new key, which will be told once. */
struct plate_key {
	uint8_t id[16];
	char key[PLATE_KEY_BYTES + 1];
};

/* Make one; its id and its hash are the next two parameters. */
void plate_key_draw(struct plate_key *key, struct params *p);

/* The object {"id","key","created_at"}. */
void plate_key_tell(struct json_writer *w, const struct plate_key *key,
    int64_t created_at_us);

#endif
