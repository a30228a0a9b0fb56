/*
 * The keys that sign webhook calls: Ed25519, in the database, the same for
 * all workers. The first one is made when it is first asked for. Retiring it
 * (docs/streams.md) has another made; retired ones stay published.
 */
#ifndef AUTH_WEBHOOK_KEY_H
#define AUTH_WEBHOOK_KEY_H

#include "fcgi/arena.h"
#include "sql/db.h"

enum { WEBHOOK_KEY_BYTES = 32, WEBHOOK_KEY_ID_BYTES = 3 + 43 };

struct webhook_key {
	char id[WEBHOOK_KEY_ID_BYTES + 1];
	uint8_t private[WEBHOOK_KEY_BYTES];
	uint8_t public[WEBHOOK_KEY_BYTES];
};

/* A fresh pair, and the id that follows from it. */
void webhook_key_make(struct webhook_key *key);

/* The key that signs. Anything but DB_DONE: there is no telling. */
enum db_outcome webhook_key_get(struct db *db, struct arena *arena,
    struct webhook_key *key);

/* All that are published, that which signs first; at most `max`. */
enum db_outcome webhook_keys_get(struct db *db, struct arena *arena,
    struct webhook_key *key, int max, int *count);

/* The value of Webhook-Signature for a body sent at that time (seconds). */
const char *webhook_sign(const struct webhook_key *key, struct arena *arena,
    int64_t at, struct text body);

#endif
