/*
 * The cache of principals: a table of pointers, open addressing, forgotten as
 * a whole. A principal lives while the table or a request holds it, which is
 * counted.
 *
 * One lock guards the table, the counts, and the generation. It is never held
 * while the database is asked. A read that began before the table was
 * forgotten may have seen the old state, so its result is used for the one
 * request that asked (which came before the change was answered) but is not
 * kept: the generation tells.
 */
#include "auth/principals.h"

#include <openssl/sha.h>
#include <pthread.h>
#include <stdlib.h>

#include "auth/key.h"
#include "fcgi/clock.h"
#include "fcgi/limits.h"
#include "fcgi/lot.h"
#include "fcgi/must.h"
#include "sql/db.h"

/* One allocation: the principal, its grants, then all their bytes. */
struct held {
	struct principal principal;	/* first: the public pointer */
	uint8_t id[16];			/* a user's, or made of what he has */
	int holders;
	struct grant grant[];
};

enum { SLOTS = 2 * PRINCIPALS_CACHED_MAX };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct held *table[SLOTS];
static int filled;
static uint64_t generation;
static int64_t fresh_until_us;

/* Where the one of that id is, or the free slot where it would be. */
static size_t
find(const uint8_t id[16])
{
	uint64_t hash;
	size_t i;

	memcpy(&hash, id, sizeof hash);	/* random, or a hash, already */
	for (i = hash % SLOTS; table[i]; i = (i + 1) % SLOTS)
		if (memcmp(table[i]->id, id, 16) == 0)
			break;
	return i;
}

static void
let_go(struct held *held)
{
	if (--held->holders == 0)
		free(held);
}

static void
empty_table(void)
{
	for (size_t i = 0; filled > 0; i++) {
		if (!table[i])
			continue;
		let_go(table[i]);
		table[i] = NULL;
		filled--;
	}
}

/* A cached one, or NULL and the generation a read now belongs to. */
static struct held *
take_cached(const uint8_t id[16], bool will_do, uint64_t *now)
{
	struct held *held = NULL;

	pthread_mutex_lock(&lock);
	*now = generation;
	if (will_do && clock_monotonic_us() < fresh_until_us)
		held = table[find(id)];
	if (held)
		held->holders++;
	pthread_mutex_unlock(&lock);
	return held;
}

/* Keep what was read in that generation, in place of what was known. */
static void
keep(struct held *held, uint64_t read_in)
{
	size_t i;

	pthread_mutex_lock(&lock);
	if (read_in == generation) {
		if (filled == PRINCIPALS_CACHED_MAX)
			empty_table();
		i = find(held->id);
		if (table[i])
			let_go(table[i]);
		else
			filled++;
		table[i] = held;
		held->holders++;
	}
	pthread_mutex_unlock(&lock);
}

static struct text
copy_text(char **room, struct text t)
{
	struct text copy = { *room, t.n };

	if (t.n > 0)
		memcpy(*room, t.p, t.n);
	*room += t.n;
	return copy;
}

enum { ID, NAME, IS_ADMIN, VERSION, ACTION, PATTERN, GROUP, EXPIRES_AT };

/* Of the statement's rows, one for each grant, or one without. */
static struct held *
make(const uint8_t id[16], const struct pg_result *rows)
{
	int n = row_count(rows);
	struct text name = row_text(rows, 0, NAME);
	size_t bytes = sizeof(struct held) + n * sizeof(struct grant) + name.n;
	struct held *held;
	char *room;

	for (int i = 0; i < n; i++)
		bytes += row_text(rows, i, PATTERN).n +
		    row_text(rows, i, GROUP).n;
	held = calloc(1, bytes);
	must(held);
	held->holders = 1;
	held->principal.grant = held->grant;
	room = (char *)&held->grant[n];
	memcpy(held->id, id, 16);
	memcpy(held->principal.user, id, 16);
	held->principal.name = copy_text(&room, name);
	held->principal.is_admin = row_bool(rows, 0, IS_ADMIN);
	held->principal.version = row_bigint(rows, 0, VERSION);
	for (int i = 0; i < n; i++) {
		struct text pattern = row_text(rows, i, PATTERN);
		struct grant *grant = &held->grant[held->principal.grants];

		if (!pattern.p ||
		    !action_parse(row_text(rows, i, ACTION), &grant->action))
			continue;
		grant->pattern = copy_text(&room,
		    pattern_split(pattern, &grant->realm));
		grant->group = copy_text(&room, row_text(rows, i, GROUP));
		held->principal.grants++;
	}
	return held;
}

/* Whoever has a key is the user whose it is, for as long as it is good. */
static void
make_keeper(struct held *held, const struct pg_result *rows)
{
	row_uuid(rows, 0, ID, held->principal.user);
	if (!row_null(rows, 0, EXPIRES_AT))
		held->principal.expires_us = row_time(rows, 0, EXPIRES_AT);
}

/* The cached one of that id, or what the statement reads. */
static const struct principal *
take(struct request *r, const uint8_t id[16], bool *cached,
    enum statement statement, const struct params *params)
{
	const struct pg_result *rows;
	uint64_t now;
	struct held *held = take_cached(id, *cached, &now);

	*cached = held;
	if (!held) {
		rows = db_call(r, statement, params);
		if (!rows || row_count(rows) == 0)
			return NULL;
		held = make(id, rows);
		if (statement == STATEMENT_api_key_caller)
			make_keeper(held, rows);
		keep(held, now);
	}
	return &held->principal;
}

const struct principal *
principals_take(struct request *r, const uint8_t user[16], bool *cached)
{
	struct params p;

	params_init(&p, r->arena);
	param_uuid(&p, user);
	return take(r, user, cached, STATEMENT_user_by_id, &p);
}

const struct principal *
principals_take_key(struct request *r, struct text key, bool *cached)
{
	uint8_t *hash = arena_alloc_raw(r->arena, KEY_HASH_BYTES);
	struct params p;

	/* The beginning of the hash is as good an id as a random one. */
	key_hash(key, hash);
	params_init(&p, r->arena);
	param_text(&p, (struct text){ (char *)hash, KEY_HASH_BYTES });
	return take(r, hash, cached, STATEMENT_api_key_caller, &p);
}

/* No id of a plate has a NUL in it, so no two have one of these in common. */
static void
plate_caller_id(struct text plate, struct text hash, uint8_t id[16])
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	char both[PLATE_ID_BYTES_MAX + 1 + KEY_HASH_BYTES];

	memcpy(both, plate.p, plate.n);
	both[plate.n] = '\0';
	if (hash.n)
		memcpy(both + plate.n + 1, hash.p, hash.n);
	must(SHA256((unsigned char *)both, plate.n + 1 + hash.n, digest));
	memcpy(id, digest, 16);
}

const struct principal *
principals_take_plate(struct request *r, struct text plate, struct text key,
    bool *cached)
{
	uint8_t *bytes = arena_alloc_raw(r->arena, KEY_HASH_BYTES);
	struct text hash = TEXT_ABSENT;
	struct params p;
	uint8_t id[16];

	if (plate.n > PLATE_ID_BYTES_MAX) {
		*cached = false;
		return NULL;
	}
	if (key.p) {
		key_hash(key, bytes);
		hash = (struct text){ (char *)bytes, KEY_HASH_BYTES };
	}
	plate_caller_id(plate, hash, id);
	params_init(&p, r->arena);
	param_text(&p, plate);
	param_text(&p, hash);
	return take(r, id, cached, STATEMENT_plate_caller, &p);
}

void
principals_give_back(const struct principal *take_principal)
{
	if (!take_principal)
		return;
	pthread_mutex_lock(&lock);
	let_go((struct held *)take_principal);
	pthread_mutex_unlock(&lock);
}

void
principals_forget(void)
{
	pthread_mutex_lock(&lock);
	generation++;
	empty_table();
	pthread_mutex_unlock(&lock);
	lot_wake_everyone();
}

void
principals_fresh_until(int64_t monotonic_us)
{
	pthread_mutex_lock(&lock);
	fresh_until_us = monotonic_us;
	pthread_mutex_unlock(&lock);
}
