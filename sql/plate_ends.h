/*
 * Ending the streams of a plate that was deleted.
 */
#ifndef SQL_PLATE_ENDS_H
#define SQL_PLATE_ENDS_H

#include "fcgi/limits.h"
#include "sql/db.h"

/*
 * End some of its streams, `max` at most, and wake who waits at them; if there
 * are no more, forget the plate. One that somebody holds is passed over.
 */
enum db_outcome plate_end_streams(struct db *db, struct arena *arena,
    struct text plate, int max);

/* Where a walk over all deleted plates is; zeroed at its beginning. */
struct plate_walk {
	bool inside;	/* of that plate, after that stream of it */
	char plate[PLATE_ID_BYTES_MAX + 1];
	char stream[STREAM_NAME_BYTES_MAX + 1];
};

/*
 * For the reaper, a step of such a walk: end some streams of a deleted plate,
 * and forget it when it has none left.
 */
enum db_outcome plates_reap(struct db *db, struct arena *arena,
    struct plate_walk *walk, bool *forgotten, bool *over);

#endif
