/*
 * The settings, read once from the environment at start and constant after
 * it. fcgi/settings.def is the table.
 */
#ifndef FCGI_SETTINGS_H
#define FCGI_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct settings {
#define MEMBER_TEXT(member)	const char *member;
#define MEMBER_SECRET(member)	const char *member;
#define MEMBER_INTEGER(member)	int64_t member;
#define MEMBER_DURATION(member)	int64_t member;
#define MEMBER_SWITCH(member)	bool member;
#define MEMBER_LEVEL(member)	int member;
#define MEMBER_SCHEDULE(member)	const char *member;
#define MEMBER_RATE(member)	int64_t member##_count, member##_window_ms;
#define SETTING(name, member, kind, fallback, low, high, purpose) \
	MEMBER_##kind(member)
#include "fcgi/settings.def"
#undef SETTING
#undef MEMBER_TEXT
#undef MEMBER_SECRET
#undef MEMBER_INTEGER
#undef MEMBER_DURATION
#undef MEMBER_SWITCH
#undef MEMBER_LEVEL
#undef MEMBER_SCHEDULE
#undef MEMBER_RATE
};

extern struct settings settings;

/*
 * Read all of them. False when one is nonsense, having said on `complaints`
 * which, and what it may be. Secrets that are absent stay empty. A variable
 * SLUICE_... that is no setting is mentioned there, but does no harm.
 */
bool settings_read(FILE *complaints);

/* The table as a page of Markdown: docs/settings.md. */
void settings_print(FILE *out);

#endif
