/*
 * `sluice passwd USER`: give a user a new password, who has lost the old one.
 */
#ifndef HANDLERS_PASSWD_H
#define HANDLERS_PASSWD_H

int passwd_command(int count, char **arguments);

#endif
