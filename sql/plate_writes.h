/*
 * XADD as turns: those to one key that wait are one call, as long as they
 * agree on what is to be trimmed (sql/fn/plate_add.sql).
 */
#ifndef SQL_PLATE_WRITES_H
#define SQL_PLATE_WRITES_H

#include "sql/turn.h"

/* As sql/fn/plate_open.sql and plate_add.sql number them. */
enum plate_status {
	PLATE_DONE,
	PLATE_NO_KEY,
	PLATE_OTHER_TYPE,
	PLATE_FORKED,		/* it was deleted, its forks live on it */
	PLATE_ENDED,		/* there is no such plate */
	PLATE_CLOSED,
	PLATE_EXHAUSTED,	/* there is no id behind the last one */
	PLATE_SMALL_ID,		/* it is not above the last one */
	PLATE_BUSY = 11
};

/* What is to be removed at the beginning of a stream. */
struct plate_trim {
	enum { TRIM_NOTHING, TRIM_TO_LENGTH, TRIM_TO_ID } by;
	int64_t length;		/* so many entries stay */
	struct text id;		/* and here those not below it; 16 bytes */
	bool nodes;		/* whole ones only, and */
	int64_t limit;		/* at most so many entries; 0: any number */
};

/* The last parameters of whatever trims, one piece of work's. */
void param_trim(struct params *p, const struct plate_trim *trim);

struct plate_add {
	struct turn_item item;

	/* Filled by the handler. */
	struct text name;	/* of the stream */
	struct text id;		/* 16 bytes; absent: one of now */
	bool any_seq;		/* of the id only the milliseconds count */
	bool must_exist;
	struct text data;	/* the fields, as JSON */
	struct plate_trim trim;

	/* Filled by the turn. */
	enum plate_status status;
	struct text added_id;	/* lives as long as the handler's next call */
};

/* Complete what the handler has filled, as the item of one turn. */
void plate_add_init(struct plate_add *add);

extern const struct turn_kind plate_add_kind;

#endif
