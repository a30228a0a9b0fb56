/*
 * What a field's value is called that came as JSON.
 */
#ifndef HANDLERS_PLATES_VALUE_TEXT_H
#define HANDLERS_PLATES_VALUE_TEXT_H

#include "fcgi/json.h"

/*
 * A string as it is, a number as it was sent, true and false as these words,
 * an array or object as JSON without blanks. The value is of
 * json_parse_verbatim(), and no null.
 */
struct text value_text(struct arena *arena, const struct json *value);

#endif
