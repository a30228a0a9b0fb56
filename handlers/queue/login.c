/*
 * Getting a token: POST /api/auth/login for a name and a password, POST
 * /api/auth/refresh for an older token; GET /api/auth/status says whether
 * one is needed at all.
 */
#include "auth/client_address.h"
#include "auth/gate.h"
#include "auth/password.h"
#include "auth/principal.h"
#include "auth/token.h"
#include "fcgi/clock.h"
#include "fcgi/json_reader.h"
#include "fcgi/metrics.h"
#include "fcgi/settings.h"
#include "handlers/handlers.h"
#include "sql/db.h"

enum verdict
auth_status(struct request *r)
{
	struct json_writer *w;

	if (!query_done(r))
		return DONE;
	w = reply_json(r, 200);
	json_open_object(w);
	json_name(w, "auth_required");
	json_bool(w, settings.auth);
	json_close_object(w);
	return DONE;
}

static enum verdict
reply_token(struct request *r, const uint8_t user[16], struct text name,
    bool is_admin, int64_t version)
{
	int64_t now = clock_wall_us() / 1000000;
	struct claims claims = {
		.version = version,
		.issued_at = now,
		.expires_at = now + settings.jwt_ttl_ms / 1000
	};
	struct json_writer *w;

	memcpy(claims.user, user, sizeof claims.user);
	reply_header(r, "Cache-Control", "no-store");
	w = reply_json(r, 200);
	json_open_object(w);
	json_name(w, "token");
	json_text(w, token_issue(r->arena, &claims, name, is_admin));
	json_close_object(w);
	return DONE;
}

enum verdict
auth_refresh(struct request *r)
{
	struct json_reader body;

	if (!settings.auth)
		return fail(r, E_UNAUTHENTICATED, "not authenticated");
	/* The token would outlive the key that is taken away. */
	if (gate_by_key(r))
		return fail(r, E_FORBIDDEN, "a key is not refreshed: it is "
		    "good until it expires or is deleted");
	if (!json_read_body(&body, r, true) || !json_done(&body) ||
	    !query_done(r))
		return DONE;
	return reply_token(r, r->who->user, r->who->name, r->who->is_admin,
	    r->who->version);
}

/* A login under way; it may have to wait for its hash. */
struct login {
	int64_t attempts;	/* in this window, ours included */
	int64_t window_left_s;
	struct text username, password;
	const struct pg_result *user;	/* no row when there is none */
};

enum { USER_ID, USER_NAME, USER_IS_ADMIN, USER_VERSION, USER_HASH };

static bool
count_attempt(struct request *r, struct login *l)
{
	enum { ATTEMPTS, WINDOW_END, LEFT_MS };
	const struct pg_result *rows;
	struct params p;
	int64_t left_ms;

	params_init(&p, r->arena);
	param_text(&p, client_address(r->arena, r->client));
	param_bigint(&p, settings.login_rate_window_ms);
	rows = db_call(r, STATEMENT_login_attempt, &p);
	if (!rows)
		return false;
	l->attempts = row_integer(rows, 0, ATTEMPTS);
	left_ms = row_bigint(rows, 0, LEFT_MS);
	l->window_left_s = left_ms > 0 ? (left_ms + 999) / 1000 : 1;
	return true;
}

static bool
read_login(struct request *r, struct login *l)
{
	struct json_reader body;
	struct params p;

	if (!json_read_body(&body, r, false))
		return false;
	l->username = json_member_text(&body, "username", 0,
	    USERNAME_BYTES_MAX);
	l->password = json_member_text(&body, "password", 0,
	    PASSWORD_BYTES_MAX);
	if (!json_done(&body) || !query_done(r))
		return false;
	if (l->username.n == 0 || l->password.n == 0) {
		fail(r, E_BAD_VALUE, "username and password are required");
		return false;
	}
	params_init(&p, r->arena);
	param_text(&p, l->username);
	l->user = db_call(r, STATEMENT_user_by_name, &p);
	return l->user;
}

/*
 * The password is right, and now in our hands: the moment to hash it as the
 * settings are today. Should that fail, the old hash is as good as before.
 */
static void
hash_anew(struct request *r, const struct login *l)
{
	struct password_hash hash;
	struct params p;
	struct pg_result *rows;
	uint8_t user[16];

	if (!password_outdated(row_text(l->user, 0, USER_HASH)) ||
	    !password_hash(l->password, &hash))
		return;
	row_uuid(l->user, 0, USER_ID, user);
	params_init(&p, r->arena);
	param_uuid(&p, user);
	param_text(&p, row_text(l->user, 0, USER_HASH));
	param_text(&p, text_of(hash.encoded));
	(void)db_run(r->db, STATEMENT_user_rehash, &p, &rows); /* see above */
	rows_free(rows);
}

static enum verdict
log_in(struct request *r, struct login *l)
{
	bool known = row_count(l->user) == 1;
	enum password outcome;
	enum verdict verdict;
	uint8_t user[16];

	if (!password_slot(r, &verdict))
		return verdict;
	outcome = password_verify(l->password,
	    known ? row_text(l->user, 0, USER_HASH) : TEXT_ABSENT);
	if (outcome == PASSWORD_RIGHT)
		hash_anew(r, l);
	password_slot_release();

	if (outcome == PASSWORD_UNCHECKED)
		return fail(r, E_BUSY, FAIL_SENTENCE);
	if (outcome == PASSWORD_WRONG) {
		metric_add(METRIC_logins_failed, 1);
		return fail(r, E_BAD_CREDENTIALS, FAIL_SENTENCE);
	}
	metric_add(METRIC_logins_ok, 1);
	row_uuid(l->user, 0, USER_ID, user);
	r->user = l->username;
	return reply_token(r, user, row_text(l->user, 0, USER_NAME),
	    row_bool(l->user, 0, USER_IS_ADMIN),
	    row_bigint(l->user, 0, USER_VERSION));
}

/* Every answer says how many attempts are left. */
static void
rate_headers(struct request *r, const struct login *l)
{
	int64_t left = settings.login_rate_count - l->attempts;

	reply_header(r, "X-RateLimit-Limit", "%lld",
	    (long long)settings.login_rate_count);
	reply_header(r, "X-RateLimit-Remaining", "%lld",
	    (long long)(left > 0 ? left : 0));
	reply_header(r, "X-RateLimit-Reset", "%lld",
	    (long long)l->window_left_s);
	if (left < 0)
		reply_header(r, "Retry-After", "%lld",
		    (long long)l->window_left_s);
}

enum verdict
auth_login(struct request *r)
{
	struct login *l = r->state;
	enum verdict verdict = DONE;

	if (l) {
		verdict = log_in(r, l);
	} else {
		l = r->state = arena_alloc(r->arena, sizeof *l);
		if (!count_attempt(r, l))
			return DONE;
		if (l->attempts > settings.login_rate_count)
			fail(r, E_TOO_MANY, FAIL_SENTENCE);
		else if (read_login(r, l))
			verdict = log_in(r, l);
	}
	if (verdict == DONE)
		rate_headers(r, l);
	return verdict;
}
