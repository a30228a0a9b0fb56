/*
 * sluice: one binary. This file reads like a table of contents: each command
 * is a row, and does its work in its own module.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/settings.h"
#include "fcgi/version.h"
#include "handlers/migrate.h"
#include "handlers/openapi.h"
#include "handlers/passwd.h"
#include "handlers/reapers/reap_command.h"
#include "handlers/reapers/reapers.h"
#include "handlers/routes.h"
#include "handlers/worker.h"

static int
command_help(int count, char **arguments);

static int
command_version(int count, char **arguments)
{
	(void)count, (void)arguments;
	printf("sluice %s\n", SLUICE_VERSION);
	return EXIT_SUCCESS;
}

/* main() has read them, and complained of each that is wrong. */
static int
command_check(int count, char **arguments)
{
	(void)count, (void)arguments;
	return EXIT_SUCCESS;
}

static const struct command {
	const char *name;
	const char *usage;
	bool needs_settings;
	int words_max;		/* that may follow it */
	int (*run)(int count, char **arguments);
} commands[] = {
	{ "worker", "worker   serve FastCGI on descriptor 0 until SIGTERM; "
		"its number may follow", true, 1, worker_command },
	{ "migrate", "migrate  bring the database to this version's shape",
		true, 0, migrate_command },
	{ "reap", "reap     run all reapers, or those named, or with --due "
		"what is due", true, INT_MAX, reap_command },
	{ "passwd", "passwd   give a user a new password, read from standard "
		"input, or with --make made", true, INT_MAX, passwd_command },
	{ "check", "check    say whether the settings make sense", true,
		0, command_check },
	{ "version", "version  print the version", false, 0,
		command_version },
	{ "help", "help     print this; `help routes`, `help settings`, `help "
		"reapers` and `help openapi` print tables", false,
		1, command_help },
};

static int
command_help(int count, char **arguments)
{
	const char *topic = count > 0 ? arguments[0] : "";

	if (strcmp(topic, "routes") == 0) {
		routes_print(stdout);
	} else if (strcmp(topic, "settings") == 0) {
		settings_print(stdout);
	} else if (strcmp(topic, "reapers") == 0) {
		reapers_print(stdout);
	} else if (strcmp(topic, "openapi") == 0) {
		openapi_print(stdout);
	} else if (topic[0]) {
		fprintf(stderr, "sluice help: there is no table %s\n", topic);
		return EXIT_FAILURE;
	} else {
		printf("usage: sluice COMMAND\n\n");
		for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]);
		    i++)
			printf("  %s\n", commands[i].usage);
		printf("\nSettings come from the environment, SLUICE_...\n");
	}
	return EXIT_SUCCESS;
}

int
main(int count, char **arguments)
{
	const char *name = count > 1 ? arguments[1] : "help";
	int words = count > 2 ? count - 2 : 0;

	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
		name = "help";
	else if (strcmp(name, "--version") == 0)
		name = "version";
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, name) != 0)
			continue;
		if (words > commands[i].words_max) {
			fprintf(stderr, "sluice %s: %s is a word too many\n",
			    name, arguments[2 + commands[i].words_max]);
			return EXIT_FAILURE;
		}
		if (commands[i].needs_settings && !settings_read(stderr))
			return EXIT_FAILURE;
		/* Who counts, worker or not, counts by route. */
		routes_start();
		return commands[i].run(words, arguments + 2);
	}
	fprintf(stderr, "sluice: no command %s; try sluice help\n", name);
	return EXIT_FAILURE;
}
