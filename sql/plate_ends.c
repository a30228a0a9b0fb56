/*
 * A plate's streams end one by one, as if each were deleted. None begins once
 * the plate is (sql/fn/plate_open.sql); its row stays until the last has
 * ended, and keeps the id from being taken.
 */
#include "sql/plate_ends.h"

#include "fcgi/limits.h"
#include "sql/stream_ends.h"
#include "sql/streams.h"
#include "sql/wake.h"

/* A page of its streams, after that name; *last is the last one's. */
static enum db_outcome
end_page(struct db *db, struct arena *arena, struct text plate, int max,
    struct text *last, int *found, void (*ended)(int64_t stream_id))
{
	struct pg_result *rows;
	enum db_outcome outcome;
	struct params p;

	params_init(&p, arena);
	param_text(&p, plate);
	param_text(&p, *last);
	param_bigint(&p, max);
	*found = 0;
	outcome = db_run(db, STATEMENT_plate_streams_live, &p, &rows);
	if (outcome != DB_DONE)
		return outcome;
	*found = row_count(rows);
	for (int i = 0; i < *found && outcome == DB_DONE; i++) {
		int64_t id = row_bigint(rows, i, 0);
		enum end_status status = END_NOT_SO;

		*last = arena_text(arena, row_text(rows, i, 1));
		outcome = stream_end(db, arena, id, *last, END_DELETED,
		    &status);
		if (outcome == DB_BUSY)
			outcome = DB_DONE;
		if (status == ENDED && ended)
			ended(id);
	}
	rows_free(rows);
	return outcome;
}

static void
wake_readers(int64_t stream_id)
{
	wake(stream_channel(stream_id), WAKE_ALL);
}

/* Forget it if all have ended. */
static enum db_outcome
forget(struct db *db, struct arena *arena, struct text plate, bool *forgotten)
{
	enum db_outcome outcome;
	struct pg_result *rows;
	struct params p;

	params_init(&p, arena);
	param_text(&p, plate);
	outcome = db_run(db, STATEMENT_plate_forget, &p, &rows);
	if (outcome == DB_DONE) {
		*forgotten = row_count(rows) > 0;
		rows_free(rows);
	}
	return outcome;
}

enum db_outcome
plate_end_streams(struct db *db, struct arena *arena, struct text plate,
    int max)
{
	struct text last = TEXT("");
	enum db_outcome outcome;
	bool forgotten;
	int found;

	outcome = end_page(db, arena, plate, max, &last, &found, wake_readers);
	return outcome == DB_DONE ? forget(db, arena, plate, &forgotten) :
	    outcome;
}

/* Copy a name that has at most so many bytes, the NUL included. */
static void
keep(char *copy, size_t bytes, struct text name)
{
	name = text_cut(name, bytes - 1);
	memcpy(copy, name.p, name.n);
	copy[name.n] = '\0';
}

/* Go to the next deleted plate, or be over. */
static enum db_outcome
next_plate(struct db *db, struct arena *arena, struct plate_walk *walk,
    bool *over)
{
	enum db_outcome outcome;
	struct pg_result *rows;
	struct params p;

	params_init(&p, arena);
	param_text(&p, text_of(walk->plate));
	param_bigint(&p, 1);
	outcome = db_run(db, STATEMENT_plate_ended, &p, &rows);
	if (outcome != DB_DONE)
		return outcome;
	*over = row_count(rows) == 0;
	if (!*over) {
		keep(walk->plate, sizeof(walk->plate), row_text(rows, 0, 0));
		walk->stream[0] = '\0';
		walk->inside = true;
	}
	rows_free(rows);
	return DB_DONE;
}

enum db_outcome
plates_reap(struct db *db, struct arena *arena, struct plate_walk *walk,
    bool *forgotten, bool *over)
{
	struct text plate, last;
	enum db_outcome outcome;
	int found;

	*forgotten = false;
	*over = false;
	if (!walk->inside)
		return next_plate(db, arena, walk, over);
	plate = arena_text(arena, text_of(walk->plate));
	last = arena_text(arena, text_of(walk->stream));
	outcome = end_page(db, arena, plate, PLATE_ENDS_MAX, &last, &found,
	    NULL);
	if (outcome != DB_DONE)
		return outcome;
	keep(walk->stream, sizeof(walk->stream), last);
	walk->inside = found == PLATE_ENDS_MAX;
	return walk->inside ? DB_DONE : forget(db, arena, plate, forgotten);
}
