/*
 * What HTTP is measured against: one connection of libpq that reads a stream's
 * entries from the beginning, in pages, again and again.
 *
 *	libpq_read CONNINFO STREAM_ID ENTRIES_A_PAGE SECONDS
 *
 * Prints the bytes of the entries that it had, and the seconds it took.
 */
#include <endian.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char PAGE[] =
    "select e.seq, e.data from sluice.entries e "
    "where e.stream_id = $1::bigint and e.incarnation = 0 "
    "and e.seq >= $2::bigint order by e.seq limit $3::bigint";

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static PGresult *
expect(PGconn *connection, PGresult *result, ExecStatusType status)
{
	if (PQresultStatus(result) == status)
		return result;
	fprintf(stderr, "libpq_read: %s", PQerrorMessage(connection));
	exit(EXIT_FAILURE);
}

/* The bytes of one page; *seq moves on behind it, or to the beginning. */
static int64_t
read_page(PGconn *connection, int64_t id, int64_t *seq, int64_t limit)
{
	int64_t wire[3] = { (int64_t)htobe64((uint64_t)id),
		(int64_t)htobe64((uint64_t)*seq),
		(int64_t)htobe64((uint64_t)limit) }, bytes = 0;
	const char *values[3] = { (char *)&wire[0], (char *)&wire[1],
		(char *)&wire[2] };
	PGresult *rows = expect(connection, PQexecPrepared(connection, "page",
	    3, values, (int[]){ 8, 8, 8 }, (int[]){ 1, 1, 1 }, 1),
	    PGRES_TUPLES_OK);
	int n = PQntuples(rows);

	for (int i = 0; i < n; i++)
		bytes += PQgetlength(rows, i, 1);
	*seq = n < limit ? 0 : *seq + n;
	PQclear(rows);
	return bytes;
}

int
main(int count, char **argument)
{
	int64_t seq = 0, bytes = 0;
	double begun, seconds;
	PGconn *connection;

	if (count != 5)
		return EXIT_FAILURE;
	connection = PQconnectdb(argument[1]);
	PQclear(expect(connection, PQprepare(connection, "page", PAGE, 0,
	    NULL), PGRES_COMMAND_OK));
	begun = now();
	do {
		bytes += read_page(connection, atoll(argument[2]), &seq,
		    atoll(argument[3]));
		seconds = now() - begun;
	} while (seconds < atof(argument[4]));
	PQfinish(connection);
	printf("%lld %f\n", (long long)bytes, seconds);
	return EXIT_SUCCESS;
}
