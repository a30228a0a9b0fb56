/*
 * For the operator, who has the database and needs no password of ours. The
 * new one is never an argument, where others would see it: it is read from
 * standard input, or made and printed. As with any new password, tokens that
 * were issued for the old one end within a second; API keys stay.
 */
#include "handlers/passwd.h"

#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "auth/key.h"
#include "auth/password.h"
#include "sql/db.h"

/* Read while nothing is shown on the terminal, if there is one. */
static bool
read_hidden(const char *prompt, char *line, int size)
{
	struct termios shown, hidden;
	bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
	bool good;

	if (terminal) {
		hidden = shown;
		hidden.c_lflag &= ~(tcflag_t)ECHO;
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
		fprintf(stderr, "%s: ", prompt);
	}
	good = fgets(line, size, stdin);
	if (terminal) {
		/* If it cannot be undone, `stty sane` does it. */
		(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
		fprintf(stderr, "\n");
	}
	line[good ? strcspn(line, "\n") : 0] = '\0';
	return good;
}

/* One line of standard input, asked for twice where somebody types it. */
static bool
read_password(char password[PASSWORD_BYTES_MAX + 2])
{
	char again[PASSWORD_BYTES_MAX + 2];

	if (!read_hidden("new password", password, PASSWORD_BYTES_MAX + 2)) {
		fprintf(stderr, "sluice passwd: no password was given\n");
		return false;
	}
	if (isatty(STDIN_FILENO) &&
	    (!read_hidden("once more", again, sizeof(again)) ||
	    strcmp(password, again) != 0)) {
		fprintf(stderr, "sluice passwd: they are not the same\n");
		return false;
	}
	if (strlen(password) < PASSWORD_BYTES_MIN ||
	    strlen(password) > PASSWORD_BYTES_MAX ||
	    !text_is_utf8(text_of(password))) {
		fprintf(stderr, "sluice passwd: a password has %d to %d bytes "
		    "of UTF-8\n", PASSWORD_BYTES_MIN, PASSWORD_BYTES_MAX);
		return false;
	}
	return true;
}

/* NULL when there is no such user, or no answer, which was said. */
static struct pg_result *
find_user(struct db *db, struct arena *arena, struct text name)
{
	struct pg_result *rows;
	struct params p;

	params_init(&p, arena);
	param_text(&p, name);
	if (db_run(db, STATEMENT_user_by_name, &p, &rows) != DB_DONE) {
		fprintf(stderr, "sluice passwd: the database did not "
		    "answer\n");
		return NULL;
	}
	if (row_count(rows) > 0)
		return rows;
	rows_free(rows);
	fprintf(stderr, "sluice passwd: there is no user %.*s\n",
	    TEXT_ARG(name));
	return NULL;
}

static bool
set_password(struct db *db, struct arena *arena,
    const struct pg_result *user, struct text password)
{
	struct password_hash hash;
	enum db_outcome outcome;
	struct pg_result *rows;
	struct params p;
	uint8_t id[16];
	bool changed;

	if (!password_hash(password, &hash)) {
		fprintf(stderr, "sluice passwd: no memory for the hash\n");
		return false;
	}
	row_uuid(user, 0, 0, id);
	params_init(&p, arena);
	param_uuid(&p, id);
	param_null(&p);
	param_text(&p, text_of(hash.encoded));
	param_null(&p);
	outcome = db_run(db, STATEMENT_user_update, &p, &rows);
	changed = outcome == DB_DONE && row_count(rows) > 0;
	rows_free(rows);
	if (!changed)
		fprintf(stderr, "sluice passwd: the password was not "
		    "changed\n");
	return changed;
}

int
passwd_command(int count, char **arguments)
{
	bool make = count > 0 && strcmp(arguments[0], "--make") == 0;
	char password[PASSWORD_BYTES_MAX + 2];
	struct pg_result *user;
	struct arena *arena;
	struct db *db;
	bool good;

	if (count != 1 + make || !text_is_utf8(text_of(arguments[make]))) {
		fprintf(stderr, "usage: sluice passwd [--make] USER\n");
		return EXIT_FAILURE;
	}
	arena = arena_new();
	db = db_open_alone("sluice passwd");
	user = find_user(db, arena, text_of(arguments[make]));
	if (user && make)
		password_make(password);
	good = user && (make || read_password(password)) &&
	    set_password(db, arena, user, text_of(password));
	if (good && make)
		printf("%s\n", password);
	rows_free(user);
	db_close(db);
	arena_free(arena);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
