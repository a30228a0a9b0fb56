/*
 * Any text as the value of any setting: it is taken and within its limits, or
 * refused with a complaint that names the setting and keeps its secret.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fcgi/must.h"
#include "fcgi/settings.h"
#include "fcgi/text.h"

extern char **environ;

static const char *const variables[] = {
#define SETTING(name, member, kind, fallback, low, high, purpose) \
	"SLUICE_" #name,
#include "fcgi/settings.def"
#undef SETTING
};

enum { VARIABLES = sizeof variables / sizeof *variables };

static void
check_length(const char *value, int64_t low, int64_t high)
{
	must((int64_t)strlen(value) >= low && (int64_t)strlen(value) <= high);
	must(text_is_utf8(text_of(value)));
}

static void
check_integer(int64_t value, int64_t low, int64_t high)
{
	must(value >= low && value <= high);
}

#define CHECK_TEXT(member, low, high) check_length(settings.member, low, high);
#define CHECK_SECRET(member, low, high) \
	if (*settings.member) \
		check_length(settings.member, low, high);
#define CHECK_INTEGER(member, low, high) \
	check_integer(settings.member, low, high);
#define CHECK_DURATION(member, low, high) \
	check_integer(settings.member, low, high);
#define CHECK_LEVEL(member, low, high) \
	check_integer(settings.member, low, high);
#define CHECK_SCHEDULE(member, low, high) \
	check_length(settings.member, low, high);
#define CHECK_SWITCH(member, low, high) \
	check_integer(settings.member, low, high);
#define CHECK_RATE(member, low, high) \
	check_integer(settings.member##_count, low, high); \
	check_integer(settings.member##_window_ms, 1000, 86400000);

static void
check_limits(void)
{
#define SETTING(name, member, kind, fallback, low, high, purpose) \
	CHECK_##kind(member, low, high)
#include "fcgi/settings.def"
#undef SETTING
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char assignment[4096];
	char *environment[] = { assignment, NULL };
	const char *variable = variables[size ? data[0] % VARIABLES : 0];
	const char *value;
	char *said;
	size_t bytes;
	FILE *complaints = open_memstream(&said, &bytes);
	bool good;

	snprintf(assignment, sizeof assignment, "%s=%.*s", variable,
	    size ? (int)size - 1 : 0, (const char *)data + 1);
	value = strchr(assignment, '=') + 1;
	environ = environment;
	must(complaints);
	good = settings_read(complaints);
	must(fclose(complaints) == 0);
	check_limits();
	must(good == (bytes == 0));
	if (!good) {
		must(strncmp(said, variable, strlen(variable)) == 0);
		must(strstr(said, " must be "));
		/* Long enough not to be part of the sentence by chance. */
		if ((strstr(variable, "PASSWORD") ||
		    strstr(variable, "SECRET")) && strlen(value) > 40)
			must(!strstr(said, value));
	}
	free(said);
	return 0;
}
