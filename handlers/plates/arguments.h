/*
 * Words of commands as JSON has them: strings, and numbers as they were sent.
 */
#ifndef HANDLERS_PLATES_ARGUMENTS_H
#define HANDLERS_PLATES_ARGUMENTS_H

#include "fcgi/json.h"
#include "handlers/plates/command.h"

enum { COMMAND_NAME_BYTES_MAX = 64 };

/*
 * Is there such a command, and where `blocking` is false one that never
 * waits? False after fail().
 */
bool arguments_allow(struct request *r, struct text name, bool blocking);

/* Is it one of those that may wait, XREAD and XREADGROUP? */
bool arguments_block(struct text name);

/*
 * Add the array's elements to the words, for which there is room. False after
 * fail(), which names the element: where[3].
 */
bool arguments_read(struct request *r, struct command *c,
    const struct json *array, const char *where);

/* Without blanks at both ends. */
struct text text_trim(struct text text);

#endif
