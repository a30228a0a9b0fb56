/*
 * Words that several commands have: ids, and what XREAD and XREADGROUP begin
 * with. Each returns false after command_error(), in Redis's words.
 */
#ifndef HANDLERS_PLATES_WORDS_H
#define HANDLERS_PLATES_WORDS_H

#include "handlers/plates/command.h"
#include "handlers/plates/entry_id.h"

/* An id; one without a number behind the milliseconds has that one. */
bool command_id(struct request *r, struct command *c, int word,
    uint64_t missing_seq, struct entry_id *id);

/*
 * An end of an interval: an id, '-' for the first there can be, '+' for the
 * last, or "(id" for the one next to it. The number that is missing is the
 * least at the beginning, and the largest at the end.
 */
bool command_interval_start(struct request *r, struct command *c, int word,
    struct entry_id *id);
bool command_interval_end(struct request *r, struct command *c, int word,
    struct entry_id *id);

/* What stands before the ids of XREAD, or of XREADGROUP if there is a group. */
struct read_words {
	struct text group, member;	/* absent: XREAD */
	bool noack;
	int64_t count;			/* of each stream; 0: any number */
	int64_t block_ms;		/* -1: do not wait; 0: for ever */
	int first;			/* word of the first of so many keys, */
	int streams;			/* behind which stand as many ids */
};
bool command_read_words(struct request *r, struct command *c, bool grouped,
    struct read_words *read);

#endif
