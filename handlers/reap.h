/*
 * `sluice reap`: what cron calls once a minute.
 */
#ifndef HANDLERS_REAP_H
#define HANDLERS_REAP_H

int reap_command(int count, char **arguments);

#endif
