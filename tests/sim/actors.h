#ifndef SIM_ACTORS_H
#define SIM_ACTORS_H

/* The programs of services, and of those who use them. Each is the main of a process. */
int actor_run(int argc, char **argv);
int actor_finish(int argc, char **argv);
int actor_script(int argc, char **argv);
int actor_check(int argc, char **argv);
int actor_echo(int argc, char **argv); /* echo LETTERS PATH: as a shell's, to a FIFO */
int actor_copy(int argc, char **argv); /* copy NAME: a service directory, made in place */

#endif
