#ifndef CONTENDER_H
#define CONTENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The suites that are compared, one row each. In a command "%" is the service or scan directory; it
 * may be many where the program takes many. A command that is missing is one that a suite does not
 * have. */
struct contender {
	char const *name;
	char tag;
	bool polls;         /* looks at its directory every five seconds: few rounds */
	bool one_a_command; /* its status command takes one service */
	bool stops_each;    /* its scanner does not stop services: `stop` is for each of them */
	int stop_signal;    /* of the scanner: everything ends */
	unsigned int most;  /* services a scanner takes */
	char const *scan[5], *supervise[3], *tell[4];
	char const *restart[5], *hup[4], *status[4], *stop[4];
	char const *logger[4];
	char const *bin; /* where its programs are; NULL: it is not here */
	bool direct;     /* of limit: the scanner needs no supervisor */
};

enum { LIMIT, OURS, RUNIT, S6, DAEMONTOOLS, CONTENDERS };
extern struct contender contenders[CONTENDERS];

/* Where ours, the helpers and the installed ones are; who is not there is left out. */
void contenders_find(char const *ours, char const *helpers, char const *installed);
bool here(struct contender const *c);

/* Starts a program of the contender in its own session, words with dir in the place of "%"; in the
 * control groups of join, if not NULL. *began, if not NULL: the moment of its exec. */
pid_t launch(struct contender const *c, char const *const *words, char const *dir, int const *join,
	     int64_t *began);

/* Runs a command to its end. */
void command(struct contender const *c, char const *const *words, char const *const *dirs,
	     size_t n);

/* DIR with run, and log/run if there is a logger; each is a helper's name. `down`: not to be
 * started. */
struct shape {
	char const *run, *log;
	bool down;
};
void service_make(char const *dir, struct shape const *s);
void services_make(char const *scan, size_t n, struct shape const *s);
void tree_remove(char const *dir);

#endif
