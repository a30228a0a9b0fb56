/*
 * Passwords by way of libargon2, which is named in this file alone. One lane
 * and one thread a hash: parallel requests use the cores already.
 *
 * We keep no copy of a password: libargon2 reads it where it lies, in the
 * request, and wipes its own memory.
 */
#include "auth/password.h"

#include <argon2.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/random.h>

#include "fcgi/clock.h"
#include "fcgi/limits.h"
#include "fcgi/log.h"
#include "fcgi/lot.h"
#include "fcgi/must.h"
#include "fcgi/settings.h"

enum { SALT_BYTES = 16, HASH_BYTES = 32, LANES = 1 };

static const struct channel_key hash_channel = { CHANNEL_HASH, 0 };

/* How many hashes run now. */
static atomic_int hashing;

/* What an encoded hash of today's settings begins with. */
static int
print_parameters(char *p, size_t bytes)
{
	int n = snprintf(p, bytes, "$argon2id$v=%d$m=%d,t=%d,p=%d$",
	    ARGON2_VERSION_NUMBER, (int)settings.argon2_memory_kib,
	    (int)settings.argon2_passes, LANES);

	must(n > 0 && (size_t)n < bytes);
	return n;
}

bool
password_hash(struct text password, struct password_hash *hash)
{
	unsigned char salt[SALT_BYTES];
	int error;

	if (getrandom(salt, sizeof salt, 0) != sizeof salt) {
		log_error("no randomness for a salt");
		return false;
	}
	error = argon2id_hash_encoded((uint32_t)settings.argon2_passes,
	    (uint32_t)settings.argon2_memory_kib, LANES, password.p,
	    password.n, salt, sizeof salt, HASH_BYTES, hash->encoded,
	    sizeof hash->encoded);
	if (error != ARGON2_OK)
		log_error("hashing a password: %s",
		    argon2_error_message(error));
	return error == ARGON2_OK;
}

enum password
password_verify(struct text password, struct text encoded)
{
	char known[PASSWORD_ENCODED_BYTES_MAX];
	int error;

	if (!encoded.p) {
		/* A hash of nothing, checked at the full cost. */
		print_parameters(known, sizeof known);
		strcat(known, "c2x1aWNlIGR1bW15ISE$"
		    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
	} else if (encoded.n < sizeof known) {
		memcpy(known, encoded.p, encoded.n);
		known[encoded.n] = '\0';
	} else {
		log_error("a password hash in the database is too long");
		return PASSWORD_WRONG;
	}
	error = argon2id_verify(known, password.p, password.n);
	if (error == ARGON2_OK)
		return encoded.p ? PASSWORD_RIGHT : PASSWORD_WRONG;
	if (error == ARGON2_VERIFY_MISMATCH)
		return PASSWORD_WRONG;
	log_error("checking a password: %s", argon2_error_message(error));
	return error == ARGON2_MEMORY_ALLOCATION_ERROR ? PASSWORD_UNCHECKED :
	    PASSWORD_WRONG;
}

bool
password_outdated(struct text encoded)
{
	char today[PASSWORD_ENCODED_BYTES_MAX];
	size_t n = (size_t)print_parameters(today, sizeof today);

	return encoded.n < n || memcmp(encoded.p, today, n) != 0;
}

static bool
take_slot(void)
{
	int now = atomic_load(&hashing);

	while (now < HASHES_AT_ONCE)
		if (atomic_compare_exchange_weak(&hashing, &now, now + 1))
			return true;
	return false;
}

bool
password_slot(struct request *r, enum verdict *verdict)
{
	int64_t now = clock_monotonic_us();

	/* Listen first: a slot given back after our look then wakes us. */
	lot_listen(r, hash_channel);
	if (take_slot())
		return true;
	if (r->deadline_us == 0)
		r->deadline_us = now + HASH_WAIT * INT64_C(1000);
	if (r->last_call || now >= r->deadline_us)
		*verdict = fail(r, E_BUSY, FAIL_SENTENCE);
	else
		*verdict = PARK;
	return false;
}

void
password_slot_release(void)
{
	must(atomic_fetch_sub(&hashing, 1) > 0);
	lot_wake(hash_channel, 1);
}
