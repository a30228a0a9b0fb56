/*
 * sluice: one binary. This file reads like a table of contents: each command
 * is a row, and does its work in its own module.
 */
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
	(void)count, (void)arguments; /* takes none */
	printf("sluice %s\n", SLUICE_VERSION);
	return EXIT_SUCCESS;
}

/* main() has read them, and complained of each that is wrong. */
static int
command_check(int count, char **arguments)
{
	(void)count, (void)arguments; /* takes none */
	return EXIT_SUCCESS;
}

static const struct command {
	const char *name;
	const char *usage;
	bool needs_settings;
	int (*run)(int count, char **arguments);
} commands[] = {
	{ "worker", "worker   serve FastCGI on descriptor 0 until SIGTERM; "
		"its number may follow", true, worker_command },
	{ "migrate", "migrate  bring the database to this version's shape",
		true, migrate_command },
	{ "reap", "reap     run all reapers, or those named, or with --due "
		"what is due", true, reap_command },
	{ "passwd", "passwd   give a user a new password, read from standard "
		"input, or with --make made", true, passwd_command },
	{ "check", "check    say whether the settings make sense", true,
		command_check },
	{ "version", "version  print the version", false, command_version },
	{ "help", "help     print this; `help routes`, `help settings`, `help "
		"reapers` and `help openapi` print tables", false,
		command_help },
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

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, name) != 0)
			continue;
		if (commands[i].needs_settings && !settings_read(stderr))
			return EXIT_FAILURE;
		/* Who counts, worker or not, counts by route. */
		routes_start();
		return commands[i].run(count > 2 ? count - 2 : 0,
		    arguments + 2);
	}
	fprintf(stderr, "sluice: no command %s; try sluice help\n", name);
	return EXIT_FAILURE;
}
