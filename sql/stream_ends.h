/*
 * Ending a stream's life: because somebody deletes it, because it has
 * expired, or because it was gone already and its last fork has ended.
 */
#ifndef SQL_STREAM_ENDS_H
#define SQL_STREAM_ENDS_H

#include "sql/db.h"

/* What must be true for it to end. The numbers are the SQL function's. */
enum end_why {
	END_DELETED,
	END_EXPIRED,
	END_WITHOUT_FORKS	/* gone, and nothing lives on it */
};

enum end_status {
	ENDED,
	END_NEVER_WAS,
	END_BEFORE,
	END_GONE_BEFORE,
	END_HAS_EXPIRED,	/* and cannot be deleted */
	END_NOT_SO,		/* what must be true is not */
	END_BUSY = 11,		/* somebody holds its row, or its source's */
	END_OTHER_NAME
};

/*
 * End the stream, and then those sources of it, one after the other, that
 * were only kept for it. An absent name is any. *status counts when the
 * outcome is DB_DONE. To wake who waits is the caller's.
 */
enum db_outcome stream_end(struct db *db, struct arena *arena, int64_t id,
    struct text name, enum end_why why, enum end_status *status);

#endif
