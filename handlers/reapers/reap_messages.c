/*
 * The reapers of the queue: messages whose time is up become expired, expired
 * ones are deleted, the log forgets what can be replayed no more, and keys and
 * counts of logins that nothing refers to are forgotten.
 */
#include "fcgi/metrics.h"
#include "handlers/reapers/reapers.h"

enum db_outcome
reap_expiry(struct reaping *run)
{
	struct pg_result *rows;
	enum db_outcome outcome;
	struct params p;

	params_init(&p, run->arena);
	param_bigint(&p, REAP_BATCH);
	outcome = db_run(run->db, STATEMENT_reap_expiries, &p, &rows);
	if (outcome != DB_DONE)
		return outcome;
	run->done += row_bigint(rows, 0, 0);
	metric_add(METRIC_messages_expired, row_bigint(rows, 0, 0));
	run->over = !row_bool(rows, 0, 1);
	rows_free(rows);
	return DB_DONE;
}

enum db_outcome
reap_archive(struct reaping *run)
{
	struct pg_result *rows;
	enum db_outcome outcome;
	struct params p;

	params_init(&p, run->arena);
	param_bigint(&p, REAP_BATCH);
	outcome = db_run(run->db, STATEMENT_reap_log, &p, &rows);
	if (outcome != DB_DONE)
		return outcome;
	run->done += row_bigint(rows, 0, 0);
	run->over = !row_bool(rows, 0, 1);
	rows_free(rows);
	return DB_DONE;
}

/* One batch of them; the archive's turn comes after the last. */
static enum db_outcome
delete_some(struct reaping *run)
{
	enum { DELETED, TOPIC, DLQ, SEQ };
	struct pg_result *rows;
	enum db_outcome outcome;
	struct params p;

	if (!run->at.delete.begun) {
		run->at.delete.begun = true;
		run->at.delete.topic = INT64_MIN;
		run->at.delete.seq = -1;
	}
	params_init(&p, run->arena);
	param_bigint(&p, run->at.delete.topic);
	param_bool(&p, run->at.delete.dlq);
	param_bigint(&p, run->at.delete.seq);
	param_bigint(&p, REAP_BATCH);
	outcome = db_run(run->db, STATEMENT_reap_messages, &p, &rows);
	if (outcome != DB_DONE)
		return outcome;
	run->done += row_bigint(rows, 0, DELETED);
	metric_add(METRIC_messages_deleted, row_bigint(rows, 0, DELETED));
	run->at.delete.archive = row_null(rows, 0, TOPIC);
	if (!run->at.delete.archive) {
		run->at.delete.topic = row_bigint(rows, 0, TOPIC);
		run->at.delete.dlq = row_bool(rows, 0, DLQ);
		run->at.delete.seq = row_bigint(rows, 0, SEQ);
	}
	rows_free(rows);
	return DB_DONE;
}

/* What the log has lost is not counted. */
enum db_outcome
reap_delete(struct reaping *run)
{
	enum db_outcome outcome;
	int64_t messages;

	if (!run->at.delete.archive)
		return delete_some(run);
	messages = run->done;
	outcome = reap_archive(run);
	run->done = messages;
	return outcome;
}

/* All keys are walked, a batch at a time, from the lowest on. */
enum db_outcome
reap_keys(struct reaping *run)
{
	enum { FORGOTTEN, TOPIC, KEY };
	struct pg_result *rows;
	enum db_outcome outcome;
	struct params p;
	struct text key;

	if (!run->at.keys.begun) {
		run->at.keys.begun = true;
		run->at.keys.topic = INT64_MIN;
	}
	params_init(&p, run->arena);
	param_bigint(&p, run->at.keys.topic);
	param_text(&p, (struct text){ run->at.keys.key,
		run->at.keys.key_bytes });
	param_bigint(&p, REAP_BATCH);
	outcome = db_run(run->db, STATEMENT_reap_keys, &p, &rows);
	if (outcome != DB_DONE)
		return outcome;
	run->done += row_bigint(rows, 0, FORGOTTEN);
	run->over = row_null(rows, 0, TOPIC);
	if (!run->over) {
		run->at.keys.topic = row_bigint(rows, 0, TOPIC);
		key = text_cut(row_text(rows, 0, KEY), MESSAGE_KEY_BYTES_MAX);
		memcpy(run->at.keys.key, key.p, key.n);
		run->at.keys.key_bytes = key.n;
	}
	rows_free(rows);
	return DB_DONE;
}

enum db_outcome
reap_logins(struct reaping *run)
{
	struct pg_result *rows;
	enum db_outcome outcome = db_run(run->db,
	    STATEMENT_login_attempts_reap, NULL, &rows);

	if (outcome == DB_DONE)
		run->done += row_bigint(rows, 0, 0);
	rows_free(rows);
	run->over = true;
	return outcome;
}
