/*
 * `sluice reap`: all reapers now, or those named; with --due, which cron calls
 * once a minute, what is due by the schedules.
 */
#ifndef HANDLERS_REAPERS_REAP_COMMAND_H
#define HANDLERS_REAPERS_REAP_COMMAND_H

int reap_command(int count, char **arguments);

#endif
