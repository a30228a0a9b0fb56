/*
 * Settings: the defaults, what each kind takes, what it refuses, and what it
 * says then.
 */
#include <stdlib.h>

#include "fcgi/settings.h"
#include "tests/unit/test.h"

static char *said;

/* Read with one variable set; `said` is what was complained about. */
static bool
read_with(const char *variable, const char *value)
{
	size_t bytes;
	FILE *out;
	bool good;

	free(said);
	out = open_memstream(&said, &bytes);
	setenv(variable, value, 1);
	good = settings_read(out);
	unsetenv(variable);
	fclose(out);
	return good;
}

static void
check_refused(const char *variable, const char *value, const char *complaint)
{
	CHECK(!read_with(variable, value));
	CHECK_STRING(said, complaint);
}

static void
defaults(void)
{
	CHECK(settings_read(stderr));
	CHECK_STRING(settings.var, "var");
	CHECK_INTEGER(settings.http_port, 8080);
	CHECK_STRING(settings.database, "");
	CHECK_INTEGER(settings.database_timeout_ms, 10000);
	CHECK(settings.auth);
	CHECK(!settings.require_topic_registration);
	CHECK_STRING(settings.jwt_secret, "");
	CHECK_INTEGER(settings.jwt_ttl_ms, 900000);
	CHECK_INTEGER(settings.login_rate_count, 10);
	CHECK_INTEGER(settings.login_rate_window_ms, 60000);
	CHECK_INTEGER(settings.message_ttl_ms, 86400000);
	CHECK_INTEGER(settings.log_level, 1);
}

#define MANY_A \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
texts(void)
{
	CHECK(read_with("SLUICE_ADMIN_USER", "r\xC3\xB6\xC3\xB6t"));
	CHECK_STRING(settings.admin_user, "r\xC3\xB6\xC3\xB6t");
	CHECK(read_with("SLUICE_DATABASE", ""));
	check_refused("SLUICE_ADMIN_USER", "", "SLUICE_ADMIN_USER is \"\" but "
	    "must be 1 to 128 bytes of UTF-8\n");
	CHECK_STRING(settings.admin_user, "admin");
	CHECK(!read_with("SLUICE_ADMIN_USER", MANY_A));
	CHECK(!read_with("SLUICE_ADMIN_USER", "\xFF"));
}

static void
secrets_are_not_repeated(void)
{
	CHECK(read_with("SLUICE_ADMIN_PASSWORD", ""));
	CHECK(read_with("SLUICE_ADMIN_PASSWORD", "twelve bytes"));
	CHECK_STRING(settings.admin_password, "twelve bytes");
	check_refused("SLUICE_ADMIN_PASSWORD", "hush", "SLUICE_ADMIN_PASSWORD "
	    "must be nothing or 12 to 1024 bytes of UTF-8\n");
	CHECK_STRING(settings.admin_password, "");
}

static void
integers(void)
{
	static const char *const bad[] = { "", " 8", "8 ", "0", "65", "-1",
		"+8", "8.0", "0x8", "eight", "9223372036854775808" };

	CHECK(read_with("SLUICE_THREADS", "64"));
	CHECK_INTEGER(settings.threads, 64);
	CHECK(read_with("SLUICE_THREADS", "2"));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(!read_with("SLUICE_THREADS", bad[i]));
		CHECK_INTEGER(settings.threads, 4);
	}
	check_refused("SLUICE_THREADS", "1", "SLUICE_THREADS is \"1\" but "
	    "must be a whole number from 2 to 64\n");
}

static void
durations(void)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{ "1000ms", 1000 }, { "1001ms", 1001 }, { "1s", 1000 },
		{ "15m", 900000 }, { "12h", 43200000 }, { "90", 90000 },
		{ "007s", 7000 },
	};
	static const char *const bad[] = { "", "s", "ms", "999ms", "0",
		"43200001ms", "1d", "1.5h", "-1s", "+1s", "1 s", "1S", "1us",
		"1h30m", "1sm", "9223372036854775807d",
		"106751991168d", "99999999999999999999s" };

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		CHECK(read_with("SLUICE_VISIBILITY_TIMEOUT", good[i].text));
		CHECK_INTEGER(settings.visibility_ms, good[i].ms);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!read_with("SLUICE_VISIBILITY_TIMEOUT", bad[i]));
	check_refused("SLUICE_VISIBILITY_TIMEOUT", "1ms",
	    "SLUICE_VISIBILITY_TIMEOUT is \"1ms\" but must be a time from 1s "
	    "to 12h\n");
	CHECK(read_with("SLUICE_MESSAGE_TTL", "0"));
	CHECK_INTEGER(settings.message_ttl_ms, 0);
	CHECK(read_with("SLUICE_MESSAGE_TTL", "365d"));
	check_refused("SLUICE_MESSAGE_TTL", "366d", "SLUICE_MESSAGE_TTL is "
	    "\"366d\" but must be a time from 0s to 365d\n");
	check_refused("SLUICE_DATABASE_TIMEOUT", "99ms",
	    "SLUICE_DATABASE_TIMEOUT is \"99ms\" but must be a time from "
	    "100ms to 10m\n");
}

static void
switches(void)
{
	static const char *const bad[] = { "", "ON", "yes", "true", "1", "0",
		"onn", "of", " on" };

	CHECK(read_with("SLUICE_AUTH", "off"));
	CHECK(!settings.auth);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(!read_with("SLUICE_AUTH", bad[i]));
		/* What is not understood must not open the house. */
		CHECK(settings.auth);
	}
	check_refused("SLUICE_AUTH", "no",
	    "SLUICE_AUTH is \"no\" but must be on or off\n");
}

static void
log_levels(void)
{
	CHECK(read_with("SLUICE_LOG_LEVEL", "debug"));
	CHECK_INTEGER(settings.log_level, 0);
	CHECK(read_with("SLUICE_LOG_LEVEL", "error"));
	CHECK_INTEGER(settings.log_level, 3);
	check_refused("SLUICE_LOG_LEVEL", "loud", "SLUICE_LOG_LEVEL is "
	    "\"loud\" but must be debug, info, warn or error\n");
	CHECK_INTEGER(settings.log_level, 1);
}

static void
rates(void)
{
	static const char *const bad[] = { "", "10", "10/", "/60s", "0/60s",
		"1000001/60s", "10/0s", "10/999ms", "10/25h", "10/60s/1",
		"10 / 60s", "-1/60s", "a/b", "/" };

	CHECK(read_with("SLUICE_LOGIN_RATE", "3/500s"));
	CHECK_INTEGER(settings.login_rate_count, 3);
	CHECK_INTEGER(settings.login_rate_window_ms, 500000);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(!read_with("SLUICE_LOGIN_RATE", bad[i]));
		CHECK_INTEGER(settings.login_rate_count, 10);
		CHECK_INTEGER(settings.login_rate_window_ms, 60000);
	}
	check_refused("SLUICE_LOGIN_RATE", "10/s", "SLUICE_LOGIN_RATE is "
	    "\"10/s\" but must be a count from 1 to 1000000 and a time from "
	    "1s to 1d, as in 10/60s\n");
}

static void
schedules(void)
{
	static const char *const bad[] = { " ", "* * * *", "0 0 2 * * *",
		"60 * * * *", "@noon", "TZ=Mars/Base @daily" };

	CHECK(read_with("SLUICE_DELETE_REAPER_SCHEDULE",
	    "TZ=Europe/Berlin 0 2 * * mon-fri"));
	CHECK_STRING(settings.delete_reaper_schedule,
	    "TZ=Europe/Berlin 0 2 * * mon-fri");
	CHECK(read_with("SLUICE_DELETE_REAPER_SCHEDULE", ""));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK(!read_with("SLUICE_DELETE_REAPER_SCHEDULE", bad[i]));
		CHECK_STRING(settings.delete_reaper_schedule, "");
	}
	check_refused("SLUICE_DELETE_REAPER_SCHEDULE", "daily",
	    "SLUICE_DELETE_REAPER_SCHEDULE is \"daily\" but must be nothing "
	    "or a schedule such as \"0 2 * * *\"\n");
}

static void
every_fault_and_every_stranger_is_named(void)
{
	setenv("SLUICE_THREADS", "1000", 1);
	setenv("SLUICE_AUTH", "maybe", 1);
	CHECK(!read_with("SLUICE_THREDS", "8"));
	unsetenv("SLUICE_THREADS");
	unsetenv("SLUICE_AUTH");
	CHECK(strstr(said, "SLUICE_THREADS is"));
	CHECK(strstr(said, "SLUICE_AUTH is"));
	CHECK(strstr(said, "SLUICE_THREDS is not a setting\n"));
	CHECK(read_with("SLUICE_THREDS", "8"));
	CHECK(read_with("SLUICE_", "8"));
	CHECK_STRING(said, "SLUICE_ is not a setting\n");
}

static void
the_page_has_every_setting(void)
{
	size_t bytes;
	char *page;
	FILE *out = open_memstream(&page, &bytes);

	settings_print(out);
	fclose(out);
#define SETTING(name, member, kind, fallback, low, high, purpose) \
	CHECK(strstr(page, "| `SLUICE_" #name "` | "));
#include "fcgi/settings.def"
#undef SETTING
	CHECK(strstr(page, "| `SLUICE_VISIBILITY_TIMEOUT` | `30s` | a time "
	    "from 1s to 12h | how long a dequeued message is hidden |\n"));
	free(page);
}

int
main(void)
{
	defaults();
	texts();
	secrets_are_not_repeated();
	integers();
	durations();
	switches();
	log_levels();
	rates();
	schedules();
	every_fault_and_every_stranger_is_named();
	the_page_has_every_setting();
	free(said);
	return test_result();
}
