/*
 * The version, from one place: /api/version, `sluice version` and the rest.
 */
#ifndef FCGI_VERSION_H
#define FCGI_VERSION_H

#define SLUICE_VERSION "0.1.0"

#endif
