/*
 * Places in a message log, as callers are given them.
 */
#ifndef HANDLERS_QUEUE_MESSAGE_LOG_H
#define HANDLERS_QUEUE_MESSAGE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/text.h"

/* Exactly n numbers with dashes between them; false for anything else. */
bool log_place_read(struct text text, int64_t *number, int n);

#endif
