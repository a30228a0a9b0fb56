/*
 * MAXLEN and MINID, as XADD and XTRIM have them.
 */
#ifndef HANDLERS_PLATES_TRIM_H
#define HANDLERS_PLATES_TRIM_H

#include "handlers/plates/command.h"
#include "sql/plate_writes.h"

struct trim_words {
	struct plate_trim trim;

	bool limited;		/* LIMIT was given */
	bool must_exist;	/* NOMKSTREAM, of XADD alone */
	int words;		/* up to here, where XADD has its id */
};

/*
 * Read the options behind the key, and then, when XADD has read its id, see
 * whether they suit each other. False after command_error().
 */
bool trim_words_read(struct request *r, struct command *c, bool adds,
    struct trim_words *read);
bool trim_words_check(struct request *r, struct command *c, bool adds,
    struct trim_words *read);

#endif
