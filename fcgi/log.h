/*
 * The log: one line an event on stderr, in logfmt. Lines are written whole, so
 * that those of threads and processes never mix. Values are escaped: whatever a
 * client sends, it cannot begin a line or a field of its own. Nothing that
 * proves who somebody is (tokens, passwords, queries) may be handed in here.
 */
#ifndef FCGI_LOG_H
#define FCGI_LOG_H

#include "fcgi/request.h"

/* The values of SLUICE_LOG_LEVEL. */
enum log_level {
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_INFO,
	LOG_LEVEL_WARN,
	LOG_LEVEL_ERROR
};

enum { LOG_LINE_BYTES_MAX = 4096 };

void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * A request that is answered; a warning when the fault was ours. The line may
 * wait for log_flush, so that lines share a write.
 */
void log_request(const struct request *r);

/* Write what waits: before a thread sleeps, and at the end. */
void log_flush(void);

#endif
